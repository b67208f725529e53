//! Whole days on which the President closed federal departments and agencies
//! by executive order. No rule predicts them, so they are a list.
//!
//! The number of the order stands beside its day where it was confirmed. Not
//! listed are half days, such as December 24 of 1987, 1998, 2002, 2009 and
//! 2015, and days off that are reported for 1973 (December 24 and 31) and 1979
//! (December 24) but for which no order could be confirmed.

use super::{Calendar, Holiday, Scope};
use chrono::NaiveDate;

struct Closure {
    /// Year, month, day.
    day: (i32, u32, u32),
    name: &'static str,
    slug: &'static str,
}

const fn eve(year: i32) -> Closure {
    Closure { day: (year, 12, 24), name: "Christmas Eve", slug: "christmas-eve" }
}

const fn day_after(year: i32) -> Closure {
    Closure { day: (year, 12, 26), name: "Day After Christmas", slug: "day-after-christmas" }
}

const fn mourning(day: (i32, u32, u32), name: &'static str, slug: &'static str) -> Closure {
    Closure { day, name, slug }
}

#[rustfmt::skip]
const CLOSURES: [Closure; 21] = [
    // E.O. 11693
    mourning((1972, 12, 28), "National Day of Mourning for Harry S. Truman", "national-day-of-mourning-for-harry-s-truman"),
    // Closed for the state funeral; number not confirmed
    mourning((1973, 1, 25), "National Day of Mourning for Lyndon B. Johnson", "national-day-of-mourning-for-lyndon-b-johnson"),
    day_after(1986), // E.O. 12577
    // Executive order of April 23, 1994, 59 FR 21915
    mourning((1994, 4, 27), "National Day of Mourning for Richard Nixon", "national-day-of-mourning-for-richard-nixon"),
    day_after(1997), // E.O. 13068
    eve(2001),       // E.O. 13238
    day_after(2003), // E.O. 13320
    // E.O. 13343
    mourning((2004, 6, 11), "National Day of Mourning for Ronald Reagan", "national-day-of-mourning-for-ronald-reagan"),
    // E.O. 13421
    mourning((2007, 1, 2), "National Day of Mourning for Gerald R. Ford", "national-day-of-mourning-for-gerald-r-ford"),
    eve(2007),       // E.O. 13453
    day_after(2008), // E.O. 13482
    eve(2012),       // E.O. 13633
    day_after(2014), // E.O. 13682
    // E.O. 13852
    mourning((2018, 12, 5), "National Day of Mourning for George H. W. Bush", "national-day-of-mourning-for-george-h-w-bush"),
    eve(2018),       // E.O. 13854
    eve(2019),       // E.O. 13900
    eve(2020),       // E.O. 13965
    eve(2024),       // E.O. 14129
    // E.O. 14133
    mourning((2025, 1, 9), "National Day of Mourning for Jimmy Carter", "national-day-of-mourning-for-jimmy-carter"),
    eve(2025),       // E.O. 14371
    day_after(2025), // E.O. 14371
];

/// The days closed by executive order in `year`.
pub(super) fn in_year(year: i32) -> impl Iterator<Item = Holiday> {
    CLOSURES.iter().filter(move |closure| closure.day.0 == year).filter_map(Closure::holiday)
}

impl Closure {
    fn holiday(&self) -> Option<Holiday> {
        let (year, month, day) = self.day;
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(Holiday {
            date,
            actual_date: date,
            name: self.name,
            slug: self.slug,
            calendar: Calendar::ExecutiveOrder,
            scope: Scope::National,
        })
    }
}
