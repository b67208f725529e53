//! Inauguration Day: a holiday only around Washington, D.C., so it is kept out
//! of the national table and never stops a payment elsewhere.

use super::{Calendar, Holiday, Scope, observance};
use chrono::NaiveDate;

/// First inauguration within the years this server answers for.
const FIRST: i32 = 1973;

/// Inauguration Day in `year`: January 20 of every fourth year (5 U.S.C.
/// 6103(c)), `None` in the years between.
///
/// On a Sunday the public observance is Monday, January 21. On a Saturday the
/// statute gives no day in lieu, so the closure stays on the Saturday.
pub(super) fn in_year(year: i32) -> Option<Holiday> {
    if year < FIRST || (year - FIRST) % 4 != 0 {
        return None;
    }
    let actual_date = NaiveDate::from_ymd_opt(year, 1, 20)?;
    Some(Holiday {
        date: observance::monday_after_sunday(actual_date)?,
        actual_date,
        name: "Inauguration Day",
        slug: "inauguration-day",
        calendar: Calendar::Federal,
        scope: Scope::DcArea,
    })
}
