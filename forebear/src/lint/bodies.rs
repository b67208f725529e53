//! Request bodies: one media type, and a name for what is in it.

use super::{
    follow::{Spot, operations},
    idents::{at, list},
    map::Map,
    report::Report,
};
use crate::source::join;

/// Checks the request body of every operation.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for operation in operations(map) {
        let Some(body) = operation.spot.get("requestBody").filter(|b| b.value.is_object()) else { continue };
        required(&body, report);
        content(&body, map, report);
    }
}

fn required(body: &Spot<'_>, report: &mut Report<'_>) {
    let said = body.value.get("required");
    if said.is_none_or(|r| *r == false) && body.value.get("$ref").is_none() {
        let here = if said.is_some() { join(&body.pointer, "required") } else { body.pointer.clone() };
        let message = "the request body may be left out, and Dropshot reads only bodies that are there";
        report.add(&here, message, "write `required: true`, or split the operation in two");
    }
}

fn content(body: &Spot<'_>, map: &Map<'_>, report: &mut Report<'_>) {
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
    if !CARRIED.contains(&name.as_str()) {
        let message = format!("a body of `{name}` cannot be carried: Dropshot reads {}", list(CARRIED));
        return report.add(
            &at(&pointer, &[name]),
            message,
            "write one of these; any bytes are `application/octet-stream`",
        );
    }
    schema(media, "request body", report);
    examples(media, report);
    let bytes = media.get("schema").and_then(|s| s.bare(map.root)).filter(|_| *name == "application/octet-stream");
    if bytes.is_some_and(|b| b.value["type"] != "string" || b.value["format"] != "binary") {
        let message = "a body of `application/octet-stream` is any bytes, and this schema says something else of it";
        report.add(&join(&media.pointer, "schema"), message, "write `type: string` and `format: binary`");
    }
}

/// What Dropshot documents as a request body.
const CARRIED: [&str; 4] =
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", "application/octet-stream"];

/// Checks that a media type has no examples of its own.
pub(super) fn examples(media: &Spot<'_>, report: &mut Report<'_>) {
    for key in ["example", "examples"].iter().filter(|k| media.value.get(**k).is_some()) {
        let message = format!("`{key}` of a media type would be lost: Dropshot documents it by its schema alone");
        report.add(&join(&media.pointer, key), message, "write one `example` into the schema, which is carried");
    }
}

/// Checks that a media type says what it holds.
pub(super) fn schema(media: &Spot<'_>, what: &str, report: &mut Report<'_>) {
    if media.get("schema").is_none() {
        let message = format!("the {what} has no `schema`");
        report.add(&media.pointer, message, "add `schema` with a `$ref` to a component");
    }
}
