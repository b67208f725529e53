//! The one connection to Redis that everything shared goes through, and what is known of its health.
//!
//! A command that fails closes the connection at once: from then on nothing waits for Redis, and a task tries to come back. Both
//! turns are logged once. The library's connection manager was left aside because it makes commands wait for a reconnection.

use crate::config::RedisConfig;
use ::redis::{AsyncConnectionConfig, Client, RedisError, RedisResult, aio::MultiplexedConnection};
use secrecy::ExposeSecret;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

/// Time between two attempts to come back.
const RETRY: Duration = Duration::from_millis(250);
/// All keys of a server lie in one slot of a cluster, so that a script may touch two of them.
const SLOT: &str = "{lending}";

/// Redis, or the lack of it.
pub struct Redis {
    client: Client,
    config: AsyncConnectionConfig,
    held: Mutex<Held>,
}

/// The connection, if there is one; a failure of an earlier one says nothing about it.
#[derive(Default)]
struct Held {
    connection: Option<MultiplexedConnection>,
    turn: u64,
}

impl Redis {
    /// Connects; a Redis that is away now does not keep the server from starting.
    ///
    /// # Errors
    /// When the URL is none; the text does not hold it.
    pub async fn start(config: &RedisConfig) -> Result<Arc<Self>, String> {
        let client = Client::open(config.url.expose_secret())
            .map_err(|_| "redis.url (LENDING_REDIS__URL) is not a redis:// or rediss:// URL".to_string())?;
        let timeout = Duration::from_millis(config.timeout_ms);
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(timeout)).set_response_timeout(Some(timeout));
        let redis = Arc::new(Self { client, config, held: Mutex::default() });
        match redis.connect().await {
            Ok(connection) => redis.held().connection = Some(connection),
            Err(e) => redis.away(&e),
        }
        Ok(redis)
    }

    /// A key of ours.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        format!("{SLOT}:{name}")
    }

    /// Runs a command; `None` while Redis is away, and from the moment on in which it fails.
    pub async fn ask<T>(
        self: &Arc<Self>,
        command: impl AsyncFnOnce(&mut MultiplexedConnection) -> RedisResult<T>,
    ) -> Option<T> {
        let (connection, turn) = {
            let held = self.held();
            (held.connection.clone(), held.turn)
        };
        match command(&mut connection?).await {
            Ok(answer) => Some(answer),
            Err(e) => {
                self.failed(turn, &e);
                None
            }
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Of many commands that fail at once, the first one takes the connection away.
    fn failed(self: &Arc<Self>, turn: u64, cause: &RedisError) {
        {
            let mut held = self.held();
            if held.turn != turn || held.connection.take().is_none() {
                return;
            }
            held.turn += 1;
        }
        self.away(cause);
    }

    /// Says so, and tries to come back for as long as the server lives.
    fn away(self: &Arc<Self>, cause: &RedisError) {
        tracing::error!(cause = %cause, "Redis is away: limits are counted by each instance alone until it is back");
        let weak = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(RETRY).await;
                let Some(redis) = Weak::upgrade(&weak) else { return };
                let Ok(connection) = redis.connect().await else { continue };
                redis.held().connection = Some(connection);
                tracing::warn!("Redis is back");
                return;
            }
        });
    }

    /// A connection that can write.
    async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&self.config).await?;
        let () =
            ::redis::cmd("SET").arg(self.key("probe")).arg(1).arg("EX").arg(1).query_async(&mut connection).await?;
        Ok(connection)
    }
}
