//! Who may call an operation, how often, with which context, and what is recorded.

use super::super::{
    distance::nearest,
    follow::{Operation, operations},
    idents::{list, words},
    map::Map,
    report::Report,
};
use crate::{api::is_open, source::join};
use serde_json::Value;

/// Checks the policy of every operation.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for operation in operations(map) {
        if is_open(map.root, operation.spot.value) {
            open(map, &operation, report);
        } else {
            scope(&operation, report);
            context(&operation, report);
            rate_limit(map, &operation, report);
            audit(&operation, report);
        }
        cache(&operation, report);
    }
}

/// An operation without a caller: nothing can be asked of it.
fn open(map: &Map<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    let (pointer, value) = (&operation.spot.pointer, operation.spot.value);
    if operation.method != "get" {
        let message = format!("an open operation (`security: []`) is a {}", operation.method.to_uppercase());
        let own = value.get("security").is_some();
        let here = if own { join(pointer, "security") } else { pointer.clone() };
        report.add(&here, message, "make it a GET, or ask for a scheme in its `security`");
    }
    if let Some(first) = operation.params(map.root).first() {
        let message = "an open operation (`security: []`) takes parameters, and its handler gets none";
        report.add(&first.pointer, message, "remove the parameter, or remove `security: []` from the operation");
    }
    if value.get("requestBody").is_some() {
        let message = "an open operation (`security: []`) takes a body";
        report.add(
            &join(pointer, "requestBody"),
            message,
            "remove the body, or remove `security: []` from the operation",
        );
    }
    for key in ["x-scope", "x-context", "x-rate-limit", "x-audit", "x-page"].iter().filter(|k| value.get(**k).is_some())
    {
        let message = format!("`{key}` on an open operation (`security: []`), which has no caller");
        report.add(&join(pointer, key), message, format!("remove `{key}`, or remove `security: []`"));
    }
}

fn scope(operation: &Operation<'_>, report: &mut Report<'_>) {
    let pointer = &operation.spot.pointer;
    let act = if operation.writes() { "write" } else { "read" };
    let tag = operation.spot.value["tags"][0].as_str().filter(|t| words(t, '-')).unwrap_or("thing");
    let example = format!("`x-scope: {tag}:{act}`");
    match operation.spot.value.get("x-scope") {
        None => report.add(
            pointer,
            "the operation has no `x-scope`, so it does not say who may call it",
            format!("add {example}, or `security: []` if anyone may"),
        ),
        Some(Value::String(scope)) if !is_scope(scope) => {
            let message = format!("`{scope}` is not a scope");
            report.add(
                &join(pointer, "x-scope"),
                message,
                format!("write a resource and `read` or `write`, as in {example}"),
            );
        }
        Some(_) => {}
    }
}

fn is_scope(text: &str) -> bool {
    let Some((resource, act)) = text.split_once(':') else { return false };
    let plain = resource.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    plain && resource.starts_with(|c: char| c.is_ascii_lowercase()) && matches!(act, "read" | "write")
}

fn context(operation: &Operation<'_>, report: &mut Report<'_>) {
    let pointer = join(&operation.spot.pointer, "x-context");
    let Some(context) = operation.spot.value.get("x-context") else {
        let message = "the operation has no `x-context`, so it does not say on whose behalf it is called";
        let remedy = "add `x-context: {user: required, location: none}`, each `required`, `optional` or `none`";
        return report.add(&operation.spot.pointer, message, remedy);
    };
    for key in ["user", "location"].iter().filter(|k| context.get(**k).is_none()) {
        report.add(
            &pointer,
            format!("`x-context` has no `{key}`"),
            format!("add `{key}: required`, `optional` or `none`"),
        );
    }
    for (key, need) in context.as_object().into_iter().flatten() {
        let here = join(&pointer, key);
        if !matches!(key.as_str(), "user" | "location") {
            report.add(&here, format!("the context has no `{key}`"), "remove it; the context is `user` and `location`");
        } else if !matches!(need.as_str(), Some("required" | "optional" | "none")) {
            report.add(&here, format!("`{need}` is not a need"), "write `required`, `optional` or `none`");
        }
    }
}

fn rate_limit(map: &Map<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    let classes: Vec<&str> =
        map.root["x-rate-limits"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let declared = match classes.as_slice() {
        [] => "declare `x-rate-limits` at the root, with a class of this name".into(),
        known => format!("name a class of `x-rate-limits`: {}", list(known.iter().copied())),
    };
    match operation.spot.value.get("x-rate-limit") {
        None => report.add(
            &operation.spot.pointer,
            "the operation has no `x-rate-limit`",
            format!("add it, and {declared}"),
        ),
        Some(Value::String(name)) if !classes.contains(&name.as_str()) && !report.is_blocked("/x-rate-limits") => {
            let meant = nearest(name, classes.iter().copied()).map(|m| format!("write `{m}`, or "));
            let remedy = format!("{}{declared}", meant.unwrap_or_default());
            report.add(&join(&operation.spot.pointer, "x-rate-limit"), format!("there is no class `{name}`"), remedy);
        }
        Some(_) => {}
    }
}

fn audit(operation: &Operation<'_>, report: &mut Report<'_>) {
    let pointer = join(&operation.spot.pointer, "x-audit");
    let method = operation.method.to_uppercase();
    match operation.spot.value["x-audit"].as_str() {
        Some(level @ ("none" | "access")) if operation.writes() => {
            let message = format!("`x-audit: {level}` on a {method}: that a change is recorded cannot be switched off");
            report.add(&pointer, message, "write `x-audit: change`, or remove the key");
        }
        Some("change") if !operation.writes() => {
            let message = format!("`x-audit: change` on a {method}, which changes nothing");
            report.add(&pointer, message, "write `access` if reading must be recorded, else `none`");
        }
        _ => {}
    }
}

fn cache(operation: &Operation<'_>, report: &mut Report<'_>) {
    let Some(cache) = operation.spot.value.get("x-cache") else { return };
    let pointer = join(&operation.spot.pointer, "x-cache");
    if operation.method != "get" {
        let message = format!("`x-cache` on a {}, whose answers are not cached", operation.method.to_uppercase());
        return report.add(&pointer, message, "remove it; only a GET is cached");
    }
    if cache.get("max_age_seconds").is_none() {
        report.add(
            &pointer,
            "`x-cache` has no `max_age_seconds`",
            "add `max_age_seconds` with a whole number of seconds",
        );
    }
    for (key, value) in cache.as_object().into_iter().flatten() {
        if key != "max_age_seconds" {
            report.add(
                &join(&pointer, key),
                format!("`x-cache` has no `{key}`"),
                "remove it; it has `max_age_seconds` only",
            );
        } else if value.as_u64().is_none() {
            report.add(
                &join(&pointer, key),
                format!("`{value}` is not a number of seconds"),
                "write a whole number of at least 0",
            );
        }
    }
}
