//! Who has failed too often is not heard until some of its share has come back.

use super::{Bucket, Count, local::Local};
use forebear_runtime::Admission;
use std::{
    collections::HashMap,
    fmt::Display,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Blocked ones that are kept; beyond, those whose time is over are forgotten first.
const KEPT: usize = 65_536;

/// Failures of whoever has this kind of key.
pub struct Failures<K> {
    bucket: Bucket,
    local: Local,
    /// Until when one is refused.
    blocked: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash + Display> Failures<K> {
    /// Nobody has failed yet.
    #[must_use]
    pub fn new(bucket: Bucket) -> Self {
        Self { bucket, local: Local::new(bucket), blocked: Mutex::default() }
    }

    /// Refuses whoever has used up its share. The key is made only while anybody is refused.
    ///
    /// # Errors
    /// The limit that is used up.
    pub fn heard(&self, key: impl FnOnce() -> K) -> Result<(), Admission> {
        let mut blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        if blocked.is_empty() {
            return Ok(());
        }
        let key = key();
        let Some(until) = blocked.get(&key) else { return Ok(()) };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            blocked.remove(&key);
            return Ok(());
        }
        Err(self.bucket.admission(Count::refused(left.as_secs_f64().ceil() as u64)))
    }

    /// Counts a failure.
    pub fn failed(&self, key: K) {
        let Some(wait) = self.local.check(&key.to_string()).wait() else { return };
        let mut blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        if blocked.len() >= KEPT {
            let now = Instant::now();
            blocked.retain(|_, until| *until > now);
        }
        if blocked.len() < KEPT {
            blocked.insert(key, Instant::now() + Duration::from_secs(wait).max(self.bucket.period()));
        }
    }
}
