//! `operationId` and `tags`: an operation becomes a method of its tag's trait, so both must be usable Rust names.

use super::{
    follow::{Operation, operations},
    idents::{keyword, usable},
    map::Map,
    params::LOCATIONS,
    report::Report,
};
use crate::{api::succeeds, rust, source::join};
use heck::{ToPascalCase, ToSnakeCase};
use std::collections::BTreeMap;

/// Types that the generated operation modules use by name.
const TAKEN: [&str; 8] = ["Err", "None", "Ok", "Option", "Result", "Some", "String", "Vec"];

/// Checks what names every operation.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let mut methods: BTreeMap<String, String> = BTreeMap::new();
    let mut types: BTreeMap<String, String> = BTreeMap::new();
    let mut tags: BTreeMap<String, String> = BTreeMap::new();
    for operation in operations(map) {
        id(map, &operation, &mut methods, &mut types, report);
        tag(&operation, &mut tags, report);
    }
    if map.root["paths"].is_object() && !super::paths::any(map.root) {
        report.add("/paths", "declares no path, so there is nothing to serve", "add a path with an operation");
    }
}

type Names = BTreeMap<String, String>;

fn id(map: &Map<'_>, operation: &Operation<'_>, methods: &mut Names, types: &mut Names, report: &mut Report<'_>) {
    let pointer = &operation.spot.pointer;
    let Some(id) = operation.spot.value.get("operationId") else {
        let message = "the operation has no `operationId`, which becomes the name of its method";
        let last = operation.path.split('/').rfind(|s| !s.is_empty() && !s.starts_with('{')).unwrap_or("thing");
        let remedy = format!("add one, such as `operationId: {}_{}`", operation.method, last.to_snake_case());
        return report.add(pointer, message, remedy);
    };
    let Some(id) = id.as_str() else { return };
    let at = join(pointer, "operationId");
    let (method, ty) = (rust::snake(id).to_string(), id.to_pascal_case());
    if !usable(id) {
        return report.add(
            &at,
            format!("`{id}` does not become a Rust method"),
            "begin with a letter; use letters, digits and `_`",
        );
    }
    if TAKEN.contains(&ty.as_str()) {
        let message = format!("`{id}` becomes the type `{ty}`, which the generated code uses itself");
        return report.add(&at, message, "say what the operation does, verb first");
    }
    if let Some(other) = methods.insert(method.clone(), id.into()) {
        let same = if other == id {
            format!("`{id}` names two operations")
        } else {
            format!("`{id}` and `{other}` both become `{method}`")
        };
        return report.add(&at, same, "give each operation an `operationId` of its own");
    }
    for ty in derived(map, operation, &ty) {
        if let Some(other) = types.insert(ty.clone(), id.into()) {
            let message = format!("`{id}` and `{other}` both need the generated type `{ty}`");
            return report.add(
                &at,
                message,
                "choose another `operationId`, one that does not end in Path, Query, Header or Headers",
            );
        }
    }
}

/// The types that an operation is generated into: its marker, and a struct per location of parameters, and one of headers.
fn derived(map: &Map<'_>, operation: &Operation<'_>, ty: &str) -> Vec<String> {
    let params = operation.params(map.root);
    let used = LOCATIONS.iter().copied().filter(|l| params.iter().any(|p| p.value["in"] == *l));
    let answers =
        operation.spot.entries("responses").into_iter().filter(|(code, _)| succeeds(code) || *code == "default");
    let mut answers = answers.filter_map(|(_, response)| response.follow(map.root));
    let headers = answers.any(|r| r.value.get("headers").is_some()).then_some("headers");
    let parts = used.chain(headers).map(|part| format!("{ty}{}", part.to_pascal_case()));
    std::iter::once(ty.to_string()).chain(parts).collect()
}

/// Without a tag, the handler belongs to the trait `DefaultApi`.
fn untagged(operation: &Operation<'_>, seen: &mut Names, report: &mut Report<'_>) {
    let other = seen.entry("default".into()).or_insert_with(|| "default".into());
    if other != "default" {
        let message = format!("without a tag this belongs to the trait `DefaultApi`, and so does the tag `{other}`");
        report.add(&operation.spot.pointer, message, format!("add `tags: [{other}]`"));
    }
}

fn tag(operation: &Operation<'_>, seen: &mut Names, report: &mut Report<'_>) {
    let pointer = &operation.spot.pointer;
    let Some(first) = operation.spot.value["tags"][0].as_str() else {
        return untagged(operation, seen, report);
    };
    let at = join(pointer, "tags");
    let (module, at) = (first.to_snake_case(), join(&at, "0"));
    if !usable(first) || keyword(&module) || module == "mod" {
        let message = format!("the tag `{first}` does not become a Rust module");
        return report.add(
            &at,
            message,
            "name the tag after its resource: a word that begins with a letter and is no Rust keyword",
        );
    }
    let other = seen.entry(first.to_pascal_case().to_lowercase()).or_insert_with(|| first.into());
    if other != first {
        let message = format!("the tags `{first}` and `{other}` both become the trait `{}Api`", first.to_pascal_case());
        report.add(&at, message, format!("write `{other}` here"));
    }
}
