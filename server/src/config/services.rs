//! The calling services: their scopes, how their users are proven, and where their keys lie.

use super::{ConfigError, secret};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

/// The one way in which the users of a service are proven; a token that tries another is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserProof {
    /// The service has no users: a token that names one is refused.
    None,
    /// The service vouches for `sub`.
    Asserted,
    /// `id_token` of an OpenID provider, see `oidc`.
    Oidc,
    /// `sid` of a session, see `session`.
    Session,
}

impl std::fmt::Display for UserProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Asserted => "asserted",
            Self::Oidc => "oidc",
            Self::Session => "session",
        })
    }
}

/// A calling service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceConfig {
    /// Scopes that it holds, such as `payoff:write`.
    pub scopes: Vec<String>,
    /// How its users are proven: `none`, `asserted`, `oidc` or `session`.
    pub user: UserProof,
    /// One key, or two while a new one is rolled out.
    pub keys: Vec<KeyConfig>,
}

/// A key of a service. Exactly one of `secret`, `secret_file` and `secret_env` says where its secret is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyConfig {
    /// Number of the key; the token's `kid` is `<service>.<id>`.
    pub id: String,
    /// The secret itself: at least 32 random bytes.
    #[serde(default)]
    pub secret: Option<SecretString>,
    /// File that holds the secret; a line break at its end is not part of it.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// Name of the environment variable that holds the secret.
    #[serde(default)]
    pub secret_env: Option<String>,
    /// The key is not good before this time, in RFC 3339.
    #[serde(default)]
    pub not_before: Option<DateTime<Utc>>,
    /// The key is not good from this time on, in RFC 3339.
    #[serde(default)]
    pub not_after: Option<DateTime<Utc>>,
}

impl KeyConfig {
    /// A key whose secret is at hand.
    #[must_use]
    pub fn of(id: &str, secret: SecretString) -> Self {
        Self { id: id.into(), secret: Some(secret), ..Self::default() }
    }

    /// Reads the secret from where it is.
    ///
    /// # Errors
    /// What is wrong with the place, in words.
    pub fn read(&self) -> Result<SecretString, String> {
        secret::read(self.secret.as_ref(), self.secret_file.as_deref(), self.secret_env.as_deref())
    }
}

/// Names, scopes and the number of keys; the secrets are read when the keyring is made.
pub(super) fn check(
    name: &str,
    service: &ServiceConfig,
    known: &[&str],
    proofs: (bool, bool),
) -> Result<(), ConfigError> {
    let fail = |text: String| Err(ConfigError(format!("services.{name}{text}")));
    if let Some(scope) = service.scopes.iter().find(|s| !known.contains(&s.as_str())) {
        return fail(format!(".scopes: `{scope}` is no scope of the document; known are {}", known.join(", ")));
    }
    let (oidc, session) = proofs;
    match service.user {
        UserProof::Oidc if !oidc => return fail(".user: `oidc` needs the setting `oidc.issuer`".into()),
        UserProof::Session if !session => return fail(".user: `session` needs the setting `session.url`".into()),
        _ => {}
    }
    if service.keys.is_empty() || service.keys.len() > 2 {
        return fail(".keys: give one key, or two while a new one is rolled out".into());
    }
    let ids: Vec<&str> = service.keys.iter().map(|k| k.id.as_str()).collect();
    if !is_name(name) || !ids.iter().all(|id| is_name(id)) || ids.len() == 2 && ids[0] == ids[1] {
        return fail(": names and key ids are letters, digits and `-`, and the ids of a service differ".into());
    }
    let never = |k: &KeyConfig| k.not_before.zip(k.not_after).is_some_and(|(from, to)| from >= to);
    match service.keys.iter().find(|k| never(k)) {
        Some(key) => fail(format!(".keys: key {} is never good: not_after is not after not_before", key.id)),
        None => Ok(()),
    }
}

/// A `kid` is `<service>.<id>`: neither part may hold a dot.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
