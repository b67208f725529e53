//! Names of components: they become Rust types and file names, so they must be plain and must not coincide.

use super::{
    follow::{media, operations},
    idents::{at, usable},
    keys::Kind,
    map::Map,
    report::Report,
};
use crate::{api::ref_name, lower::request_view, rust};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Types that the generated modules import by name.
const TAKEN: [&str; 10] =
    ["Default", "Display", "Err", "Ok", "Option", "Result", "String", "Validate", "Vec", "Violation"];

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
    responses(map, report);
    hoisted(map, report);
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

/// A response becomes a type too, beside that of the errors that are written in place.
fn responses(map: &Map<'_>, report: &mut Report<'_>) {
    let mut seen = BTreeMap::from([("Error".to_string(), "Error")]);
    let names = map.root.pointer("/components/responses").and_then(Value::as_object).into_iter().flatten();
    for name in names.map(|(name, _)| name.as_str()).filter(|n| plain(n)) {
        let ty = rust::pascal(name).to_string();
        let other = *seen.entry(ty.clone()).or_insert(name);
        if other != name {
            let message = format!("the responses `{name}` and `{other}` both become the Rust type `{ty}`");
            let remedy = "rename one of the two; errors that are written in place are called `Error`";
            report.add(&at("/components/responses", &[name]), message, remedy);
        }
    }
}

const CONSTRAINTS: [&str; 4] = ["enum", "pattern", "minLength", "maxLength"];

/// An inline constrained text is named after its owner and its member; another component may have that name.
fn hoisted(map: &Map<'_>, report: &mut Report<'_>) {
    let types: BTreeMap<String, &str> = schemas(map).map(|n| (rust::pascal(n).to_string(), n)).collect();
    for property in map.of(Kind::Property) {
        let Some(rest) = property.pointer.strip_prefix("/components/schemas/") else { continue };
        let parts: Vec<&str> = rest.split('/').collect();
        let [owner, "properties", key] = parts.as_slice() else { continue };
        let owner = owner.strip_suffix("Patch").unwrap_or(owner);
        let own = (restriction(property.value), format!("{owner}-{key}"));
        let item = (property.value.get("items").and_then(restriction), format!("{owner}-{key}-item"));
        for (core, name) in [own, item] {
            let Some((core, name, ty)) = core.map(|c| (c, rust::pascal(&name).to_string(), name)) else { continue };
            let Some((other, at)) = types.get(&name).map(|n| (*n, at("/components/schemas", &[n]))) else { continue };
            if map.root.pointer(&at).and_then(restriction) != Some(core) && !report.has_under(&at) {
                let member = ty.strip_prefix(owner).and_then(|t| t.strip_prefix('-')).unwrap_or(&ty);
                let message = format!(
                    "`{other}` and the inline constrained text `{member}` of `{owner}` both become the Rust type `{name}`"
                );
                report.add(&at, message, format!("rename it, or write `$ref` to it in `{owner}`"));
            }
        }
    }
}

/// What restricts a text without a `format`.
fn restriction(schema: &Value) -> Option<BTreeMap<&'static str, &Value>> {
    let found: BTreeMap<_, _> = CONSTRAINTS.iter().filter_map(|k| Some((*k, schema.get(*k)?))).collect();
    let text = schema["type"] == "string" && schema.get("format").is_none();
    (text && !found.is_empty()).then_some(found)
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
