//! One limit, what a check of it found, and how both are told to the caller.

use forebear_runtime::{Admission, Exhausted};
use http::HeaderValue;
use std::time::Duration;

/// So many requests per window, as a burst or spread (GCRA).
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    /// Name of the class.
    pub class: &'static str,
    /// Whom it counts: `service`, `user` or `address`.
    pub whom: &'static str,
    /// Requests per window.
    pub quota: u32,
    /// Length of the window in seconds.
    pub window_seconds: u32,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Requests that could follow at once.
    left: u32,
    /// Seconds to wait, if this one is refused.
    wait: Option<u64>,
}

impl Count {
    /// One is admitted, and so many could follow.
    #[must_use]
    pub fn admitted(left: u32) -> Self {
        Self { left, wait: None }
    }

    /// One is refused, and could come again after so many seconds.
    #[must_use]
    pub fn refused(seconds: u64) -> Self {
        Self { left: 0, wait: Some(seconds.max(1)) }
    }

    /// Seconds to wait, if the request is refused.
    #[must_use]
    pub fn wait(self) -> Option<u64> {
        self.wait
    }

    /// Whether the request is refused.
    #[must_use]
    pub fn is_refused(self) -> bool {
        self.wait.is_some()
    }
}

impl Bucket {
    /// Time in which one request comes back.
    #[must_use]
    pub fn period(self) -> Duration {
        Duration::from_secs(self.window_seconds.into()) / self.quota.max(1)
    }

    /// Headers, and for a refusal the words.
    #[must_use]
    pub fn admission(self, count: Count) -> Admission {
        let Self { class, whom, quota, window_seconds } = self;
        let used = u64::from(quota.saturating_sub(count.left));
        let full = (used * u64::from(window_seconds)).div_ceil(u64::from(quota.max(1)));
        let reset = count.wait.unwrap_or(full);
        let value = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        Admission {
            policy: value(format!("\"{class}\";q={quota};w={window_seconds}")),
            state: value(format!("\"{class}\";r={};t={reset}", count.left)),
            refused: count.wait.map(|retry_after| Exhausted {
                limit: format!("`{class}` of {quota} requests per {window_seconds} s for each {whom}"),
                retry_after,
            }),
        }
    }
}
