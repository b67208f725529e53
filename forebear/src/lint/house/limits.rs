//! `x-rate-limits` and the root `security`: what every operation falls back on.

use super::super::{idents::at, map::Map, report::Report};
use crate::source::join;
use serde_json::Value;

const NUMBERS: [&str; 3] = ["service", "user", "window_seconds"];

/// Checks the limit classes and the default security.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for (name, class) in map.root["x-rate-limits"].as_object().into_iter().flatten() {
        let pointer = at("/x-rate-limits", &[name]);
        match class.as_object() {
            None => report.block(
                &pointer,
                "is not a class of limits",
                "write `{service: 6000, user: 1200, window_seconds: 60}`",
            ),
            Some(_) => one(&pointer, class, report),
        }
    }
    if map.root["security"].as_array().is_none_or(Vec::is_empty) {
        let pointer = if map.root.get("security").is_some() { "/security" } else { "" };
        let message = "the document names no default `security`, so it says that anyone may call";
        report.add(
            pointer,
            message,
            "write `security` at the root, and `security: []` on the few operations that are open",
        );
    }
}

fn one(pointer: &str, class: &Value, report: &mut Report<'_>) {
    for key in NUMBERS {
        let here = join(pointer, key);
        match class.get(key) {
            None => report.add(
                pointer,
                format!("the class has no `{key}`"),
                format!("add `{key}` with a whole number of at least 1"),
            ),
            Some(n) if n.as_u64().is_some_and(|n| n >= 1 && u32::try_from(n).is_ok()) => {}
            Some(n) => report.add(&here, format!("`{n}` is no limit"), "write a whole number of at least 1"),
        }
    }
    for key in class.as_object().into_iter().flatten().map(|c| c.0) {
        if key != "description" && !NUMBERS.contains(&key.as_str()) {
            let remedy = "remove it; a class has `service`, `user`, `window_seconds` and `description`";
            report.add(&join(pointer, key), format!("a class has no `{key}`"), remedy);
        }
    }
}
