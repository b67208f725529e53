//! Limits: those of the document's classes may be set anew, and those by address are the server's own.

use super::ConfigError;
use forebear_runtime::LimitClass;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a class of `x-rate-limits` admits here, in place of what the document says.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassConfig {
    /// Requests of one service per window.
    pub service: u32,
    /// Requests of one user of a service per window.
    pub user: u32,
    /// Length of the window in seconds.
    pub window_seconds: u32,
}

/// What one address may do without having proven who it is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AddressConfig {
    /// Requests without a good token per window; then the address is refused before its token is looked at. The same number of bad
    /// proofs is what one user of a service may have. Default 120.
    pub refused: u32,
    /// Requests to operations that need no token per window. Default 1200.
    pub open: u32,
    /// Length of the window in seconds. Default 60.
    pub window_seconds: u32,
}

impl Default for AddressConfig {
    fn default() -> Self {
        Self { refused: 120, open: 1200, window_seconds: 60 }
    }
}

/// All limits. Variables begin with `LENDING_LIMITS__`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Classes of the document by name.
    pub classes: BTreeMap<String, ClassConfig>,
    /// Limits by address.
    pub address: AddressConfig,
}

impl LimitsConfig {
    /// The document's classes, with what is set here in place of what they say.
    #[must_use]
    pub fn apply(&self, document: &[LimitClass]) -> Vec<LimitClass> {
        let class = |c: &LimitClass| match self.classes.get(c.name) {
            Some(&ClassConfig { service, user, window_seconds }) => {
                LimitClass { name: c.name, service, user, window_seconds }
            }
            None => *c,
        };
        document.iter().map(class).collect()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let known: Vec<&str> = generated_server::limit_classes().iter().map(|c| c.name).collect();
        for (name, class) in &self.classes {
            if !known.contains(&name.as_str()) {
                let known = known.join(", ");
                let text = format!("limits.classes: the document has no class `{name}`; known are {known}");
                return Err(ConfigError(text));
            }
            if class.service == 0 || class.user == 0 || class.window_seconds == 0 {
                return Err(ConfigError(format!("limits.classes.{name}: every number must be at least 1")));
            }
        }
        let AddressConfig { refused, open, window_seconds } = self.address;
        if refused == 0 || open == 0 || window_seconds == 0 {
            return Err(ConfigError("limits.address: every number must be at least 1".into()));
        }
        Ok(())
    }
}

/// What to do with a token whose single use cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WithoutRedis {
    /// 503 until Redis is back.
    #[default]
    Refuse,
    /// Each instance checks alone: a token can then be used once at each of them, until those of the outage have expired.
    Accept,
}

/// What instances share. Without it each counts for itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisConfig {
    /// `redis://` or `rediss://` URL; it may hold a password. `LENDING_REDIS__URL`.
    pub url: SecretString,
    /// Milliseconds that Redis may take to connect or to answer. `LENDING_REDIS__TIMEOUT_MS`, default 250.
    #[serde(default = "default_timeout")]
    pub timeout_ms: u64,
    /// `refuse` or `accept`: what becomes of tokens while Redis is away. `LENDING_REDIS__REPLAY`, default `refuse`.
    #[serde(default)]
    pub replay: WithoutRedis,
}

fn default_timeout() -> u64 {
    250
}
