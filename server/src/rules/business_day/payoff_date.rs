//! Whether a borrower may ask for a payoff on a date, and if not, what to ask
//! for instead: the refusal names the reason and the next date that works.

use super::{Method, calendars_for, is_weekend, national_closure, next_business_day, today_in_new_york};
use crate::rules::holiday::{Calendar, LAST_YEAR};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use std::fmt;

/// Why a payoff date is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayoffDateError {
    /// The date is over.
    Past {
        /// Today in New York, the earliest date to ask for.
        today: NaiveDate,
    },
    /// The payment cannot be received on the date.
    NotBusinessDay {
        /// First business day after the date for the same method.
        next: NaiveDate,
        /// The reason, as a clause: "it is a Saturday".
        why: String,
    },
    /// The date, or the business day that would replace it, is later than the
    /// closures are known for, which is December 31, 2100.
    OutOfRange,
}

impl fmt::Display for PayoffDateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Past { today } => {
                write!(f, "the payoff date is in the past; the earliest date is {today}, today in New York")
            }
            Self::NotBusinessDay { next, why } => write!(
                f,
                "the payoff date is not a business day for this payment method because {why}; \
                 the next business day is {next}"
            ),
            Self::OutOfRange => {
                write!(f, "the payoff date is too late; business days are known until {LAST_YEAR}-12-31")
            }
        }
    }
}

impl std::error::Error for PayoffDateError {}

/// Checks that a payment by `method` can be received on `date`, seen from
/// `now`. Today in New York is allowed, whatever the time of day.
///
/// # Errors
///
/// [`PayoffDateError`], with the past looked at first and the range second.
pub fn check_payoff_date(date: NaiveDate, method: Method, now: DateTime<Utc>) -> Result<(), PayoffDateError> {
    let today = today_in_new_york(now);
    if date < today {
        return Err(PayoffDateError::Past { today });
    }
    if date.year() > LAST_YEAR {
        return Err(PayoffDateError::OutOfRange);
    }
    let calendars = calendars_for(method);
    match reason_closed(date, calendars) {
        Some(why) => Err(refusal(next_business_day(date, calendars), why)),
        None => Ok(()),
    }
}

/// Never sends the caller to a date that would be refused in turn.
fn refusal(next: NaiveDate, why: String) -> PayoffDateError {
    if next.year() > LAST_YEAR { PayoffDateError::OutOfRange } else { PayoffDateError::NotBusinessDay { next, why } }
}

fn reason_closed(date: NaiveDate, calendars: &[Calendar]) -> Option<String> {
    if is_weekend(date) {
        return Some(format!("it is a {}", date.format("%A")));
    }
    let (name, calendar) = national_closure(date, calendars)?;
    let calendar = calendar.as_str().replace('_', " ");
    Some(format!("{name} is observed on the {calendar} calendar"))
}
