//! Keys that no rule of their own compares: words, and what nobody has thought of. Neither is passed over.

use super::{
    change::{Class, Report},
    node::{Node, Pair, show},
};
use crate::api::METHODS;

/// Keys that say something to people and nothing to programs.
const WORDS: [&str; 9] =
    ["description", "summary", "title", "example", "examples", "externalDocs", "deprecated", "tags", "bearerFormat"];

/// Reports every difference under a key that is not `handled` elsewhere.
pub(super) fn other_keys(report: &mut Report<'_>, pair: &Pair<'_>, handled: &[&str]) {
    for key in pair.keys().into_iter().filter(|key| !handled.contains(key)) {
        other(report, pair.both(key), key);
    }
}

/// One key that no rule knows, or that holds words.
pub(super) fn other(report: &mut Report<'_>, pair: (Option<Node<'_>>, Option<Node<'_>>), key: &str) {
    let Some((at, how)) = difference(pair) else { return };
    let what = format!("`{key}` {how}");
    if WORDS.contains(&key) || key.starts_with("x-dropshot-") {
        report.add(&at, what, Class::Documentation, "");
    } else if key.starts_with("x-") {
        report.add(&at, what, Class::Compatible, "only those who read this extension see it");
    } else {
        report.add(&at, what, Class::Breaking, "callers may break: no rule says what this means");
    }
}

/// A key whose changes reach no caller, with its values.
pub(super) fn note(report: &mut Report<'_>, pair: &Pair<'_>, key: &str) {
    let (old, new) = pair.both(key);
    let values = old.as_ref().zip(new.as_ref()).map(|(old, new)| (show(old.value), show(new.value)));
    let Some((at, how)) = difference((old, new)) else { return };
    let what = match values.filter(|_| at.value.is_string() && !WORDS.contains(&key)) {
        Some((old, new)) => format!("`{key}`: {old} became {new}"),
        None => format!("`{key}` {how}"),
    };
    report.add(&at, what, Class::Documentation, "");
}

/// Where two values differ, and whether one of them is not there.
pub(super) fn difference<'a>(pair: (Option<Node<'a>>, Option<Node<'a>>)) -> Option<(Node<'a>, &'static str)> {
    match pair {
        (Some(old), Some(new)) => (old.value != new.value).then_some((new, "changed")),
        (Some(old), None) => Some((old, "was removed")),
        (None, Some(new)) => Some((new, "was added")),
        (None, None) => None,
    }
}

/// Whether a key of a path item holds an operation.
pub(super) fn is_method(key: &str) -> bool {
    METHODS.contains(&key) || key == "trace"
}
