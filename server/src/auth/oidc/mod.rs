//! The user proven by an id token of an OpenID Connect issuer.
//!
//! Written here and not taken from the crate `openidconnect`: that is a relying party, which logs people in and holds secrets. We
//! only check what an app server got. Nor does `jsonwebtoken` judge the claims: it accepts lists as `iss`, several audiences
//! without `azp`, a future `iat` and unknown `crit`; of it only the arithmetic of signatures is used.

mod cache;
mod claims;
mod discovery;
mod flight;
mod jwks;
mod token;

use crate::{
    config::{ConfigError, OidcConfig},
    error::Result,
};
use std::time::Duration;

/// Verifies id tokens of one issuer.
pub struct Oidc {
    expected: claims::Expected,
    keys: cache::Cache,
}

impl Oidc {
    /// Makes the verifier. Nothing is fetched before the first token comes, so a server starts while the issuer is away.
    ///
    /// # Errors
    /// [`ConfigError`] that names the setting and what to write instead.
    pub fn new(config: &OidcConfig) -> std::result::Result<Self, ConfigError> {
        let issuer = config.check()?;
        let source = discovery::Source::new(&config.issuer, &issuer, Duration::from_millis(config.timeout_ms))?;
        let ages = cache::Ages {
            ttl: Duration::from_secs(config.jwks_ttl_seconds),
            min_refresh: Duration::from_secs(config.min_refresh_seconds),
            max_stale: Duration::from_secs(config.max_stale_seconds),
        };
        Ok(Self { expected: claims::Expected::new(config), keys: cache::Cache::new(source, ages) })
    }

    /// Checks that the issuer vouches for user `sub` at `now` (seconds since 1970) with this id token (OpenID Connect Core 1.0,
    /// section 3.1.3.7). A `nonce` is not compared: it belongs to the login, which the app server did.
    ///
    /// # Errors
    /// [`crate::error::Error::Unauthenticated`] when the token is bad; [`crate::error::Error::Unavailable`] when it cannot be
    /// judged, because the issuer cannot be asked and no key that fits is known.
    pub async fn verify(&self, id_token: &str, sub: &str, now: i64) -> Result<()> {
        let token = token::Token::parse(id_token)?;
        // before the signature: only a token that would be good may cause a fetch
        claims::check(&token.payload, &self.expected, sub, now)?;
        self.keys.fitting(&token).await?.verify(&token)
    }
}
