//! What a weekend does to a holiday. It is a module of its own because this is
//! where the two calendars part: federal offices get the Friday before a
//! Saturday holiday, the Federal Reserve Banks stay open on it.

use super::Calendar;
use chrono::{Datelike, Days, NaiveDate, Weekday};

/// The day `calendar` closes for a holiday that falls on `actual`.
///
/// * Sunday: the Monday after, on every calendar (E.O. 11582).
/// * Saturday: the Friday before on the federal calendar (5 U.S.C.
///   6103(b)(1)); not moved for the Federal Reserve Banks, and an executive
///   order names its day itself.
pub(super) fn closure(actual: NaiveDate, calendar: Calendar) -> Option<NaiveDate> {
    match (actual.weekday(), calendar) {
        (Weekday::Sun, _) => monday_after_sunday(actual),
        (Weekday::Sat, Calendar::Federal) => actual.checked_sub_days(Days::new(1)),
        _ => Some(actual),
    }
}

/// `date`, or the day after where `date` is a Sunday.
pub(super) fn monday_after_sunday(date: NaiveDate) -> Option<NaiveDate> {
    let moved = u64::from(date.weekday() == Weekday::Sun);
    date.checked_add_days(Days::new(moved))
}
