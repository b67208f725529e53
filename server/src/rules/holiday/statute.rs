//! The legal public holidays of 5 U.S.C. 6103(a), one table row per rule, so
//! that a change of the law is a change of one row.

use super::Calendar;
use chrono::{NaiveDate, Weekday};

/// How the statute fixes the day of a holiday within a year.
#[derive(Clone, Copy)]
enum When {
    /// Month (1–12) and day of the month.
    On(u32, u32),
    /// Month (1–12), weekday, and which one of the month, from 1.
    Nth(u32, Weekday, u8),
    /// Month (1–12) and weekday: the last one of the month.
    Last(u32, Weekday),
}

/// One legal public holiday and the years it is law for.
pub(super) struct Rule {
    /// Name as the statute spells it.
    pub(super) name: &'static str,
    /// Name for identifiers.
    pub(super) slug: &'static str,
    when: When,
    /// First and last year for federal offices.
    federal: (i32, i32),
    /// First year for the Federal Reserve Banks.
    reserve_from: i32,
}

const ALWAYS: i32 = i32::MAX;

const fn rule(name: &'static str, slug: &'static str, when: When) -> Rule {
    Rule { name, slug, when, federal: (super::FIRST_YEAR, ALWAYS), reserve_from: super::FIRST_YEAR }
}

const fn during(rule: Rule, first: i32, last: i32) -> Rule {
    Rule { federal: (first, last), reserve_from: first, ..rule }
}

/// Enacted on June 17, 2021 (Pub. L. 117-17), two days before the holiday; the
/// Federal Reserve Banks first closed for it in 2022.
const JUNETEENTH: Rule = Rule {
    federal: (2021, ALWAYS),
    reserve_from: 2022,
    ..rule("Juneteenth National Independence Day", "juneteenth-national-independence-day", When::On(6, 19))
};

/// In October under Pub. L. 90-363, until Pub. L. 94-97 gave November 11 back
/// from 1978 on.
const VETERANS_DAY_IN_OCTOBER: Rule =
    during(rule("Veterans Day", "veterans-day", When::Nth(10, Weekday::Mon, 4)), 1971, 1977);

const VETERANS_DAY: Rule = during(rule("Veterans Day", "veterans-day", When::On(11, 11)), 1978, ALWAYS);

/// Enacted by Pub. L. 98-144, first observed in 1986.
const MARTIN_LUTHER_KING: Rule = during(
    rule("Birthday of Martin Luther King, Jr.", "birthday-of-martin-luther-king-jr", When::Nth(1, Weekday::Mon, 3)),
    1986,
    ALWAYS,
);

/// 5 U.S.C. 6103(a), in the order of the year.
pub(super) const RULES: [Rule; 12] = [
    rule("New Year's Day", "new-years-day", When::On(1, 1)),
    MARTIN_LUTHER_KING,
    rule("Washington's Birthday", "washingtons-birthday", When::Nth(2, Weekday::Mon, 3)),
    rule("Memorial Day", "memorial-day", When::Last(5, Weekday::Mon)),
    JUNETEENTH,
    rule("Independence Day", "independence-day", When::On(7, 4)),
    rule("Labor Day", "labor-day", When::Nth(9, Weekday::Mon, 1)),
    rule("Columbus Day", "columbus-day", When::Nth(10, Weekday::Mon, 2)),
    VETERANS_DAY_IN_OCTOBER,
    VETERANS_DAY,
    rule("Thanksgiving Day", "thanksgiving-day", When::Nth(11, Weekday::Thu, 4)),
    rule("Christmas Day", "christmas-day", When::On(12, 25)),
];

impl Rule {
    /// The day of the holiday in `year`, or `None` where the calendar does not
    /// have it that year.
    pub(super) fn actual_date(&self, calendar: Calendar, year: i32) -> Option<NaiveDate> {
        let (first, last) = self.federal;
        let first = match calendar {
            Calendar::Federal => first,
            Calendar::FederalReserve => self.reserve_from,
            Calendar::ExecutiveOrder => return None,
        };
        if !(first..=last).contains(&year) {
            return None;
        }
        self.when.in_year(year)
    }
}

impl When {
    fn in_year(self, year: i32) -> Option<NaiveDate> {
        let nth = NaiveDate::from_weekday_of_month_opt;
        match self {
            Self::On(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            Self::Nth(month, weekday, n) => nth(year, month, weekday, n),
            Self::Last(month, weekday) => nth(year, month, weekday, 5).or_else(|| nth(year, month, weekday, 4)),
        }
    }
}
