//! How the table is reached: region, credentials, and how long anything may take.

use super::Table;
use aws_config::{
    BehaviorVersion, Region, environment::EnvironmentVariableRegionProvider, meta::region::RegionProviderChain,
    profile::ProfileFileRegionProvider, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::Client;
use std::time::Duration;

/// Time for a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// Time for an answer: what hangs is noticed.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Which table, and how long items stay in it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name.
    pub table: String,
    /// Its region; by default that of the environment or of the profile.
    pub region: Option<String>,
    /// Another address than that of the region.
    pub endpoint_url: Option<String>,
    /// Days after which DynamoDB may remove an item, if its time to live is switched on for `expires_at`.
    pub retention_days: Option<u32>,
}

impl Table {
    /// Prepares to reach the table, with the credentials of the usual chain: environment, profile, web identity, container, instance.
    /// Asks the network for nothing: the table may be away.
    ///
    /// # Errors
    /// When no region is known.
    pub async fn open(settings: Settings) -> Result<Self, String> {
        // not the metadata of an instance: where there is none, the start would wait for it
        let region = RegionProviderChain::first_try(settings.region.clone().map(Region::new))
            .or_else(EnvironmentVariableRegionProvider::new())
            .or_else(ProfileFileRegionProvider::new());
        let region = region.region().await.ok_or("is not set, and neither AWS_REGION nor a profile names a region")?;
        let place = format!("{}@{}", settings.table, settings.endpoint_url.as_deref().unwrap_or(region.as_ref()));
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).build();
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .region(region)
            .timeout_config(timeouts)
            // the relay has pauses of its own, which end when it is stopped and are told of
            .retry_config(RetryConfig::disabled());
        if let Some(url) = &settings.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        Ok(Self { client: Client::new(&loader.load().await), settings, place })
    }
}
