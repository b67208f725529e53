//! Request bodies: one media type, and a name for what is in it.

use super::{
    follow::{Operation, Spot, operations},
    idents::{at, list},
    map::Map,
    report::Report,
};
use crate::source::join;
use heck::ToPascalCase;

/// Checks the request body of every operation.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for operation in operations(map) {
        let Some(body) = operation.spot.get("requestBody").filter(|b| b.value.is_object()) else { continue };
        if matches!(operation.method, "get" | "head") {
            let message = format!(
                "a {} request with a body: HTTP gives it no meaning, and clients drop it",
                operation.method.to_uppercase()
            );
            report.add(&body.pointer, message, "use query parameters, or make the operation a POST");
        }
        content(&operation, &body, report);
    }
}

fn content(operation: &Operation<'_>, body: &Spot<'_>, report: &mut Report<'_>) {
    if !body.value["content"].is_object() {
        return;
    }
    let pointer = join(&body.pointer, "content");
    let entries = body.entries("content");
    let [(name, media)] = entries.as_slice() else {
        let types = list(entries.iter().map(|(n, _)| n.as_str()));
        let message =
            if types.is_empty() { "names no media type".into() } else { format!("names several media types, {types}") };
        return report.add(
            &pointer,
            message,
            "keep exactly one, `application/json`; Progenitor panics on any other number",
        );
    };
    if *name != "application/json" {
        let message =
            format!("a body of `{name}` cannot be carried: handlers take JSON, and Progenitor refuses the rest");
        return report.add(&at(&pointer, &[name]), message, "write `application/json`");
    }
    let suggestion =
        format!("{}Body", operation.spot.value["operationId"].as_str().unwrap_or("Request").to_pascal_case());
    named(media, "request body", &suggestion, report);
}

/// Checks that the schema of a media type is a `$ref`.
pub(super) fn named(media: &Spot<'_>, what: &str, suggestion: &str, report: &mut Report<'_>) {
    let Some(schema) = media.get("schema") else {
        let message = format!("the {what} has no `schema`");
        let remedy = format!("add `schema: {{$ref: '#/components/schemas/{suggestion}'}}` and declare the component");
        return report.add(&media.pointer, message, remedy);
    };
    if schema.value.is_object() && schema.value.get("$ref").is_none() {
        let message = format!("the schema of the {what} is written inline, so its Rust type would have no name");
        let remedy = format!(
            "move it to `components/schemas/{suggestion}` and write `$ref: '#/components/schemas/{suggestion}'`"
        );
        report.add(&schema.pointer, message, remedy);
    }
}
