//! No relay.

use crate::{clock::Clock, config::Config, store::Writer};
use generated_server::models::RelayLag;
use std::{convert::Infallible, sync::Arc};

/// Ships nothing.
pub struct Relay;

impl Relay {
    /// Nothing to start; [`Config`] was refused if it asked for it.
    ///
    /// # Errors
    /// None.
    pub async fn start(_: &Config, _: &Arc<Writer>, _: &Clock) -> Result<Self, Infallible> {
        Ok(Self)
    }

    /// Nothing waits.
    #[must_use]
    pub fn lag(&self, _: i64) -> Option<RelayLag> {
        None
    }

    /// Nothing to stop.
    pub fn stop(&self) {}
}
