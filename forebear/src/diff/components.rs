//! The sweep at the end: parts of the text that differ although no rule said anything about them.
//!
//! These are components that no operation uses, and other spellings of the same thing. Nothing that differs may go unseen,
//! so they are listed as documentation.

use super::{
    change::{Class, Report},
    node::{Node, Pair, names},
    operations, rest,
};
use serde_json::Value;
use std::collections::HashSet;

/// Compares the text of components and operations with what was said about them.
pub(super) fn compare(report: &mut Report<'_>, root: &Pair<'_>) {
    let used = [references(root.old.value), references(root.new.value)];
    for section in names(&root.old.members_at(&["components"]), &root.new.members_at(&["components"])) {
        if section == "securitySchemes" {
            continue;
        }
        let place = ["components", section];
        for name in names(&root.old.members_at(&place), &root.new.members_at(&place)) {
            component(report, root, [section, name], &used);
        }
    }
    the_rest(report, root);
}

fn component(report: &mut Report<'_>, root: &Pair<'_>, place: [&str; 2], used: &[HashSet<String>; 2]) {
    let keys = ["components", place[0], place[1]];
    let noun = format!("`{}`", place[1]);
    match (root.old.at(&keys), root.new.at(&keys)) {
        (Some(old), Some(new)) if !report.has_under(&new.pointer) && unnamed(old.value) != unnamed(new.value) => {
            unseen(report, &new, &noun);
        }
        (Some(old), None) if !used[0].contains(&old.pointer) => {
            report.add(&old, format!("{noun} was removed; nothing used it"), Class::Documentation, "");
        }
        (None, Some(new)) if !used[1].contains(&new.pointer) => {
            report.add(&new, format!("{noun} was added; nothing uses it"), Class::Documentation, "");
        }
        _ => {}
    }
}

/// A value without the names in its references: that a component was renamed is said once, not wherever it is used.
fn unnamed(value: &Value) -> Value {
    match value {
        Value::Object(map) if map.get("$ref").is_some_and(Value::is_string) => Value::Null,
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), unnamed(value))).collect(),
        Value::Array(list) => list.iter().map(unnamed).collect(),
        other => other.clone(),
    }
}

/// What the references of a document name.
fn references(root: &Value) -> HashSet<String> {
    let (mut found, mut open) = (HashSet::new(), vec![root]);
    while let Some(value) = open.pop() {
        if let Some(pointer) = value.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#')) {
            found.insert(pointer.to_string());
        }
        open.extend(value.as_object().into_iter().flat_map(|map| map.values()));
        open.extend(value.as_array().into_iter().flatten());
    }
    found
}

/// Operations, and what else stands on the root.
fn the_rest(report: &mut Report<'_>, root: &Pair<'_>) {
    let old: Vec<_> = operations::all(&root.old);
    for new in operations::all(&root.new) {
        let before = old.iter().find(|o| (o.method, o.path) == (new.method, new.path));
        if before.is_some_and(|o| o.node.value != new.node.value) && !report.has_under(&new.node.pointer) {
            unseen(report, &new.node, &new.title());
        }
    }
    for key in root.keys() {
        let is_swept = matches!(key, "paths" | "components") && !report.is_empty();
        let Some((at, _)) = rest::difference(root.both(key)) else { continue };
        if !is_swept && !report.has_under(&at.pointer) {
            unseen(report, &at, &format!("`{key}`"));
        }
    }
}

fn unseen(report: &mut Report<'_>, at: &Node<'_>, noun: &str) {
    report.add(at, format!("{noun} is written differently; no rule sees a difference"), Class::Documentation, "");
}
