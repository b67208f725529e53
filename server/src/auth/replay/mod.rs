//! A token is good once: its `jti` is remembered until the token would have expired anyway.
//!
//! Every instance remembers what it saw; with Redis all of them together do. While Redis is away the configuration decides: refuse
//! (the default), or let each instance check alone.

mod memory;

use super::token::{LEEWAY, MAX_LIFETIME};
use crate::{
    config::WithoutRedis,
    error::{Error, Result},
    redis::Redis,
};
use memory::Memory;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Seconds after which a token can no longer be good.
const KEPT: i64 = MAX_LIFETIME + 2 * LEEWAY;

/// Tokens that were used.
pub struct Replay {
    memory: Memory,
    shared: Option<(Arc<Redis>, WithoutRedis)>,
    /// When this process began to remember, in seconds since 1970.
    since: i64,
}

impl Replay {
    /// Remembers from `now` on.
    #[must_use]
    pub fn new(shared: Option<(Arc<Redis>, WithoutRedis)>, now: i64) -> Self {
        Self { memory: Memory::default(), shared, since: now }
    }

    /// Refuses a token that was used before.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it was, [`Error::Unavailable`] when that cannot be known.
    pub(super) async fn once(&self, service: &str, jti: &str, iat: i64, now: i64) -> Result<()> {
        let digest: [u8; 32] =
            Sha256::new().chain_update(service).chain_update([0]).chain_update(jti).finalize().into();
        let used = || Error::Unauthenticated("the token was used before");
        if !self.memory.insert(digest, now) {
            return Err(used());
        }
        let Some((redis, without)) = &self.shared else { return self.seen_since(iat) };
        match first_in(redis, &digest).await {
            Some(true) => Ok(()),
            Some(false) => Err(used()),
            None if *without == WithoutRedis::Accept => self.seen_since(iat),
            None => Err(Error::Unavailable("Redis is away, so a token cannot be checked for replay".into())),
        }
    }

    /// A token from before this process began may have been used with the one before it, of which nothing is remembered.
    fn seen_since(&self, iat: i64) -> Result<()> {
        if iat.saturating_add(LEEWAY) < self.since {
            return Err(Error::Unauthenticated("issued before this process began"));
        }
        Ok(())
    }
}

/// Whether the key is new in Redis; `None` while Redis is away.
async fn first_in(redis: &Arc<Redis>, digest: &[u8; 32]) -> Option<bool> {
    let hex: String = digest[..16].iter().map(|b| format!("{b:02x}")).collect();
    let mut command = ::redis::cmd("SET");
    command.arg(redis.key(&format!("jti:{hex}"))).arg(1).arg("NX").arg("EX").arg(KEPT);
    let set: Option<String> = redis.ask(async |connection| command.query_async(connection).await).await?;
    Some(set.is_some())
}
