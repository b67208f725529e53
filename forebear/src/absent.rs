//! Absent, `null` and empty stay three things.
//!
//! Typify makes one `Option` of a member that may be absent and one that may be `null`, and writes an absent list where it read an
//! empty one. So such members are marked in the lowered document with typify's own extension for foreign types, and the marks
//! become [`Nullable`](support) and plain `Option`s in the code that typify wrote.

use crate::{
    api::{bare, resolve as follow},
    types::argument,
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit_mut::VisitMut;

/// The crate that typify is told the marks come from.
pub(crate) const CRATE: &str = "forebear-mark";

/// Marks every optional member of every component whose absence would be lost.
pub(crate) fn mark(low: &mut Value) {
    let root = low.clone();
    if let Some(components) = low.get_mut("components") {
        visit(&root, components);
    }
}

fn visit(root: &Value, value: &mut Value) {
    match value {
        Value::Object(map) => {
            let required = map.get("required").cloned().unwrap_or_default();
            let is_required = |name: &str| required.as_array().is_some_and(|r| r.iter().any(|n| n == name));
            for (name, property) in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
                visit(root, property);
                if !is_required(name) {
                    mark_one(root, property);
                }
            }
            let schemas = |key: &str| !matches!(key, "properties" | "example" | "default" | "enum" | "x-rust-type");
            map.iter_mut().filter(|(k, _)| schemas(k)).for_each(|(_, v)| visit(root, v));
        }
        Value::Array(items) => items.iter_mut().for_each(|v| visit(root, v)),
        _ => {}
    }
}

fn mark_one(root: &Value, property: &mut Value) {
    let Some(map) = property.as_object() else { return };
    let default = map.get("default");
    if default.is_some_and(|d| !d.is_null()) {
        return; // an absent member is its default
    }
    let list = map.get("type").is_some_and(|t| t == "array" || t == "object" && !map.contains_key("properties"));
    let target = follow(root, bare(property));
    let is_nullable = property["nullable"] == true || target["nullable"] == true;
    let path = match (is_nullable, list) {
        (true, _) => "Nullable",
        (false, true) => "Present",
        (false, false) => return,
    };
    // a component that may be `null` is a name for what it wraps
    let mut inner = if target["nullable"] == true && !list { bare(target) } else { bare(property) }.clone();
    if let Some(inner) = inner.as_object_mut() {
        for key in ["nullable", "default", "description", "title"] {
            inner.shift_remove(key);
        }
    }
    let path = format!("forebear_mark::{path}");
    let mark = json!({"crate": CRATE, "version": "*", "path": path, "parameters": [json_schema(inner)]});
    // beside a `$ref` it would be lost
    if property.get("$ref").is_some() {
        *property = json!({"allOf": [property.take()]});
    }
    if let Some(map) = property.as_object_mut() {
        map.shift_remove("default");
        map.insert("x-rust-type".into(), mark);
    }
}

/// Typify reads a mark as JSON Schema, which says `null` in another way than OpenAPI.
fn json_schema(schema: Value) -> Value {
    match schema {
        Value::Object(map) if map.get("enum") == Some(&json!([null])) => json!({"type": "null"}),
        Value::Object(mut map) => {
            let is_nullable = map.shift_remove("nullable") == Some(Value::Bool(true));
            let inner: Value = map.into_iter().map(|(key, value)| (key, json_schema(value))).collect();
            if is_nullable { json!({"oneOf": [inner, {"type": "null"}]}) } else { inner }
        }
        Value::Array(items) => items.into_iter().map(json_schema).collect(),
        other => other,
    }
}

/// Turns the marks in typify's code into types.
pub(crate) fn resolve(file: &mut syn::File) {
    Marks.visit_file_mut(file);
    Boxes(endless(file)).visit_file_mut(file);
}

/// Types that hold themselves, which typify does not see through a mark.
fn endless(file: &syn::File) -> BTreeSet<String> {
    let holds: BTreeMap<String, BTreeSet<String>> = file
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Struct(s) => Some((s.ident.to_string(), s.fields.iter().filter_map(held).collect())),
            syn::Item::Enum(e) => {
                let fields = e.variants.iter().flat_map(|v| &v.fields);
                Some((e.ident.to_string(), fields.filter_map(held).collect()))
            }
            _ => None,
        })
        .collect();
    let reaches_itself = |name: &&String| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&String> = holds[*name].iter().collect();
        while let Some(next) = open.pop() {
            if next == *name {
                return true;
            }
            if seen.insert(next) {
                open.extend(holds.get(next).into_iter().flatten());
            }
        }
        false
    };
    holds.keys().filter(reaches_itself).cloned().collect()
}

/// The type of the models crate that a field holds in place.
fn held(field: &syn::Field) -> Option<String> {
    let mut ty = &field.ty;
    while let Some(inner) = argument(ty, "Option").or_else(|| argument(ty, "Nullable")) {
        ty = inner;
    }
    match ty {
        syn::Type::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

/// Puts a box around these types where they may be `null`.
struct Boxes(BTreeSet<String>);

impl VisitMut for Boxes {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        syn::visit_mut::visit_type_mut(self, ty);
        let Some(syn::Type::Path(inner)) = argument(ty, "Nullable").cloned() else { return };
        if inner.path.segments.last().is_some_and(|s| self.0.contains(&s.ident.to_string())) {
            *ty = syn::parse_quote!(crate::Nullable<::std::boxed::Box<#inner>>);
        }
    }
}

struct Marks;

impl VisitMut for Marks {
    fn visit_type_mut(&mut self, ty: &mut syn::Type) {
        syn::visit_mut::visit_type_mut(self, ty);
        let inner = argument(ty, "Option").cloned();
        let optional = inner.is_some();
        let Some(marked) = inner.or_else(|| Some(ty.clone())) else { return };
        if let Some(value) = argument(&marked, "Nullable") {
            let value = value.clone();
            *ty = syn::parse_quote!(crate::Nullable<#value>);
        } else if let Some(value) = argument(&marked, "Present") {
            let value = value.clone();
            *ty = if optional { syn::parse_quote!(::std::option::Option<#value>) } else { value };
        }
    }

    fn visit_field_mut(&mut self, field: &mut syn::Field) {
        syn::visit_mut::visit_field_mut(self, field);
        if argument(&field.ty, "Nullable").is_none() {
            return;
        }
        field.attrs.push(syn::parse_quote!(#[serde(default)]));
        for attr in field.attrs.iter_mut().filter(|a| a.path().is_ident("serde")) {
            let text = attr.to_token_stream().to_string();
            if text.contains("skip_serializing_if") {
                let text = text.replace("::std::option::Option::is_none", "crate::Nullable::is_absent");
                let parsed = syn::parse::Parser::parse_str(syn::Attribute::parse_outer, &text);
                if let Some(parsed) = parsed.ok().and_then(|mut a| a.pop()) {
                    *attr = parsed;
                }
            }
        }
    }
}

/// The module that the rewritten types use.
pub(crate) fn support() -> TokenStream {
    quote! {
        #![doc = " A member that may be absent, `null` or a value."]
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        /// A member that may be absent, `null` or a value: the document tells the three apart.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Nullable<T> {
            /// Not there.
            #[default]
            Absent,
            /// `null`.
            Null,
            /// A value.
            Value(T),
        }

        impl<T> Nullable<T> {
            /// Whether the member is not there.
            #[must_use]
            pub const fn is_absent(&self) -> bool { matches!(self, Self::Absent) }
            /// The value, if there is one.
            #[must_use]
            pub const fn value(&self) -> Option<&T> {
                match self {
                    Self::Value(value) => Some(value),
                    _ => None,
                }
            }
            /// The value, if there is one.
            #[must_use]
            pub fn into_value(self) -> Option<T> {
                match self {
                    Self::Value(value) => Some(value),
                    _ => None,
                }
            }
        }

        impl<T> From<T> for Nullable<T> {
            fn from(value: T) -> Self { Self::Value(value) }
        }

        /// `None` becomes `null`.
        impl<T> From<Option<T>> for Nullable<T> {
            fn from(value: Option<T>) -> Self { value.map_or(Self::Null, Self::Value) }
        }

        impl<T: Serialize> Serialize for Nullable<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> { self.value().serialize(serializer) }
        }

        impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Option::<T>::deserialize(deserializer).map(Into::into)
            }
        }
    }
}
