//! Texts of a form or of a parameter as the JSON values that their schemas mean.

use crate::{Contract, Problem};
use serde_json::{Map, Value};

/// The object of `pairs`; a field that is a list may be repeated, any other may not.
///
/// # Errors
/// 422 for a field that is given twice.
pub(crate) fn object(contract: &Contract, schema: &Value, pairs: &[(String, String)]) -> Result<Value, Problem> {
    let mut out = Map::new();
    for (name, text) in pairs {
        let field = contract.inside(schema, &format!("/{}", name.replace('~', "~0").replace('/', "~1")));
        if field["type"] == "array" {
            let item = value(contract, &field["items"], text);
            match out.entry(name).or_insert_with(|| Value::Array(vec![])) {
                Value::Array(items) => items.push(item),
                _ => return Err(twice(name)),
            }
        } else if out.insert(name.clone(), value(contract, field, text)).is_some() {
            return Err(twice(name));
        }
    }
    Ok(Value::Object(out))
}

fn twice(name: &str) -> Problem {
    Problem::body(&format!("/{name}"), "duplicate_field", "is given twice")
}

/// One text as what its schema says; text that does not fit stays text, and the type refuses it.
pub(crate) fn value(contract: &Contract, schema: &Value, text: &str) -> Value {
    let schema = contract.resolve(schema);
    let literal = || serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.into()));
    match schema["type"].as_str() {
        Some("string") => Value::String(text.into()),
        Some(_) => literal(),
        None => match ["oneOf", "anyOf", "allOf"].iter().find_map(|k| schema[*k].as_array()) {
            Some(branches) if branches.iter().all(|b| !is_text(contract, b)) => literal(),
            _ => Value::String(text.into()),
        },
    }
}

fn is_text(contract: &Contract, schema: &Value) -> bool {
    let schema = contract.resolve(schema);
    let inner = ["oneOf", "anyOf", "allOf"].iter().find_map(|k| schema[*k].as_array());
    schema["type"] == "string" || inner.is_some_and(|b| b.iter().any(|s| is_text(contract, s)))
}

/// The form parser replaces what it cannot decode; a value must not become another one.
pub(crate) fn is_percent_encoded_utf8(text: &str) -> bool {
    let mut bytes = vec![];
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest
            .get(..2)
            .and_then(|d| std::str::from_utf8(d).ok())
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(byte) = digits.and_then(|d| u8::from_str_radix(d, 16).ok()) else { return false };
        bytes.push(byte);
        rest = &rest[2..];
    }
    std::str::from_utf8(&bytes).is_ok()
}
