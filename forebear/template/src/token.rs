//! The one token that opens the server. There is always one: a server without a check is never started.

use forebear_runtime::Problem;
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};
use std::env;

/// What callers send as `Authorization: Bearer …`.
pub struct Token {
    digest: [u8; 32],
    /// A token made for this start alone, which may be shown.
    made: Option<String>,
}

impl Token {
    /// `API_TOKEN`, or a random token where it is not set.
    ///
    /// # Errors
    /// When `API_TOKEN` is too short to be a secret.
    pub fn from_environment() -> Result<Self, String> {
        match env::var("API_TOKEN") {
            Ok(text) if text.len() >= 32 => Ok(Self { digest: digest(&text), made: None }),
            Ok(_) => Err("API_TOKEN is shorter than 32 bytes; make one with `openssl rand -hex 32`".into()),
            Err(env::VarError::NotUnicode(_)) => Err("API_TOKEN is not UTF-8".into()),
            Err(env::VarError::NotPresent) => {
                let made = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
                Ok(Self { digest: digest(&made), made: Some(made) })
            }
        }
    }

    /// What to put into a command line: the made token, or the name of the variable.
    pub fn hint(&self) -> String {
        self.made.clone().unwrap_or_else(|| "$API_TOKEN".into())
    }

    /// Refuses whoever does not send the token. Digests are compared, so that the time tells nothing of the token.
    ///
    /// # Errors
    /// One constant 401.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        match given.and_then(|v| v.strip_prefix("Bearer ")) {
            Some(text) if digest(text) == self.digest => Ok(()),
            _ => Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "send the token as `Authorization: Bearer`")
                .header(header::WWW_AUTHENTICATE, http::HeaderValue::from_static("Bearer"))),
        }
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}
