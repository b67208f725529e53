//! Settings of ULP's session endpoint, and its secret.

use super::{
    TIMEOUTS, default_timeout,
    rules::{address, unusable, within},
};
use crate::config::ConfigError;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de};
use std::{fmt, fs, path::PathBuf};

/// The endpoint of ULP that knows which sessions live (RFC 7662).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionConfig {
    /// Address of the endpoint: https, or http on loopback. `LENDING_SESSION__URL`, no default.
    pub url: String,
    /// Bearer secret that the endpoint asks for. `LENDING_SESSION__SECRET`, default none.
    #[serde(default, deserialize_with = "secret")]
    pub secret: Option<SecretString>,
    /// File that holds the secret, read once at start; white space around it is dropped. `LENDING_SESSION__SECRET_FILE`,
    /// default none.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// Longest wait for an answer in milliseconds. `LENDING_SESSION__TIMEOUT_MS`, default 2000.
    #[serde(default = "default_timeout")]
    pub timeout_ms: u64,
    /// How long a living session is not asked for again, in seconds; 0 asks every time. `LENDING_SESSION__CACHE_SECONDS`,
    /// default 30.
    #[serde(default = "default_cache")]
    pub cache_seconds: u64,
}

fn default_cache() -> u64 {
    30
}

impl SessionConfig {
    /// The defaults for an address.
    #[must_use]
    pub fn new(url: &str) -> Self {
        let (timeout_ms, cache_seconds) = (default_timeout(), default_cache());
        Self { url: url.into(), secret: None, secret_file: None, timeout_ms, cache_seconds }
    }

    /// The address and the secret, when every setting is usable.
    ///
    /// # Errors
    /// [`ConfigError`] that names the setting and what to write instead, never the secret.
    pub fn check(&self) -> Result<(Url, Option<SecretString>), ConfigError> {
        let url = address("session.url", &self.url)?;
        within("session.timeout_ms", self.timeout_ms, TIMEOUTS)?;
        within("session.cache_seconds", self.cache_seconds, 0..=300)?;
        let (setting, secret) = match (&self.secret, &self.secret_file) {
            (Some(_), Some(_)) => {
                return Err(unusable("session.secret", "and session.secret_file are both given: keep one"));
            }
            (None, None) => return Ok((url, None)),
            (Some(secret), None) => ("session.secret", secret.clone()),
            (None, Some(path)) => {
                let setting = "session.secret_file";
                let text =
                    fs::read_to_string(path).map_err(|e| unusable(setting, &format!("{}: {e}", path.display())))?;
                (setting, SecretString::from(text.trim()))
            }
        };
        // what a bearer token may consist of (RFC 6750, section 2.1)
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
        if secret.expose_secret().is_empty() || !secret.expose_secret().bytes().all(fits) {
            return Err(unusable(
                setting,
                "must be letters, digits and `-._~+/=`: make one with `openssl rand -base64 48`",
            ));
        }
        Ok((url, Some(secret)))
    }
}

/// Takes text alone, and says so without the value: serde's own message would quote a secret that looks like a number.
fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    struct Text;
    macro_rules! refuse {
        ($($name:ident: $kind:ty),*) => {$(
            fn $name<E: de::Error>(self, _: $kind) -> Result<Self::Value, E> {
                Err(E::custom("is not a text; in the environment keep its quotation marks: '\"…\"'"))
            }
        )*};
    }
    impl de::Visitor<'_> for Text {
        type Value = SecretString;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(SecretString::from(text))
        }
        refuse!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64, visit_char: char);
    }
    from.deserialize_any(Text).map(Some)
}
