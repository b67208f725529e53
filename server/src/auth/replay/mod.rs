//! A token is good once: its `jti` is remembered until the token would have expired anyway.
//!
//! Every instance remembers what it saw; with Redis all of them together do. While Redis is away the configuration decides: refuse
//! (the default), or let each instance check alone. A token from before the memory began, after a restart or when Redis lost
//! its data, is answered with 503: whether it was used cannot be known, and a caller who tries again signs a new one.

mod memory;
mod since;

use super::token::{LEEWAY, MAX_LIFETIME};
use crate::{
    config::WithoutRedis,
    error::{Error, Result},
    redis::Redis,
};
use ::redis::Script;
use forebear_runtime::hex;
use memory::Memory;
use sha2::{Digest, Sha256};
use since::Since;
use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

/// Seconds after which a token can no longer be good.
const KEPT: i64 = MAX_LIFETIME + 2 * LEEWAY;

/// `KEYS`: the token, and when Redis began to remember. `ARGV`: seconds to keep the token, and the present time. Answers whether the
/// token is new, and since when Redis remembers: from now on, if it does not know.
const ONCE: &str = r"
local since = redis.call('GET', KEYS[2])
if not since then
    since = ARGV[2]
    redis.call('SET', KEYS[2], since)
end
local new = redis.call('SET', KEYS[1], 1, 'NX', 'EX', ARGV[1])
return {new and 1 or 0, tonumber(since)}
";

/// Tokens that were used.
pub struct Replay {
    memory: Memory,
    shared: Option<Shared>,
    /// Tokens issued after this time, in seconds since 1970, were not used with a process before this one.
    since: i64,
    /// The newest time of issue that was taken.
    newest: AtomicI64,
    file: Since,
}

struct Shared {
    redis: Arc<Redis>,
    once: Script,
    without: WithoutRedis,
}

impl Replay {
    /// Notes in `folder` that its database is new, so that no process has taken a token on it.
    ///
    /// # Errors
    /// When `folder` cannot be written.
    pub fn begin(folder: &Path) -> io::Result<()> {
        Since::nothing(folder)
    }

    /// Remembers from `now` on; what the process before this one took is known from `folder`.
    ///
    /// # Errors
    /// When `folder` cannot be read or written.
    pub fn new(shared: Option<(Arc<Redis>, WithoutRedis)>, folder: &Path, now: i64) -> io::Result<Self> {
        let shared = shared.map(|(redis, without)| Shared { redis, once: Script::new(ONCE), without });
        let (file, since) = Since::take(folder, now)?;
        Ok(Self { memory: Memory::default(), shared, since, newest: AtomicI64::new(since), file })
    }

    /// Refuses a token that was used before.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it was, [`Error::NotNow`] or [`Error::Unavailable`] when that cannot be known.
    pub(super) async fn once(&self, service: &str, jti: &str, iat: i64, now: i64) -> Result<()> {
        let digest: [u8; 32] =
            Sha256::new().chain_update(service).chain_update([0]).chain_update(jti).finalize().into();
        let used = || Error::Unauthenticated("the token was used before");
        self.newest.fetch_max(iat, Ordering::Relaxed);
        if !self.memory.insert(digest, now) {
            return Err(used());
        }
        let Some(shared) = &self.shared else { return self.alone(iat) };
        match shared.first(&digest, now).await {
            Some((false, _)) => Err(used()),
            Some((true, since)) if iat > since.saturating_add(LEEWAY) => Ok(()),
            _ if shared.without == WithoutRedis::Accept => self.alone(iat),
            Some(_) => Err(unknown("Redis began to remember tokens only after this one was issued")),
            None => Err(unknown("Redis is away, so a token cannot be checked for replay")),
        }
    }

    /// Whether a token that is unused here cannot have been used with the process before this one.
    fn alone(&self, iat: i64) -> Result<()> {
        let early = Error::NotNow("the token was issued before this process began to remember tokens");
        if iat > self.since { Ok(()) } else { Err(early) }
    }

    /// Whether a token that is issued at `now` is taken.
    pub(super) fn is_ready(&self, now: i64) -> bool {
        self.wait(now) == 0
    }

    /// Seconds from `now` until tokens are taken.
    pub(super) fn wait(&self, now: i64) -> i64 {
        if self.shared.is_some() { 0 } else { self.since.saturating_add(1).saturating_sub(now).max(0) }
    }

    /// Tells the next process what this one took; call it when no request is in flight.
    pub(super) fn leave(&self) {
        if let Err(e) = self.file.leave(self.newest.load(Ordering::Relaxed)) {
            tracing::warn!(error = %e, "the next start takes no token of its first seconds: the time of the last one was not kept");
        }
    }
}

fn unknown(reason: &str) -> Error {
    Error::Unavailable(reason.into())
}

impl Shared {
    /// Whether the token is new in Redis, and since when Redis remembers; `None` while it is away.
    async fn first(&self, digest: &[u8; 32], now: i64) -> Option<(bool, i64)> {
        let mut call = self.once.prepare_invoke();
        call.key(self.redis.key(&format!("jti:{}", hex(&digest[..16]))))
            .key(self.redis.key("tokens-since"))
            .arg(KEPT)
            .arg(now);
        self.redis.ask(async |connection| call.invoke_async(connection).await).await
    }
}
