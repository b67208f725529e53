//! Parameters: added, removed, moved, renamed, required.
//!
//! The server refuses query parameters that it does not know, so a removed one breaks those who send it.

use super::{
    change::Class,
    content,
    node::{Node, Pair},
    operations::Operation,
    rest,
    schema::{Direction, Walk},
};
use serde_json::Value;

/// A path without the names of its variables.
pub(super) fn template(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in path.chars() {
        inside = (inside || c == '{') && c != '}';
        if !inside || c == '{' {
            out.push(c);
        }
    }
    out
}

#[derive(Clone)]
struct Param<'a> {
    place: &'a str,
    name: &'a str,
    node: Node<'a>,
}

impl Param<'_> {
    /// What decides whether two are the same: path variables by their position, headers in any case.
    fn key(&self, path: &str) -> (String, String) {
        let position = || path.find(&format!("{{{}}}", self.name)).map(|i| path[..i].matches('{').count().to_string());
        let name = match self.place {
            "path" => position().unwrap_or_else(|| self.name.into()),
            "header" => self.name.to_lowercase(),
            _ => self.name.into(),
        };
        (self.place.into(), name)
    }
}

fn all<'a>(operation: &Operation<'a>) -> Vec<Param<'a>> {
    let mut found: Vec<Param<'a>> = vec![];
    let lists = [operation.item.get("parameters"), operation.node.get("parameters")];
    for node in lists.into_iter().flatten().flat_map(|l| l.elements()) {
        let node = node.resolved();
        let (Some(name), Some(place)) = (node.text("name"), node.text("in")) else { continue };
        found.retain(|p| (p.name, p.place) != (name, place)); // the operation's own wins
        found.push(Param { place, name, node });
    }
    found
}

/// Compares the parameters of one operation.
pub(super) fn compare<'a>(walk: &mut Walk<'a>, old: &Operation<'a>, new: &Operation<'a>) {
    let (mut removed, mut added) = (all(old), all(new));
    let mut pairs = vec![];
    take(&mut removed, &mut added, &mut pairs, |a, b| a.key(old.path) == b.key(new.path));
    let same = pairs.len();
    take(&mut removed, &mut added, &mut pairs, |a, b| a.name.eq_ignore_ascii_case(b.name));
    if removed.len() == 1 && added.len() == 1 {
        let alike = |a: &Param<'_>, b: &Param<'_>| {
            a.place == b.place && a.node.get("schema").map(|s| s.value) == b.node.get("schema").map(|s| s.value)
        };
        take(&mut removed, &mut added, &mut pairs, alike);
    }
    for (i, (a, b)) in pairs.iter().enumerate() {
        if i >= same || (a.name != b.name && a.place != "header") {
            renamed(walk, a, b);
        }
        one(walk, &Pair { old: a.node.clone(), new: b.node.clone() }, b.name);
    }
    removed.iter().for_each(|p| gone(walk, old, p));
    added.iter().for_each(|p| came(walk, p));
}

/// Moves what belongs together into `pairs`.
fn take<'a>(
    old: &mut Vec<Param<'a>>,
    new: &mut Vec<Param<'a>>,
    pairs: &mut Vec<(Param<'a>, Param<'a>)>,
    same: impl Fn(&Param<'a>, &Param<'a>) -> bool,
) {
    for a in std::mem::take(old) {
        match new.iter().position(|b| same(&a, b)) {
            Some(i) => pairs.push((a, new.remove(i))),
            None => old.push(a),
        }
    }
}

fn renamed(walk: &mut Walk<'_>, old: &Param<'_>, new: &Param<'_>) {
    let what = format!("the {} parameter `{}` became the {} parameter `{}`", old.place, old.name, new.place, new.name);
    let effect = match (old.place, new.place) {
        ("path", "path") => "the client's setter has another name",
        _ => "requests with the old one are refused or not understood",
    };
    walk.report.add(&new.node, what, Class::Breaking, effect);
}

fn gone(walk: &mut Walk<'_>, operation: &Operation<'_>, param: &Param<'_>) {
    let is_filter = param.place == "query" && operation.node.is("x-page") && !crate::store::list::is_paging(param.name);
    let noun = if is_filter { "filter".into() } else { format!("{} parameter", param.place) };
    let effect =
        if param.place == "query" { "requests with it are refused" } else { "what callers send in it has no effect" };
    walk.report.add(&param.node, format!("the {noun} `{}` was removed", param.name), Class::Breaking, effect);
}

fn came(walk: &mut Walk<'_>, param: &Param<'_>) {
    let name = param.name;
    if param.node.is("required") {
        let what = format!("the required {} parameter `{name}` was added", param.place);
        walk.report.add(&param.node, what, Class::Breaking, "requests without it are refused");
    } else {
        let what = format!("the optional {} parameter `{name}` was added", param.place);
        walk.report.add(&param.node, what, Class::Compatible, "");
    }
}

/// One parameter that both have.
fn one<'a>(walk: &mut Walk<'a>, pair: &Pair<'a>, name: &str) {
    required(walk, pair, &format!("`{name}`"));
    walk.optional(Direction::Request, pair.both("schema"));
    content::media(walk, Direction::Request, pair);
    let (old, new) = pair.both("allowEmptyValue");
    let flag = |n: &Option<Node<'_>>| n.as_ref().is_some_and(|n| *n.value == Value::Bool(true));
    if flag(&old) != flag(&new) {
        let at = new.clone().or(old.clone()).unwrap_or_else(|| pair.new.clone());
        let (class, effect) = if flag(&new) {
            (Class::Compatible, "")
        } else {
            (Class::Breaking, "requests with an empty value are refused")
        };
        walk.report.add(&at, "`allowEmptyValue` changed", class, effect);
    }
    rest::other_keys(&mut walk.report, pair, &["name", "in", "required", "schema", "content", "allowEmptyValue"]);
}

/// `required` of a parameter or of a request body.
pub(super) fn required(walk: &mut Walk<'_>, pair: &Pair<'_>, noun: &str) {
    match (pair.old.is("required"), pair.new.is("required")) {
        (false, true) => {
            let at = pair.new.get("required").unwrap_or_else(|| pair.new.clone());
            walk.report.add(&at, format!("{noun} became required"), Class::Breaking, "requests without it are refused");
        }
        (true, false) => {
            let what = format!("{noun} is no longer required");
            walk.report.add(&pair.new, what, Class::Compatible, "requests may leave it out");
        }
        _ => {}
    }
}
