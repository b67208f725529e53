//! House documents name what they send: bodies and answers are `$ref`s, and every operation has a tag.

use super::super::{
    follow::{Operation, Spot, operations},
    map::Map,
    report::Report,
};
use crate::source::join;
use heck::ToPascalCase;

/// Checks the names of bodies and answers.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for operation in operations(map) {
        tag(&operation, report);
        let id = operation.spot.value["operationId"].as_str().unwrap_or("Operation").to_pascal_case();
        if let Some(body) = operation.spot.get("requestBody").filter(|b| b.value.is_object()) {
            if matches!(operation.method, "get" | "head") {
                let message = format!(
                    "a {} request with a body: HTTP gives it no meaning, and clients drop it",
                    operation.method.to_uppercase()
                );
                report.add(&body.pointer, message, "use query parameters, or make the operation a POST");
            }
            named(&body, "request body", &format!("{id}Body"), report);
        }
        for (code, response) in operation.spot.entries("responses") {
            let error = code.starts_with(['4', '5']) || code == "default";
            let suggestion = if error { "Problem".into() } else { format!("{id}Result") };
            if let Some(response) = response.follow(map.root).filter(|r| r.value.is_object()) {
                named(&response, "response", &suggestion, report);
            }
        }
    }
}

fn tag(operation: &Operation<'_>, report: &mut Report<'_>) {
    let pointer = &operation.spot.pointer;
    match operation.spot.value.get("tags") {
        None => {
            let message = "the operation has no `tags`, and its first tag names the trait that its handler belongs to";
            report.add(pointer, message, "add `tags` with the name of the resource");
        }
        Some(tags) if tags.as_array().is_some_and(Vec::is_empty) => {
            let message = "is empty, and the first tag names the handler trait";
            report.add(&join(pointer, "tags"), message, "write the name of the resource into it");
        }
        Some(_) => {}
    }
}

fn named(holder: &Spot<'_>, what: &str, suggestion: &str, report: &mut Report<'_>) {
    for schema in holder.entries("content").into_iter().filter_map(|(_, media)| media.get("schema")) {
        if schema.value.is_object() && schema.value.get("$ref").is_none() {
            let message = format!("the schema of the {what} is written inline, so its Rust type would have no name");
            let remedy = format!(
                "move it to `components/schemas/{suggestion}` and write `$ref: '#/components/schemas/{suggestion}'`"
            );
            report.add(&schema.pointer, message, remedy);
        }
    }
}
