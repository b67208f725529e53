//! Which Rust type a schema is outside the models crate: a component, a plain scalar, or a list or map of these.
//!
//! Everything else gets a name first ([`crate::hoist`]), so that typify writes its type and both sides share it.

use crate::rust;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// A type that can be written without a name of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// A component.
    Named(String),
    /// A list.
    List(Box<Shape>),
    /// An object whose members are all alike.
    Map(Box<Shape>),
    /// A type of the standard library.
    Scalar(&'static str),
}

impl Shape {
    /// The shape of a schema; `None` for what needs a name.
    #[must_use]
    pub fn of(schema: &Value) -> Option<Self> {
        let map = schema.as_object()?;
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            return reference.rsplit('/').next().map(|name| Self::Named(name.into()));
        }
        let says = |keys: &[&str]| keys.iter().any(|k| map.contains_key(*k));
        if says(&["enum", "allOf", "oneOf", "anyOf", "not", "pattern", "minLength", "maxLength", "multipleOf"])
            || says(&["maximum", "exclusiveMinimum", "minItems", "maxItems", "uniqueItems", "default"])
            || says(&["minProperties", "maxProperties", "properties"])
            || schema["nullable"] == true
        {
            return None;
        }
        match schema["type"].as_str()? {
            "string" if !says(&["format"]) => Some(Self::Scalar("String")),
            "boolean" => Some(Self::Scalar("bool")),
            "integer" => integer(schema),
            // an `f32` takes what is too big for it as infinite
            "number" if !says(&["minimum"]) && schema["format"] != "float" => Some(Self::Scalar("f64")),
            "array" => Some(Self::List(Box::new(Self::of(&schema["items"])?))),
            "object" if schema["additionalProperties"].is_object() => {
                Some(Self::Map(Box::new(Self::of(&schema["additionalProperties"])?)))
            }
            _ => None,
        }
    }

    /// The shape of a parameter: one that is not there is `null`, so that it need not say so.
    #[must_use]
    pub fn of_parameter(schema: &Value) -> Option<Self> {
        let mut schema = schema.clone();
        let map = schema.as_object_mut()?;
        map.retain(|k, _| !matches!(k.as_str(), "nullable" | "default" | "title" | "description"));
        if let Some([only]) = map.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
            && map.keys().all(|k| k == "allOf" || k.starts_with("x-"))
        {
            return Self::of(only);
        }
        Self::of(&schema)
    }

    /// Whether there is a component in it, so that there may be something to check.
    #[must_use]
    pub fn is_checked(&self) -> bool {
        match self {
            Self::Named(_) => true,
            Self::List(inner) | Self::Map(inner) => inner.is_checked(),
            Self::Scalar(_) => false,
        }
    }

    /// The type; `name` gives the type of a component.
    pub fn tokens(&self, name: &dyn Fn(&str) -> TokenStream) -> TokenStream {
        match self {
            Self::Named(component) => name(component),
            Self::List(inner) => {
                let inner = inner.tokens(name);
                quote!(Vec<#inner>)
            }
            Self::Map(inner) => {
                let inner = inner.tokens(name);
                quote!(::std::collections::BTreeMap<String, #inner>)
            }
            Self::Scalar(ty) => syn::parse_str::<syn::Type>(ty).map_or_else(|_| quote!(String), |ty| quote!(#ty)),
        }
    }
}

/// Where the bounds are those of a Rust type.
fn integer(schema: &Value) -> Option<Shape> {
    let ty = match (schema["format"].as_str(), schema["minimum"].as_f64()) {
        (Some("int8"), None) => "i8",
        (Some("int16"), None) => "i16",
        (Some("int32"), None) => "i32",
        (Some("int64") | None, None) => "i64",
        (Some("uint8"), None | Some(0.0)) => "u8",
        (Some("uint16"), None | Some(0.0)) => "u16",
        (Some("uint32"), None | Some(0.0)) => "u32",
        (Some("uint64" | "uint"), None | Some(0.0)) => "u64",
        (Some("uint8"), Some(1.0)) => "::std::num::NonZeroU8",
        (Some("uint16"), Some(1.0)) => "::std::num::NonZeroU16",
        (Some("uint32"), Some(1.0)) => "::std::num::NonZeroU32",
        (Some("uint64" | "uint"), Some(1.0)) => "::std::num::NonZeroU64",
        _ => return None,
    };
    Some(Shape::Scalar(ty))
}

/// The type of a component in the models crate.
pub fn model(name: &str) -> TokenStream {
    let name = rust::pascal(name);
    quote!(models::#name)
}

#[cfg(test)]
mod tests {
    use super::Shape;
    use serde_json::json;

    #[test]
    fn plain_types_need_no_name() {
        let of = |schema| Shape::of(&schema).map(|s| s.tokens(&super::model).to_string());
        let list = json!({"type": "array", "items": {"$ref": "#/components/schemas/Sled"}});
        assert_eq!(of(list).as_deref(), Some("Vec < models :: Sled >"));
        assert_eq!(of(json!({"type": "integer", "format": "uint16", "minimum": 0})).as_deref(), Some("u16"));
        assert_eq!(of(json!({"type": "integer", "minimum": 3})), None);
        for constrained in [
            json!({"type": "string", "format": "uuid"}),
            json!({"type": "string", "format": "unheard-of"}),
            json!({"type": "integer", "format": "int32", "maximum": 9}),
            json!({"type": "integer", "format": "int32", "minimum": 1}),
            json!({"type": "number", "format": "float"}),
            json!({"type": "number", "multipleOf": 0.1}),
            json!({"type": "array", "items": {"type": "string"}, "maxItems": 2}),
            json!({"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}),
            json!({"type": "boolean", "enum": [true]}),
        ] {
            assert_eq!(of(constrained.clone()), None, "{constrained}");
        }
        let limit = json!({"type": "integer", "format": "uint32", "minimum": 1, "nullable": true});
        assert_eq!(Shape::of(&limit), None);
        assert_eq!(Shape::of_parameter(&limit), Some(Shape::Scalar("::std::num::NonZeroU32")));
    }
}
