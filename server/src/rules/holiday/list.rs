//! Puts the sources of closures together into the lists callers ask for. Years
//! are counted by the day of the closure, so the last day of a year can belong
//! to New Year's Day of the next.

use super::statute::{RULES, Rule};
use super::{Calendar, FIRST_YEAR, Holiday, LAST_YEAR, Scope, executive_order, inauguration, observance};
use std::ops::RangeInclusive;

/// Every closure of the years [`FIRST_YEAR`] to [`LAST_YEAR`], sorted by
/// [`Holiday::id`]. Friday, December 31, 2100 is the last one: the federal
/// closure for New Year's Day 2101.
#[must_use]
pub fn all() -> Vec<Holiday> {
    closures(FIRST_YEAR..=LAST_YEAR)
}

/// The closures of one calendar year, sorted by [`Holiday::id`]; empty for a
/// year outside [`FIRST_YEAR`] to [`LAST_YEAR`].
#[must_use]
pub fn in_year(year: i32) -> Vec<Holiday> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&year) { closures(year..=year) } else { Vec::new() }
}

fn closures(years: RangeInclusive<i32>) -> Vec<Holiday> {
    // One year further, for a New Year's Day that closes the day before.
    let holidays = *years.start()..=*years.end() + 1;
    let mut found: Vec<Holiday> =
        holidays.flat_map(holidays_of).filter(|holiday| years.contains(&holiday.year())).collect();
    found.sort_by_cached_key(Holiday::id);
    found
}

/// The holidays that fall in `year`, wherever their closures land.
fn holidays_of(year: i32) -> impl Iterator<Item = Holiday> {
    legal(Calendar::Federal, year)
        .chain(legal(Calendar::FederalReserve, year))
        .chain(inauguration::in_year(year))
        .chain(executive_order::in_year(year))
}

fn legal(calendar: Calendar, year: i32) -> impl Iterator<Item = Holiday> {
    RULES.iter().filter_map(move |rule| apply(rule, calendar, year))
}

fn apply(rule: &Rule, calendar: Calendar, year: i32) -> Option<Holiday> {
    let actual_date = rule.actual_date(calendar, year)?;
    Some(Holiday {
        date: observance::closure(actual_date, calendar)?,
        actual_date,
        name: rule.name,
        slug: rule.slug,
        calendar,
        scope: Scope::National,
    })
}
