//! Where a payoff may go from where it is. Whoever changes a status asks here: a request, a quote, the servicing system.

use crate::error::{Error, Result};
use generated_server::models::PayoffStatus::{self, Cancelled, Expired, Paid, Quoted, Rejected, Requested, Scheduled};

/// The statuses that may follow each. One that nothing follows is final.
const TRANSITIONS: [(PayoffStatus, &[PayoffStatus]); 7] = [
    (Requested, &[Quoted, Expired, Cancelled, Rejected]),
    // a new quote, or a new date that makes the quote void
    (Quoted, &[Quoted, Requested, Scheduled, Expired, Cancelled, Rejected]),
    // a payment that is on its way can bounce
    (Scheduled, &[Paid, Requested, Expired, Cancelled, Rejected]),
    (Paid, &[]),
    (Expired, &[]),
    (Cancelled, &[]),
    (Rejected, &[]),
];

fn next(from: PayoffStatus) -> &'static [PayoffStatus] {
    TRANSITIONS.iter().find(|(status, _)| *status == from).map_or(&[], |(_, next)| next)
}

/// Refuses to change a payoff whose status is final.
///
/// # Errors
/// [`Error::Conflict`] that says so.
pub fn require_open(status: PayoffStatus) -> Result<()> {
    if next(status).is_empty() {
        return Err(Error::Conflict(format!("the payoff is {status}, which is final: it can no longer be changed")));
    }
    Ok(())
}

/// The status after a step.
///
/// # Errors
/// [`Error::Conflict`] that names what could follow instead.
pub fn advance(from: PayoffStatus, to: PayoffStatus) -> Result<PayoffStatus> {
    require_open(from)?;
    let next = next(from);
    if next.contains(&to) {
        return Ok(to);
    }
    let names: Vec<String> = next.iter().map(ToString::to_string).collect();
    let could = names.join(", ");
    Err(Error::Conflict(format!("a payoff that is {from} cannot become {to}; what can follow is {could}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_table_says() {
        let all = TRANSITIONS.map(|(status, _)| status);
        let allowed: Vec<String> = all
            .iter()
            .flat_map(|from| all.iter().map(move |to| (*from, *to)))
            .filter(|(from, to)| advance(*from, *to).is_ok())
            .map(|(from, to)| format!("{from} {to}"))
            .collect();
        let expected = "requested quoted, requested expired, requested cancelled, requested rejected, quoted requested, quoted quoted, \
                        quoted scheduled, quoted expired, quoted cancelled, quoted rejected, scheduled requested, scheduled paid, \
                        scheduled expired, scheduled cancelled, scheduled rejected";
        assert_eq!(allowed.join(", "), expected);
    }

    #[test]
    fn the_error_says_why_and_what_instead() {
        let text = |from, to| advance(from, to).unwrap_err().to_string();
        assert_eq!(text(Paid, Requested), "the payoff is paid, which is final: it can no longer be changed");
        assert_eq!(
            text(Requested, Paid),
            "a payoff that is requested cannot become paid; what can follow is quoted, expired, cancelled, rejected"
        );
    }
}
