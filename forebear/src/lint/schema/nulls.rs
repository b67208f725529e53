//! `nullable`: said where a schema is used, because a named type cannot be `null` and constrained at once.

use super::super::{
    keys::Kind,
    map::{Map, Site},
    report::Report,
};
use crate::source::join;

const RESTRICTS: [&str; 17] = [
    "properties",
    "additionalProperties",
    "required",
    "items",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];
/// A list that may be `null` is carried, unless it counts.
const COUNTS: [&str; 3] = ["minItems", "maxItems", "uniqueItems"];
const BOUNDS: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

/// Checks `nullable` on components and on the items of lists.
pub(super) fn check(_: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    if site.value["nullable"] != true {
        return;
    }
    let pointer = join(&site.pointer, "nullable");
    let has = |keys: &[&'static str]| keys.iter().copied().find(|k| site.value.get(*k).is_some());
    if site.kind == Kind::Component {
        let list = site.value["type"] == "array";
        if let Some(key) = if list { has(&COUNTS) } else { has(&RESTRICTS) } {
            let message = format!("`nullable` belongs on the use: beside `{key}` of a component it would be lost");
            let remedy = "remove it, and write `nullable: true` with `allOf: [$ref]` where the component is used";
            report.add(&pointer, message, remedy);
        }
    } else if let Some(key) = has(&BOUNDS).filter(|_| site.pointer.ends_with("/items")) {
        let message = format!("`{key}` of items that may be `null` is not enforced");
        let remedy = "name the number under `components/schemas`, and leave `nullable` out of the items";
        report.add(&pointer, message, remedy);
    }
}
