//! OpenAPI 3.0 schemas as JSON Schema draft 7, the youngest draft in which, as in OpenAPI 3.0, `$ref` hides what stands beside it.
//!
//! Only the keywords that assert something are carried over. Rewriting the schema lost against nothing: no crate judges OpenAPI
//! 3.0 schemas themselves.

use super::{formats, oracle::Direction};
use crate::api::resolve;
use serde_json::{Map, Value, json};

/// Keywords that mean the same in both.
const PLAIN: [&str; 14] = [
    "type",
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "multipleOf",
    "minimum",
    "maximum",
];

/// One schema, as values that travel in `direction` must be.
pub(crate) fn translate(document: &Value, direction: Direction, schema: &Value) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    if let Some(reference) = map.get("$ref") {
        return json!({ "$ref": reference });
    }
    // Dropshot's way to write a type with the one value `null`, which it calls a string
    if map.get("enum") == Some(&json!([null])) {
        return json!({"type": "null"});
    }
    let inner = |value: &Value| translate(document, direction, value);
    let mut out = Map::new();
    for (key, value) in map {
        let new = match key.as_str() {
            key if PLAIN.contains(&key) => value.clone(),
            "items" | "additionalProperties" | "not" => inner(value),
            "allOf" | "anyOf" | "oneOf" => value.as_array().into_iter().flatten().map(inner).collect(),
            _ => continue,
        };
        out.insert(key.clone(), new);
    }
    members(document, direction, map, &mut out);
    exclusive(map, &mut out);
    range(map, &mut out);
    if map.get("nullable") == Some(&Value::Bool(true)) { json!({"anyOf": [{"type": "null"}, out]}) } else { out.into() }
}

/// `readOnly` members are no part of a request, `writeOnly` ones none of a response.
fn members(document: &Value, direction: Direction, map: &Map<String, Value>, out: &mut Map<String, Value>) {
    let properties = map.get("properties").and_then(Value::as_object);
    let foreign = |name: &str| properties.and_then(|p| p.get(name)).is_some_and(|p| direction.refuses(document, p));
    if let Some(properties) = properties {
        let of = |(name, schema): (&String, &Value)| {
            let schema = if foreign(name) { Value::Bool(false) } else { translate(document, direction, schema) };
            (name.clone(), schema)
        };
        out.insert("properties".into(), Value::Object(properties.iter().map(of).collect()));
    }
    if let Some(required) = map.get("required").and_then(Value::as_array) {
        let kept = required.iter().filter(|r| !r.as_str().is_some_and(&foreign)).cloned();
        out.insert("required".into(), kept.collect());
    }
}

/// In OpenAPI 3.0 `exclusiveMinimum` is a boolean beside `minimum`.
fn exclusive(map: &Map<String, Value>, out: &mut Map<String, Value>) {
    for (bound, open) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if map.get(open) == Some(&Value::Bool(true))
            && let Some(limit) = out.shift_remove(bound)
        {
            out.insert(open.into(), limit);
        }
    }
}

/// Formats of numbers are ranges.
fn range(map: &Map<String, Value>, out: &mut Map<String, Value>) {
    let (Some(kind), Some(format)) =
        (map.get("type").and_then(Value::as_str), map.get("format").and_then(Value::as_str))
    else {
        return;
    };
    let limits = match (kind, formats::integer(format)) {
        ("integer", Some((low, high))) => json!({"minimum": whole(low), "maximum": whole(high)}),
        ("number", _) if format == "float" => json!({"minimum": f32::MIN, "maximum": f32::MAX}),
        _ => return,
    };
    let parts = out.entry("allOf").or_insert_with(|| json!([]));
    if let Some(parts) = parts.as_array_mut() {
        parts.push(limits);
    }
}

/// A whole number in JSON; beyond 64 bits, a float that is far enough out not to be rounded back to the bound.
pub(crate) fn whole(n: i128) -> Value {
    match (i64::try_from(n), u64::try_from(n)) {
        (Ok(n), _) => n.into(),
        (_, Ok(n)) => n.into(),
        _ => (n as f64 * 2.0).into(),
    }
}

impl Direction {
    /// Whether a property is no part of values that travel in this direction.
    pub(crate) fn refuses(self, document: &Value, property: &Value) -> bool {
        let word = match self {
            Self::Request => "readOnly",
            Self::Response => "writeOnly",
        };
        resolve(document, property)[word] == true
    }
}

#[cfg(test)]
mod tests {
    use super::translate;
    use crate::proof::oracle::Direction;
    use serde_json::{Value, json};

    fn of(schema: Value) -> Value {
        translate(&json!({}), Direction::Request, &schema)
    }

    #[test]
    fn null_is_an_alternative() {
        let wrapped = of(json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/A", "nullable": true}]}));
        assert_eq!(wrapped, json!({"anyOf": [{"type": "null"}, {"allOf": [{"$ref": "#/components/schemas/A"}]}]}));
    }

    #[test]
    fn null_alone() {
        assert_eq!(of(json!({"type": "string", "enum": [null]})), json!({"type": "null"}));
    }

    #[test]
    fn booleans_become_exclusive_bounds() {
        let bounds = of(json!({"minimum": 1, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false}));
        assert_eq!(bounds, json!({"maximum": 9, "exclusiveMinimum": 1}));
    }

    #[test]
    fn formats_of_integers_are_ranges() {
        let range = of(json!({"type": "integer", "format": "uint64"}));
        assert_eq!(range["allOf"], json!([{"minimum": 0, "maximum": u64::MAX}]));
    }

    #[test]
    fn what_asserts_nothing_goes() {
        assert_eq!(of(json!({"x-table": "a", "example": 1, "default": 2, "title": "T"})), json!({}));
    }
}
