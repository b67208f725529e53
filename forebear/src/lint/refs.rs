//! `$ref`: only within the document, only to a named part of the right kind, never in a circle.

use super::{
    distance::nearest,
    map::{Map, Reference},
    report::Report,
};
use crate::source::join;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Checks every `$ref`.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let mut missing: BTreeMap<&str, Vec<&Reference<'_>>> = BTreeMap::new();
    for reference in &map.references {
        if !form(reference, report) {
            continue;
        }
        let pointer = &reference.target[1..];
        if map.root.pointer(pointer).is_none() && !report.is_blocked(pointer) {
            missing.entry(reference.target).or_default().push(reference);
        }
    }
    dangling(map, &missing, report);
    circles(map, report);
    chains(map, report);
}

/// How many references in a row everybody follows.
const LONGEST: usize = 15;

/// Reports chains of references that are longer.
fn chains(map: &Map<'_>, report: &mut Report<'_>) {
    for reference in map.references.iter().filter(|r| hops(map.root, r.target) == LONGEST + 1) {
        let message = format!("`{}` leads through more than {LONGEST} references in a row", reference.target);
        report.add(&join(&reference.pointer, "$ref"), message, "refer to what stands at the end of the chain");
    }
}

/// How many references lead from `target` to something that is none, itself included; not counted far beyond the longest.
fn hops(root: &Value, target: &str) -> usize {
    let mut next = Some(target);
    let mut count = 0;
    while let Some(target) = next.filter(|_| count <= LONGEST + 1) {
        count += 1;
        let at = target.strip_prefix('#').and_then(|p| root.pointer(p)).unwrap_or(&Value::Null);
        next = crate::api::bare(at)["$ref"].as_str();
    }
    count
}

/// Whether the reference has the form that everything downstream understands.
fn form(reference: &Reference<'_>, report: &mut Report<'_>) -> bool {
    let Reference { kind, pointer, target } = reference;
    let (at, container) = (join(pointer, "$ref"), kind.container().unwrap_or("schemas"));
    let Some(local) = target.strip_prefix('#') else {
        let message = format!("`{target}` refers to another document");
        report.add(
            &at,
            message,
            format!("copy the part to `components/{container}` and write `#/components/{container}/<name>`"),
        );
        return false;
    };
    let name =
        local.strip_prefix("/components/").and_then(|r| r.strip_prefix(container)).and_then(|r| r.strip_prefix('/'));
    if name.is_some_and(|n| !n.is_empty() && !n.contains('/')) {
        return true;
    }
    let message =
        format!("`{target}` does not name {} of `components/{container}`", kind.noun().replacen("the ", "a ", 1));
    report.add(
        &at,
        message,
        format!("put it under `components/{container}` and write `#/components/{container}/<name>`"),
    );
    false
}

/// Reports what is referred to and does not exist: once per name, or once for all if the whole container is missing.
fn dangling(map: &Map<'_>, missing: &BTreeMap<&str, Vec<&Reference<'_>>>, report: &mut Report<'_>) {
    let mut absent: BTreeMap<&str, usize> = BTreeMap::new();
    for (target, uses) in missing {
        let (container, name) = target[1..].rsplit_once('/').unwrap_or_default();
        let Some(declared) = map.root.pointer(container).and_then(Value::as_object) else {
            let missing = if map.root.get("components").is_some() { container } else { "/components" };
            *absent.entry(missing).or_default() += uses.len();
            continue;
        };
        let Some(first) = uses.first() else { continue };
        let more = if uses.len() > 1 { format!(" (and {} more refer to it)", uses.len() - 1) } else { String::new() };
        let remedy = match nearest(name, declared.keys().map(String::as_str)) {
            Some(meant) => format!("write `#{container}/{meant}`, or declare `{name}`"),
            None => format!("declare `{name}` under `{}`", &container[1..]),
        };
        report.add(&join(&first.pointer, "$ref"), format!("`{target}` does not exist{more}"), remedy);
    }
    for (container, uses) in absent {
        let at = container.rsplit_once('/').map_or("", |(parent, _)| parent);
        let leads = if uses == 1 { "1 reference leads".into() } else { format!("{uses} references lead") };
        report.add(at, format!("there is no `{}`, and {leads} there", &container[1..]), "declare what they refer to");
    }
}

/// Reports components that are made of nothing but themselves.
fn circles(map: &Map<'_>, report: &mut Report<'_>) {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for reference in &map.references {
        if let (Some(owner), Some(target)) = (owner(&reference.pointer), reference.target.strip_prefix('#')) {
            edges.entry(owner).or_default().push(target);
        }
    }
    let mut reported: BTreeSet<&str> = BTreeSet::new();
    for start in edges.keys() {
        let reached = reach(start, &edges);
        if reached.contains(start) && reported.is_disjoint(&reached) {
            reported.insert(start);
            let message = "is made of itself: following `$ref` and `allOf` comes back here and never reaches a type";
            report.add(start, message, "break the circle: refer to it from a property or a list, not directly");
        }
    }
}

fn reach<'a>(start: &str, edges: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = edges.get(start).into_iter().flatten().copied().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(edges.get(next).into_iter().flatten());
        }
    }
    reached
}

/// The component that a reference is, or is composed into.
fn owner(pointer: &str) -> Option<&str> {
    let mut ends = pointer.match_indices('/').map(|(i, _)| i).skip(3).chain([pointer.len()]);
    let end = ends.next().filter(|_| pointer.starts_with("/components/"))?;
    let mut rest = pointer[end..].split('/').skip(1);
    while let Some(token) = rest.next() {
        match token {
            "allOf" | "oneOf" | "anyOf" => _ = rest.next(),
            "not" => {}
            _ => return None,
        }
    }
    Some(&pointer[..end])
}
