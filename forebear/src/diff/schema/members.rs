//! Members of objects: which there are, which must be there, which travel in which direction, and whether others may.

use super::{
    super::{
        change::Class,
        node::{Node, Pair},
    },
    Direction, Turn, View, Walk,
};
use serde_json::Value;

/// The keywords that are compared here. The first two stand on the member and are compared with its object.
pub(super) const KEYS: [&str; 5] = ["readOnly", "writeOnly", "properties", "required", "additionalProperties"];

/// One member on one side.
struct Member<'a> {
    node: Option<Node<'a>>,
    required: Option<Node<'a>>,
}

impl<'a> Member<'a> {
    fn of(object: &View<'a>, name: &str) -> Self {
        let required = object.find("required").into_iter().flat_map(|r| r.elements());
        let required = required.into_iter().find(|n| n.value.as_str() == Some(name));
        Self { node: object.find("properties").and_then(|p| p.get(name)), required }
    }

    fn has(&self, key: &str) -> bool {
        self.node.as_ref().is_some_and(|n| View::of(n).is(key))
    }

    /// Whether it travels that way.
    fn travels(&self, direction: Direction) -> bool {
        !self.has(hiding(direction))
    }
}

fn hiding(direction: Direction) -> &'static str {
    match direction {
        Direction::Request => "readOnly",
        Direction::Response => "writeOnly",
    }
}

/// Compares the members of two objects.
pub(super) fn compare<'a>(walk: &mut Walk<'a>, direction: Direction, old: &View<'a>, new: &View<'a>) {
    for name in names(old, new) {
        let (a, b) = (Member::of(old, name), Member::of(new, name));
        match (&a.node, &b.node) {
            (Some(at), None) if a.travels(direction) => removed(walk, direction, at, name, is_closed(new)),
            (None, Some(at)) if b.travels(direction) => added(walk, direction, at, name, &b, is_closed(old)),
            (Some(x), Some(y)) => {
                flips(walk, direction, name, (&a, &b), is_closed(old));
                if a.travels(direction) && b.travels(direction) {
                    required(walk, direction, name, (&a, &b));
                    walk.schema(direction, Pair { old: x.clone(), new: y.clone() });
                }
            }
            (None, None) => required(walk, direction, name, (&a, &b)),
            _ => {}
        }
    }
    others(walk, direction, old, new);
}

fn names<'a>(old: &View<'a>, new: &View<'a>) -> Vec<&'a str> {
    let members = |v: &View<'a>| v.find("properties").map(|p| p.members()).unwrap_or_default();
    let required = |v: &View<'a>| v.find("required").map(|r| r.elements()).unwrap_or_default();
    let mut seen = std::collections::HashSet::new();
    let keys = members(new).into_iter().chain(members(old)).map(|(key, _)| key);
    let listed = required(new).into_iter().chain(required(old)).filter_map(|n| n.value.as_str());
    keys.chain(listed).filter(|key| seen.insert(*key)).collect()
}

fn is_closed(object: &View<'_>) -> bool {
    object.find("additionalProperties").is_some_and(|n| *n.value == Value::Bool(false))
}

fn removed(walk: &mut Walk<'_>, direction: Direction, at: &Node<'_>, name: &str, closed: bool) {
    let effect = match direction {
        Direction::Request if closed => "requests that carry it are refused",
        Direction::Request => "what requests say in it has no effect",
        Direction::Response => "answers no longer hold it",
    };
    walk.report.add(at, format!("the member `{name}` was removed"), Class::Breaking, effect);
}

fn added(walk: &mut Walk<'_>, direction: Direction, at: &Node<'_>, name: &str, member: &Member<'_>, closed: bool) {
    let (class, effect) = appears(direction, member, closed);
    let noun = if member.required.is_some() { "the required member" } else { "the optional member" };
    walk.report.add(at, format!("{noun} `{name}` was added"), class, effect);
}

/// What it means that a member is there which was not.
fn appears(direction: Direction, member: &Member<'_>, closed: bool) -> (Class, &'static str) {
    match direction {
        Direction::Request if member.required.is_some() => (Class::Breaking, "requests without it are refused"),
        Direction::Request => (Class::Compatible, "requests may carry it"),
        Direction::Response if closed => {
            (Class::Breaking, "clients that hold the list of members for closed refuse the answer")
        }
        Direction::Response => (Class::Compatible, "clients that do not know it pass over it"),
    }
}

/// `readOnly` and `writeOnly` come and go.
fn flips(walk: &mut Walk<'_>, direction: Direction, name: &str, (a, b): (&Member<'_>, &Member<'_>), closed: bool) {
    for key in ["readOnly", "writeOnly"] {
        let (was, is) = (a.has(key), b.has(key));
        let (Some(at), true) = (&b.node, was != is) else { continue };
        let what = if is { format!("`{name}` became `{key}`") } else { format!("`{name}` is no longer `{key}`") };
        let (class, effect) = match direction {
            _ if key != hiding(direction) => (Class::Compatible, "the other direction stays as it is"),
            Direction::Request if is => (Class::Breaking, "requests that carry it are refused"),
            Direction::Response if is => (Class::Breaking, "answers no longer hold it"),
            _ => appears(direction, b, closed),
        };
        walk.report.add(at, what, class, effect);
    }
}

fn required(walk: &mut Walk<'_>, direction: Direction, name: &str, (a, b): (&Member<'_>, &Member<'_>)) {
    let (at, what, turn) = match (&a.required, &b.required) {
        (None, Some(at)) => (at, format!("`{name}` became required"), Turn::Tighter),
        (Some(at), None) => (at, format!("`{name}` is no longer required"), Turn::Looser),
        _ => return,
    };
    let (class, _) = turn.effect(direction);
    let effect = match (direction, turn) {
        (Direction::Request, Turn::Tighter) => "requests without it are refused",
        (Direction::Request, _) => "requests may leave it out",
        (Direction::Response, Turn::Tighter) => "answers always hold it",
        (Direction::Response, _) => "answers may leave it out",
    };
    walk.report.add(at, what, class, effect);
}

/// Members that have no name in the schema.
fn others<'a>(walk: &mut Walk<'a>, direction: Direction, old: &View<'a>, new: &View<'a>) {
    const KEY: &str = "additionalProperties";
    let says = |v: &View<'a>| v.find(KEY).filter(|n| *n.value != Value::Bool(true));
    let (a, b) = (says(old), says(new));
    let (turn, what) = match (&a, &b) {
        (Some(x), Some(y)) if x.value.is_object() && y.value.is_object() => {
            return walk.schema(direction, Pair { old: x.clone(), new: y.clone() });
        }
        (None, Some(y)) if y.value.is_object() => (Turn::Tighter, "other members must match a schema now"),
        (None, Some(_)) => (Turn::Tighter, "the object was closed to other members"),
        (Some(x), Some(y)) if x.value.is_object() && y.value.is_boolean() => {
            (Turn::Tighter, "the object was closed to other members")
        }
        (Some(x), None) if x.value.is_object() => (Turn::Looser, "other members may be anything"),
        (Some(_), None) => (Turn::Looser, "the object was opened to other members"),
        (Some(x), Some(y)) if x.value.is_boolean() && y.value.is_object() => {
            (Turn::Looser, "the object was opened to other members")
        }
        (Some(x), Some(y)) if x.value != y.value => (Turn::Other, "`additionalProperties` changed"),
        _ => return,
    };
    let at = b.or_else(|| new.find(KEY)).or(a).unwrap_or_else(|| new.top().clone());
    walk.turned(direction, &at, what, turn);
}
