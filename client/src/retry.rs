//! Which requests are sent again, and when. The rule: never twice what might have been done once.

mod after;

pub(crate) use after::retry_after;
use http::{HeaderMap, Method};
use std::time::Duration;
use uuid::Uuid;

/// Longest pause before the second attempt; doubles with each.
const BASE: Duration = Duration::from_millis(100);
/// Longest pause that the client chooses itself.
const MOST: Duration = Duration::from_secs(5);

/// What came of an attempt that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Outcome {
    /// There was no connection, so nothing was sent.
    NotConnected,
    /// The connection broke after something may have been sent.
    Broken,
    /// The server, or a proxy, answered this, and perhaps when to come back.
    Answered(u16, Option<Duration>),
}

/// Whether doing this request twice is doing it once: a read, or a POST or PATCH with its key, whose first answer is given again.
/// Not a change with `If-Match` alone: the repetition of one that was made would be told that somebody else was faster.
pub(crate) fn is_repeatable(method: &Method, headers: &HeaderMap) -> bool {
    match *method {
        Method::GET | Method::HEAD | Method::OPTIONS => true,
        Method::POST | Method::PATCH => headers.contains_key("idempotency-key"),
        _ => false,
    }
}

/// How long to wait at least before sending again; none when it must not be. A 429 is given before anything is done. A 503 is not
/// such a certainty: the server also gives it when a commit failed, or its end was not seen. A 409 that says when to come back
/// means that an earlier attempt is still at work.
pub(crate) fn again(repeatable: bool, outcome: Outcome) -> Option<Duration> {
    match outcome {
        Outcome::NotConnected => Some(Duration::ZERO),
        Outcome::Answered(429, wait) => wait,
        Outcome::Answered(408 | 502 | 503 | 504, wait) if repeatable => Some(wait.unwrap_or_default()),
        Outcome::Answered(409, wait) if repeatable => wait,
        Outcome::Broken if repeatable => Some(Duration::ZERO),
        _ => None,
    }
}

/// Any time up to a bound that doubles, so that callers who failed together do not come back together (full jitter).
pub(crate) fn backoff(failed: u32) -> Duration {
    let longest = BASE.saturating_mul(1 << failed.saturating_sub(1).min(16)).min(MOST);
    // the low bits of a random UUID are random
    longest.mul_f64(f64::from(Uuid::new_v4().as_u128() as u32) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests;
