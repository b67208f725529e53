//! Which requests are sent again, and when. The rule: never twice what might have been done once.

mod after;

pub(crate) use after::retry_after;
use http::{HeaderMap, Method, header::IF_MATCH};
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

impl Outcome {
    /// Whether something may have been done.
    pub(crate) fn is_unsure(self) -> bool {
        !matches!(self, Self::NotConnected | Self::Answered(429, _))
    }
}

/// When to send again.
#[derive(Debug, PartialEq)]
pub(crate) enum Again {
    Never,
    /// After a while of our choice.
    Soon,
    /// After the time that the server names.
    After(Duration),
}

/// What doing a request twice comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Repeat {
    /// Two things are done, perhaps.
    Unsafe,
    /// A change of a version: done once, and then refused with 412, or with 404 where it was a deletion.
    Guarded,
    /// As if it had been done once: a read; a create with its key, whose first answer is given again.
    Safe,
}

/// What doing this request twice comes to.
pub(crate) fn repeat(method: &Method, headers: &HeaderMap) -> Repeat {
    match *method {
        Method::GET | Method::HEAD | Method::OPTIONS => Repeat::Safe,
        Method::POST if headers.contains_key("idempotency-key") => Repeat::Safe,
        // `*` holds for every version, so also for the one that the first attempt made
        Method::PUT | Method::PATCH | Method::DELETE if headers.get(IF_MATCH).is_some_and(|tag| tag != "*") => {
            Repeat::Guarded
        }
        _ => Repeat::Unsafe,
    }
}

/// Whether to send again. A 429 is given before anything is done. A 503 is not such a certainty: the server also gives it when a
/// commit failed, or its end was not seen.
pub(crate) fn again(repeat: Repeat, outcome: Outcome) -> Again {
    let repeatable = repeat != Repeat::Unsafe;
    match outcome {
        Outcome::NotConnected => Again::Soon,
        Outcome::Answered(429, Some(wait)) => Again::After(wait),
        Outcome::Answered(408 | 502 | 503 | 504, wait) if repeatable => wait.map_or(Again::Soon, Again::After),
        Outcome::Broken if repeatable => Again::Soon,
        _ => Again::Never,
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
