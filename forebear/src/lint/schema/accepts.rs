//! Does a value satisfy a schema, as far as can be said without a validator?

use super::super::follow::Spot;
use crate::{
    number::is_multiple,
    proof::{Direction, formats, oracle::Oracle},
};
use serde_json::{Map, Value, json};

/// Deeper values are taken as valid.
const MAX_DEPTH: usize = 24;

/// Compiles a pattern the way the generated code will.
pub(in crate::lint) fn pattern(text: &str) -> Result<regress::Regex, String> {
    regress::Regex::new(text).map_err(|e| e.to_string())
}

/// The pattern, if trying it on a text surely ends.
fn trial(text: &str) -> Option<regress::Regex> {
    if super::repeats::endless(text)? {
        return None;
    }
    pattern(text).ok()
}

/// Whether `value` has the JSON type `ty`.
pub(super) fn is_type(value: &Value, ty: &str) -> bool {
    match ty {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

/// What keeps `value` from satisfying `schema`; `None` if nothing is known to.
pub(in crate::lint) fn problem(root: &Value, schema: Spot<'_>, value: &Value) -> Option<String> {
    inside(root, schema, value, 0)
}

fn inside(root: &Value, schema: Spot<'_>, value: &Value, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH || value.is_null() && schema.value["nullable"] == true {
        return None;
    }
    let schema = schema.bare(root)?;
    if value.is_null() && schema.value["nullable"] == true {
        return None;
    }
    if let Some(problem) = ["oneOf", "anyOf"].iter().find_map(|k| alternatives(root, &schema, k, value, depth)) {
        return Some(problem);
    }
    let mut parts = schema.items("allOf").into_iter();
    if let Some(problem) = parts.find_map(|part| inside(root, part, value, depth + MAX_DEPTH / 2)) {
        return Some(problem);
    }
    let ty = schema.value["type"].as_str()?;
    if !is_type(value, ty) {
        return Some(format!("`{value}` is not of the type `{ty}`"));
    }
    if schema.value["enum"].as_array().is_some_and(|e| !e.contains(value)) {
        return Some(format!("`{value}` is not among the values of the `enum`"));
    }
    match value {
        Value::String(text) => text_problem(schema.value, text),
        Value::Number(n) => number_problem(schema.value, n.as_f64()?),
        Value::Array(items) => list_problem(root, &schema, items, depth),
        Value::Object(map) => object_problem(root, &schema, map, depth),
        _ => None,
    }
}

fn alternatives(root: &Value, schema: &Spot<'_>, key: &str, value: &Value, depth: usize) -> Option<String> {
    let all = schema.items(key);
    // one level deeper each, so that alternatives of alternatives end
    let none = !all.is_empty() && all.into_iter().all(|s| inside(root, s, value, depth + MAX_DEPTH / 2).is_some());
    none.then(|| format!("`{value}` fits none of `{key}`"))
}

fn list_problem(root: &Value, schema: &Spot<'_>, items: &[Value], depth: usize) -> Option<String> {
    let count = items.len() as u64;
    let outside = schema.value["minItems"].as_u64().is_some_and(|n| count < n)
        || schema.value["maxItems"].as_u64().is_some_and(|n| count > n);
    if outside {
        return Some(format!("{count} items are too few or too many"));
    }
    let twice = || items.iter().enumerate().find(|(i, v)| items[..*i].contains(v)).map(|(_, v)| v);
    if let Some(value) = Some(()).filter(|()| schema.value["uniqueItems"] == true).and_then(|()| twice()) {
        return Some(format!("`{value}` is in the list twice"));
    }
    let each = schema.get("items")?;
    items.iter().find_map(|v| inside(root, each.clone(), v, depth + 1))
}

fn object_problem(root: &Value, schema: &Spot<'_>, map: &Map<String, Value>, depth: usize) -> Option<String> {
    let required = schema.value["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.into_iter().find(|r| !map.contains_key(*r)) {
        return Some(format!("`{missing}` is missing"));
    }
    let properties = schema.entries("properties");
    let known = |key: &String| properties.iter().any(|(name, _)| *name == key);
    if let Some(extra) = map.keys().find(|k| schema.value["additionalProperties"] == false && !known(k)) {
        return Some(format!("`{extra}` is not among the `properties`"));
    }
    let count = map.len() as u64;
    if schema.value["minProperties"].as_u64().is_some_and(|n| count < n)
        || schema.value["maxProperties"].as_u64().is_some_and(|n| count > n)
    {
        return Some(format!("{count} members are too few or too many"));
    }
    let named = properties.iter().find_map(|(k, s)| inside(root, s.clone(), map.get(*k)?, depth + 1));
    let rest = || schema.get("additionalProperties").filter(|s| s.value.is_object());
    named.or_else(|| {
        let rest = rest()?;
        map.iter().filter(|(k, _)| !known(k)).find_map(|(_, v)| inside(root, rest.clone(), v, depth + 1))
    })
}

fn text_problem(schema: &Value, text: &str) -> Option<String> {
    let length = text.chars().count() as u64;
    let outside = schema["minLength"].as_u64().is_some_and(|n| length < n)
        || schema["maxLength"].as_u64().is_some_and(|n| length > n);
    let expression = schema["pattern"].as_str().and_then(trial);
    if outside {
        return Some(format!("`{text}` is shorter or longer than allowed"));
    }
    if expression.is_some_and(|e| e.find(text).is_none()) {
        return Some(format!("`{text}` does not match the `pattern`"));
    }
    let format = schema["format"].as_str().filter(|f| formats::text(f).is_some())?;
    let plain = json!({"type": "string", "format": format});
    let fits = Oracle::new(&Value::Null).accepts(&plain, Direction::Response, &json!(text));
    (fits == Ok(false)).then(|| format!("`{text}` is no `{format}`"))
}

fn number_problem(schema: &Value, n: f64) -> Option<String> {
    let below = schema["minimum"].as_f64().is_some_and(|m| n < m || n == m && schema["exclusiveMinimum"] == true);
    let above = schema["maximum"].as_f64().is_some_and(|m| n > m || n == m && schema["exclusiveMaximum"] == true);
    let format = schema["format"].as_str().filter(|f| !range(f).contains(&n));
    if below || above {
        return Some(format!("{n} is out of bounds"));
    }
    if let Some(format) = format {
        return Some(format!("{n} is out of the range of `{format}`"));
    }
    let step = schema.get("multipleOf").filter(|step| step.as_f64().is_some_and(|s| s > 0.0))?;
    (!is_multiple(&json!(n), step)).then(|| format!("{n} is not a multiple of {step}"))
}

/// What the format of an integer can hold.
fn range(format: &str) -> std::ops::RangeInclusive<f64> {
    match format {
        "int8" => -128.0..=127.0,
        "uint8" => 0.0..=255.0,
        "int16" => -32_768.0..=32_767.0,
        "uint16" => 0.0..=65_535.0,
        "int32" => -2_147_483_648.0..=2_147_483_647.0,
        "uint32" => 0.0..=4_294_967_295.0,
        "uint" | "uint64" => 0.0..=f64::MAX,
        _ => f64::MIN..=f64::MAX,
    }
}
