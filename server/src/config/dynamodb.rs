//! The DynamoDB table that a copy of the sealed audit trail is shipped to.

use super::{
    ConfigError,
    users::{address, unusable},
};
use serde::Deserialize;

/// Where the sealed trail is shipped to. Variables begin with `LENDING_DYNAMODB__`. Credentials come from where AWS's programs look
/// for them: environment, profile, web identity, container, instance.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DynamodbConfig {
    /// Name of the table. `LENDING_DYNAMODB__TABLE`, no default.
    pub table: String,
    /// Region of the table. `LENDING_DYNAMODB__REGION`, default `AWS_REGION` or the profile's.
    #[serde(default)]
    pub region: Option<String>,
    /// Another address than the region's: https, or http on loopback. `LENDING_DYNAMODB__ENDPOINT_URL`, default none.
    #[serde(default)]
    pub endpoint_url: Option<String>,
    /// Days after which DynamoDB may remove what was shipped, 1 to 36500. `LENDING_DYNAMODB__RETENTION_DAYS`, default: it stays for ever.
    #[serde(default)]
    pub retention_days: Option<u32>,
}

impl DynamodbConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !cfg!(feature = "dynamodb") {
            return Err(ConfigError(
                "dynamodb: this build cannot ship the audit trail; build it with `cargo build --features dynamodb`, or take the \
                 section out"
                    .into(),
            ));
        }
        // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if !(3..=255).contains(&self.table.len()) || !self.table.chars().all(is_name) {
            return Err(unusable("dynamodb.table", "must be 3 to 255 letters, digits, `_`, `-` and `.`"));
        }
        let is_region = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if self.region.as_ref().is_some_and(|region| region.is_empty() || !region.bytes().all(is_region)) {
            return Err(unusable("dynamodb.region", "must be a region of AWS, such as us-gov-west-1"));
        }
        if let Some(url) = &self.endpoint_url {
            address("dynamodb.endpoint_url", url)?;
        }
        if self.retention_days.is_some_and(|days| !(1..=36500).contains(&days)) {
            return Err(unusable("dynamodb.retention_days", "must be 1 to 36500; leave it out to keep everything"));
        }
        Ok(())
    }
}
