//! Which operation of the new document is which of the old one.
//!
//! Callers know an operation by method and path, so these decide; the names of path variables are no part of it. The
//! `operationId` decides only for what would otherwise count as removed here and added there: that operation has moved.

use super::{
    change::Class,
    content,
    node::{Node, Pair},
    parameters, policies, responses, rest,
    schema::Walk,
    security,
};

/// One operation with its path item.
#[derive(Clone)]
pub(super) struct Operation<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub item: Node<'a>,
    pub node: Node<'a>,
}

impl Operation<'_> {
    /// As people write it.
    pub fn title(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    fn key(&self) -> (&str, String) {
        (self.method, parameters::template(self.path))
    }
}

/// The operations that both documents have.
pub(super) type Matched<'a> = Vec<(Operation<'a>, Operation<'a>)>;

/// Every operation of a document.
pub(super) fn all<'a>(root: &Node<'a>) -> Vec<Operation<'a>> {
    let items = root.get("paths").into_iter().flat_map(|p| p.members());
    let operations = items.flat_map(|(path, item)| {
        let item = item.resolved();
        let members = item.members().into_iter().filter(|(key, node)| rest::is_method(key) && node.value.is_object());
        members.map(|(method, node)| Operation { method, path, item: item.clone(), node }).collect::<Vec<_>>()
    });
    operations.collect()
}

/// Compares all of them; gives those that both documents have.
pub(super) fn compare<'a>(walk: &mut Walk<'a>, root: &Pair<'a>) -> Matched<'a> {
    let (mut matched, removed, added) = matches(all(&root.old), all(&root.new));
    let (moved, removed, added) = moves(removed, added);
    for old in removed {
        walk.report.add(&old.node, format!("{} was removed", old.title()), Class::Breaking, "calls of it fail");
    }
    for new in added {
        walk.report.add(&new.node, format!("{} was added", new.title()), Class::Compatible, "");
    }
    for (old, new) in &moved {
        let what = format!("{} became {}", old.title(), new.title());
        walk.report.add(&new.node, what, Class::Breaking, "calls of the old address fail");
    }
    matched.extend(moved);
    for (old, new) in &matched {
        operation(walk, root, old, new);
    }
    items(walk, root);
    matched
}

fn matches<'a>(old: Vec<Operation<'a>>, new: Vec<Operation<'a>>) -> Split<'a> {
    split(old, new, |a, b| a.key() == b.key())
}

fn moves<'a>(old: Vec<Operation<'a>>, new: Vec<Operation<'a>>) -> Split<'a> {
    let id = |o: &Operation<'a>| o.node.text("operationId");
    split(old, new, |a, b| id(a).is_some() && id(a) == id(b))
}

type Split<'a> = (Matched<'a>, Vec<Operation<'a>>, Vec<Operation<'a>>);

fn split<'a>(
    old: Vec<Operation<'a>>,
    mut new: Vec<Operation<'a>>,
    same: impl Fn(&Operation<'a>, &Operation<'a>) -> bool,
) -> Split<'a> {
    let (mut matched, mut removed) = (vec![], vec![]);
    for a in old {
        // the same path first: two templates that differ in names alone are possible in documents that nobody has checked
        let exact = new.iter().position(|b| b.path == a.path && same(&a, b));
        match exact.or_else(|| new.iter().position(|b| same(&a, b))) {
            Some(i) => matched.push((a, new.remove(i))),
            None => removed.push(a),
        }
    }
    (matched, removed, new)
}

fn operation<'a>(walk: &mut Walk<'a>, root: &Pair<'a>, old: &Operation<'a>, new: &Operation<'a>) {
    let pair = Pair { old: old.node.clone(), new: new.node.clone() };
    identity(walk, &pair);
    parameters::compare(walk, old, new);
    content::body(walk, &pair);
    responses::compare(walk, &pair);
    security::compare(&mut walk.report, root, &pair);
    policies::compare(&mut walk.report, root, &pair);
    let handled = ["operationId", "parameters", "requestBody", "responses", "security"];
    let handled: Vec<&str> = handled.into_iter().chain(policies::KEYS).collect();
    rest::other_keys(&mut walk.report, &pair, &handled);
}

fn identity(walk: &mut Walk<'_>, pair: &Pair<'_>) {
    let (old, new) = (pair.old.text("operationId"), pair.new.text("operationId"));
    if old != new {
        let at = pair.new.get("operationId").unwrap_or_else(|| pair.new.clone());
        let what = format!("`operationId`: {} became {}", old.unwrap_or("nothing"), new.unwrap_or("nothing"));
        walk.report.add(&at, what, Class::Breaking, "the client's method has another name");
    }
}

/// What stands on path items beside operations and parameters.
fn items(walk: &mut Walk<'_>, root: &Pair<'_>) {
    let (Some(old), Some(new)) = root.both("paths") else { return };
    let paths = Pair { old, new };
    for key in paths.keys() {
        if let (Some(old), Some(new)) = paths.both(key) {
            let item = Pair { old, new }.resolved();
            let handled: Vec<&str> =
                item.keys().into_iter().filter(|k| rest::is_method(k) || matches!(*k, "parameters" | "$ref")).collect();
            rest::other_keys(&mut walk.report, &item, &handled);
        }
    }
}
