//! OpenAPI 3.0 schema → schemars 0.8, without loss: `default: null`, boolean exclusive bounds, arrays without items.
//!
//! `serde` would read most of it, but schemars 0.8 speaks JSON Schema draft 7, where those three mean something else.

use schemars::schema::{InstanceType, Schema, SchemaObject, SingleOrVec};
use serde_json::{Map, Value};

/// Converts one schema.
pub(super) fn convert(value: &Value) -> Schema {
    let Value::Object(map) = value else { return Schema::Bool(value.as_bool().unwrap_or(true)) };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        return Schema::new_ref(reference.into());
    }
    let mut out = SchemaObject::default();
    for (key, value) in map {
        let known = annotation(&mut out, key, value)
            || composition(&mut out, key, value)
            || number(&mut out, map, key, value)
            || text_or_array(&mut out, key, value)
            || object(&mut out, key, value);
        if !known {
            out.extensions.insert(key.clone(), value.clone());
        }
    }
    out.into()
}

fn annotation(out: &mut SchemaObject, key: &str, value: &Value) -> bool {
    let text = || value.as_str().map(Into::into);
    match key {
        "title" => out.metadata().title = text(),
        "description" => out.metadata().description = text(),
        "default" => out.metadata().default = Some(value.clone()),
        "deprecated" => out.metadata().deprecated = value == true,
        "readOnly" => out.metadata().read_only = value == true,
        "writeOnly" => out.metadata().write_only = value == true,
        "format" => out.format = text(),
        "enum" => out.enum_values = value.as_array().cloned(),
        "type" => {
            let kind: Option<InstanceType> = serde_json::from_value(value.clone()).ok();
            if kind == Some(InstanceType::Array) {
                out.array();
            }
            out.instance_type = kind.map(Into::into);
        }
        _ => return false,
    }
    true
}

fn composition(out: &mut SchemaObject, key: &str, value: &Value) -> bool {
    let list = || value.as_array().map(|items| items.iter().map(convert).collect());
    match key {
        "allOf" => out.subschemas().all_of = list(),
        "anyOf" => out.subschemas().any_of = list(),
        "oneOf" => out.subschemas().one_of = list(),
        "not" => out.subschemas().not = Some(Box::new(convert(value))),
        _ => return false,
    }
    true
}

fn number(out: &mut SchemaObject, map: &Map<String, Value>, key: &str, value: &Value) -> bool {
    let exclusive = |key: &str| map.get(key) == Some(&Value::Bool(true));
    match key {
        "multipleOf" => out.number().multiple_of = value.as_f64(),
        "minimum" if exclusive("exclusiveMinimum") => out.number().exclusive_minimum = value.as_f64(),
        "minimum" => out.number().minimum = value.as_f64(),
        "maximum" if exclusive("exclusiveMaximum") => out.number().exclusive_maximum = value.as_f64(),
        "maximum" => out.number().maximum = value.as_f64(),
        "exclusiveMinimum" | "exclusiveMaximum" => {}
        _ => return false,
    }
    true
}

fn text_or_array(out: &mut SchemaObject, key: &str, value: &Value) -> bool {
    let count = || value.as_u64().and_then(|n| u32::try_from(n).ok());
    match key {
        "minLength" => out.string().min_length = count(),
        "maxLength" => out.string().max_length = count(),
        "pattern" => out.string().pattern = value.as_str().map(Into::into),
        "items" => out.array().items = Some(SingleOrVec::Single(Box::new(convert(value)))),
        "minItems" => out.array().min_items = count(),
        "maxItems" => out.array().max_items = count(),
        "uniqueItems" => out.array().unique_items = value.as_bool(),
        _ => return false,
    }
    true
}

fn object(out: &mut SchemaObject, key: &str, value: &Value) -> bool {
    let count = || value.as_u64().and_then(|n| u32::try_from(n).ok());
    match key {
        "properties" => {
            let properties = value.as_object().into_iter().flatten();
            out.object().properties = properties.map(|(k, v)| (k.clone(), convert(v))).collect();
        }
        "required" => {
            let names = value.as_array().into_iter().flatten();
            out.object().required = names.filter_map(|v| v.as_str().map(Into::into)).collect();
        }
        "additionalProperties" => out.object().additional_properties = Some(Box::new(convert(value))),
        "minProperties" => out.object().min_properties = count(),
        "maxProperties" => out.object().max_properties = count(),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::convert;
    use serde_json::json;

    #[test]
    fn exclusive_bounds_become_numbers() {
        let schema = convert(&json!({"type": "number", "minimum": 1, "exclusiveMinimum": true, "maximum": 9}));
        assert_eq!(
            serde_json::to_value(schema).unwrap(),
            json!({"type": "number", "exclusiveMinimum": 1.0, "maximum": 9.0})
        );
    }

    #[test]
    fn what_is_not_ours_travels_along() {
        let schema = json!({"type": "string", "nullable": true, "x-index": true, "example": "a"});
        assert_eq!(serde_json::to_value(convert(&schema)).unwrap(), schema);
    }
}
