//! Names of components: they become Rust types and file names, so they must be plain and must not coincide.

use super::{
    follow::{media, operations},
    idents::{at, usable},
    map::Map,
    report::Report,
};
use crate::{api::ref_name, lower::request_view, rust};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Types that the generated modules import by name.
const TAKEN: [&str; 7] = ["Display", "Option", "Result", "String", "Validate", "Vec", "Violation"];

/// Checks the names under `components`.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for (container, parts) in map.root.get("components").and_then(Value::as_object).into_iter().flatten() {
        for name in parts.as_object().into_iter().flatten().map(|p| p.0).filter(|n| !plain(n)) {
            let message = format!("`{name}` cannot name a component");
            let remedy = "use only the letters A-Z and a-z, digits, `.`, `_` and `-`";
            report.block(&at("/components", &[container, name]), message, remedy);
        }
    }
    types(map, report);
    views(map, report);
}

fn plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn types(map: &Map<'_>, report: &mut Report<'_>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in schemas(map).filter(|n| plain(n)) {
        let (pointer, ty) = (at("/components/schemas", &[name]), rust::pascal(name).to_string());
        if !usable(name) {
            report.add(&pointer, format!("`{name}` does not become a Rust type"), "begin the name with a letter");
        } else if TAKEN.contains(&ty.as_str()) {
            let message = format!("`{ty}` is a type that the generated code uses itself");
            report.add(&pointer, message, format!("choose another name, such as `{ty}Body`"));
        } else if let Some(other) = seen.insert(ty.clone(), name) {
            let message = format!("`{name}` and `{other}` both become the Rust type `{ty}`");
            report.add(
                &pointer,
                message,
                "rename one of the two so that they differ in more than case and punctuation",
            );
        }
    }
}

fn schemas<'a>(map: &Map<'a>) -> impl Iterator<Item = &'a str> {
    map.root.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten().map(|s| s.0.as_str())
}

/// The request view of `X` is called `NewX`; a component of that name would be overwritten.
fn views(map: &Map<'_>, report: &mut Report<'_>) {
    let declared: BTreeSet<&str> = schemas(map).collect();
    let candidates: Vec<(&str, &str)> = declared
        .iter()
        .filter_map(|n| n.strip_prefix("New").filter(|x| declared.contains(x)).map(|x| (*n, x)))
        .collect();
    if candidates.is_empty() {
        return;
    }
    let bodies = in_bodies(map);
    for (new, name) in candidates {
        if bodies.contains(name) && request_view(map.root, name) == new {
            let message = format!("`{new}` is the name of the request view that is derived from `{name}`");
            let remedy = format!(
                "remove it and let requests use `{name}`, whose `readOnly` properties are left out, or rename it"
            );
            report.add(&at("/components/schemas", &[new]), message, remedy);
        }
    }
}

/// Names of every schema that a request body is made of.
pub(super) fn in_bodies(map: &Map<'_>) -> BTreeSet<String> {
    let bodies = operations(map).into_iter().filter_map(|o| media(&o.spot.get("requestBody")?).map(|m| m.1));
    reachable(map, bodies.filter_map(|s| ref_name(s.value).map(Into::into)).collect())
}

/// Names of `roots` and of every schema that they refer to.
pub(super) fn reachable(map: &Map<'_>, roots: Vec<String>) -> BTreeSet<String> {
    let mut inside: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for reference in map.references.iter().filter(|r| r.kind.is_schema()) {
        let owner = reference.pointer.strip_prefix("/components/schemas/").and_then(|r| r.split('/').next());
        if let (Some(owner), Some(target)) = (owner, reference.target.strip_prefix("#/components/schemas/")) {
            inside.entry(owner).or_default().push(target);
        }
    }
    let (mut found, mut open) = (BTreeSet::new(), roots);
    while let Some(name) = open.pop() {
        let next = inside.get(name.as_str()).into_iter().flatten();
        if found.insert(name.clone()) {
            open.extend(next.map(|n| (*n).to_string()));
        }
    }
    found
}
