//! Proof that the document comes back: what Dropshot emits for a generated trait, against the source.
//!
//! Both sides go through the same `openapiv3` build and lose what the allow-list below names; everything else must be equal.

mod extensions;

use crate::api::resolve;
use serde_json::{Map, Value, json};

/// One entry of the allow-list: what is taken out of both sides, why, and how.
pub struct Allowed {
    /// What may differ.
    pub what: &'static str,
    /// Why Dropshot cannot give it back.
    pub why: &'static str,
    remove: fn(&mut Value),
}

/// Everything in which the emitted document may differ from the source.
pub const ALLOWED: &[Allowed] = &[
    Allowed {
        what: "the patch of the version of OpenAPI",
        why: "Dropshot writes 3.0.3, and the patches of 3.0 say the same",
        remove: |d| drop_keys(d, &["openapi"]),
    },
    Allowed {
        what: "where a parameter, header, response or example stands: in `components`, on its path, or in its operation",
        why: "Dropshot writes each of them where it is used",
        remove: write_out,
    },
    Allowed {
        what: "`explode` of parameters and headers",
        why: "lint passes only what it is without the word, and Dropshot does not write it",
        remove: |d| each_operation(d, drop_explode),
    },
    Allowed {
        what: "the schema of `*/*`",
        why: "lint passes only schemas of any bytes, and Dropshot writes an empty one",
        remove: |d| each_operation(d, drop_schema_of_bytes),
    },
    Allowed {
        what: "servers, security and securitySchemes",
        why: "Dropshot does not know where it is deployed or how callers prove themselves",
        remove: |d| {
            drop_keys(d, &["servers", "security"]);
            each_operation(d, |o| drop_keys(o, &["servers", "security"]));
            if let Some(components) = d.get_mut("components") {
                drop_keys(components, &["securitySchemes"]);
            }
        },
    },
    Allowed {
        what: "info beyond title and version",
        why: "it is given to `ApiDescription::openapi` by its caller, not by the trait",
        remove: |d| d["info"] = json!({"title": d["info"]["title"], "version": d["info"]["version"]}),
    },
    Allowed {
        what: "x- keys other than those of schemas",
        why: "Dropshot has no place for them; ours are compiled into policies",
        remove: extensions::drop,
    },
    Allowed {
        what: "error responses, one by one",
        why: "Dropshot documents one error type for 4XX and 5XX, always as application/json",
        remove: |d| each_operation(d, fold_errors),
    },
    Allowed {
        what: "304 responses",
        why: "Dropshot documents one success response; the pipeline answers conditional requests",
        remove: |d| each_operation(d, |o| drop_keys(&mut o["responses"], &["304"])),
    },
    Allowed {
        what: "description of a request body",
        why: "Dropshot documents the body by its schema alone",
        remove: |d| {
            each_operation(d, |o| {
                if let Some(body) = o.get_mut("requestBody") {
                    drop_keys(body, &["description"]);
                }
            });
        },
    },
    Allowed { what: "order of `required`", why: "it is a set, to JSON Schema and to schemars", remove: sort_required },
    Allowed {
        what: "order of tags, and tags that are only named",
        why: "Dropshot keeps tags in a hash map, and adds to them what operations name",
        remove: |d| {
            if let Some(tags) = d.get_mut("tags").and_then(Value::as_array_mut) {
                tags.retain(|t| t.as_object().is_some_and(|t| t.len() > 1));
                tags.sort_by_key(|t| t["name"].as_str().unwrap_or_default().to_string());
            }
            if d["tags"].as_array().is_some_and(Vec::is_empty) {
                drop_keys(d, &["tags"]);
            }
        },
    },
];

/// Where the two documents differ beyond the allow-list, by JSON pointer.
///
/// # Errors
/// When one of them is not OpenAPI 3.0.
pub fn differences(source: &Value, emitted: &Value) -> Result<Vec<String>, serde_json::Error> {
    let mut found = vec![];
    compare("", &normalised(source)?, &normalised(emitted)?, &mut found);
    Ok(found)
}

fn normalised(document: &Value) -> Result<Value, serde_json::Error> {
    let parsed: openapiv3::OpenAPI = serde_json::from_value(document.clone())?;
    let mut value = serde_json::to_value(parsed)?;
    for allowed in ALLOWED {
        (allowed.remove)(&mut value);
    }
    if value["components"].as_object().is_some_and(Map::is_empty) {
        drop_keys(&mut value, &["components"]);
    }
    Ok(value)
}

fn drop_keys(value: &mut Value, keys: &[&str]) {
    if let Some(map) = value.as_object_mut() {
        map.retain(|k, _| !keys.contains(&k.as_str()));
    }
}

fn each_operation(document: &mut Value, change: fn(&mut Value)) {
    let items = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(|p| p.values_mut());
    for item in items {
        for (_, operation) in item.as_object_mut().into_iter().flatten().filter(|(_, o)| o.is_object()) {
            change(operation);
        }
    }
}

/// Parts in the place of references to them.
fn write_out(document: &mut Value) {
    let whole = document.clone();
    for item in entries(document, "paths") {
        let shared = item.get_mut("parameters").map(Value::take);
        drop_keys(item, &["parameters"]);
        for operation in item.as_object_mut().into_iter().flat_map(|i| i.values_mut()).filter(|o| o.is_object()) {
            let own = operation.get("parameters");
            let lists = shared.as_ref().and_then(Value::as_array).into_iter().chain(own.and_then(Value::as_array));
            let all: Vec<Value> = lists.flatten().map(|p| resolve(&whole, p).clone()).collect();
            if !all.is_empty() {
                operation["parameters"] = all.into();
            }
            for response in entries(operation, "responses") {
                *response = resolve(&whole, response).clone();
                entries(response, "headers").for_each(|h| *h = resolve(&whole, h).clone());
            }
        }
    }
    if let Some(components) = document.get_mut("components") {
        drop_keys(components, &["examples", "headers", "parameters", "responses"]);
    }
}

fn entries<'a>(holder: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    holder.get_mut(key).and_then(Value::as_object_mut).into_iter().flat_map(|m| m.values_mut())
}

fn drop_explode(operation: &mut Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    parameters.into_iter().flatten().for_each(|p| drop_keys(p, &["explode"]));
    for response in entries(operation, "responses") {
        entries(response, "headers").for_each(|h| drop_keys(h, &["explode"]));
    }
}

fn drop_schema_of_bytes(operation: &mut Value) {
    for response in entries(operation, "responses") {
        if let Some(media) = response.pointer_mut("/content/*~1*") {
            drop_keys(media, &["schema"]);
        }
    }
}

fn sort_required(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(names) = map.get_mut("required").and_then(Value::as_array_mut) {
                names.sort_by_key(ToString::to_string);
            }
            map.values_mut().for_each(sort_required);
        }
        Value::Array(items) => items.iter_mut().for_each(sort_required),
        _ => {}
    }
}

/// Any error responses become one marker.
fn fold_errors(operation: &mut Value) {
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let (before, all) = (responses.len(), responses.clone());
    responses.retain(|code, _| !crate::api::is_error(code, &all));
    if responses.len() < before {
        responses.insert("errors".into(), Value::Bool(true));
    }
}

fn compare(at: &str, source: &Value, emitted: &Value, found: &mut Vec<String>) {
    match (source, emitted) {
        (Value::Object(a), Value::Object(b)) => {
            for key in keys(a, b) {
                let at = crate::source::join(at, key);
                match (a.get(key), b.get(key)) {
                    (Some(x), Some(y)) => compare(&at, x, y, found),
                    (Some(_), None) => found.push(format!("{at}: only in the source")),
                    _ => found.push(format!("{at}: only in the emitted document")),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                compare(&format!("{at}/{i}"), x, y, found);
            }
        }
        (a, b) if a == b || number(a).is_some() && number(a) == number(b) => {}
        (a, b) => found.push(format!("{at}: {a} became {b}")),
    }
}

/// `1` and `1.0` are the same number to JSON Schema.
fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}

fn keys<'a>(a: &'a Map<String, Value>, b: &'a Map<String, Value>) -> Vec<&'a String> {
    a.keys().chain(b.keys().filter(|k| !a.contains_key(*k))).collect()
}

#[cfg(test)]
mod tests {
    use super::differences;
    use serde_json::json;

    fn document(limit: u32) -> serde_json::Value {
        json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {
            "operationId": "a", "x-scope": "a:read", "parameters": [
                {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": limit}}],
            "responses": {"200": {"description": "d"}, "404": {"description": "n"}}}}}})
    }

    #[test]
    fn sees_what_changed_and_nothing_else() {
        let mut emitted = document(200);
        emitted["paths"]["/a"]["get"].as_object_mut().unwrap().remove("x-scope");
        assert_eq!(differences(&document(200), &emitted).unwrap(), Vec::<String>::new());
        let found = differences(&document(200), &document(100)).unwrap();
        assert_eq!(found, ["/paths/~1a/get/parameters/0/schema/maximum: 200 became 100"]);
    }
}
