//! `allOf`, `oneOf`, `anyOf`, `not`: something to choose from, and nothing that Progenitor panics on.

use super::super::{
    map::{Map, Site},
    report::Report,
};
use crate::{
    proof::{Direction, World},
    source::join,
    tame::together,
};
use serde_json::{Map as Object, Value};

/// What may stand beside an `allOf` of one reference, and says nothing about values.
const ANNOTATIONS: [&str; 10] =
    ["allOf", "title", "description", "default", "example", "deprecated", "nullable", "readOnly", "writeOnly", "type"];

/// Checks how a schema is composed.
pub(super) fn check(map: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    for key in ["allOf", "oneOf", "anyOf"] {
        if site.value[key].as_array().is_some_and(Vec::is_empty) {
            report.add(
                &join(&site.pointer, key),
                format!("the list of `{key}` is empty"),
                format!("name its schemas, or remove `{key}`"),
            );
        }
    }
    wrapper(site, report);
    if site.value["oneOf"].is_array() && site.value["anyOf"].is_array() {
        let message = "`anyOf` beside `oneOf` cannot be carried";
        report.block(&join(&site.pointer, "anyOf"), message, "write the alternatives that there are as one `oneOf`");
    }
    let world = World { document: map.root, direction: Direction::Response };
    if site.value["anyOf"].as_array().is_some_and(|all| together(world, all).is_none()) {
        let message = "one object can follow several of these alternatives at once, in too many ways or with a member of two types";
        let remedy =
            "tell them apart by a required member with an `enum` of one value, or write `additionalProperties: false`";
        report.block(&join(&site.pointer, "anyOf"), message, remedy);
    }
    let says_something = |not: &Object<String, Value>| not.keys().any(|k| k != "title" && k != "description");
    if site.value["not"].as_object().is_some_and(says_something) {
        let message = "Progenitor panics on `not`, unless it is `not: {}`";
        report.block(&join(&site.pointer, "not"), message, "say what is allowed instead of what is not");
    }
}

/// An `allOf` of one reference is read as this reference, and only annotations may stand beside it.
fn wrapper(site: &Site<'_>, report: &mut Report<'_>) {
    let [only] = site.value["allOf"].as_array().map_or(&[][..], Vec::as_slice) else { return };
    let constrains = |key: &&String| !key.starts_with("x-") && !ANNOTATIONS.contains(&key.as_str());
    if only.get("$ref").is_some()
        && let Some(key) = site.value.as_object().and_then(|s| s.keys().find(constrains))
    {
        let remedy = format!("move `{key}` into a second schema of the `allOf`");
        report.add(
            &join(&site.pointer, key),
            format!("`{key}` beside an `allOf` of one reference would be lost"),
            remedy,
        );
    }
}
