//! `--allow`: what cannot be carried is left out by name, with a warning each; what is wrong with the whole stays an error.
//!
//! Left out are operations, and components together with everything that reaches them. Nothing is cut out of an operation or a
//! schema, because the rest would say something else than the document.

use crate::{
    api::METHODS,
    diagnostic::Diagnostic,
    generate,
    source::{Document, join},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Parts of `components` of which nothing is read.
const UNREAD: [&str; 3] = ["callbacks", "links", "requestBodies"];

/// Removes what cannot be carried until lint finds nothing more that can be removed; a warning for each part and reason.
pub fn leave_out(document: &mut Document) -> Vec<Diagnostic> {
    let mut warnings = vec![];
    loop {
        let before = warnings.len();
        let mut round = BTreeSet::new();
        for finding in findings(document) {
            if let Some(part) = part(&finding.pointer).filter(|p| document.value.pointer(p).is_some()) {
                warnings.push(warning(document, &part, &finding));
                round.insert(part);
            }
        }
        warnings.extend(dependants(document, &round));
        if warnings.len() == before {
            return warnings;
        }
    }
}

/// What lint says, or else what the later stages do.
fn findings(document: &Document) -> Vec<Diagnostic> {
    generate(document).err().unwrap_or_default()
}

/// The part that a finding lies in and that can be left out by itself: an operation, a path, a component.
fn part(pointer: &str) -> Option<String> {
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    let length = match tokens.as_slice() {
        ["paths", _, method, ..] if METHODS.contains(method) || *method == "trace" => 3,
        ["paths", _, ..] => 2,
        ["components", container] if UNREAD.contains(container) => 2,
        ["components", _, _, ..] => 3,
        _ => return None,
    };
    Some(tokens[..length].iter().map(|t| format!("/{t}")).collect())
}

/// The same finding, which now says what is left out for it.
fn warning(document: &Document, part: &str, finding: &Diagnostic) -> Diagnostic {
    let message = format!("{} is left out: {}", called(part), finding.message);
    document.finding(&finding.pointer, message, &finding.remedy)
}

/// What people call a part.
fn called(part: &str) -> String {
    let tokens: Vec<String> = part.split('/').skip(1).map(|t| t.replace("~1", "/").replace("~0", "~")).collect();
    match tokens.as_slice() {
        [first, path, method] if first == "paths" => format!("{} {path}", method.to_uppercase()),
        [first, path] if first == "paths" => format!("the path `{path}`"),
        [_, container, name] => format!("`{name}` of `components/{container}`"),
        _ => format!("`{}`", tokens.join("/")),
    }
}

/// Takes parts out with everything that refers to them; each of these, and what it referred to.
pub(crate) fn take_out(value: &mut Value, gone: &BTreeSet<String>) -> Vec<(String, String)> {
    let mut referring: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for part in parts(value) {
        let mut targets = BTreeSet::new();
        value.pointer(&part).into_iter().for_each(|v| targets_of(v, is_path(&part), &mut targets));
        targets.into_iter().for_each(|target| referring.entry(target).or_default().push(part.clone()));
    }
    let (mut found, mut all) = (vec![], gone.clone());
    let mut open: Vec<String> = gone.iter().cloned().collect();
    while let Some(target) = open.pop() {
        for part in referring.get(&target).into_iter().flatten() {
            let known = all.contains(part) || part.rsplit_once('/').is_some_and(|(path, _)| all.contains(path));
            if !known {
                all.insert(part.clone());
                open.push(part.clone());
                found.push((part.clone(), target.clone()));
            }
        }
    }
    all.iter().for_each(|part| remove(value, part));
    found
}

fn is_path(part: &str) -> bool {
    part.starts_with("/paths/") && part.matches('/').count() == 2
}

/// Takes parts out with everything that refers to them; a warning for each of the latter.
fn dependants(document: &mut Document, gone: &BTreeSet<String>) -> Vec<Diagnostic> {
    let warning = |(part, gone): (String, String)| {
        let message = format!("{} is left out: it refers to {}, which is left out", called(&part), called(&gone));
        document.finding(&part, message, format!("correct {}, or refer to something else", called(&gone)))
    };
    let mut value = document.value.clone();
    let warnings = take_out(&mut value, gone).into_iter().map(warning).collect();
    document.value = value;
    warnings
}

/// Every operation, every path whose own parameters may refer to something, and every component.
pub(crate) fn parts(document: &Value) -> Vec<String> {
    let mut found = vec![];
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let base = join("/paths", path);
        found.extend(METHODS.iter().filter(|m| item.get(**m).is_some()).map(|m| join(&base, m)));
        // after its operations, so that what still refers is the path's own
        found.push(base);
    }
    for (container, components) in document["components"].as_object().into_iter().flatten() {
        let base = join("/components", container);
        found.extend(components.as_object().into_iter().flatten().map(|(name, _)| join(&base, name)));
    }
    found
}

/// Pointers to what a part refers to; for a path without its operations, which are parts themselves.
fn targets_of(value: &Value, path: bool, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#')).map(Into::into));
            let own = map.iter().filter(|(key, _)| !(path && METHODS.contains(&key.as_str())));
            own.for_each(|(_, inner)| targets_of(inner, false, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| targets_of(inner, false, found)),
        _ => {}
    }
}

/// Takes a part out, and a path with its last operation.
fn remove(document: &mut Value, part: &str) {
    let Some((parent, key)) = part.rsplit_once('/') else { return };
    let name = key.replace("~1", "/").replace("~0", "~");
    let Some(Value::Object(map)) = document.pointer_mut(parent) else { return };
    map.shift_remove(&name);
    let empty = !METHODS.iter().any(|m| map.contains_key(*m));
    if empty && parent.starts_with("/paths/") {
        remove(document, parent);
    }
}
