//! The values inside a struct or an enum, each with its schema and its place.

use super::{Pairs, Tagging, serde, tagging};
use crate::{proof::Shape, source::join};
use serde_json::{Value, json};

/// Values that are there together: those of a struct, or of one variant.
pub(crate) struct Group<'a> {
    /// The variant.
    pub(crate) variant: Option<&'a syn::Variant>,
    /// The alternative that a variant stands for; `null` where there is none.
    pub(crate) alternative: Value,
    /// Schema of the values together.
    pub(crate) schema: Value,
    /// RFC 6901 pointer of the values together, from the type's own place.
    pub(crate) pointer: String,
    pub(crate) parts: Vec<Part<'a>>,
}

/// One value.
pub(crate) struct Part<'a> {
    /// Name of the field; `None` in a tuple.
    pub(crate) field: Option<&'a syn::Ident>,
    pub(crate) ty: &'a syn::Type,
    pub(crate) attrs: &'a [syn::Attribute],
    pub(crate) schema: Value,
    /// RFC 6901 pointer from the type's own place.
    pub(crate) pointer: String,
}

pub(super) fn groups<'a>(pairs: &Pairs<'a>, item: &'a syn::Item, schema: &Value) -> Vec<Group<'a>> {
    match item {
        syn::Item::Struct(s) => {
            let parts = fields(pairs, &s.fields, schema, "");
            let (alternative, schema) = (Value::Null, schema.clone());
            vec![Group { variant: None, alternative, schema, pointer: String::new(), parts }]
        }
        syn::Item::Enum(e) => {
            let tagging = tagging(&e.attrs);
            let alternatives = alternatives(pairs, schema);
            let payload = |(i, variant): (usize, &'a syn::Variant)| {
                let by_place = alternatives.get(i).filter(|_| alternatives.len() == e.variants.len());
                let alternative = alternative(pairs, &tagging, &alternatives, by_place, &name(variant));
                let (schema, pointer) = payload(pairs, &tagging, &alternative, &name(variant));
                let parts = fields(pairs, &variant.fields, &schema, &pointer);
                Group { variant: Some(variant), alternative, schema, pointer, parts }
            };
            e.variants.iter().enumerate().map(payload).collect()
        }
        _ => vec![],
    }
}

/// The alternatives of a schema, each with what the schema says beside them.
pub(super) fn alternatives(pairs: &Pairs<'_>, schema: &Value) -> Vec<Value> {
    let mut shape = pairs.shape(schema);
    let [union] = shape.unions.as_slice() else { return vec![] };
    let alternatives = union.alternatives.clone();
    shape.words.retain(|key, _| !is_silent(key));
    if shape.words.is_empty() {
        return alternatives;
    }
    alternatives.into_iter().map(|a| json!({"allOf": [shape.schema(), a]})).collect()
}

/// Keywords that say nothing about the values of a union or of a type that there is already.
const SILENT: [&str; 7] = ["type", "default", "discriminator", "deprecated", "readOnly", "writeOnly", "externalDocs"];

pub(super) fn is_silent(key: &str) -> bool {
    key.starts_with("x-") || SILENT.contains(&key)
}

/// The name that JSON gives a variant.
pub(crate) fn name(variant: &syn::Variant) -> String {
    serde(&variant.attrs).remove("rename").unwrap_or_else(|| variant.ident.to_string())
}

/// The alternative of the schema that the variant called `name` stands for.
fn alternative(
    pairs: &Pairs<'_>,
    tagging: &Tagging,
    alternatives: &[Value],
    by_place: Option<&Value>,
    name: &str,
) -> Value {
    let find = |is_it: &dyn Fn(&Shape) -> bool| alternatives.iter().find(|a| is_it(&pairs.shape(a)));
    let found = match tagging {
        Tagging::External => find(&|shape| member(shape, name).is_some()),
        Tagging::Internal { tag } | Tagging::Adjacent { tag, .. } => {
            find(&|shape| member(shape, tag).is_some_and(|t| t["enum"] == json!([name])))
        }
        Tagging::Untagged => by_place,
    };
    found.cloned().unwrap_or_default()
}

/// Schema of what a variant holds and its place.
fn payload(pairs: &Pairs<'_>, tagging: &Tagging, alternative: &Value, name: &str) -> (Value, String) {
    let inside = |key: &str| (member(&pairs.shape(alternative), key).unwrap_or_default(), join("", key));
    match tagging {
        Tagging::External => inside(name),
        Tagging::Adjacent { content, .. } => inside(content),
        Tagging::Internal { .. } | Tagging::Untagged => (alternative.clone(), String::new()),
    }
}

fn fields<'a>(pairs: &Pairs<'a>, fields: &'a syn::Fields, schema: &Value, base: &str) -> Vec<Part<'a>> {
    let shape = pairs.shape(schema);
    let part = |field: &'a syn::Field| {
        let words = serde(&field.attrs);
        let (schema, pointer) = match &field.ident {
            None => (schema.clone(), base.to_string()),
            Some(_) if words.contains_key("flatten") => {
                (json!({"type": "object", "additionalProperties": shape.other_members()}), base.to_string())
            }
            Some(ident) => {
                let wire = words.get("rename").cloned().unwrap_or_else(|| ident.to_string().replace("r#", ""));
                (member(&shape, &wire).unwrap_or_default(), join(base, &wire))
            }
        };
        Part { field: field.ident.as_ref(), ty: &field.ty, attrs: &field.attrs, schema, pointer }
    };
    fields.iter().map(part).collect()
}

fn member(shape: &Shape, name: &str) -> Option<Value> {
    shape.properties().find(|(n, _)| *n == name).map(|(_, s)| s).or_else(|| shape.refused.get(name)).cloned()
}
