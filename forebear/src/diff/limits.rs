//! Rate limits: the classes on the root, and the class of each operation.
//!
//! Lower counts and longer windows break callers that stayed within the old limit. Two classes are compared by their numbers,
//! so that a new name for the same limit is no break.

use super::{
    change::{Class, Report},
    node::{Node, Pair},
    operations::Matched,
    rest,
};
use serde_json::Value;
use std::cmp::Ordering;

const COUNTS: [&str; 2] = ["service", "user"];
const WINDOW: &str = "window_seconds";

/// The classes on the root.
pub(super) fn compare(report: &mut Report<'_>, root: &Pair<'_>, operations: &Matched<'_>) {
    let (Some(old), Some(new)) = root.both("x-rate-limits") else {
        return note(report, root.both("x-rate-limits"), "`x-rate-limits`");
    };
    let classes = Pair { old, new };
    for name in classes.keys() {
        let used = operations.iter().any(|(_, o)| o.node.text("x-rate-limit") == Some(name));
        match classes.both(name) {
            (Some(old), Some(new)) => numbers(report, &Pair { old, new }, used),
            pair => note(report, pair, &format!("the limit class `{name}`")),
        }
    }
}

/// A class alone limits nothing; what it does to an operation is said there.
fn note(report: &mut Report<'_>, pair: (Option<Node<'_>>, Option<Node<'_>>), noun: &str) {
    if let Some((at, how)) = rest::difference(pair) {
        report.add(&at, format!("{noun} {how}"), Class::Documentation, "");
    }
}

fn numbers(report: &mut Report<'_>, class: &Pair<'_>, used: bool) {
    for key in COUNTS.into_iter().chain([WINDOW]) {
        let pair = class.both(key);
        let turn = lowered(&pair, key);
        let words = pair.0.as_ref().zip(pair.1.as_ref()).map(|(a, b)| format!("{} became {}", a.value, b.value));
        let Some((at, how)) = rest::difference(pair) else { continue };
        let what = words.map_or_else(|| format!("`{key}` {how}"), |w| format!("`{key}`: {w}"));
        match turn {
            _ if !used => report.add(&at, what, Class::Documentation, "no operation is limited by it"),
            true => report.add(&at, what, Class::Breaking, "callers within the old limit are refused with 429"),
            false => report.add(&at, what, Class::Compatible, "callers may send more"),
        }
    }
    rest::other_keys(report, class, &[COUNTS[0], COUNTS[1], WINDOW]);
}

/// Whether one number of a class allows less than before; what is not there, or no number, allows everything.
fn lowered(pair: &(Option<Node<'_>>, Option<Node<'_>>), key: &str) -> bool {
    let count = |n: &Option<Node<'_>>| n.as_ref().and_then(|n| n.value.as_f64());
    match (count(&pair.0), count(&pair.1)) {
        (Some(old), Some(new)) => (new < old) == (key != WINDOW) && new != old,
        (None, Some(_)) => true,
        _ => false,
    }
}

/// The class of one operation.
pub(super) fn class(report: &mut Report<'_>, root: &Pair<'_>, operation: &Pair<'_>) {
    const KEY: &str = "x-rate-limit";
    let pair = operation.both(KEY);
    let found = |root: &Node<'_>, n: &Option<Node<'_>>| {
        n.as_ref()
            .and_then(|n| n.value.as_str())
            .and_then(|name| Some(root.at(&["x-rate-limits", name])?.value.clone()))
    };
    let (old, new) = (found(&root.old, &pair.0), found(&root.new, &pair.1));
    let words = pair
        .0
        .as_ref()
        .zip(pair.1.as_ref())
        .map(|(a, b)| format!("{} became {}", super::node::show(a.value), super::node::show(b.value)));
    let Some((at, how)) = rest::difference(pair) else { return };
    let what = words.map_or_else(|| format!("`{KEY}` {how}"), |w| format!("`{KEY}`: {w}"));
    match (old, new) {
        (None, Some(_)) => report.add(&at, what, Class::Breaking, "callers are limited now"),
        (Some(old), Some(new)) if COUNTS.iter().any(|count| slower(&old, &new, count)) => {
            report.add(&at, what, Class::Breaking, "callers within the old limit are refused with 429");
        }
        _ => report.add(&at, what, Class::Compatible, "callers may send as much as before"),
    }
}

/// Whether a class allows fewer requests at once, or fewer in the long run.
fn slower(old: &Value, new: &Value, count: &str) -> bool {
    let number = |v: &Value, key: &str| v.get(key).and_then(Value::as_f64);
    let rate = |v: &Value| Some(number(v, count)? / number(v, WINDOW)?.max(1.0));
    let less = |old: Option<f64>, new: Option<f64>| match (old, new) {
        (Some(old), Some(new)) => new.partial_cmp(&old) == Some(Ordering::Less),
        (old, new) => old.is_none() && new.is_some(),
    };
    less(number(old, count), number(new, count)) || less(rate(old), rate(new))
}
