//! The arithmetic of a payoff quote. It is exact to the cent and in one place,
//! because a quote is a promise: the lender has to accept the amount it names.

mod interest;
#[cfg(test)]
mod tests;

use super::money::Cents;
use chrono::NaiveDate;
use std::fmt;

pub use interest::{DayCount, accrued_interest, days, per_diem};

/// The amounts a payoff quote is made of, all in dollars and cents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QuoteParts {
    /// Unpaid principal balance.
    pub principal: Cents,
    /// Interest accrued and not paid, up to but not including the payoff date.
    pub accrued_interest: Cents,
    /// Fees owed.
    pub fees: Cents,
    /// Late charges owed.
    pub late_charges: Cents,
    /// Premium for paying before maturity.
    pub prepayment_premium: Cents,
    /// Amounts in the borrower's favor, taken off the rest.
    pub credits: Cents,
}

/// Why an amount cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteError {
    /// The credits are more than everything owed, so there is nothing to pay.
    CreditsExceedCharges {
        /// Everything owed, before credits.
        charges: Cents,
        /// The credits.
        credits: Cents,
    },
    /// The amount is above [`Cents::MAX`], or the rate has so many digits that
    /// it cannot be multiplied exactly.
    Overflow,
    /// The interest rate is below zero.
    NegativeRate,
    /// The interest period ends before it starts.
    PeriodReversed {
        /// First day of the period.
        from: NaiveDate,
        /// Day after the last day of the period.
        to: NaiveDate,
    },
}

impl fmt::Display for QuoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreditsExceedCharges { charges, credits } => {
                write!(f, "the credits of {credits} exceed the charges of {charges}, nothing is left to pay")
            }
            Self::Overflow => write!(f, "the amount is above {} or cannot be exact", Cents::MAX),
            Self::NegativeRate => f.write_str("the interest rate is below zero"),
            Self::PeriodReversed { from, to } => {
                write!(f, "the interest period from {from} ends before it, on {to}")
            }
        }
    }
}

impl std::error::Error for QuoteError {}

/// The amount that pays the loan off: principal + accrued interest + fees +
/// late charges + prepayment premium − credits.
///
/// # Errors
///
/// [`QuoteError::CreditsExceedCharges`] where the result would be below zero,
/// [`QuoteError::Overflow`] where the charges are above [`Cents::MAX`].
pub fn total(parts: &QuoteParts) -> Result<Cents, QuoteError> {
    let charges = charges(parts).ok_or(QuoteError::Overflow)?;
    let credits = parts.credits;
    charges.checked_sub(credits).ok_or(QuoteError::CreditsExceedCharges { charges, credits })
}

fn charges(parts: &QuoteParts) -> Option<Cents> {
    parts
        .principal
        .checked_add(parts.accrued_interest)?
        .checked_add(parts.fees)?
        .checked_add(parts.late_charges)?
        .checked_add(parts.prepayment_premium)
}
