//! Builds a [`Client`], so that a wrong setting is found when the app server starts and not at its first request.

mod error;
mod http;

use crate::{
    Client, Key, SourceError,
    client::Limits,
    keys::{Keys, Source, check_key},
    token::Signer,
};
pub use error::BuildError;
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};

/// Longest token lifetime that the server accepts.
const MAX_TOKEN_LIFETIME: Duration = Duration::from_secs(300);

/// Settings of a [`Client`]; made by [`Client::builder`].
#[derive(Debug, Clone)]
pub struct ClientBuilder {
    url: String,
    service: String,
    key: Option<SecretString>,
    key_id: String,
    key_source: Option<Source>,
    audience: String,
    token_lifetime: Duration,
    timeout: Duration,
    max_attempts: u32,
}

impl ClientBuilder {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            service: String::new(),
            key: None,
            key_id: "1".to_owned(),
            key_source: None,
            audience: "lending-api".to_owned(),
            token_lifetime: Duration::from_secs(60),
            timeout: Duration::from_secs(30),
            max_attempts: 3,
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

    /// Reads the key from here, in place of [`key`](Self::key) and [`key_id`](Self::key_id), for instance from a file that is
    /// mounted. It is read now, and again whenever the server refuses a call, then on a thread where it may block; with another key the
    /// call is made once more.
    pub fn key_source(mut self, read: impl Fn() -> Result<Key, SourceError> + Send + Sync + 'static) -> Self {
        self.key_source = Some(Source(Arc::new(read)));
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

    /// Sets how long a call may take, with all its attempts and pauses, from the first question to a source of proofs to the last byte of the answer;
    /// default 30 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how often a call may be tried; default 3, and 1 never repeats. It is tried again
    ///
    /// - after a 429 with `Retry-After`, or when no connection could be made: nothing was done;
    /// - after a 401, once, when there is another key or another proof of the user by then: nothing was done;
    /// - after a 408, 502, 503, 504 or a broken connection, if doing it twice is doing it once: a read, or a POST or PATCH with
    ///   an `Idempotency-Key`;
    /// - after a 409 with `Retry-After` to one with a key: an earlier attempt is still at work.
    ///
    /// Any other change or deletion that may have been received is never sent again, also not with `If-Match`.
    ///
    /// The pause is what `Retry-After` says, or a random one up to 0.1 s, 0.2 s, 0.4 s and so on when that is longer. A call whose limit is
    /// known to be used up (`RateLimit`) waits before it is sent, or fails at once with
    /// [`ApiError::RateLimited`](crate::ApiError::RateLimited). No pause goes beyond the timeout: the answer is then given back as it is.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Checks the settings and makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`BuildError`] says which setting is missing or wrong. The key is never part of it.
    pub fn build(self) -> Result<Client, BuildError> {
        let url = http::base_url(&self.url)?;
        if self.service.is_empty() || self.service.contains(unusable) {
            return Err(BuildError::Service);
        }
        if self.audience.is_empty() {
            return Err(BuildError::Audience);
        }
        if !(Duration::from_secs(1)..=MAX_TOKEN_LIFETIME).contains(&self.token_lifetime) {
            return Err(BuildError::TokenLifetime { given: self.token_lifetime });
        }
        let key = match &self.key_source {
            Some(source) => source.read().map_err(BuildError::KeySource)?,
            None => Key { id: self.key_id, secret: self.key.ok_or(BuildError::KeyMissing)? },
        };
        let secret = check_key(&key)?;
        let http = http::client(&url, self.timeout).map_err(BuildError::Http)?;
        let signer = Signer::new(self.service, &key.id, self.audience, secret, self.token_lifetime.as_secs());
        let limits = Limits { timeout: self.timeout, max_attempts: self.max_attempts };
        let keys = Keys::new(signer, self.key_source);
        Ok(Client::new(url.as_str().trim_end_matches('/').to_owned(), http, keys, limits))
    }
}

/// What neither the name of a service nor the id of a key holds.
pub(crate) fn unusable(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}
