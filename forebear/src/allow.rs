//! `--allow`: what cannot be carried is left out, by name, instead of refusing the document.
//!
//! An operation goes with what is wrong in it; a component takes along everything that refers to it. What is wrong in neither
//! stays an error.

use crate::{
    api::METHODS,
    diagnostic::Diagnostic,
    lint,
    source::{Document, join},
};
use serde_json::Value;
use std::{collections::BTreeSet, fmt};

/// What was left out for one finding.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// What is wrong.
    pub finding: Diagnostic,
    /// Operations by `operationId`, or method and path, and components by pointer.
    pub names: Vec<String>,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "warning: {}", self.finding)?;
        writeln!(f, "  = left out: {}", self.names.join(", "))
    }
}

/// Leaves out what lint finds something in, until nothing more can be left out.
pub fn leave_out(document: &mut Document) -> Vec<LeftOut> {
    let mut all: Vec<LeftOut> = vec![];
    loop {
        let mut progress = false;
        for finding in lint::lint(document) {
            let names = remove(&mut document.value, &finding.pointer);
            // a second finding in what is gone already names nothing
            if !names.is_empty() {
                all.push(LeftOut { finding, names });
                progress = true;
            }
        }
        if !progress {
            return all;
        }
    }
}

/// Removes what `pointer` is in; what was removed.
fn remove(root: &mut Value, pointer: &str) -> Vec<String> {
    let tokens: Vec<String> = pointer.split('/').skip(1).map(|t| t.replace("~1", "/").replace("~0", "~")).collect();
    match tokens.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["paths", path, method, ..] if METHODS.contains(method) => {
            take_operation(root, path, method).into_iter().collect()
        }
        ["paths", path, ..] => take_path(root, path),
        ["components", kind, name, ..] => take_component(root, kind, name),
        _ => vec![],
    }
}

fn take_operation(root: &mut Value, path: &str, method: &str) -> Option<String> {
    let paths = root.get_mut("paths")?.as_object_mut()?;
    let item = paths.get_mut(path)?.as_object_mut()?;
    let operation = item.shift_remove(method)?;
    if !METHODS.iter().any(|m| item.contains_key(*m)) {
        paths.shift_remove(path);
    }
    Some(operation["operationId"].as_str().map_or_else(|| format!("{method} {path}"), String::from))
}

fn take_path(root: &mut Value, path: &str) -> Vec<String> {
    let mut names: Vec<String> = METHODS.iter().filter_map(|method| take_operation(root, path, method)).collect();
    let gone = root.get_mut("paths").and_then(Value::as_object_mut).and_then(|paths| paths.shift_remove(path));
    if names.is_empty() && gone.is_some() {
        names.push(join("/paths", path));
    }
    names
}

/// The component, what refers to it, and so on.
fn take_component(root: &mut Value, kind: &str, name: &str) -> Vec<String> {
    let mut names = vec![];
    let mut open = vec![(kind.to_string(), name.to_string())];
    while let Some((kind, name)) = open.pop() {
        let section = root.get_mut("components").and_then(|c| c.get_mut(&kind)).and_then(Value::as_object_mut);
        if section.and_then(|s| s.shift_remove(&name)).is_none() {
            continue;
        }
        let pointer = join(&format!("/components/{kind}"), &name);
        let users = users(root, &format!("#{pointer}"));
        names.push(pointer);
        for (path, method) in users.operations {
            names.extend(match method {
                Some(method) => take_operation(root, &path, &method).into_iter().collect(),
                None => take_path(root, &path),
            });
        }
        open.extend(users.components);
    }
    names
}

/// What refers to something.
#[derive(Default)]
struct Users {
    /// Path and method; the whole path where its own parameters refer to it.
    operations: BTreeSet<(String, Option<String>)>,
    components: BTreeSet<(String, String)>,
}

fn users(root: &Value, reference: &str) -> Users {
    let mut users = Users::default();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for (key, _) in item.as_object().into_iter().flatten().filter(|(_, part)| refers(part, reference)) {
            let method = METHODS.contains(&key.as_str()).then(|| key.clone());
            users.operations.insert((path.clone(), method));
        }
    }
    for (kind, section) in root["components"].as_object().into_iter().flatten() {
        for (name, _) in section.as_object().into_iter().flatten().filter(|(_, part)| refers(part, reference)) {
            users.components.insert((kind.clone(), name.clone()));
        }
    }
    users
}

/// Whether `reference`, or something inside it, is referred to.
fn refers(value: &Value, reference: &str) -> bool {
    match value {
        Value::Object(map) => {
            let is_it = |r: &str| r == reference || r.strip_prefix(reference).is_some_and(|rest| rest.starts_with('/'));
            map.get("$ref").and_then(Value::as_str).is_some_and(is_it) || map.values().any(|v| refers(v, reference))
        }
        Value::Array(items) => items.iter().any(|v| refers(v, reference)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::remove;
    use serde_json::json;

    fn document() -> serde_json::Value {
        json!({
            "paths": {
                "/a": {"get": {"operationId": "get_a", "x": {"$ref": "#/components/schemas/A"}}, "put": {"operationId": "put_a"}},
                "/b": {"parameters": [{"$ref": "#/components/parameters/P"}], "get": {"operationId": "get_b"}, "put": {}}},
            "components": {
                "schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/B"}]}, "B": {}, "C": {}},
                "parameters": {"P": {"schema": {"$ref": "#/components/schemas/C"}}}}})
    }

    #[test]
    fn an_operation_goes_alone() {
        let mut root = document();
        assert_eq!(remove(&mut root, "/paths/~1a/put/responses"), ["put_a"]);
        assert_eq!(root["paths"]["/a"]["get"]["operationId"], "get_a");
    }

    #[test]
    fn a_component_takes_along_what_refers_to_it() {
        let mut root = document();
        assert_eq!(
            remove(&mut root, "/components/schemas/B/type"),
            ["/components/schemas/B", "/components/schemas/A", "get_a"]
        );
        assert_eq!(root["paths"]["/a"].as_object().unwrap().len(), 1);
        assert_eq!(
            remove(&mut root, "/components/schemas/C"),
            ["/components/schemas/C", "/components/parameters/P", "get_b", "put /b"]
        );
        assert_eq!(root["paths"].as_object().unwrap().len(), 1);
    }

    #[test]
    fn what_is_in_neither_stays() {
        let mut root = document();
        assert_eq!(remove(&mut root, "/info/title"), [""; 0]);
        assert_eq!(root, document());
    }
}
