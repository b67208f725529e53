//! The issuer's keys, kept: who needs them waits only when there are none.
//!
//! There is one fetch at a time. A
//! cache with nothing but a time to live (as in most crates) lets each expiry, and each made-up key id, become a burst of
//! requests to the issuer; and refuses every user when the issuer has a bad minute.

use super::{
    discovery::Source,
    flight::{Shared, land},
    jwks::KeySet,
    token::Token,
};
use crate::error::Result;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Longest pause after a failed fetch while there is no key at all: a server that waits for its issuer must notice it soon.
const EMPTY_RETRY: Duration = Duration::from_secs(1);

/// Ages that matter; see [`crate::config::OidcConfig`].
pub(super) struct Ages {
    pub(super) ttl: Duration,
    pub(super) min_refresh: Duration,
    pub(super) max_stale: Duration,
}

/// Keys of one issuer.
pub(super) struct Cache(Arc<Shared>);

impl Cache {
    pub(super) fn new(source: Source, ages: Ages) -> Self {
        Self(Arc::new(Shared::new(source, ages)))
    }

    /// The keys. Those past their time are given out while newer ones are fetched; past twice their time, when no request came
    /// for long, the newer ones are waited for, so that a withdrawn key does not live on in a quiet server.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there are none.
    pub(super) async fn current(&self) -> Result<Arc<KeySet>> {
        let Ages { ttl, min_refresh, max_stale } = self.0.ages;
        let flight = {
            let state = self.0.lock();
            let age = state.held.as_ref().map(|(_, since)| since.elapsed());
            let waits = age.is_none_or(|age| age >= max_stale || age >= 2 * ttl && state.failure.is_none());
            let flight = match age {
                Some(age) if age < ttl => None,
                Some(age) if age < max_stale => self.0.fly(state, min_refresh),
                _ => self.0.fly(state, min_refresh.min(EMPTY_RETRY)),
            };
            flight.filter(|_| waits)
        };
        land(flight).await;
        self.0.lock().usable(max_stale)
    }

    /// The keys, looked up anew when none fits the token and that was not done for another such token a moment ago.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there are none, or the newest fetch failed: whether there is such a key cannot be known.
    pub(super) async fn fitting(&self, token: &Token<'_>) -> Result<Arc<KeySet>> {
        let (came, max_stale) = (Instant::now(), self.0.ages.max_stale);
        let mut keys = self.current().await?;
        // a fetch under way began before the key was published, perhaps: then a second one is needed
        for _ in 0..2 {
            if !keys.fitting(token).is_empty() {
                return Ok(keys);
            }
            let flight = self.0.ask(self.0.lock(), came);
            let is_last = flight.is_none();
            land(flight).await;
            // also without a fetch: another one may have ended since the keys were read
            keys = self.0.lock().usable(max_stale)?;
            if is_last {
                break;
            }
        }
        let state = self.0.lock();
        let unsure = keys.fitting(token).is_empty() && state.failure.is_some();
        if unsure { Err(state.unavailable()) } else { Ok(keys) }
    }
}
