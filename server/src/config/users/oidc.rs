//! Settings of an OpenID Connect issuer.

use super::{
    TIMEOUTS, default_timeout,
    rules::{address, unusable, within},
};
use crate::config::ConfigError;
use reqwest::Url;
use serde::Deserialize;

const WEEK: u64 = 7 * 86_400;

/// An OpenID Connect issuer whose id tokens prove users.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// Issuer, character by character as its tokens carry it in `iss`: https, or http on loopback.
    /// `LENDING_OIDC__ISSUER`, no default.
    pub issuer: String,
    /// Client id for which the tokens are issued, their `aud`. `LENDING_OIDC__AUDIENCE`, no default.
    pub audience: String,
    /// Client ids that `azp` may name. `LENDING_OIDC__AUTHORIZED_PARTIES`, default: the audience alone.
    #[serde(default)]
    pub authorized_parties: Option<Vec<String>>,
    /// Longest time since `iat` in seconds. `LENDING_OIDC__MAX_AGE_SECONDS`, default: `exp` alone decides.
    #[serde(default)]
    pub max_age_seconds: Option<u64>,
    /// Age in seconds at which keys are fetched again. `LENDING_OIDC__JWKS_TTL_SECONDS`, default 300.
    #[serde(default = "default_jwks_ttl")]
    pub jwks_ttl_seconds: u64,
    /// Least time between two fetches in seconds, however many tokens name unknown keys. `LENDING_OIDC__MIN_REFRESH_SECONDS`,
    /// default 10.
    #[serde(default = "default_min_refresh")]
    pub min_refresh_seconds: u64,
    /// Age in seconds up to which keys are used while the issuer is down. `LENDING_OIDC__MAX_STALE_SECONDS`, default 86400.
    #[serde(default = "default_max_stale")]
    pub max_stale_seconds: u64,
    /// Longest wait for an answer of the issuer in milliseconds. `LENDING_OIDC__TIMEOUT_MS`, default 2000.
    #[serde(default = "default_timeout")]
    pub timeout_ms: u64,
}

fn default_jwks_ttl() -> u64 {
    300
}
fn default_min_refresh() -> u64 {
    10
}
fn default_max_stale() -> u64 {
    86_400
}

impl OidcConfig {
    /// The defaults for an issuer and an audience.
    #[must_use]
    pub fn new(issuer: &str, audience: &str) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            authorized_parties: None,
            max_age_seconds: None,
            jwks_ttl_seconds: default_jwks_ttl(),
            min_refresh_seconds: default_min_refresh(),
            max_stale_seconds: default_max_stale(),
            timeout_ms: default_timeout(),
        }
    }

    /// The issuer as an address, when every setting is usable.
    ///
    /// # Errors
    /// [`ConfigError`] that names the setting and what to write instead.
    pub fn check(&self) -> Result<Url, ConfigError> {
        let issuer = address("oidc.issuer", &self.issuer)?;
        if issuer.query().is_some() {
            return Err(unusable("oidc.issuer", "must not have a query (OpenID Connect Discovery 1.0, section 3)"));
        }
        if self.audience.is_empty() {
            return Err(unusable("oidc.audience", "is empty: write the client id that the tokens carry in `aud`"));
        }
        if self.authorized_parties.as_ref().is_some_and(|p| p.is_empty() || p.iter().any(String::is_empty)) {
            let rule = "must name client ids: leave the setting out to allow the audience alone";
            return Err(unusable("oidc.authorized_parties", rule));
        }
        if let Some(age) = self.max_age_seconds {
            within("oidc.max_age_seconds", age, 1..=WEEK)?;
        }
        within("oidc.min_refresh_seconds", self.min_refresh_seconds, 1..=3600)?;
        within("oidc.jwks_ttl_seconds", self.jwks_ttl_seconds, self.min_refresh_seconds..=86_400)?;
        within("oidc.max_stale_seconds", self.max_stale_seconds, self.jwks_ttl_seconds..=WEEK)?;
        within("oidc.timeout_ms", self.timeout_ms, TIMEOUTS)?;
        Ok(issuer)
    }
}
