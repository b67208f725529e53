//! What a payoff request must keep to, beyond its schema.

pub mod status;

use super::{
    business_day::{self, Method},
    money::Cents,
    quote,
};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use generated_server::{
    models::{PaymentMethod, Payoff, PayoffPatch, PayoffQuote, PayoffReason, PayoffStatus},
    store::Patch,
};

/// Checks date and reason of a request.
///
/// # Errors
/// [`Error::Rule`] at `/payoff_date` or `/reason_text`.
pub fn check(row: &Payoff, now: DateTime<Utc>) -> Result<()> {
    date(row, now)?;
    reason(row)
}

/// The status that the servicing system gives a payoff.
///
/// # Errors
/// [`Error::Conflict`] when it cannot follow, or the payoff would be expired before its date has passed.
pub fn step(row: &Payoff, to: PayoffStatus, now: DateTime<Utc>) -> Result<PayoffStatus> {
    let to = status::advance(row.status, to)?;
    if to == PayoffStatus::Expired && *row.payoff_date >= business_day::today_in_new_york(now) {
        let date = *row.payoff_date;
        return Err(Error::Conflict(format!("the payoff is not expired: its date, {date}, has not passed")));
    }
    Ok(to)
}

/// The row after a patch. A new date makes the quote void.
///
/// # Errors
/// [`Error::Conflict`] when the payoff is closed, [`Error::Rule`] as in [`check`], or a member that an object which was absent needs.
pub fn patched(before: &Payoff, patch: PayoffPatch, now: DateTime<Utc>) -> Result<Payoff> {
    status::require_open(before.status)?;
    let gives_text = patch.reason_text.value().is_some();
    let mut after = before.clone();
    patch.apply(&mut after)?;
    if after.reason != PayoffReason::Other && !gives_text {
        after.reason_text = None;
    }
    reason(&after)?;
    let moved = *after.payoff_date != *before.payoff_date;
    if moved || after.payment_method != before.payment_method {
        date(&after, now)?;
    }
    if moved {
        after.quote = None;
        if after.status != PayoffStatus::Requested {
            after.status = status::advance(after.status, PayoffStatus::Requested)?;
        }
    }
    Ok(after)
}

fn date(row: &Payoff, now: DateTime<Utc>) -> Result<()> {
    business_day::check_payoff_date(*row.payoff_date, method(row.payment_method), now).map_err(|e| Error::Rule {
        pointer: "/payoff_date",
        code: match e {
            business_day::PayoffDateError::Past { .. } => "in_the_past",
            business_day::PayoffDateError::NotBusinessDay { .. } => "not_a_business_day",
            business_day::PayoffDateError::OutOfRange => "out_of_range",
        },
        detail: e.to_string(),
    })
}

fn method(method: PaymentMethod) -> Method {
    match method {
        PaymentMethod::Wire => Method::Wire,
        PaymentMethod::Ach => Method::Ach,
        PaymentMethod::PayGov => Method::PayGov,
        PaymentMethod::Check => Method::Check,
    }
}

fn reason(row: &Payoff) -> Result<()> {
    let rule = |code, detail: &str| Error::Rule { pointer: "/reason_text", code, detail: detail.into() };
    match (row.reason == PayoffReason::Other, row.reason_text.is_some()) {
        (true, false) => Err(rule("required", "`reason_text` is required when `reason` is `other`")),
        (false, true) => Err(rule("unexpected", "`reason_text` is allowed only when `reason` is `other`")),
        _ => Ok(()),
    }
}

/// Checks that a quote's total is the sum of its parts.
///
/// # Errors
/// [`Error::Rule`] at `/quote/total`, with the sum.
pub fn check_quote(q: &PayoffQuote) -> Result<()> {
    let rule = |detail: String| Error::Rule { pointer: "/quote/total", code: "total", detail };
    let cents = |text: &str| text.parse::<Cents>().map_err(|e| rule(e.to_string()));
    let parts = quote::QuoteParts {
        principal: cents(&q.principal)?,
        accrued_interest: cents(&q.accrued_interest)?,
        fees: cents(&q.fees)?,
        late_charges: cents(&q.late_charges)?,
        prepayment_premium: cents(&q.prepayment_premium)?,
        credits: cents(&q.credits)?,
    };
    let total = quote::total(&parts).map_err(|e| rule(e.to_string()))?;
    if cents(&q.total)? == total { Ok(()) } else { Err(rule(format!("must be the sum of the parts, {total}"))) }
}
