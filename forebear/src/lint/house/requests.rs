//! Request bodies are closed, patches are optional throughout, and every error is a `Problem`.

use super::super::{
    follow::{Operation, component, media, operations},
    idents::{at, list},
    map::Map,
    names::in_bodies,
    report::Report,
};
use crate::{api::ref_name, source::join};
use serde_json::Value;

/// Checks what is sent and what errors look like.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    closed(map, report);
    for operation in operations(map) {
        if operation.method == "patch" {
            patch(map, &operation, report);
        }
        problem(map, &operation, report);
    }
}

fn closed(map: &Map<'_>, report: &mut Report<'_>) {
    let bodies = in_bodies(map);
    for schema in map.schemas() {
        let name =
            schema.pointer.strip_prefix("/components/schemas/").and_then(|r| r.split('/').next()).unwrap_or_default();
        let said = schema.value.get("x-table").is_some(); // the rules on tables say the same
        let open = !said && schema.value["properties"].is_object() && schema.value["additionalProperties"] != false;
        if open && bodies.contains(name) {
            let key = join(&schema.pointer, "additionalProperties");
            let pointer = if schema.value.get("additionalProperties").is_some() { &key } else { &schema.pointer };
            let message = format!("`{name}` is part of a request and open, so a misspelt member would pass unnoticed");
            report.add(pointer, message, "write `additionalProperties: false`");
        }
    }
}

fn patch(map: &Map<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    let Some((_, schema)) = operation.spot.get("requestBody").and_then(|b| media(&b)) else { return };
    let Some((name, body)) = ref_name(schema.value).and_then(|n| Some((n, component(map, n)?))) else { return };
    let required: Vec<&str> =
        body.value["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let assigned: Vec<&str> = body
        .entries("properties")
        .into_iter()
        .filter(|(_, p)| p.value["readOnly"] == true)
        .map(|(n, _)| n.as_str())
        .collect();
    let own = if name.ends_with("Patch") { name.to_string() } else { format!("{name}Patch") };
    let remedy =
        format!("write an own schema `{own}` with the members that may change, none of them required or `readOnly`");
    if !required.is_empty() {
        let message = format!("a PATCH takes `{name}`, which requires {}", list(required));
        report.add(&schema.pointer, message, remedy);
    } else if !assigned.is_empty() {
        let message = format!("a PATCH takes `{name}`, in which the server assigns {}", list(assigned));
        report.add(&schema.pointer, message, remedy);
    }
}

fn problem(map: &Map<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    for (code, response) in operation.spot.entries("responses") {
        let error = code.starts_with(['4', '5']) || code == "default";
        let Some(resolved) = response.follow(map.root).filter(|_| error) else { continue };
        let Some((name, schema)) = media(&resolved) else { continue };
        if let Some(other) = ref_name(schema.value).filter(|n| *n != "Problem") {
            let pointer = at(&resolved.pointer, &["content", name, "schema"]);
            let message = format!("the body of an error is `{other}`, but the server sends every error as `Problem`");
            report.add(&pointer, message, "write `$ref: '#/components/schemas/Problem'`");
        }
    }
}
