//! Builds a [`Client`], so that a wrong setting is found when the app server starts and not at its first request.

mod error;

use crate::{Client, token::Signer};
pub use error::BuildError;
use reqwest::{Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Shortest key that the server accepts, in bytes: the output size of SHA-256 (RFC 7518 section 3.2).
const MIN_KEY_BYTES: usize = 32;
/// Longest token lifetime that the server accepts.
const MAX_TOKEN_LIFETIME: Duration = Duration::from_secs(300);
/// Longest wait for a connection; a request has the whole timeout.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Settings of a [`Client`]; made by [`Client::builder`].
#[derive(Debug, Clone)]
pub struct ClientBuilder {
    url: String,
    service: String,
    key: Option<SecretString>,
    key_id: String,
    audience: String,
    token_lifetime: Duration,
    timeout: Duration,
}

impl ClientBuilder {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            service: String::new(),
            key: None,
            key_id: "1".to_owned(),
            audience: "lending-api".to_owned(),
            token_lifetime: Duration::from_secs(60),
            timeout: Duration::from_secs(30),
        }
    }

    /// Names the calling service, the `iss` of its tokens. Required.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.service = name.into();
        self
    }

    /// Sets the key that the service shares with the API: at least 32 bytes. Required. The bytes of the text sign as
    /// they are: hexadecimal or Base64 is not decoded.
    pub fn key(mut self, secret: impl Into<SecretString>) -> Self {
        self.key = Some(secret.into());
        self
    }

    /// Tells which of the service's live keys this is; default `1`. The `kid` of a token is `<service>.<key id>`.
    pub fn key_id(mut self, id: impl Into<String>) -> Self {
        self.key_id = id.into();
        self
    }

    /// Names the API that the tokens are meant for, their `aud`; default `lending-api`.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// Sets how long a token is valid, in whole seconds from 1 to 300; default 60. Each request has a token of its
    /// own, so this only has to cover the clock skew and the way to the server.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_lifetime = lifetime;
        self
    }

    /// Sets how long a request may take, from connecting to the last byte of the answer; default 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Checks the settings and makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`BuildError`] says which setting is missing or wrong. The key is never part of it.
    pub fn build(self) -> Result<Client, BuildError> {
        let url = base_url(&self.url)?;
        let unusable = |c: char| c.is_whitespace() || c.is_control();
        if self.service.is_empty() || self.service.contains(unusable) {
            return Err(BuildError::Service);
        }
        if self.key_id.is_empty() || self.key_id.contains(|c| c == '.' || unusable(c)) {
            return Err(BuildError::KeyId);
        }
        if self.audience.is_empty() {
            return Err(BuildError::Audience);
        }
        if !(Duration::from_secs(1)..=MAX_TOKEN_LIFETIME).contains(&self.token_lifetime) {
            return Err(BuildError::TokenLifetime { given: self.token_lifetime });
        }
        let key = self.key.ok_or(BuildError::KeyMissing)?;
        let key = key.expose_secret().as_bytes();
        if key.len() < MIN_KEY_BYTES {
            return Err(BuildError::KeyTooShort { bytes: key.len() });
        }
        let http = http_client(&url, self.timeout).map_err(BuildError::Http)?;
        let signer = Signer::new(self.service, &self.key_id, self.audience, key, self.token_lifetime.as_secs());
        Ok(Client::new(url.as_str().trim_end_matches('/').to_owned(), http, signer))
    }
}

/// The text is left out of the error: it might hold a password.
fn base_url(text: &str) -> Result<Url, BuildError> {
    let url = Url::parse(text).map_err(|e| BuildError::Url(e.to_string()))?;
    let reason = if !matches!(url.scheme(), "http" | "https") {
        "it must begin with http:// or https://"
    } else if !url.username().is_empty() || url.password().is_some() {
        "it must not hold a user name or password"
    } else if url.query().is_some() || url.fragment().is_some() {
        "it must not have a query or fragment"
    } else {
        return Ok(url);
    };
    Err(BuildError::Url(reason.to_owned()))
}

fn http_client(url: &Url, timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(timeout.min(CONNECT_TIMEOUT))
        // A token is good for one request, so a redirected one would be refused; the API never redirects.
        .redirect(redirect::Policy::none());
    match url.scheme() {
        // Without TLS the system's root certificates are not needed, and a small container image has none.
        "http" => builder.tls_certs_only([]).build(),
        _ => builder.build(),
    }
}
