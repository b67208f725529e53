//! Rules on schemas, each of which keeps typify, Dropshot or the published document from losing a constraint.

mod accepts;
mod bounds;
mod compose;
mod defaults;
mod direction;
mod enums;
pub(super) mod keywords;
mod merge;
mod objects;
mod repeats;
mod types;

pub(super) use accepts::{pattern, problem};

use super::{
    map::{Map, Site},
    report::Report,
};

type Rule = fn(&Map<'_>, &Site<'_>, &mut Report<'_>);

const RULES: [Rule; 7] =
    [compose::check, merge::check, types::check, bounds::check, enums::check, objects::check, defaults::check];

/// Checks every schema.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for site in map.schemas() {
        RULES.iter().for_each(|rule| rule(map, site, report));
    }
    direction::check(map, report);
}
