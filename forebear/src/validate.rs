//! `validate()`: the constraints that typify parses but does not enforce.
//!
//! Numeric bounds, `multipleOf`, item counts, uniqueness, property counts, and `pattern` beside a `format` that typify maps to
//! a type of its own. Everything else is refused while deserialising already.

use crate::{api::ref_name, rust, types::Types};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Emits the module with the trait, its helpers and one implementation per component schema.
#[must_use]
pub fn emit(low: &Value, types: &Types) -> TokenStream {
    let empty = Map::new();
    let schemas = low["components"]["schemas"].as_object().unwrap_or(&empty);
    let loaded = loaded(schemas);
    let impls = schemas.iter().map(|(name, schema)| implementation(name, schema, types, &loaded));
    let support = support();
    quote! {
        #![doc = " Constraints that deserialising does not enforce."]
        use crate::types::*;
        use std::fmt::Display;
        #support
        #(#impls)*
    }
}

/// Components that carry a residual constraint, directly or through a `$ref`.
fn loaded(schemas: &Map<String, Value>) -> BTreeSet<&str> {
    let mut set: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = set.len();
        for (name, schema) in schemas {
            if constrained(schema, &set) {
                set.insert(name);
            }
        }
        if set.len() == before {
            return set;
        }
    }
}

fn constrained(schema: &Value, loaded: &BTreeSet<&str>) -> bool {
    if let Some(name) = ref_name(schema) {
        return loaded.contains(name);
    }
    own_constraint(schema)
        || schema["items"].is_object() && constrained(&schema["items"], loaded)
        || schema["additionalProperties"].is_object() && constrained(&schema["additionalProperties"], loaded)
        || schema["properties"].as_object().is_some_and(|p| p.values().any(|v| constrained(v, loaded)))
}

fn own_constraint(schema: &Value) -> bool {
    let has = |keys: &[&str]| keys.iter().any(|k| schema.get(*k).is_some_and(|v| !v.is_null() && *v != false));
    match schema["type"].as_str() {
        Some("integer" | "number") => has(&["minimum", "maximum", "multipleOf"]),
        Some("array") => has(&["minItems", "maxItems", "uniqueItems"]),
        Some("object") => has(&["minProperties", "maxProperties"]),
        Some("string") => schema.get("format").is_some() && has(&["pattern"]),
        _ => false,
    }
}

fn implementation(name: &str, schema: &Value, types: &Types, loaded: &BTreeSet<&str>) -> TokenStream {
    let ty = rust::pascal(name);
    let checks = match schema["type"].as_str() {
        Some("object") if schema["properties"].is_object() => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let checks = properties.map(|(key, property)| field(name, key, property, types, loaded));
            quote!(#(#checks)*)
        }
        _ if ref_name(schema).is_some() || !own_constraint(schema) && !constrained(schema, loaded) => quote!(),
        _ => {
            let inner = value(quote!(&self.0), schema, loaded);
            quote!(let at = pointer; #inner)
        }
    };
    quote! {
        impl Validate for #ty {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                let _ = (pointer, &found);
                #checks
            }
        }
    }
}

fn field(owner: &str, key: &str, property: &Value, types: &Types, loaded: &BTreeSet<&str>) -> TokenStream {
    if !constrained(property, loaded) {
        return quote!();
    }
    let name = rust::snake(key);
    let inner = value(quote!(value), property, loaded);
    let body = quote!(let at = &format!("{pointer}/{}", #key); #inner);
    if types.is_nullable(owner, key) {
        quote!(if let Some(value) = self.#name.value() { #body })
    } else if types.is_optional(owner, key) {
        quote!(if let Some(value) = &self.#name { #body })
    } else {
        quote!({ let value = &self.#name; #body })
    }
}

/// Checks of one value; `at` is its pointer in the emitted code.
fn value(expr: TokenStream, schema: &Value, loaded: &BTreeSet<&str>) -> TokenStream {
    if ref_name(schema).is_some() {
        return quote!(Validate::check(#expr, at, found););
    }
    let number = |key: &str| {
        let exclusive = format!("exclusive{}{}", key[..1].to_uppercase(), &key[1..]);
        let n = schema[key].as_f64();
        let open = schema[exclusive.as_str()] == true;
        n.map_or(quote!(None), |n| quote!(Some((#n, #open))))
    };
    let count = |key: &str| {
        schema[key].as_u64().map_or(quote!(None), |n| {
            let n = n as usize;
            quote!(Some(#n))
        })
    };
    match schema["type"].as_str() {
        Some("integer" | "number") => {
            let (low, high) = (number("minimum"), number("maximum"));
            let multiple = schema["multipleOf"].as_f64().map_or(quote!(None), |n| quote!(Some(#n)));
            quote!(bounds(#expr, #low, #high, #multiple, at, found);)
        }
        Some("array") => {
            let (low, high, unique) = (count("minItems"), count("maxItems"), schema["uniqueItems"] == true);
            let inner = if constrained(&schema["items"], loaded) {
                let each = value(quote!(item), &schema["items"], loaded);
                quote!(for (i, item) in (#expr).iter().enumerate() { let at = &format!("{at}/{i}"); #each })
            } else {
                quote!()
            };
            let unique = if unique { quote!(distinct(#expr, at, found);) } else { quote!() };
            quote!(count((#expr).len(), #low, #high, "items", at, found); #unique #inner)
        }
        // an inline object with members of its own is a struct of typify's, which lint refuses in house documents
        Some("object") if schema["properties"].is_object() => quote!(),
        Some("object") => {
            let (low, high) = (count("minProperties"), count("maxProperties"));
            let inner = if constrained(&schema["additionalProperties"], loaded) {
                let each = value(quote!(item), &schema["additionalProperties"], loaded);
                quote!(for (key, item) in (#expr).iter() { let at = &format!("{at}/{}", escape(key)); #each })
            } else {
                quote!()
            };
            quote!(count((#expr).len(), #low, #high, "properties", at, found); #inner)
        }
        Some("string") => {
            let pattern = schema["pattern"].as_str().unwrap_or_default();
            quote!(matches(#expr, #pattern, at, found);)
        }
        _ => quote!(),
    }
}

fn support() -> TokenStream {
    quote! {
        /// One broken constraint.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Violation {
            /// RFC 6901 pointer to the value.
            pub pointer: String,
            /// Which constraint, in snake case.
            pub code: &'static str,
            /// What the value should have been.
            pub detail: String,
        }

        /// Constraints beyond the shape.
        pub trait Validate {
            /// Adds what is wrong with the value at `pointer` to `found`.
            fn check(&self, pointer: &str, found: &mut Vec<Violation>);
            /// Everything that is wrong; empty for a valid value.
            fn validate(&self) -> Vec<Violation> {
                let mut found = vec![];
                self.check("", &mut found);
                found
            }
        }

        impl<T: Validate + ?Sized> Validate for ::std::boxed::Box<T> {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                (**self).check(pointer, found);
            }
        }

        impl<T: Validate> Validate for ::std::vec::Vec<T> {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                for (i, item) in self.iter().enumerate() {
                    item.check(&format!("{pointer}/{i}"), found);
                }
            }
        }

        impl<T: Validate> Validate for ::std::collections::BTreeMap<String, T> {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                for (key, item) in self {
                    item.check(&format!("{pointer}/{}", escape(key)), found);
                }
            }
        }

        impl<T: Validate> Validate for ::std::option::Option<T> {
            fn check(&self, pointer: &str, found: &mut Vec<Violation>) {
                if let Some(value) = self {
                    value.check(pointer, found);
                }
            }
        }

        macro_rules! free {
            ($($ty:ty),*) => { $(impl Validate for $ty {
                fn check(&self, _: &str, _: &mut Vec<Violation>) {}
            })* };
        }
        free!(
            bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String, (), serde_json::Value, ::std::num::NonZeroU8,
            ::std::num::NonZeroU16, ::std::num::NonZeroU32, ::std::num::NonZeroU64
        );

        #[allow(dead_code)]
        fn add(found: &mut Vec<Violation>, at: &str, code: &'static str, detail: String) {
            found.push(Violation { pointer: at.to_string(), code, detail });
        }

        #[allow(dead_code)]
        fn escape(token: &str) -> String {
            token.replace('~', "~0").replace('/', "~1")
        }

        #[allow(dead_code)]
        fn bounds(
            value: &(impl Display + ?Sized), low: Option<(f64, bool)>, high: Option<(f64, bool)>, multiple: Option<f64>,
            at: &str, found: &mut Vec<Violation>,
        ) {
            let Ok(n) = value.to_string().parse::<f64>() else { return };
            if let Some((low, open)) = low && (n < low || open && n == low) {
                add(found, at, "minimum", format!("{value} is below the minimum, {low}"));
            }
            if let Some((high, open)) = high && (n > high || open && n == high) {
                add(found, at, "maximum", format!("{value} is above the maximum, {high}"));
            }
            if let Some(step) = multiple && ((n / step) - (n / step).round()).abs() > 1e-9 {
                add(found, at, "multiple_of", format!("{value} is not a multiple of {step}"));
            }
        }

        #[allow(dead_code)]
        fn count(n: usize, low: Option<usize>, high: Option<usize>, what: &str, at: &str, found: &mut Vec<Violation>) {
            if let Some(low) = low && n < low {
                add(found, at, "min_items", format!("has {n} {what}, at least {low} are needed"));
            }
            if let Some(high) = high && n > high {
                add(found, at, "max_items", format!("has {n} {what}, at most {high} are allowed"));
            }
        }

        #[allow(dead_code)]
        fn distinct<T: serde::Serialize>(items: &[T], at: &str, found: &mut Vec<Violation>) {
            let mut seen = std::collections::HashSet::new();
            for (i, item) in items.iter().enumerate() {
                if !seen.insert(serde_json::to_string(item).unwrap_or_default()) {
                    add(found, &format!("{at}/{i}"), "unique_items", "stands in the list twice".to_string());
                }
            }
        }

        #[allow(dead_code)]
        fn matches(value: &impl serde::Serialize, pattern: &str, at: &str, found: &mut Vec<Violation>) {
            let Ok(serde_json::Value::String(text)) = serde_json::to_value(value) else { return };
            if regress::Regex::new(pattern).is_ok_and(|p| p.find(&text).is_none()) {
                add(found, at, "pattern", format!("does not match {pattern}"));
            }
        }
    }
}
