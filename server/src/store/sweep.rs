//! What is too old is forgotten little by little, between the changes.

use super::{Write, idempotency};
use crate::clock::Clock;
use std::time::{Duration, Instant};

/// Shortest time between two steps.
const PAUSE: Duration = Duration::from_secs(1);

/// Says when the next step is due.
pub(super) struct Sweeper {
    clock: Clock,
    last: Instant,
}

impl Sweeper {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, last: Instant::now() }
    }

    /// Time until the next step.
    pub(super) fn pause(&self) -> Duration {
        PAUSE.saturating_sub(self.last.elapsed())
    }

    /// One step, if it is due. A database that refuses it now is asked again at the next.
    pub(super) fn step(&mut self, write: &mut Write) {
        if !self.pause().is_zero() {
            return;
        }
        if let Err(e) = idempotency::forget_some(write, self.clock.now()) {
            tracing::warn!(error = %e, "old idempotency records could not be removed");
        }
        self.last = Instant::now();
    }
}
