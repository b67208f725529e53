//! Names on the wire: body members in snake_case, query and path parameters in kebab-case.

use super::super::{
    follow::operations,
    idents::{at, words},
    keys::Kind,
    map::Map,
    params::LOCATIONS,
    report::Report,
};
use crate::source::join;
use heck::{ToKebabCase, ToSnakeCase};

/// Checks the names of members and parameters.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for schema in map.schemas() {
        for name in schema.value["properties"].as_object().into_iter().flatten().map(|p| p.0).filter(|n| !words(n, '_'))
        {
            let pointer = at(&schema.pointer, &["properties", name]);
            if !report.has_under(&pointer) {
                let remedy = instead(name.to_snake_case(), "lower-case words joined by `_`");
                report.add(&pointer, format!("the member `{name}` is not in snake_case"), remedy);
            }
        }
    }
    for operation in operations(map) {
        for param in operation.params(map.root) {
            let (Some(name), Some(location)) = (param.value["name"].as_str(), param.value["in"].as_str()) else {
                continue;
            };
            if location != "header" && LOCATIONS.contains(&location) && !words(name, '-') {
                let message = format!("the {location} parameter `{name}` is not in kebab-case");
                let remedy = instead(name.to_kebab_case(), "lower-case words joined by `-`");
                report.add(&join(&param.pointer, "name"), message, remedy);
            }
        }
    }
    shapes(map, report);
}

/// What to write: the name that was meant, if there are letters to make one from.
fn instead(name: String, otherwise: &str) -> String {
    if name.is_empty() { format!("write {otherwise}") } else { format!("write `{name}`") }
}

const CONSTRAINTS: [&str; 8] =
    ["enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "multipleOf", "format"];

/// What has no name gets no `validate()`, so constraints and objects must be named.
fn shapes(map: &Map<'_>, report: &mut Report<'_>) {
    for schema in map.schemas() {
        let nested = schema.kind == Kind::Property
            || schema.pointer.ends_with("/items")
            || schema.pointer.ends_with("/additionalProperties");
        if nested && schema.value["properties"].is_object() {
            let message = "an object is written inline: it has no Rust type of its own, no columns and no validation";
            report.add(&schema.pointer, message, "name it under `components/schemas` and `$ref` it here");
        }
        if schema.value["writeOnly"] == true {
            let message = "`writeOnly` would be lost: the same type serves answers";
            report.add(
                &join(&schema.pointer, "writeOnly"),
                message,
                "write a request schema of its own that has this member",
            );
        }
    }
    for operation in operations(map) {
        for schema in operation.params(map.root).iter().filter_map(|p| p.get("schema")) {
            let is_number = matches!(schema.value["type"].as_str(), Some("integer" | "number"));
            let loose = CONSTRAINTS.iter().find(|k| schema.value.get(**k).is_some() && !(is_number && **k == "format"));
            if let Some(key) = loose {
                let message = format!("`{key}` of a parameter is enforced only by a named type");
                report.add(&schema.pointer, message, "move the schema to `components/schemas` and `$ref` it here");
            }
        }
    }
}
