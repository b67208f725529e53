//! What typify is told of the lowered document: which types there are, and not what their values are like.
//!
//! Typify rounds bounds before it chooses a type by them, makes arrays of a fixed size, which serde reads up to 32 items, and fails on
//! lists of values that are no texts. All of these are left to `validate()`, which reads the lowered document itself.

use crate::{absent, number, tame::schemas};
use serde_json::{Map, Value};

/// Keywords of numbers that are left to `validate()`.
const BOUNDS: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

/// The lowered document as typify reads it.
pub(crate) fn told(low: &Value) -> Value {
    let mut told = low.clone();
    schemas(&mut told, &mut simple);
    absent::mark(&mut told);
    told
}

fn simple(schema: &mut Map<String, Value>) {
    match schema.get("type").and_then(Value::as_str) {
        Some("integer") => integer(schema),
        Some("number") => schema.retain(|key, _| key != "enum" && !BOUNDS.contains(&key.as_str())),
        Some("boolean") => _ = schema.shift_remove("enum"),
        Some("array") => schema.retain(|key, _| !["minItems", "maxItems", "uniqueItems"].contains(&key.as_str())),
        _ => {}
    }
}

/// The format alone, and the one bound that makes a type of its own: an unsigned number from 1.
fn integer(schema: &mut Map<String, Value>) {
    let format = number::format(schema);
    let bounds = number::Bounds::of(schema);
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        values.retain(|v| v.as_i64().is_none_or(|n| bounds.hold(n.into())));
    }
    schema.retain(|key, _| key != "format" && !BOUNDS.contains(&key.as_str()));
    let Some(format) = format else { return };
    schema.insert("format".into(), format.into());
    if format.starts_with('u') && bounds.low == Some(1) {
        schema.insert("minimum".into(), 1.into());
    }
}

#[cfg(test)]
mod tests {
    use super::told;
    use serde_json::json;

    #[test]
    fn types_alone() {
        let low = json!({"components": {"schemas": {
            "Port": {"type": "integer", "format": "uint16", "minimum": 1, "maximum": 1024},
            "Small": {"type": "integer", "maximum": 127},
            "Rate": {"type": "number", "enum": [0.5], "multipleOf": 0.1},
            "Pair": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "boolean", "enum": [true]}}}}});
        assert_eq!(
            told(&low)["components"]["schemas"],
            json!({
                "Port": {"type": "integer", "format": "uint16", "minimum": 1},
                "Small": {"type": "integer"},
                "Rate": {"type": "number"},
                "Pair": {"type": "array", "items": {"type": "boolean"}}})
        );
    }
}
