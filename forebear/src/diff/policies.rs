//! What the `x-` keys of an operation promise: scope, context, limit, audit, cache, paging.

use super::{
    change::{Class, Report},
    limits,
    node::{Node, Pair},
    rest,
};

/// The keys that are compared here.
pub(super) const KEYS: [&str; 6] = ["x-scope", "x-context", "x-rate-limit", "x-audit", "x-cache", "x-page"];

/// Compares the policies of one operation.
pub(super) fn compare(report: &mut Report<'_>, root: &Pair<'_>, operation: &Pair<'_>) {
    scope(report, operation);
    for part in ["user", "location"] {
        context(report, operation, part);
    }
    limits::class(report, root, operation);
    audit(report, operation);
    cache(report, operation);
    page(report, operation);
}

fn scope(report: &mut Report<'_>, operation: &Pair<'_>) {
    let pair = operation.both("x-scope");
    match (words(&pair), rest::difference(pair)) {
        (Some((old, new)), Some((at, _))) => {
            let what = format!("`x-scope`: {old} became {new}");
            report.add(&at, what, Class::Breaking, "services that hold only the old scope are refused");
        }
        (None, Some((at, "was added"))) => {
            report.add(&at, "`x-scope` was added", Class::Breaking, "services without the scope are refused");
        }
        (None, Some((at, how))) => report.add(&at, format!("`x-scope` {how}"), Class::Compatible, ""),
        _ => {}
    }
}

fn words(pair: &(Option<Node<'_>>, Option<Node<'_>>)) -> Option<(String, String)> {
    let text = |n: &Option<Node<'_>>| Some(super::node::show(n.as_ref()?.value));
    text(&pair.0).zip(text(&pair.1))
}

fn context(report: &mut Report<'_>, operation: &Pair<'_>, part: &str) {
    let need = |n: &Node<'_>| n.at(&["x-context", part]).and_then(|n| n.value.as_str()).unwrap_or("none").to_string();
    let (old, new) = (need(&operation.old), need(&operation.new));
    if old == new {
        return;
    }
    let places = [&operation.new, &operation.old].map(|n| n.at(&["x-context", part]).or_else(|| n.get("x-context")));
    let at = places.into_iter().flatten().next().unwrap_or_else(|| operation.new.clone());
    let what = format!("`{part}` of `x-context`: {old} became {new}");
    match new.as_str() {
        "required" => report.add(&at, what, Class::Breaking, format!("tokens without a {part} are refused")),
        _ if old == "required" => report.add(&at, what, Class::Compatible, format!("tokens need no {part} any more")),
        _ => report.add(&at, what, Class::Compatible, "the same tokens are accepted"),
    }
}

fn audit(report: &mut Report<'_>, operation: &Pair<'_>) {
    let pair = operation.both("x-audit");
    let level = |n: &Option<Node<'_>>| n.as_ref().map_or("the default".into(), |n| super::node::show(n.value));
    let (old, new) = (level(&pair.0), level(&pair.1));
    if let Some((at, _)) = rest::difference(pair) {
        let what = format!("`x-audit`: {old} became {new}");
        report.add(&at, what, Class::Compatible, "callers see no difference, and those who read the audit trail do");
    }
}

fn cache(report: &mut Report<'_>, operation: &Pair<'_>) {
    let [old, new] = [&operation.old, &operation.new].map(|n| n.at(&["x-cache", "max_age_seconds"]));
    let ages = old.zip(new);
    let Some((at, how)) = rest::difference(operation.both("x-cache")) else { return };
    let what = match ages {
        Some((old, new)) => format!("`max_age_seconds` of `x-cache`: {} became {}", old.value, new.value),
        None => format!("`x-cache` {how}"),
    };
    report.add(&at, what, Class::Compatible, "callers keep their copies for another time");
}

fn page(report: &mut Report<'_>, operation: &Pair<'_>) {
    match (operation.old.is("x-page"), operation.new.is("x-page")) {
        (true, false) => {
            let at = operation.old.get("x-page").unwrap_or_else(|| operation.old.clone());
            let effect = "answers are not paged any more and the client's walk over the pages is gone";
            report.add(&at, "`x-page` was removed", Class::Breaking, effect);
        }
        (false, true) => {
            let at = operation.new.get("x-page").unwrap_or_else(|| operation.new.clone());
            report.add(&at, "`x-page` was added", Class::Compatible, "the client can walk over the pages");
        }
        _ => {}
    }
}
