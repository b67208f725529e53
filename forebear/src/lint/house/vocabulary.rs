//! The closed vocabulary: which `x-` keys there are, where each belongs, and the type of its value.

use super::super::{
    distance::nearest,
    idents::list,
    keys::Kind,
    map::{Extension, Map},
    report::Report,
};
use crate::source::join;
use serde_json::Value;

/// One word: where it stands, and what it takes.
struct Word {
    key: &'static str,
    on: &'static [Kind],
    place: &'static str,
    fits: fn(&Value) -> bool,
    takes: &'static str,
}

const OPERATION: &[Kind] = &[Kind::Operation];
const PROPERTY: &[Kind] = &[Kind::Property];

const fn word(
    key: &'static str,
    on: &'static [Kind],
    place: &'static str,
    fits: fn(&Value) -> bool,
    takes: &'static str,
) -> Word {
    Word { key, on, place, fits, takes }
}

const WORDS: [Word; 12] = [
    word("x-scope", OPERATION, "an operation", Value::is_string, "a scope such as `order:read`"),
    word("x-context", OPERATION, "an operation", Value::is_object, "a mapping with `user` and `location`"),
    word("x-rate-limit", OPERATION, "an operation", Value::is_string, "the name of a class of `x-rate-limits`"),
    word("x-audit", OPERATION, "an operation", is_audit, "`change`, `access` or `none`"),
    word("x-cache", OPERATION, "an operation", Value::is_object, "a mapping with `max_age_seconds`"),
    word("x-page", OPERATION, "an operation", is_true, "`true`"),
    word(
        "x-rate-limits",
        &[Kind::Root],
        "the root of the document",
        Value::is_object,
        "a mapping from class to limits",
    ),
    word("x-table", &[Kind::Component], "a schema of `components/schemas`", Value::is_string, "the name of the table"),
    word(
        "x-column",
        &[Kind::Property, Kind::Component],
        "a property",
        is_column,
        "`{key: true}` or `{decimal: [precision, scale]}`",
    ),
    word("x-index", PROPERTY, "a property", is_index, "`true`, `prefix` or `words`"),
    word("x-unique", PROPERTY, "a property", is_true, "`true`"),
    word("x-sensitive", PROPERTY, "a property", Value::is_boolean, "`true` or `false`"),
];

fn is_true(value: &Value) -> bool {
    *value == true
}

fn is_audit(value: &Value) -> bool {
    matches!(value.as_str(), Some("change" | "access" | "none"))
}

fn is_index(value: &Value) -> bool {
    *value == true || matches!(value.as_str(), Some("prefix" | "words"))
}

fn is_column(value: &Value) -> bool {
    let Some(map) = value.as_object().filter(|m| !m.is_empty()) else { return false };
    map.iter().all(|(key, value)| match key.as_str() {
        "key" => *value == true,
        "decimal" => is_decimal(value),
        _ => false,
    })
}

/// Oracle keeps 38 digits.
fn is_decimal(value: &Value) -> bool {
    let digits: Option<Vec<u64>> = value.as_array().map(|a| a.iter().filter_map(Value::as_u64).collect());
    matches!(digits.as_deref(), Some([precision @ 1..=38, scale]) if scale <= precision)
        && value.as_array().is_some_and(|a| a.len() == 2)
}

/// Whether the document uses any word of ours.
pub(super) fn spoken(map: &Map<'_>) -> bool {
    map.extensions.iter().any(|e| WORDS.iter().any(|w| w.key == e.key))
}

/// Checks every `x-` key.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for extension in map.extensions.iter().filter(|e| !e.key.starts_with("x-dropshot-")) {
        match WORDS.iter().find(|w| w.key == extension.key) {
            Some(word) => place(word, extension, report),
            None => unknown(extension, report),
        }
    }
}

fn place(word: &Word, extension: &Extension<'_>, report: &mut Report<'_>) {
    let (pointer, key) = (join(&extension.owner, word.key), word.key);
    if !word.on.contains(&extension.kind) {
        let message = format!("`{key}` belongs on {}, not here", word.place);
        report.block(&pointer, message, format!("move it to {}", word.place));
    } else if !(word.fits)(extension.value) {
        let message = format!("`{key}` is `{}`, which it does not take", short(extension.value));
        report.block(&pointer, message, format!("write {}", word.takes));
    }
}

fn unknown(extension: &Extension<'_>, report: &mut Report<'_>) {
    let key = extension.key;
    let here = WORDS.iter().filter(|w| w.on.contains(&extension.kind)).map(|w| w.key);
    let remedy = match nearest(key, WORDS.iter().map(|w| w.key)) {
        Some(meant) => format!("write `{meant}`, or remove the key"),
        None if here.clone().next().is_none() => "remove it; none of our keys belongs here".into(),
        None => format!("remove it; the keys that may stand here are {}", list(here)),
    };
    report.block(&join(&extension.owner, key), format!("`{key}` is no key of ours, so nobody would read it"), remedy);
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 40 { format!("{}…", text.chars().take(40).collect::<String>()) } else { text }
}
