//! Names for what operations write in place: bodies, answers, errors, parameters and headers that need a type of their own.

use super::inline;
use crate::{
    api::{ERROR_UNION, METHODS, bare, error_schemas, is_error, resolve},
    shape::Shape,
};
use heck::ToPascalCase;
use serde_json::{Map, Value, json};

/// The document with a component for each such schema.
#[must_use]
pub fn named(document: &Value) -> Value {
    let mut out = document.clone();
    let mut names = Names { schemas: document["components"]["schemas"].as_object().cloned().unwrap_or_default() };
    if let Some(components) = out.get_mut("components") {
        for (name, response) in entries(components, "responses") {
            answer(response, &format!("{name}-body"), &mut names);
        }
        for (name, parameter) in entries(components, "parameters") {
            self::parameter(parameter, name, &mut names);
        }
    }
    for (_, item) in entries(&mut out, "paths") {
        parameters(item, "", &mut names);
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).filter(|o| o.is_object()) {
                self::operation(document, operation, &mut names);
            }
        }
    }
    inline::hoist(&mut names);
    let Some(root) = out.as_object_mut().filter(|_| !names.schemas.is_empty()) else { return out };
    if let Some(components) = root.entry("components").or_insert_with(|| json!({})).as_object_mut() {
        components.insert("schemas".into(), Value::Object(names.schemas));
    }
    out
}

pub(super) struct Names {
    pub schemas: Map<String, Value>,
}

impl Names {
    /// Puts a schema under the first of the names that is free, or that holds the same.
    pub fn place(&mut self, names: &[String], schema: Value) -> Value {
        let more = (2..).map(|n| format!("{}{n}", names.last().map_or("Schema", String::as_str)));
        for name in names.iter().cloned().chain(more) {
            match self.schemas.iter().find(|(k, _)| k.to_pascal_case() == name) {
                Some((key, known)) if *known == schema => return reference(key),
                Some(_) => {}
                None => {
                    self.schemas.insert(name.clone(), schema);
                    return reference(&name);
                }
            }
        }
        Value::Null
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn entries<'a>(holder: &'a mut Value, key: &str) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    holder.get_mut(key).and_then(Value::as_object_mut).into_iter().flatten()
}

fn operation(document: &Value, operation: &mut Value, names: &mut Names) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_string();
    parameters(operation, &id, names);
    for (media, content) in operation.get_mut("requestBody").into_iter().flat_map(|b| entries(b, "content")) {
        body(document, media, content, &id, names);
    }
    if let [first, second, rest @ ..] = error_schemas(document, operation).as_slice() {
        let all: Vec<&Value> = [first, second].into_iter().chain(rest).copied().collect();
        let union = names.place(&[format!("{id}-error").to_pascal_case()], json!({"oneOf": all}));
        operation[ERROR_UNION] = union;
    }
    let codes = operation["responses"].as_object().cloned().unwrap_or_default();
    for (code, response) in entries(operation, "responses") {
        let error = is_error(code, &codes);
        answer(response, &format!("{id}-{}", if error { "error" } else { "response" }), names);
        for (name, header) in entries(response, "headers") {
            plain(header, &[format!("{id}-{name}").to_pascal_case()], names);
        }
    }
}

fn body(document: &Value, media: &str, content: &mut Value, id: &str, names: &mut Names) {
    let Some(schema) = content.get_mut("schema") else { return };
    match media {
        "application/json" => needs_name(schema, &format!("{id}-body"), names),
        "application/x-www-form-urlencoded" if schema.get("$ref").is_none() => {
            *schema = names.place(&[format!("{id}-body").to_pascal_case()], schema.clone());
        }
        "multipart/form-data" => {
            let whole = resolve(document, bare(schema)).clone();
            *schema = match fields(document, &whole) {
                Some(fields) => names.place(&[format!("{id}-fields").to_pascal_case()], fields),
                None => whole,
            };
        }
        _ => {}
    }
}

/// The members of a multipart body that are not files.
fn fields(document: &Value, whole: &Value) -> Option<Value> {
    let mut fields = whole.clone();
    let binary = |p: &Value| resolve(document, bare(p))["format"] == "binary";
    let properties = fields.get_mut("properties")?.as_object_mut()?;
    let files: Vec<String> = properties
        .iter()
        .filter(|(_, p)| binary(p) || binary(&resolve(document, bare(p))["items"]))
        .map(|(k, _)| k.clone())
        .collect();
    properties.retain(|k, _| !files.contains(k));
    if let Some(required) = fields.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|r| !files.iter().any(|f| r == f));
    }
    Some(fields)
}

fn answer(response: &mut Value, name: &str, names: &mut Names) {
    for (media, content) in entries(response, "content") {
        if matches!(media.as_str(), "application/json" | "application/problem+json")
            && let Some(schema) = content.get_mut("schema")
        {
            needs_name(schema, name, names);
        }
    }
}

fn needs_name(schema: &mut Value, name: &str, names: &mut Names) {
    if schema.is_object() && Shape::of(schema).is_none() {
        *schema = names.place(&[name.to_pascal_case()], schema.clone());
    }
}

fn parameters(holder: &mut Value, id: &str, names: &mut Names) {
    for parameter in holder.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        self::parameter(parameter, id, names);
    }
}

/// A parameter is named after itself, so that operations share its type, or after the operation too.
fn parameter(parameter: &mut Value, id: &str, names: &mut Names) {
    let name = parameter["name"].as_str().unwrap_or_default().to_string();
    let shared = format!("{name}-parameter").to_pascal_case();
    plain(parameter, &[shared, format!("{id}-{name}-parameter").to_pascal_case()], names);
}

/// The schema of a parameter or header. `nullable` means "may be absent" there, and a default stays outside the type.
fn plain(holder: &mut Value, candidates: &[String], names: &mut Names) {
    let Some(schema) = holder.get_mut("schema").filter(|s| s.is_object()) else { return };
    if Shape::of_parameter(schema).is_some() {
        return;
    }
    let mut core = schema.as_object().cloned().unwrap_or_default();
    core.shift_remove("nullable");
    let default = core.shift_remove("default");
    let named = names.place(candidates, Value::Object(core));
    *schema = match default {
        Some(default) => json!({"allOf": [named], "default": default}),
        None => named,
    };
}
