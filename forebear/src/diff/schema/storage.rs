//! The keys that say how rows are stored. Callers see none of it, but for what filters rest on.

use super::{
    super::{change::Class, rest},
    View, Walk,
};

/// The keys that are compared here.
pub(super) const KEYS: [&str; 5] = ["x-table", "x-column", "x-index", "x-unique", "x-sensitive"];

/// Compares them.
pub(super) fn compare<'a>(walk: &mut Walk<'a>, old: &View<'a>, new: &View<'a>) {
    for key in KEYS {
        let Some((at, how)) = rest::difference((old.find(key), new.find(key))) else { continue };
        let (class, effect) = effect(walk, key, how, (old, new));
        walk.report.add(&at, format!("`{key}` {how}"), class, effect);
    }
}

fn effect(walk: &Walk<'_>, key: &str, how: &str, (old, new): (&View<'_>, &View<'_>)) -> (Class, String) {
    let is_lost = match key {
        "x-index" => how != "was added",
        "x-unique" => !new.is(key) && new.find("x-index").is_none(),
        _ => false,
    };
    let filters = if is_lost { walk.filters(&old.origin().pointer) } else { &[] };
    match key {
        _ if !filters.is_empty() => {
            (Class::Breaking, format!("the filter {} has no such index to rest on", filters.join(" and ")))
        }
        "x-unique" if new.is(key) => (Class::Breaking, "a second row with the same value is a 409".into()),
        "x-sensitive" => (Class::Compatible, "callers see no difference, and the audit trail and the log do".into()),
        _ => (Class::Compatible, "only storage sees it".into()),
    }
}
