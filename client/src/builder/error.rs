//! Wrong settings, one variant each, so that a caller and a test can tell them apart. None holds the key or the URL,
//! which might carry a password.

use super::MAX_TOKEN_LIFETIME;
use crate::keys::MIN_KEY_BYTES;
use std::time::Duration;

/// A setting of the client is missing or wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL cannot be used; the text says why.
    #[error("the URL of the lending API is unusable: {0}")]
    Url(String),
    /// No service was named, or its name holds white space or control characters.
    #[error("the service needs a name without white space, for example \"prepay\"")]
    Service,
    /// No key was given.
    #[error("the key of the service is missing")]
    KeyMissing,
    /// The source of the key failed.
    #[error("the key of the service cannot be read")]
    KeySource(#[source] crate::SourceError),
    /// The key is too short to be safe.
    #[error("the key of the service has {bytes} bytes; at least {MIN_KEY_BYTES} are needed")]
    KeyTooShort {
        /// Length of the key that was given, in bytes of UTF-8.
        bytes: usize,
    },
    /// The key id cannot be part of a `kid`.
    #[error("the key id must not be empty nor hold a dot or white space, for example \"1\"")]
    KeyId,
    /// The audience is empty.
    #[error("the audience must not be empty")]
    Audience,
    /// The token lifetime is out of range.
    #[error("a token may live from 1 to {} seconds, not {given:?}", MAX_TOKEN_LIFETIME.as_secs())]
    TokenLifetime {
        /// Lifetime that was given.
        given: Duration,
    },
    /// The HTTP client could not be set up, for instance because the system has no root certificates.
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}
