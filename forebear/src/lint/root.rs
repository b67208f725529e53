//! The root of the document: its version and its tags.

use super::{idents::describe, keys::Kind, map::Map, report::Report};
use crate::source::Document;
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether this is an OpenAPI 3.0 document at all; nothing else is worth saying of another.
pub(super) fn version(document: &Document, report: &mut Report<'_>) -> bool {
    if !document.value.is_object() {
        let message = format!("is {}, not an OpenAPI document", describe(&document.value));
        report.add("", message, "start with `openapi: 3.0.3`, `info` and `paths`");
        return false;
    }
    if let Some(old) = document.value.get("swagger") {
        report.add(
            "/swagger",
            format!("is a Swagger {old} document"),
            "convert it to OpenAPI 3.0, then write `openapi: 3.0.3`",
        );
        return false;
    }
    match document.value.get("openapi") {
        None => report.add("", "has no `openapi`, so its version is unknown", "start with `openapi: 3.0.3`"),
        Some(Value::String(v)) if is_three_zero(v) => return true,
        Some(Value::String(v)) => {
            let message =
                format!("`{v}` is not a version of OpenAPI 3.0, which is what Dropshot writes and Progenitor reads");
            report.add("/openapi", message, "write `openapi: 3.0.3`, then lint again for what 3.0 says differently");
        }
        Some(other) => {
            report.add("/openapi", format!("is {}, not a version", describe(other)), "write `openapi: 3.0.3`")
        }
    }
    false
}

fn is_three_zero(version: &str) -> bool {
    version.strip_prefix("3.0.").is_some_and(|v| !v.is_empty() && v.bytes().all(|b| b.is_ascii_digit()))
}

/// Checks the tags that the root declares.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let mut seen = BTreeSet::new();
    for tag in map.of(Kind::Tag) {
        if let Some(name) = tag.value["name"].as_str().filter(|n| !seen.insert(*n)) {
            report.add(&tag.pointer, format!("the tag `{name}` is declared twice"), "keep one of the two");
        }
    }
}
