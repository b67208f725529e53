//! What a PATCH takes: members that can be left out, each exactly as in the resource that it changes.

use super::super::{
    follow::{Spot, component, media, operations},
    idents::at,
    keys::Kind,
    map::Map,
    report::Report,
};
use crate::{api::ref_name, source::join};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Checks the body of every PATCH, and every `XPatch` beside a table `X`.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let sent = operations(map).into_iter().filter(|o| o.method == "patch");
    let sent = sent.filter_map(|o| ref_name(media(&o.spot.get("requestBody")?)?.1.value));
    let is_table = |name: &str| component(map, name).is_some_and(|s| s.value.get("x-table").is_some());
    let beside = map.of(Kind::Component).filter_map(|s| s.pointer.rsplit('/').next());
    let beside = beside.filter(|n| n.strip_suffix("Patch").is_some_and(is_table));
    let names: BTreeSet<String> = sent.map(String::from).chain(beside.map(String::from)).collect();
    for name in &names {
        let Some(patch) = component(map, name).filter(|p| p.value.get("x-table").is_none()) else { continue };
        for (_, member) in patch.entries("properties") {
            kept(&member, report);
        }
        if let Some(x) = name.strip_suffix("Patch").filter(|x| is_table(x)) {
            pair(map, x, report);
        }
    }
}

/// `XPatch` beside `X`, and the patches inside it beside what they change.
fn pair(map: &Map<'_>, table: &str, report: &mut Report<'_>) {
    let (mut seen, mut open) = (BTreeSet::new(), vec![table.to_string()]);
    while let Some(x) = open.pop() {
        if !seen.insert(x.clone()) {
            continue;
        }
        let name = format!("{x}Patch");
        let (Some(patch), Some(resource)) = (component(map, &name), component(map, &x)) else { continue };
        if x != table {
            patch.entries("properties").iter().for_each(|(_, member)| kept(member, report));
            optional(&patch, &name, report);
        }
        same(&patch, &x, &resource, report);
        let members = patch.entries("properties");
        open.extend(members.iter().filter_map(|(_, m)| part(m.value)).map(String::from));
    }
}

/// The object that a member changes, where it is a patch itself.
fn part(member: &Value) -> Option<&str> {
    ref_name(member)?.strip_suffix("Patch")
}

fn optional(patch: &Spot<'_>, name: &str, report: &mut Report<'_>) {
    if patch.value["required"].as_array().is_some_and(|r| !r.is_empty()) {
        let message = format!("`{name}` is part of a PATCH and requires members, so that none of them can be left out");
        report.add(&patch.pointer, message, "remove `required`");
    }
}

/// What is left out must be told apart from what is sent.
fn kept(member: &Spot<'_>, report: &mut Report<'_>) {
    let value = member.value;
    let what = if value.get("default").is_some() {
        "has a `default`"
    } else if value["type"] == "array" {
        "is a list"
    } else if value["type"] == "object" && !value["properties"].is_object() {
        "is a map"
    } else {
        return;
    };
    let name = member.pointer.rsplit('/').next().unwrap_or_default();
    let message = format!("a PATCH that leaves out `{name}`, which {what}, would overwrite it");
    report.add(&member.pointer, message, "give the member a schema without default; replace lists with PUT");
}

fn same(patch: &Spot<'_>, x: &str, resource: &Spot<'_>, report: &mut Report<'_>) {
    for (name, member) in patch.entries("properties").into_iter().filter(|(_, m)| m.value.is_object()) {
        if report.has_under(&member.pointer) {
            continue;
        }
        match resource.get("properties").and_then(|p| p.get(name)) {
            None => {
                let message =
                    format!("the PATCH has a member `{name}`, and `{x}` has none, so it would change nothing");
                report.add(&member.pointer, message, format!("add `{name}` to `{x}`, or remove it here"));
            }
            Some(other) if clears(member.value, other.value) && requires(resource, name) => {
                let message = format!("`null` would remove `{name}`, which `{x}` requires");
                let remedy = format!("remove `nullable` here, or `{name}` from `required` of `{x}`");
                report.add(&join(&member.pointer, "nullable"), message, remedy);
            }
            Some(other) if !report.has_under(&other.pointer) && !fits(member.value, name, other.value, resource) => {
                let message = format!("`{name}` is not the same type as in `{x}`, so it cannot be assigned");
                let whole = at("#/components/schemas", &[x, "properties", name]);
                report.add(&member.pointer, message, format!("write what stands at `{whole}`"));
            }
            Some(_) => {}
        }
    }
}

fn requires(resource: &Spot<'_>, name: &str) -> bool {
    resource.value["required"].as_array().is_some_and(|r| r.iter().any(|n| n == name))
}

/// Whether a member is `null` in the patch alone, so that it means a removal.
fn clears(member: &Value, other: &Value) -> bool {
    member["nullable"] == true && other["nullable"] != true
}

/// Whether a member of the patch can be assigned: it is the same type, or the patch of it. It may be `null` where the resource
/// can do without it.
fn fits(member: &Value, name: &str, other: &Value, resource: &Spot<'_>) -> bool {
    let (mut patch, row) = (core(member), core(other));
    if !requires(resource, name) && row.get("nullable").is_none() {
        patch.as_object_mut().and_then(|p| p.remove("nullable"));
    }
    let target = ref_name(&row).map(|t| format!("#/components/schemas/{t}Patch"));
    if target.is_some_and(|t| patch["$ref"] == t) {
        patch["$ref"] = row["$ref"].clone();
    }
    patch == row
}

/// A schema without what only explains it. A `default` decides what is left out and not what is sent.
fn core(schema: &Value) -> Value {
    let mut map = schema.as_object().cloned().unwrap_or_default();
    map.retain(|k, v| {
        let explains =
            matches!(k.as_str(), "title" | "description" | "example" | "readOnly" | "deprecated" | "default");
        let absent = k == "nullable" && *v == false;
        !(explains || absent || k.starts_with("x-"))
    });
    let reference = schema["allOf"].as_array().filter(|all| all.len() == 1).and_then(|all| all[0].get("$ref"));
    if let Some(target) = reference {
        map.remove("allOf");
        map.insert("$ref".into(), json!(target));
    }
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use super::core;
    use serde_json::json;

    #[test]
    fn annotations_are_no_difference() {
        let plain = json!({"$ref": "#/a"});
        let noted = json!({"description": "d", "readOnly": true, "x-index": true, "allOf": [{"$ref": "#/a"}]});
        assert_eq!(core(&plain), core(&noted));
        assert_ne!(core(&plain), core(&json!({"nullable": true, "allOf": [{"$ref": "#/a"}]})));
        assert_ne!(core(&json!({"type": "string"})), core(&json!({"type": "string", "maxLength": 3})));
    }
}
