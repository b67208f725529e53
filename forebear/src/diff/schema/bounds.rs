//! Bounds: minimum and maximum of numbers, lengths and counts, steps, uniqueness.

use super::{
    super::node::Node,
    Direction, Turn, View, Walk,
    keywords::{described, presence},
};
use serde_json::Value;
use std::cmp::Ordering;

const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
/// `true` admits less; numbers where a document follows a later version of JSON Schema.
const FLAGS: [&str; 3] = ["exclusiveMinimum", "exclusiveMaximum", "uniqueItems"];

/// Whether a keyword is compared here.
pub(super) fn is_bound(key: &str) -> bool {
    LOWER.contains(&key) || UPPER.contains(&key) || FLAGS.contains(&key) || key == "multipleOf"
}

/// Compares every bound.
pub(super) fn compare<'a>(walk: &mut Walk<'a>, direction: Direction, old: &View<'a>, new: &View<'a>) {
    for key in LOWER.into_iter().chain(UPPER).chain(FLAGS).chain(["multipleOf"]) {
        // a count of at least 0, and a flag that is off, say nothing
        let says = |n: &Node<'_>| {
            !(n.value == &Value::Bool(false)
                || key.starts_with("min") && key != "minimum" && n.value.as_u64() == Some(0))
        };
        let pair = (old.find(key).filter(says), new.find(key).filter(says));
        let turn = match (&pair.0, &pair.1) {
            (Some(old), Some(new)) => match turn(key, old.value, new.value) {
                Some(turn) => turn,
                None => continue,
            },
            _ => presence(&pair),
        };
        if let Some((at, what)) = described(key, pair) {
            walk.turned(direction, &at, what, turn);
        }
    }
}

/// How a bound that both have has moved.
fn turn(key: &str, old: &Value, new: &Value) -> Option<Turn> {
    if key == "multipleOf" {
        return step(old, new);
    }
    let is_lower = LOWER.contains(&key) || key == "exclusiveMinimum";
    match order(old, new) {
        Some(Ordering::Equal) => None,
        Some(order) => Some(if (order == Ordering::Less) == is_lower { Turn::Tighter } else { Turn::Looser }),
        None => Some(Turn::Other),
    }
}

/// A step that is a multiple of the old one admits less, a part of it more.
fn step(old: &Value, new: &Value) -> Option<Turn> {
    let (Some(old), Some(new)) = (old.as_f64(), new.as_f64()) else { return Some(Turn::Other) };
    let whole = |ratio: f64| (ratio - ratio.round()).abs() < 1e-9 && ratio.round() >= 1.0;
    match (whole(new / old), whole(old / new)) {
        (true, true) => None,
        (true, false) => Some(Turn::Tighter),
        (false, true) => Some(Turn::Looser),
        _ => Some(Turn::Other),
    }
}

/// The order of two numbers, exact where both are integers.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    let whole = |v: &Value| v.as_i64().map(i128::from).or_else(|| v.as_u64().map(i128::from));
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}
