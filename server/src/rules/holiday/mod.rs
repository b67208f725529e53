//! Closures of federal offices and of the Federal Reserve Banks, computed from
//! the law instead of copied from a list, so that every year from
//! [`FIRST_YEAR`] to [`LAST_YEAR`] is answered the same way.
//!
//! * `statute` holds the legal public holidays of 5 U.S.C. 6103(a).
//! * `observance` moves a holiday that falls on a weekend.
//! * `inauguration` holds the one holiday of 5 U.S.C. 6103(c).
//! * `executive_order` lists the single days closed by the President.
//! * `list` puts them together.

mod executive_order;
mod inauguration;
mod list;
mod observance;
mod statute;
#[cfg(test)]
mod tests;

use chrono::{Datelike, NaiveDate};

pub use list::{all, in_year};

/// First calendar year with closures: the Monday holidays of Pub. L. 90-363
/// took effect on January 1, 1971.
pub const FIRST_YEAR: i32 = 1971;

/// Last calendar year with closures.
pub const LAST_YEAR: i32 = 2100;

/// Whose doors a closure shuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Calendar {
    /// Federal offices, under 5 U.S.C. 6103 and E.O. 11582.
    Federal,
    /// The Federal Reserve Banks and their payment services.
    FederalReserve,
    /// Federal offices, for a single day closed by an executive order.
    ExecutiveOrder,
}

impl Calendar {
    /// Name of the calendar on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Federal => "federal",
            Self::FederalReserve => "federal_reserve",
            Self::ExecutiveOrder => "executive_order",
        }
    }
}

/// Where a closure applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everywhere in the United States.
    National,
    /// Only the Washington, D.C. area named in 5 U.S.C. 6103(c).
    DcArea,
}

impl Scope {
    /// Name of the scope on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::National => "national",
            Self::DcArea => "dc_area",
        }
    }
}

/// One holiday on one calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Holiday {
    /// Day of the closure. It is a Saturday where the law gives no other day.
    pub date: NaiveDate,
    /// Day the holiday falls on before a weekend moves the closure.
    pub actual_date: NaiveDate,
    /// Name of the holiday, as the statute spells it.
    pub name: &'static str,
    /// The name in lower case ASCII with hyphens, for identifiers.
    pub slug: &'static str,
    /// Whose doors are shut.
    pub calendar: Calendar,
    /// Where they are shut.
    pub scope: Scope,
}

impl Holiday {
    /// Identifier, unique over all calendars: `{date}-{calendar}-{slug}` with
    /// hyphens only, for example `2021-12-31-federal-new-years-day`.
    #[must_use]
    pub fn id(&self) -> String {
        let calendar = self.calendar.as_str().replace('_', "-");
        format!("{}-{calendar}-{}", self.date, self.slug)
    }

    /// Whether the closure was moved away from the day of the holiday.
    #[must_use]
    pub fn observed(&self) -> bool {
        self.date != self.actual_date
    }

    /// Calendar year of the closure, which can be the year before that of the
    /// holiday: New Year's Day 2022 closed federal offices in 2021.
    #[must_use]
    pub fn year(&self) -> i32 {
        self.date.year()
    }
}
