//! Simple interest between two dates. Every amount is one exact fraction that
//! is rounded once, so that a daily rounding error cannot grow with the days.

use super::QuoteError;
use crate::rules::money::Cents;
use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

/// How days are counted and how many make a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayCount {
    /// Calendar days over a year of 365, in leap years too.
    Actual365,
    /// Calendar days over a year of 360.
    Actual360,
    /// Months of 30 days over a year of 360: the bond basis of the United
    /// States. A period that starts on the 31st starts on the 30th; one that
    /// ends on the 31st ends on the 30th if it starts on the 30th or 31st. The
    /// end of February is not treated as a 30th.
    Thirty360,
}

impl DayCount {
    const fn days_in_year(self) -> i128 {
        match self {
            Self::Actual365 => 365,
            Self::Actual360 | Self::Thirty360 => 360,
        }
    }
}

/// Interest for one day: principal × rate ÷ 100 ÷ 365 or 360, rounded half up
/// to the cent. `annual_rate_percent` is in percent: `5.25` is 5.25 % a year.
///
/// # Errors
///
/// [`QuoteError::NegativeRate`], and [`QuoteError::Overflow`], which a
/// [`Cents`] principal cannot reach at a rate of up to 36,000 % with up to 12
/// decimal places.
pub fn per_diem(principal: Cents, annual_rate_percent: Decimal, day_count: DayCount) -> Result<Cents, QuoteError> {
    interest(principal, annual_rate_percent, 1, day_count)
}

/// Interest from `from` up to but not including `to`: the day the loan is paid
/// earns none, so `from == to` is `0.00`. The per diem is not rounded before it
/// is multiplied by the [`days`]; the result is rounded half up to the cent.
///
/// # Errors
///
/// [`QuoteError::PeriodReversed`], [`QuoteError::NegativeRate`], or
/// [`QuoteError::Overflow`].
pub fn accrued_interest(
    principal: Cents,
    annual_rate_percent: Decimal,
    from: NaiveDate,
    to: NaiveDate,
    day_count: DayCount,
) -> Result<Cents, QuoteError> {
    let days = days(from, to, day_count)?;
    interest(principal, annual_rate_percent, days, day_count)
}

/// Days of interest from `from` up to but not including `to`, by the
/// convention.
///
/// # Errors
///
/// [`QuoteError::PeriodReversed`] where `to` is before `from`.
pub fn days(from: NaiveDate, to: NaiveDate, day_count: DayCount) -> Result<i64, QuoteError> {
    if to < from {
        return Err(QuoteError::PeriodReversed { from, to });
    }
    Ok(match day_count {
        DayCount::Actual365 | DayCount::Actual360 => (to - from).num_days(),
        DayCount::Thirty360 => thirty_360_days(from, to),
    })
}

fn thirty_360_days(from: NaiveDate, to: NaiveDate) -> i64 {
    let first = from.day().min(30);
    let last = if first == 30 { to.day().min(30) } else { to.day() };
    let years = i64::from(to.year()) - i64::from(from.year());
    let months = i64::from(to.month()) - i64::from(from.month());
    years * 360 + months * 30 + i64::from(last) - i64::from(first)
}

fn interest(
    principal: Cents,
    annual_rate_percent: Decimal,
    days: i64,
    day_count: DayCount,
) -> Result<Cents, QuoteError> {
    let rate = annual_rate_percent.normalize();
    if rate < Decimal::ZERO {
        return Err(QuoteError::NegativeRate);
    }
    // principal × mantissa × days over 10^scale × 100 × days in the year.
    let over = 10_i128.pow(rate.scale()) * 100 * day_count.days_in_year();
    i128::from(principal.get())
        .checked_mul(rate.mantissa())
        .and_then(|cents| cents.checked_mul(i128::from(days)))
        .and_then(|cents| round_half_up(cents, over))
        .and_then(|cents| Cents::from_cents(i64::try_from(cents).ok()?))
        .ok_or(QuoteError::Overflow)
}

/// `value ÷ over` to the nearest whole, a half away from zero; neither is
/// negative and `over` is not zero.
fn round_half_up(value: i128, over: i128) -> Option<i128> {
    let half = over / 2;
    Some(value.checked_add(half)? / over)
}
