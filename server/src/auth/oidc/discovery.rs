//! Where the keys of an issuer are, and fetching them.
//!
//! The address of the keys is looked up with each fetch instead of being kept or configured: it is two requests every few
//! minutes, and an issuer that moves its keys needs nobody here.

use super::jwks::KeySet;
use crate::{
    auth::outbound::{Failure, Outbound},
    config::{ConfigError, users},
};
use reqwest::Url;
use serde::Deserialize;
use std::time::Duration;

/// An issuer to ask.
pub(super) struct Source {
    issuer: String,
    /// Its document (OpenID Connect Discovery 1.0, section 4).
    document: Url,
    outbound: Outbound,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: String,
}

impl Source {
    /// The source of an issuer: as it is written, and as an address.
    pub(super) fn new(issuer: &str, address: &Url, timeout: Duration) -> Result<Self, ConfigError> {
        let document = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = Url::parse(&document).map_err(|e| users::unusable("oidc.issuer", &e.to_string()))?;
        Ok(Self { issuer: issuer.into(), document, outbound: Outbound::new("oidc.issuer", address, timeout)? })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Fetches the keys. The error is for the log.
    pub(super) async fn fetch(&self) -> Result<KeySet, String> {
        let of = |what| move |e: Failure| format!("the issuer's {what} {e}");
        let found: Document =
            self.outbound.json(self.outbound.get(self.document.clone())).await.map_err(of("document"))?;
        if found.issuer != self.issuer {
            // section 4.3: or else an issuer could speak for another
            return Err("the issuer's document names another issuer than oidc.issuer; write it exactly as there".into());
        }
        let keys = Url::parse(&found.jwks_uri).map_err(|e| format!("the issuer's jwks_uri is no address: {e}"))?;
        let beside = users::is_loopback(&keys) && users::is_loopback(&self.document);
        if keys.scheme() != "https" && !beside {
            return Err("the issuer's jwks_uri is not https".into());
        }
        let set = self.outbound.json(self.outbound.get(keys)).await.map_err(of("key set"))?;
        Ok(KeySet::new(set))
    }
}
