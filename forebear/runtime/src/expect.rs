//! What a value should have been, in words, from its schema.

use crate::Contract;
use serde_json::Value;

/// A phrase that follows "must be": type, form, bounds and an example.
pub(crate) fn of(contract: &Contract, schema: &Value) -> String {
    let schema = contract.resolve(schema);
    let mut phrase = shape(contract, schema);
    if let Some(example) = schema.get("example").filter(|e| !e.is_object() && !e.is_array()) {
        phrase.push_str(&format!(", such as {example}"));
    }
    phrase
}

fn shape(contract: &Contract, schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), Into::into)).collect();
        return format!("one of {}", values.join(", "));
    }
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), Some("date")) => {
            "a date as YYYY-MM-DD (RFC 3339 full-date) that exists in the calendar".into()
        }
        (Some("string"), Some("date-time")) => "a date and time in UTC as YYYY-MM-DDThh:mm:ssZ (RFC 3339)".into(),
        (Some("string"), Some("uuid")) => "a UUID".into(),
        (Some("string"), _) => text(schema),
        (Some("integer"), _) => format!("a whole number{}", range(schema)),
        (Some("number"), _) => format!("a number{}", range(schema)),
        (Some("boolean"), _) => "true or false".into(),
        (Some("array"), _) => format!("a list of values, each {}", of(contract, &schema["items"])),
        (Some("object"), _) => "an object".into(),
        _ => "a valid value".into(),
    }
}

fn text(schema: &Value) -> String {
    if let Some(pattern) = schema["pattern"].as_str() {
        return format!("text that matches {pattern}");
    }
    match (schema["minLength"].as_u64(), schema["maxLength"].as_u64()) {
        (Some(low), Some(high)) => format!("text of {low} to {high} characters"),
        (Some(low), None) => format!("text of at least {low} characters"),
        (None, Some(high)) => format!("text of at most {high} characters"),
        (None, None) => "text".into(),
    }
}

fn range(schema: &Value) -> String {
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(low), Some(high)) => format!(" from {low} to {high}"),
        (Some(low), None) => format!(" of at least {low}"),
        (None, Some(high)) => format!(" of at most {high}"),
        (None, None) => String::new(),
    }
}
