//! `nullable` stands where a component is used: a row has one type for a column, whether it may be empty or not.

use super::super::{keys::Kind, map::Map, report::Report};
use crate::source::join;

/// Checks `nullable` on components.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for site in map.schemas().filter(|s| s.kind == Kind::Component && s.value["nullable"] == true) {
        let remedy = "remove it, and write `nullable: true` with `allOf: [$ref]` where the component is used";
        report.add(&join(&site.pointer, "nullable"), "`nullable` belongs on the use of a component", remedy);
    }
}
