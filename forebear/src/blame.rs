//! Which part of a document a later stage cannot carry.
//!
//! Lint knows by rules what typify and Progenitor cannot carry; this is the net below it. What they refuse without a place is
//! tried part by part: the first component or operation that is refused alone, with what it refers to, is the place; else the
//! first without which the rest is carried.

use crate::{
    allow::{parts, take_out},
    diagnostic::Diagnostic,
    source::Document,
};
use serde_json::Value;
use std::collections::BTreeSet;

/// The finding at the part that `fails` by itself, or without which nothing does.
pub(crate) fn locate(document: &Document, finding: Diagnostic, fails: impl Fn(&Document) -> bool) -> Diagnostic {
    let mut parts = parts(&document.value);
    // the smallest first, so that what is wrong is named before what refers to it; operations last
    parts.sort_by_key(|p| (p.starts_with("/paths/"), reach(&document.value, p).len()));
    let alone = parts.iter().find(|p| fails(&with(document, |value| keep(value, p))));
    let part = alone.or_else(|| {
        parts.iter().find(|p| !fails(&with(document, |value| _ = take_out(value, &BTreeSet::from([String::clone(p)])))))
    });
    match part {
        Some(part) => document.finding(part, finding.message, finding.remedy),
        None => finding,
    }
}

fn with(document: &Document, change: impl FnOnce(&mut Value)) -> Document {
    let mut changed = document.clone();
    change(&mut changed.value);
    changed
}

/// Pointers of the part, and of every component that it reaches.
fn reach(document: &Value, part: &str) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![part.to_string()]);
    // the parameters that its path has for all operations
    open.extend(
        part.rsplit_once('/').filter(|_| part.starts_with("/paths/")).map(|(path, _)| format!("{path}/parameters")),
    );
    while let Some(pointer) = open.pop() {
        if let Some(value) = document.pointer(&pointer)
            && found.insert(pointer)
        {
            references(value, &mut open);
        }
    }
    found
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#')).map(Into::into));
            map.values().for_each(|inner| references(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

/// Takes out everything that the part does not reach.
fn keep(document: &mut Value, part: &str) {
    let reached = reach(document, part);
    for other in parts(document) {
        let inside = part.starts_with(&format!("{other}/"));
        let Some((parent, key)) = other.rsplit_once('/').filter(|_| !inside && !reached.contains(&other)) else {
            continue;
        };
        let name = key.replace("~1", "/").replace("~0", "~");
        if let Some(map) = document.pointer_mut(parent).and_then(Value::as_object_mut) {
            map.shift_remove(&name);
        }
    }
}
