//! `type`: one known name, and only the keywords that say something about it.

use super::super::{
    distance::nearest,
    idents::{describe, list},
    map::{Map, Site},
    report::Report,
};
use crate::source::join;
use serde_json::Value;

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// Keywords that say something about one type only.
const OWN: [(&[&str], &[&str]); 4] = [
    (&["string"], &["pattern", "minLength", "maxLength"]),
    (&["integer", "number"], &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    (&["array"], &["items", "minItems", "maxItems", "uniqueItems"]),
    (&["object"], &["properties", "required", "additionalProperties", "minProperties", "maxProperties"]),
];

/// Checks the type of a schema.
pub(super) fn check(_: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    match site.value.get("type") {
        None => typeless(site, report),
        Some(Value::String(t)) if TYPES.contains(&t.as_str()) => {
            foreign(t, site, report);
            format(t, site, report);
        }
        Some(other) => unknown(other, &join(&site.pointer, "type"), report),
    }
}

fn typeless(site: &Site<'_>, report: &mut Report<'_>) {
    let has = |key: &str| site.value.get(key).is_some();
    if ["allOf", "oneOf", "anyOf", "not"].iter().any(|k| has(k)) {
        return;
    }
    if let Some(values) = site.value["enum"].as_array() {
        let ty = values.iter().find_map(type_of).unwrap_or("string");
        return report.block(&site.pointer, "`enum` without a `type` would be lost", format!("add `type: {ty}`"));
    }
    for (types, keys) in OWN {
        if let Some(key) = keys.iter().find(|k| has(k)) {
            let message = format!("`{key}` without a `type` would be lost");
            return report.block(&site.pointer, message, format!("add `type: {}`", types.join("` or `type: ")));
        }
    }
    if has("format") {
        report.block(
            &site.pointer,
            "`format` without a `type` would be lost",
            "add the `type` that the format belongs to",
        );
    }
}

fn type_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::String(_) => Some("string"),
        Value::Number(n) if n.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::Bool(_) => Some("boolean"),
        _ => None,
    }
}

fn unknown(value: &Value, pointer: &str, report: &mut Report<'_>) {
    match value {
        Value::Array(types) => {
            let named: Vec<&str> = types.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect();
            let remedy = match named.as_slice() {
                [only] if types.len() == 2 => format!("write `type: {only}` and `nullable: true`"),
                [only] => format!("write `type: {only}`"),
                _ => "write `oneOf` with one schema per type".into(),
            };
            report.block(pointer, "a list of types is OpenAPI 3.1", remedy);
        }
        Value::String(t) if t == "null" => {
            report.block(
                pointer,
                "the type `null` is OpenAPI 3.1",
                "write the type of the other values, and `nullable: true`",
            );
        }
        Value::String(t) => {
            let meant =
                nearest(t, TYPES).map_or_else(|| format!("write one of {}", list(TYPES)), |m| format!("write `{m}`"));
            report.block(pointer, format!("`{t}` is not a type"), meant);
        }
        other => report.block(
            pointer,
            format!("is {}, not the name of a type", describe(other)),
            format!("write one of {}", list(TYPES)),
        ),
    }
}

fn foreign(ty: &str, site: &Site<'_>, report: &mut Report<'_>) {
    for (types, keys) in OWN.iter().filter(|(types, _)| !types.contains(&ty)) {
        for key in keys.iter().filter(|k| site.value.get(**k).is_some()) {
            let message = format!("`{key}` says nothing about the type `{ty}`, so it would be lost");
            report.add(&join(&site.pointer, key), message, format!("remove it, or write `type: {}`", types[0]));
        }
    }
}

fn format(ty: &str, site: &Site<'_>, report: &mut Report<'_>) {
    if matches!(ty, "boolean" | "array" | "object") && site.value.get("format").is_some() {
        let remedy = "remove it; only text and numbers have formats";
        report.add(&join(&site.pointer, "format"), format!("`format` on the type `{ty}` would be lost"), remedy);
    }
}
