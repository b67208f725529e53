//! The one look at the clock: tokens, proofs and `Retry-After` are about the real time.

use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A year, in place of anything longer that a caller, a token or an answer says: no clock can count all of it.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);

#[expect(clippy::disallowed_methods, reason = "what a token says is compared with the server's real time")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// That long from now.
pub(crate) fn after(time: Duration) -> Instant {
    Instant::now() + bounded(time)
}

/// The time, or a year.
pub(crate) fn bounded(time: Duration) -> Duration {
    time.min(LONGEST)
}
