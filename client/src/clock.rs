//! The one look at the clock: tokens, proofs and `Retry-After` are about the real time.

use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A year, for a timeout that no clock can count.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);

#[expect(clippy::disallowed_methods, reason = "what a token says is compared with the server's real time")]
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// The end of a call that may take so long.
pub(crate) fn after(time: Duration) -> Instant {
    Instant::now() + time.min(LONGEST)
}
