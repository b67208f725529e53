//! Path templates: Dropshot panics on half of what OpenAPI allows, and treats a trailing slash as nothing.

use super::{map::Map, report::Report};
use crate::source::join;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Names of the variables of a template, in order.
pub(super) fn variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'))
}

/// Checks every key of `paths`.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let mut tree = Tree::default();
    for (path, _) in map.root["paths"].as_object().into_iter().flatten() {
        let pointer = join("/paths", path);
        match template(path) {
            Some((message, remedy)) => report.block(&pointer, message, remedy),
            None => tree.add(path, &pointer, report),
        }
    }
    for (path, item) in map.root["paths"].as_object().into_iter().flatten() {
        let pointer = join("/paths", path);
        if item.as_object().is_some_and(|i| !crate::api::METHODS.iter().any(|m| i.contains_key(*m)))
            && !report.has_under(&pointer)
        {
            let remedy = "add an operation, such as `get`, or remove the path";
            report.add(&pointer, "has no operation, so the path would be lost", remedy);
        }
    }
}

fn template(path: &str) -> Option<(String, String)> {
    let Some(rest) = path.strip_prefix('/') else {
        return Some((format!("the path `{path}` does not start with `/`"), format!("write `/{path}`")));
    };
    if rest.is_empty() {
        return None;
    }
    if rest.split('/').any(str::is_empty) {
        let clean: Vec<&str> = rest.split('/').filter(|s| !s.is_empty()).collect();
        let message = "has an empty segment: Dropshot drops a trailing `/` and panics on `//`";
        return Some((message.into(), format!("write `/{}`", clean.join("/"))));
    }
    if let Some(bad) = path.chars().find(|c| matches!(c, '?' | '#' | '%' | '\\') || c.is_whitespace() || !c.is_ascii())
    {
        return Some((
            format!("`{bad}` cannot stand in a path"),
            "write plain ASCII; a query belongs under `parameters`".into(),
        ));
    }
    let mut seen = BTreeSet::new();
    rest.split('/').find_map(|segment| variable(segment, &mut seen))
}

fn variable<'a>(segment: &'a str, seen: &mut BTreeSet<&'a str>) -> Option<(String, String)> {
    if !segment.contains(['{', '}']) {
        return None;
    }
    let whole = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')).filter(|s| !s.contains(['{', '}']));
    match whole {
        None => Some((
            format!("`{segment}` mixes text and a variable, which Dropshot cannot route"),
            "let the variable be the whole segment, as in `/{id}`".into(),
        )),
        Some("") => Some(("has a variable without a name".into(), "name it, as in `/{id}`".into())),
        Some(name) if name.contains(':') => Some((
            format!("`{segment}` gives a variable a pattern, which Dropshot does not publish"),
            "write the name only, and put the `pattern` into the parameter's schema".into(),
        )),
        Some(name) if !seen.insert(name) => {
            Some((format!("uses the variable `{name}` twice"), "give each variable a name of its own".into()))
        }
        Some(_) => None,
    }
}

/// What follows each node of the path tree: the segment, and the path that brought it.
#[derive(Default)]
struct Tree<'a> {
    variables: BTreeMap<String, (&'a str, &'a str)>,
    literals: BTreeMap<String, (&'a str, &'a str)>,
}

impl<'a> Tree<'a> {
    fn add(&mut self, path: &'a str, pointer: &str, report: &mut Report<'_>) {
        let mut node = String::new();
        for segment in path.split('/').skip(1) {
            let is_variable = segment.starts_with('{');
            if let Some((message, remedy)) = self.conflict(&node, segment, is_variable) {
                return report.add(pointer, message, remedy);
            }
            let known = if is_variable { &mut self.variables } else { &mut self.literals };
            known.entry(node.clone()).or_insert((segment, path));
            node.push('/');
            node.push_str(if is_variable { "{}" } else { segment });
        }
    }

    fn conflict(&self, node: &str, segment: &str, is_variable: bool) -> Option<(String, String)> {
        match self.variables.get(node) {
            Some((other, path)) if is_variable && *other != segment => Some((
                format!("`{segment}` stands where `{path}` has `{other}`: Dropshot panics on two names for one variable"),
                format!("write `{other}` here too, or rename it in both paths"),
            )),
            Some((other, path)) if !is_variable => Some((
                format!("`{segment}` stands beside `{other}` of `{path}`: Dropshot panics on a literal beside a variable"),
                format!("move one of the two below another segment, for example `{node}-{segment}`"),
            )),
            None if is_variable => self.literals.get(node).map(|(other, path)| (
                format!("`{segment}` stands beside `{other}` of `{path}`: Dropshot panics on a variable beside a literal"),
                format!("move one of the two below another segment, for example `{node}-{other}`"),
            )),
            _ => None,
        }
    }
}

/// Whether `value` has at least one path; an API without any generates nothing.
pub(super) fn any(value: &Value) -> bool {
    value["paths"].as_object().is_some_and(|p| p.keys().any(|k| k.starts_with('/')))
}
