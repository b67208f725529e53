//! Members of what becomes a table: types that have a name wherever the server or the mapping must write one.

use super::super::{
    follow::{Spot, component, media, operations},
    keys::Kind,
    map::Map,
    report::Report,
};
use crate::api::ref_name;
use serde_json::Value;
use std::collections::BTreeSet;

const NAME_IT: &str = "name it under `components/schemas` and write `allOf: [$ref]` here";
const CONSTRAINTS: [&str; 4] = ["enum", "pattern", "minLength", "maxLength"];

/// Checks the members of every table, and of the objects inside it.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let bodies: BTreeSet<&str> =
        operations(map).into_iter().filter_map(|o| ref_name(media(&o.spot.get("requestBody")?)?.1.value)).collect();
    let mut seen = BTreeSet::new();
    for table in map.of(Kind::Component).filter(|s| s.value.get("x-table").is_some()) {
        let spot = Spot { pointer: table.pointer.clone(), value: table.value };
        columns(map, &spot, &mut seen, report);
        if table.pointer.rsplit('/').next().is_some_and(|n| bodies.contains(n)) {
            assigned(&spot, report);
            let mut inside = BTreeSet::from([spot.pointer.clone()]);
            nested(map, &spot, &mut inside, report);
        }
    }
}

/// The members of a table and, through the columns that they become, of the objects inside it.
fn columns(map: &Map<'_>, object: &Spot<'_>, seen: &mut BTreeSet<String>, report: &mut Report<'_>) {
    if !seen.insert(object.pointer.clone()) {
        return;
    }
    for (name, member) in object.entries("properties") {
        inline(&member, report);
        let Some(inner) = ref_name(member.value).and_then(|_| member.clone().bare(map.root)) else { continue };
        if !inner.value["properties"].is_object() {
            continue;
        }
        let required = |o: &Value| o["required"].as_array().is_some_and(|r| r.iter().any(|r| r == name));
        let optional = !required(object.value) || member.value["nullable"] == true;
        if optional && inner.value["required"].as_array().is_none_or(Vec::is_empty) {
            let message =
                format!("`{name}` may be absent and requires no member, so empty and absent are one in its columns");
            report.add(&member.pointer, message, "require a member of the object, or require the object");
        }
        columns(map, &inner, seen, report);
    }
}

/// Types that typify would name itself, or not at all.
fn inline(member: &Spot<'_>, report: &mut Report<'_>) {
    let own = |format: &Value| matches!(format.as_str(), Some("date" | "date-time" | "uuid"));
    let name = member.pointer.rsplit('/').next().unwrap_or_default();
    if let Some(key) = ["oneOf", "anyOf"].iter().find(|k| member.value.get(**k).is_some()) {
        let message = format!("`{key}` is written inline in `{name}`, so its type has no name of its own");
        return report.add(&member.pointer, message, NAME_IT);
    }
    let items = member.get("items");
    for schema in [Some(member.clone()), items.clone()].into_iter().flatten() {
        let format = &schema.value["format"];
        if constrained(schema.value) && format.is_string() && !own(format) {
            let message = format!("`format` beside a constraint in `{name}`: the type has no name of its own");
            report.add(&schema.pointer, message, NAME_IT);
        }
    }
    let choice = |s: &Value| s.get("oneOf").is_some() || s.get("anyOf").is_some();
    if let Some(each) = items.as_ref().filter(|i| choice(i.value)) {
        let message =
            format!("the items of `{name}` are a choice written inline, so their type has no name of its own");
        report.add(&each.pointer, message, "name it under `components/schemas` and `$ref` it here");
    }
    let mut open: Vec<_> = member.get("additionalProperties").into_iter().collect();
    open.extend(items.iter().flat_map(inside));
    while let Some(schema) = open.pop() {
        if constrained(schema.value) || choice(schema.value) {
            let message = format!("a constraint inside `{name}` is written inline, so its type has no name of its own");
            report.add(&schema.pointer, message, "name it under `components/schemas` and `$ref` it here");
        }
        open.extend(inside(&schema));
    }
}

/// What a list or a map holds.
fn inside<'a>(schema: &Spot<'a>) -> impl Iterator<Item = Spot<'a>> + use<'a> {
    [schema.get("items"), schema.get("additionalProperties")].into_iter().flatten()
}

fn constrained(schema: &Value) -> bool {
    schema["type"] == "string" && CONSTRAINTS.iter().any(|k| schema.get(*k).is_some())
}

/// What the server adds to a request must have a type that the request's module can write.
fn assigned(table: &Spot<'_>, report: &mut Report<'_>) {
    for (name, member) in table.entries("properties").into_iter().filter(|(_, m)| m.value["readOnly"] == true) {
        if ref_name(member.value).is_none() && !plain(member.value) && !report.has_under(&member.pointer) {
            let message = format!("the server assigns `{name}`, and its inline type has no name to assign by");
            report.add(&member.pointer, message, NAME_IT);
        }
    }
}

/// Whether an inline schema is one of the types that need no name.
fn plain(schema: &Value) -> bool {
    const BOUNDS: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
    let without = |keys: &[&str]| keys.iter().all(|k| schema.get(*k).is_none());
    match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("string"), None | Some("date-time")) => without(&CONSTRAINTS),
        (Some("integer"), Some("int64")) => without(&BOUNDS) && without(&["enum"]),
        (Some("boolean"), None) => without(&["enum"]),
        _ => false,
    }
}

/// Read-only members of objects inside a request, wherever the request itself carries the object.
fn nested(map: &Map<'_>, object: &Spot<'_>, seen: &mut BTreeSet<String>, report: &mut Report<'_>) {
    for (_, member) in object.entries("properties").into_iter().filter(|(_, m)| m.value["readOnly"] != true) {
        let mut uses = vec![member.clone()];
        uses.extend(["items", "additionalProperties"].iter().filter_map(|k| member.get(k)));
        for name in uses.iter().filter_map(|u| ref_name(u.value)) {
            let Some(inner) = component(map, name).filter(|i| seen.insert(i.pointer.clone())) else { continue };
            for (key, assigned) in inner.entries("properties").into_iter().filter(|(_, m)| m.value["readOnly"] == true)
            {
                let message =
                    format!("the server cannot complete nested read-only members, such as `{key}` of `{name}`");
                report.add(&assigned.pointer, message, "move them up or drop `readOnly`");
            }
            nested(map, &inner, seen, report);
        }
    }
}
