//! The user proven by a session that ULP says is alive.
//!
//! A living session is remembered for a moment, a dead one never: who logs in again must not be refused because of what was true
//! before. When ULP does not answer, that is no answer: 503, and not a 401 on which an app server would log its user out.

mod introspection;
mod recent;

use crate::{
    auth::flight,
    config::{ConfigError, SessionConfig},
    error::{Error, Result},
};
use introspection::{Endpoint, Verdict};
use recent::Recent;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};

/// Longest session id in bytes.
const MAX_BYTES: usize = 1024;
/// Most sessions that are remembered, about 100 bytes each.
const MAX_SESSIONS: usize = 10_000;

/// Asks ULP about sessions.
pub struct Sessions(Arc<Shared>);

struct Shared {
    endpoint: Endpoint,
    keep: Duration,
    state: Mutex<State>,
}

struct State {
    recent: Recent,
    flights: HashMap<Key, Flight>,
}

type Flight = watch::Receiver<Option<Verdict>>;

/// A session and its user: a hash, so that no session id can be read from the memory of the server.
type Key = [u8; 32];

impl Sessions {
    /// Makes the checker. Nothing is sent before the first session comes, so a server starts while ULP is away.
    ///
    /// # Errors
    /// [`ConfigError`] that names the setting and what to write instead.
    pub fn new(config: &SessionConfig) -> std::result::Result<Self, ConfigError> {
        let state = State { recent: Recent::new(MAX_SESSIONS), flights: HashMap::new() };
        Ok(Self(Arc::new(Shared {
            endpoint: Endpoint::new(config)?,
            keep: Duration::from_secs(config.cache_seconds),
            state: Mutex::new(state),
        })))
    }

    /// Checks that the session `sid` is alive and of the user `sub` at `now` (seconds since 1970).
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it is not; [`Error::Unavailable`] when ULP does not say, or refuses our own secret.
    pub async fn check(&self, sid: &str, sub: &str, now: i64) -> Result<()> {
        if sid.is_empty() || sid.len() > MAX_BYTES || sub.is_empty() {
            return Err(Error::Unauthenticated("the session id is empty or too long, or there is no user"));
        }
        let key = key(sid, sub);
        let mut flight = {
            let state = self.0.lock();
            if state.recent.contains(&key, Instant::now()) {
                return Ok(());
            }
            match state.flights.get(&key) {
                Some(flight) => flight.clone(),
                None => self.0.fly(state, key, (sid, sub, now)),
            }
        };
        let verdict = flight.wait_for(Option::is_some).await.ok().and_then(|v| v.clone());
        match verdict {
            Some(Verdict::Alive { .. }) => Ok(()),
            Some(Verdict::Refused(reason)) => Err(Error::Unauthenticated(reason)),
            Some(Verdict::Unknown(reason)) => Err(Error::Unavailable(reason)),
            None => Err(Error::Unavailable("the question to the session endpoint was cut off".into())),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks once for all who wait for the same session.
    fn fly(self: &Arc<Self>, mut state: MutexGuard<'_, State>, key: Key, (sid, sub, now): (&str, &str, i64)) -> Flight {
        let (sender, flight) = watch::channel(None);
        state.flights.insert(key, flight.clone());
        drop(state);
        let (asks, lands) = (self.clone(), self.clone());
        let (sid, sub) = (sid.to_owned(), sub.to_owned());
        flight::fly(async move { asks.endpoint.ask(&sid, &sub, now).await }, move |verdict| {
            lands.landed(key, verdict.as_ref());
            sender.send_replace(verdict);
        });
        flight
    }

    /// Forgets the question, also one that was cut off, so that the next caller asks anew.
    fn landed(&self, key: Key, verdict: Option<&Verdict>) {
        let mut state = self.lock();
        state.flights.remove(&key);
        if let Some(Verdict::Alive { left }) = verdict {
            let keep = left.map_or(self.keep, |left| left.min(self.keep));
            state.recent.insert(key, Instant::now(), keep);
        }
    }
}

/// Each text with its length before it, so that no two pairs have the same bytes.
fn key(sid: &str, sub: &str) -> Key {
    let mut hash = Sha256::new();
    for text in [sid, sub] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().into()
}
