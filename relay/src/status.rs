//! What is known of the relay from outside: how far it is behind, and why.

use crate::Lag;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A moment's view of a relay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// What waits.
    pub lag: Lag,
    /// Since when nothing goes on, in seconds since 1970.
    pub failing_since: Option<i64>,
    /// Why the last attempt failed, while it is failing.
    pub cause: Option<String>,
    /// Items that were put since the start.
    pub put: u64,
    /// Items that the table held otherwise than they would have been put, since the start.
    pub others: u64,
}

impl State {
    /// One word for it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match (self.failing_since, self.lag.records) {
            (Some(_), _) => "failing",
            (None, 0) => "current",
            (None, _) => "behind",
        }
    }

    /// What is other than it was sealed or shipped: somebody altered the trail or the table. Since the start.
    #[must_use]
    pub fn mismatches(&self) -> u64 {
        self.others + self.lag.wrong
    }

    /// Seconds since the oldest batch that waits was sealed; 0 when none waits.
    #[must_use]
    pub fn lag_seconds(&self, now: i64) -> i64 {
        self.lag.oldest.map_or(0, |sealed| (now - sealed).max(0))
    }
}

/// The view, kept up to date.
#[derive(Debug, Default)]
pub struct Status(Mutex<State>);

impl Status {
    /// The view of this moment.
    #[must_use]
    pub fn state(&self) -> State {
        self.lock().clone()
    }

    pub(crate) fn waits(&self, lag: Lag) {
        self.lock().lag = lag;
    }

    pub(crate) fn put(&self, stored: u64) {
        self.lock().put += stored;
    }

    pub(crate) fn found_another(&self) {
        self.lock().others += 1;
    }

    /// Notes a failure, and tells of the first one.
    pub(crate) fn fails(&self, cause: String, now: i64) {
        let mut state = self.lock();
        if state.failing_since.is_none() {
            state.failing_since = Some(now);
            tracing::error!(cause, "the audit relay cannot ship now; what is sealed waits, and is tried again");
        }
        state.cause = Some(cause);
    }

    /// Notes that it goes on, and tells so if it did not.
    pub(crate) fn works(&self, now: i64) {
        let mut state = self.lock();
        if let Some(since) = state.failing_since.take() {
            state.cause = None;
            tracing::warn!(seconds = now - since, "the audit relay ships again");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
