//! Response headers: scalars in the default style, under names that stay apart, and only where somebody sends them.

use super::{
    follow::{Operation, Spot, operations},
    idents::{list, token, usable},
    keys::Kind,
    map::Map,
    report::Report,
};
use crate::{api::is_error, rust, source::join};
use std::collections::BTreeMap;

/// What the pipeline and the platform send with an error.
const WITH_ERRORS: [&str; 4] = ["RateLimit", "RateLimit-Policy", "Retry-After", "WWW-Authenticate"];
/// What the pipeline sends with a 304.
const WITH_304: [&str; 4] = ["Cache-Control", "ETag", "RateLimit", "RateLimit-Policy"];

/// Checks every response header.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for site in map.of(Kind::Header) {
        value(map, &Spot { pointer: site.pointer.clone(), value: site.value }, report);
    }
    for operation in operations(map) {
        of_operation(map, &operation, report);
    }
}

fn value(map: &Map<'_>, header: &Spot<'_>, report: &mut Report<'_>) {
    if header.value["style"].as_str().is_some_and(|s| s != "simple") {
        let message = "this `style` would be lost: a header is written in the default one only";
        report.add(&join(&header.pointer, "style"), message, "remove it, or write `simple`");
    }
    if header.value["explode"] == true {
        let message = "this `explode` would be lost: a header is one value";
        report.add(&join(&header.pointer, "explode"), message, "remove it, or write `false`");
    }
    let Some(schema) = header.get("schema") else { return };
    let ty = schema.clone().bare(map.root).and_then(|s| s.value["type"].as_str());
    if let Some(ty @ ("array" | "object")) = ty {
        let message = format!("a header of the type `{ty}` would be written as JSON, which OpenAPI does not mean");
        report.add(&schema.pointer, message, "write `type: string`, and say in the `description` what it lists");
    }
}

fn of_operation(map: &Map<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    let Some(all) = operation.spot.value["responses"].as_object() else { return };
    for (code, response) in operation.spot.entries("responses") {
        let Some(response) = response.follow(map.root) else { continue };
        let sent = match code.as_str() {
            "304" => Some(WITH_304),
            _ => is_error(code, all).then_some(WITH_ERRORS),
        };
        names(&response, sent, report);
    }
}

fn names(response: &Spot<'_>, sent: Option<[&str; 4]>, report: &mut Report<'_>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (name, header) in response.entries("headers") {
        let here = &header.pointer;
        if let Some(sent) = sent {
            if !sent.iter().any(|s| s.eq_ignore_ascii_case(name)) {
                let message = format!("nobody would send `{name}` with this response, which handlers do not write");
                report.add(here, message, format!("remove it; the pipeline sends {}", list(sent)));
            }
        } else if !token(name) || !usable(name) {
            let message = format!("`{name}` cannot name a header");
            report.add(here, message, "begin with a letter; use letters, digits and `-`");
        } else if name.eq_ignore_ascii_case("content-type") {
            let message = "OpenAPI ignores a response header called `Content-Type`";
            report.add(here, message, "remove it; the media type under `content` says the same");
        } else if let Some(other) = seen.insert(rust::snake(name).to_string(), name) {
            let message = format!("`{name}` and `{other}` would share one field of the response's headers");
            report.add(here, message, "rename one of the two; case does not tell headers apart");
        }
    }
}
