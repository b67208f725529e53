//! The relay at work, if it is configured.

use super::trail::Trail;
use crate::{
    clock::Clock,
    config::{Config, users::unusable},
    store::Writer,
};
use generated_server::models::{RelayLag, RelayState};
use lending_api_relay::{Running, Settings, Table};
use std::{error::Error, sync::Arc};

/// Ships what is sealed.
pub struct Relay(Option<Running>);

impl Relay {
    /// Starts the relay that the configuration asks for. A table that is away keeps nobody from starting.
    ///
    /// # Errors
    /// When no region is known, the audit keys cannot be read, the database cannot be opened, or the thread not be started.
    pub async fn start(
        config: &Config,
        writer: &Arc<Writer>,
        clock: &Clock,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let Some(wanted) = &config.dynamodb else { return Ok(Self(None)) };
        let settings = Settings {
            table: wanted.table.clone(),
            region: wanted.region.clone(),
            endpoint_url: wanted.endpoint_url.clone(),
            retention_days: wanted.retention_days,
        };
        let table = Table::open(settings).await.map_err(|text| unusable("dynamodb.region", &text))?;
        let public_key = config.audit_keys()?.public();
        let trail = Trail::open(&config.database(), table.place(), public_key, writer.clone(), clock.clone())?;
        let clock = clock.clone();
        let running = Running::start(trail, table, Arc::new(move || clock.now().timestamp()));
        Ok(Self(Some(running.map_err(|e| format!("the audit relay cannot be started: {e}"))?)))
    }

    /// How far it is behind at a time in seconds since 1970; none where nothing is to be shipped.
    #[must_use]
    pub fn lag(&self, now: i64) -> Option<RelayLag> {
        let state = self.0.as_ref()?.status().state();
        let word = match state.name() {
            "failing" => RelayState::Failing,
            "behind" => RelayState::Behind,
            _ => RelayState::Current,
        };
        Some(RelayLag { lag_records: state.lag.records, lag_seconds: state.lag_seconds(now), state: word })
    }

    /// Ends it; what it has not shipped, the next process ships.
    pub fn stop(&self) {
        if let Some(running) = &self.0 {
            running.stop();
        }
    }
}
