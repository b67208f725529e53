//! Keywords with a rule of their own: type, format, enum, pattern, nullable, default.

use super::{
    super::{
        change::Class,
        node::{Node, show},
        rest,
    },
    Direction, Turn, View, Walk,
};
use serde_json::Value;

/// The keywords that are compared here.
pub(super) const KEYS: [&str; 6] = ["format", "enum", "pattern", "nullable", "default", "discriminator"];

/// Compares `type`; whether the rest is still worth comparing.
pub(super) fn kind<'a>(walk: &mut Walk<'a>, direction: Direction, old: &View<'a>, new: &View<'a>) -> bool {
    let pair = (old.find("type"), new.find("type"));
    let kinds = (pair.0.as_ref().and_then(|n| n.value.as_str()), pair.1.as_ref().and_then(|n| n.value.as_str()));
    let turn = match kinds {
        (Some("integer"), Some("number")) => Turn::Looser,
        (Some("number"), Some("integer")) => Turn::Tighter,
        (Some(_), None) => Turn::Looser,
        (None, Some(_)) => Turn::Tighter,
        _ => Turn::Other,
    };
    let Some((at, what)) = described("type", pair) else { return true };
    walk.turned(direction, &at, what, turn);
    false
}

/// Compares the others.
pub(super) fn compare<'a>(walk: &mut Walk<'a>, direction: Direction, old: &View<'a>, new: &View<'a>) {
    let pair = |key: &str| (old.find(key), new.find(key));
    format(walk, direction, pair("format"));
    values(walk, direction, pair("enum"));
    simple(walk, direction, "pattern", pair("pattern"));
    simple(walk, direction, "discriminator", pair("discriminator"));
    nullable(walk, direction, old, new);
    default(walk, pair("default"));
}

type Both<'a> = (Option<Node<'a>>, Option<Node<'a>>);

/// Where a keyword differs, and its values in words.
pub(super) fn described<'a>(key: &str, pair: Both<'a>) -> Option<(Node<'a>, String)> {
    let what = match (&pair.0, &pair.1) {
        (Some(old), Some(new)) => format!("`{key}`: {} became {}", show(old.value), show(new.value)),
        (Some(old), None) => format!("`{key}` {} was removed", show(old.value)),
        (None, Some(new)) => format!("`{key}` {} was added", show(new.value)),
        (None, None) => return None,
    };
    Some((rest::difference(pair)?.0, what))
}

/// A keyword whose values cannot be compared: it was added, removed, or became something else.
fn simple(walk: &mut Walk<'_>, direction: Direction, key: &str, pair: Both<'_>) {
    let turn = presence(&pair);
    if let Some((at, what)) = described(key, pair) {
        walk.turned(direction, &at, what, turn);
    }
}

/// What it means that a constraint comes or goes.
pub(super) fn presence(pair: &Both<'_>) -> Turn {
    match pair {
        (None, Some(_)) => Turn::Tighter,
        (Some(_), None) => Turn::Looser,
        _ => Turn::Other,
    }
}

fn format(walk: &mut Walk<'_>, direction: Direction, pair: Both<'_>) {
    let name = |n: &Option<Node<'_>>| n.as_ref().and_then(|n| n.value.as_str()).and_then(range);
    let turn = match (name(&pair.0), name(&pair.1)) {
        (Some(old), Some(new)) if new.0 <= old.0 && new.1 >= old.1 => Turn::Looser,
        (Some(old), Some(new)) if new.0 >= old.0 && new.1 <= old.1 => Turn::Tighter,
        _ => presence(&pair),
    };
    if let Some((at, what)) = described("format", pair) {
        walk.turned(direction, &at, what, turn);
    }
}

/// Smallest and largest number of a format.
fn range(format: &str) -> Option<(f64, f64)> {
    let (bits, signed) = match format {
        "float" => return Some((f64::from(f32::MIN), f64::from(f32::MAX))),
        "double" => return Some((f64::MIN, f64::MAX)),
        other => match (other.strip_prefix("uint"), other.strip_prefix("int")) {
            (Some(bits), _) => (bits, false),
            (_, Some(bits)) => (bits, true),
            _ => return None,
        },
    };
    let bits: i32 = bits.parse().ok().filter(|bits| [8, 16, 32, 64].contains(bits))?;
    Some(if signed { (-(2f64.powi(bits - 1)), 2f64.powi(bits - 1)) } else { (0.0, 2f64.powi(bits)) })
}

/// The list of values; each that came or went is named.
fn values(walk: &mut Walk<'_>, direction: Direction, pair: Both<'_>) {
    let (Some(old), Some(new)) = &pair else { return simple(walk, direction, "enum", pair) };
    let missing = |from: &Node<'_>, other: &Node<'_>| -> Vec<String> {
        let (from, other) = (from.value.as_array(), other.value.as_array());
        let known = |v: &&Value| !other.is_some_and(|o| o.contains(v));
        from.into_iter().flatten().filter(known).map(|v| format!("`{}`", show(v))).collect()
    };
    let (gone, come) = (missing(old, new), missing(new, old));
    if !gone.is_empty() {
        walk.turned(direction, new, format!("`enum` lost {}", gone.join(", ")), Turn::Tighter);
    }
    if !come.is_empty() {
        walk.turned(direction, new, format!("`enum` gained {}", come.join(", ")), Turn::Looser);
    }
}

fn nullable(walk: &mut Walk<'_>, direction: Direction, old: &View<'_>, new: &View<'_>) {
    match (old.is("nullable"), new.is("nullable")) {
        (false, true) => {
            let at = new.find("nullable").unwrap_or_else(|| new.top().clone());
            walk.turned(direction, &at, "the value may be `null`", Turn::Looser);
        }
        (true, false) => walk.turned(direction, new.top(), "the value may no longer be `null`", Turn::Tighter),
        _ => {}
    }
}

/// What is left out means something else, in requests and in answers.
fn default(walk: &mut Walk<'_>, pair: Both<'_>) {
    let is_new = pair.0.is_none();
    let Some((at, what)) = described("default", pair) else { return };
    if is_new {
        walk.report.add(&at, what, Class::Compatible, "what is left out has a meaning that was open before");
    } else {
        walk.report.add(&at, what, Class::Breaking, "what is left out means something else");
    }
}
