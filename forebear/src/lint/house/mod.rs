//! House rules: what the `x-` keys say, and that it fits together.
//!
//! They hold for documents that use our vocabulary. A document that Dropshot wrote knows nothing of it and is left alone.

mod columns;
mod examples;
mod limits;
mod members;
mod named;
mod naming;
mod nulls;
mod page;
mod patch;
mod policy;
mod requests;
mod table;
mod vocabulary;

use super::{map::Map, report::Report};

/// Checks a document that uses our vocabulary.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    if !vocabulary::spoken(map) {
        return;
    }
    vocabulary::check(map, report);
    limits::check(map, report);
    policy::check(map, report);
    named::check(map, report);
    naming::check(map, report);
    nulls::check(map, report);
    requests::check(map, report);
    let tables = table::check(map, report);
    members::check(map, report);
    columns::check(map, &tables, report);
    page::check(map, &tables, report);
    patch::check(map, report);
    examples::check(map, report);
}
