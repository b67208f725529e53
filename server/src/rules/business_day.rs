//! Business days by payment method. A payoff can only be received on a day on
//! which the hands it passes through are at work, and those hands differ: a
//! wire needs the Federal Reserve Banks, a check needs a federal office.
//!
//! The closures are computed from [`holiday`] once and kept,
//! so that a question costs one look-up per calendar and no database.

mod payoff_date;
#[cfg(test)]
mod tests;

use super::holiday::{self, Calendar, Scope};
use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use std::collections::HashMap;
use std::sync::LazyLock;

pub use payoff_date::{PayoffDateError, check_payoff_date};

/// How a payoff is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Fedwire funds transfer.
    Wire,
    /// Automated Clearing House.
    Ach,
    /// The Pay.gov service of the Treasury.
    PayGov,
    /// Check by mail.
    Check,
}

impl Method {
    /// Name of the method on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Ach => "ach",
            Self::PayGov => "pay_gov",
            Self::Check => "check",
        }
    }
}

/// The calendars that stop a payment by `method`. Wire and ACH settle over the
/// Federal Reserve; Pay.gov and check payments are worked by federal offices.
#[must_use]
pub const fn calendars_for(method: Method) -> &'static [Calendar] {
    match method {
        Method::Wire | Method::Ach => &[Calendar::FederalReserve],
        Method::PayGov | Method::Check => &[Calendar::Federal, Calendar::ExecutiveOrder],
    }
}

/// Whether `date` is Monday to Friday without a national closure on any of
/// `calendars`. Closures of the Washington, D.C. area alone do not count.
///
/// Outside the years of [`holiday`] only weekends are known.
#[must_use]
pub fn is_business_day(date: NaiveDate, calendars: &[Calendar]) -> bool {
    !is_weekend(date) && national_closure(date, calendars).is_none()
}

/// The first business day on or after `date`.
#[must_use]
pub fn next_business_day(date: NaiveDate, calendars: &[Calendar]) -> NaiveDate {
    // The search ends within days, but for the last days chrono can represent.
    date.iter_days().find(|day| is_business_day(*day, calendars)).unwrap_or(date)
}

/// The calendar date in New York at `now`. Both the Federal Reserve and the
/// Treasury keep Eastern time.
#[must_use]
pub fn today_in_new_york(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&chrono_tz::America::New_York).date_naive()
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}

/// Name of the national holiday that closes a calendar on a day.
static CLOSURES: LazyLock<HashMap<(NaiveDate, Calendar), &'static str>> = LazyLock::new(|| {
    holiday::all()
        .into_iter()
        .filter(|holiday| holiday.scope == Scope::National)
        .map(|holiday| ((holiday.date, holiday.calendar), holiday.name))
        .collect()
});

/// The first of `calendars` closed on `date`, with the name of the holiday.
fn national_closure(date: NaiveDate, calendars: &[Calendar]) -> Option<(&'static str, Calendar)> {
    calendars.iter().find_map(|&calendar| {
        let name = CLOSURES.get(&(date, calendar))?;
        Some((*name, calendar))
    })
}
