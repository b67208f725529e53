//! One fetch of keys at a time, and who waits for it.

use super::{cache::Ages, discovery::Source, jwks::KeySet};
use crate::{
    auth::flight,
    error::{Error, Result},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// What callers and fetches share.
pub(super) struct Shared {
    source: Source,
    pub(super) ages: Ages,
    state: Mutex<State>,
    landed: watch::Sender<()>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) held: Option<(Arc<KeySet>, Instant)>,
    /// When the newest fetch began, and whether it still runs.
    began: Option<Instant>,
    flying: bool,
    /// When the newest one ended. A pause is counted from here: an issuer that hangs may take longer than the pause.
    ended: Option<Instant>,
    /// When the newest fetch for an unknown key began. Those for age do not count, or a key that is published just after one
    /// of them would be refused.
    asked: Option<Instant>,
    /// Why the newest fetch that ended brought nothing.
    pub(super) failure: Option<String>,
}

/// Ends when the fetch does.
pub(super) type Flight = Option<watch::Receiver<()>>;

/// Waits for the end of a fetch.
pub(super) async fn land(flight: Flight) {
    if let Some(mut landed) = flight {
        // an error would mean that the sender is gone, and it lives as long as the cache
        let _ = landed.changed().await;
    }
}

impl Shared {
    pub(super) fn new(source: Source, ages: Ages) -> Self {
        Self { source, ages, state: Mutex::default(), landed: watch::Sender::new(()) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the fetch under way, or begins one for an unknown key, unless the newest began after the token came.
    pub(super) fn ask(self: &Arc<Self>, mut state: MutexGuard<'_, State>, came: Instant) -> Flight {
        let in_vain = state.began.is_some_and(|began| began >= came);
        let soon = state.asked.is_some_and(|asked| asked.elapsed() < self.ages.min_refresh);
        if !state.flying {
            if in_vain || soon {
                return None;
            }
            state.asked = Some(Instant::now());
        }
        self.fly(state, Duration::ZERO)
    }

    /// Joins the fetch under way, or begins one if the newest ended long enough ago.
    pub(super) fn fly(self: &Arc<Self>, mut state: MutexGuard<'_, State>, pause: Duration) -> Flight {
        let begins = !state.flying;
        if begins {
            if state.ended.is_some_and(|ended| ended.elapsed() < pause) {
                return None;
            }
            (state.flying, state.began) = (true, Some(Instant::now()));
        }
        // within the lock: the landing cannot have been announced yet
        let landing = self.landed.subscribe();
        drop(state);
        if begins {
            let (fetches, lands) = (self.clone(), self.clone());
            flight::fly(async move { fetches.source.fetch().await }, move |outcome| {
                lands.land(outcome.unwrap_or_else(|| Err("the fetch was cut off".into())));
            });
        }
        Some(landing)
    }

    fn land(&self, outcome: Result<KeySet, String>) {
        let issuer = self.source.issuer();
        match &outcome {
            Ok(keys) if keys.len() > 0 => tracing::debug!(issuer, keys = keys.len(), "keys of the issuer were fetched"),
            Ok(_) => tracing::warn!(issuer, "the issuer publishes no key that can verify RS256 or ES256"),
            Err(reason) => tracing::warn!(issuer, reason, "keys of the issuer could not be fetched"),
        }
        let mut state = self.lock();
        let now = Instant::now();
        (state.flying, state.ended) = (false, Some(now));
        match outcome {
            Ok(keys) => (state.held, state.failure) = (Some((Arc::new(keys), now)), None),
            Err(reason) => state.failure = Some(reason),
        }
        drop(state);
        self.landed.send_replace(());
    }
}

impl State {
    pub(super) fn usable(&self, max_stale: Duration) -> Result<Arc<KeySet>> {
        let fresh = self.held.as_ref().filter(|(_, since)| since.elapsed() < max_stale);
        fresh.map(|(keys, _)| keys.clone()).ok_or_else(|| self.unavailable())
    }

    pub(super) fn unavailable(&self) -> Error {
        let reason = self.failure.as_deref().unwrap_or("they were not fetched yet");
        Error::Unavailable(format!("no keys to verify id tokens with: {reason}"))
    }
}
