//! `readOnly` and `writeOnly`: what goes one way only must be a member that the type of the other way can do without.

use super::super::{
    follow::{Spot, operations},
    map::{Map, Site},
    report::{Report, lies_in},
};
use crate::source::join;
use serde_json::Value;
use std::collections::BTreeSet;

/// Checks the directions of every schema.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let marked = |key: &'static str| map.schemas().filter(move |s| s.value[key] == true);
    if marked("readOnly").next().is_some() {
        let reached = reached(map, |o| o.get("requestBody").into_iter().collect());
        for site in marked("readOnly").filter(|s| lies_in(&s.pointer, &reached) && !is_member(s)) {
            let remedy = "write it at a property of an object, outside `allOf`, `oneOf` and `anyOf`";
            report.add(&join(&site.pointer, "readOnly"), "requests could not do without it here", remedy);
        }
        for site in marked("readOnly").filter(|s| lies_in(&s.pointer, &reached) && is_member(s) && is_open(map, s)) {
            let message = "a request that sends it would be taken: an open object ignores what it does not know";
            let remedy = "write `additionalProperties: false` at the object, or give requests a schema of their own";
            report.add(&join(&site.pointer, "readOnly"), message, remedy);
        }
    }
    if marked("writeOnly").next().is_some() {
        let reached = reached(map, |o| o.get("responses").into_iter().collect());
        for site in marked("writeOnly").filter(|s| lies_in(&s.pointer, &reached)) {
            let message = "`writeOnly` would be lost: the same type serves answers";
            let remedy = "give answers a schema of their own without it";
            report.add(&join(&site.pointer, "writeOnly"), message, remedy);
        }
    }
}

/// Whether the schema is that of a property, which stands in objects, lists and maps alone.
fn is_member(site: &Site<'_>) -> bool {
    let inside = match site.pointer.strip_prefix("/components/schemas/") {
        Some(rest) => rest.split_once('/').map_or("", |(_, path)| path),
        None => site.pointer.rsplit_once("/schema/").map_or("", |(_, path)| path),
    };
    let mut tokens = inside.split('/');
    let mut member = false;
    loop {
        member = match tokens.next() {
            None | Some("") => return member,
            Some("properties") => tokens.next().is_some(),
            Some("items" | "additionalProperties") => false,
            Some(_) => return false,
        };
    }
}

/// Whether the object that a member stands in takes others; of a table the house rules say so.
fn is_open(map: &Map<'_>, member: &Site<'_>) -> bool {
    let object = member.pointer.rsplit_once("/properties/").and_then(|(object, _)| map.root.pointer(object));
    object.is_none_or(|o| o["additionalProperties"] != false && o.get("x-table").is_none())
}

/// What a part of the operations reaches: itself, and everything that it refers to.
fn reached<'a>(map: &Map<'a>, part: impl Fn(&Spot<'a>) -> Vec<Spot<'a>>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<Spot<'a>> = operations(map).iter().flat_map(|o| part(&o.spot)).collect();
    while let Some(spot) = open.pop() {
        if found.insert(spot.pointer) {
            references(spot.value, map.root, &mut open);
        }
    }
    found
}

fn references<'a>(value: &'a Value, root: &'a Value, found: &mut Vec<Spot<'a>>) {
    match value {
        Value::Object(map) => {
            let target = map.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#'));
            let spot = target.and_then(|t| Some(Spot { pointer: t.to_string(), value: root.pointer(t)? }));
            found.extend(spot);
            map.values().for_each(|inner| references(inner, root, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| references(inner, root, found)),
        _ => {}
    }
}
