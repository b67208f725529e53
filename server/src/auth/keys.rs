//! Services and their keys. Weak keys are refused at start.

use crate::config::UserProof;
use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

/// Least bytes of a key: HMAC-SHA-256 keys must be as long as its output (RFC 7518, section 3.2).
pub const MIN_KEY_BYTES: usize = 32;
/// Least different bytes in a key. Of 32 random bytes, also in hexadecimal, fewer are not to be expected in a lifetime.
const MIN_DIFFERENT: usize = 8;

/// A calling service.
#[derive(Debug)]
pub struct Service {
    /// Name, as in `iss`.
    pub name: String,
    /// Scopes that it holds.
    pub scopes: Vec<String>,
    /// How its users are proven.
    pub user: UserProof,
}

/// A service, and the key with which it proved itself.
#[derive(Debug, Clone)]
pub struct Caller {
    service: Arc<Service>,
    key_id: Arc<str>,
}

impl Caller {
    /// Name of the service.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.service.name
    }

    /// `<service>.<n>`.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether the service holds the scope.
    #[must_use]
    pub fn holds(&self, scope: &str) -> bool {
        self.service.scopes.iter().any(|s| s == scope)
    }

    /// How its users are proven.
    #[must_use]
    pub fn user_proof(&self) -> UserProof {
        self.service.user
    }
}

/// A secret, and the time in which it is good.
pub struct KeyPart {
    /// Id within the service.
    pub id: String,
    /// What is shared.
    pub secret: SecretString,
    /// Not good before.
    pub not_before: Option<DateTime<Utc>>,
    /// Not good from this time on.
    pub not_after: Option<DateTime<Utc>>,
}

pub(super) struct Key {
    pub(super) caller: Caller,
    pub(super) decoding: DecodingKey,
    encoding: EncodingKey,
    /// Seconds since 1970: the first that is good, and the first that is not any more.
    good: (i64, i64),
}

impl Key {
    pub(super) fn is_good(&self, now: i64) -> bool {
        (self.good.0..self.good.1).contains(&now)
    }
}

/// Every key by its id.
pub struct Keyring {
    pub(super) audience: String,
    keys: BTreeMap<String, Key>,
    /// Stands in for a key that does not exist, so that an unknown service costs as much time as a wrong key.
    pub(super) stand_in: DecodingKey,
}

/// A key that must not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// Fewer than [`MIN_KEY_BYTES`].
    Short {
        /// Id of the key.
        key_id: String,
        /// Its length.
        bytes: usize,
    },
    /// Not random.
    Weak {
        /// Id of the key.
        key_id: String,
    },
    /// Another key has the same secret: whoever holds one could sign as the other.
    Shared {
        /// Id of the key.
        key_id: String,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = "make one with `openssl rand -base64 48`";
        match self {
            Self::Short { key_id, bytes } => {
                write!(f, "key {key_id} has {bytes} bytes, at least {MIN_KEY_BYTES} are needed; {how}")
            }
            Self::Weak { key_id } => write!(f, "key {key_id} is not random; {how}"),
            Self::Shared { key_id } => {
                write!(f, "key {key_id} has the secret of another key, and each needs its own; {how}")
            }
        }
    }
}
impl std::error::Error for KeyError {}

impl Keyring {
    /// An empty ring for an audience.
    #[must_use]
    pub fn new(audience: &str) -> Self {
        let nobody = uuid::Uuid::new_v4();
        Self {
            audience: audience.into(),
            keys: BTreeMap::new(),
            stand_in: DecodingKey::from_secret(&[nobody.into_bytes(), nobody.into_bytes()].concat()),
        }
    }

    /// Adds a service with its keys.
    ///
    /// # Errors
    /// [`KeyError`] for a secret that is too short, not random, or not the key's own.
    pub fn add(&mut self, service: Service, keys: Vec<KeyPart>) -> Result<(), KeyError> {
        let service = Arc::new(service);
        for KeyPart { id, secret, not_before, not_after } in keys {
            let key_id = format!("{}.{id}", service.name);
            let bytes = secret.expose_secret().as_bytes();
            if bytes.len() < MIN_KEY_BYTES {
                return Err(KeyError::Short { key_id, bytes: bytes.len() });
            }
            if is_weak(bytes) {
                return Err(KeyError::Weak { key_id });
            }
            let encoding = EncodingKey::from_secret(bytes);
            if self.keys.values().any(|k| k.encoding.as_bytes() == bytes) {
                return Err(KeyError::Shared { key_id });
            }
            let caller = Caller { service: service.clone(), key_id: key_id.as_str().into() };
            let good = (not_before.map_or(i64::MIN, |t| t.timestamp()), not_after.map_or(i64::MAX, |t| t.timestamp()));
            self.keys.insert(key_id, Key { caller, decoding: DecodingKey::from_secret(bytes), encoding, good });
        }
        Ok(())
    }

    pub(super) fn get(&self, key_id: &str) -> Option<&Key> {
        self.keys.get(key_id)
    }

    /// A good key of a service, to sign with.
    pub(super) fn signing(&self, service: &str, now: i64) -> Option<(&str, &EncodingKey)> {
        let own = |key: &Key| key.caller.name() == service && key.is_good(now);
        self.keys.iter().find(|(_, key)| own(key)).map(|(id, key)| (id.as_str(), &key.encoding))
    }

    /// For whom tokens must be.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Names of the services, for messages.
    #[must_use]
    pub fn services(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.keys.values().map(|k| k.caller.name()).collect();
        names.dedup();
        names
    }
}

/// Few different bytes, or a short text again and again.
fn is_weak(bytes: &[u8]) -> bool {
    let different: BTreeSet<u8> = bytes.iter().copied().collect();
    let repeats = |n: usize| bytes.iter().zip(&bytes[n..]).all(|(a, b)| a == b);
    different.len() < MIN_DIFFERENT || (1..=bytes.len() / 2).any(repeats)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(secret: &str) -> Result<(), KeyError> {
        let mut ring = Keyring::new("a");
        let key = |id: &str, secret: &str| KeyPart {
            id: id.into(),
            secret: secret.into(),
            not_before: None,
            not_after: None,
        };
        let service = |name: &str| Service { name: name.into(), scopes: vec![], user: UserProof::None };
        ring.add(service("other"), vec![key("1", "3f9a77c1d05e48b2a6f0917be45d2c83")])?;
        ring.add(service("s"), vec![key("1", secret)])
    }

    #[test]
    fn only_a_random_key_of_its_own() {
        let key_id = || "s.1".to_string();
        assert_eq!(add("0123456789abcdef0123456789abcdeX"), Ok(()));
        assert_eq!(add(&"k".repeat(31)), Err(KeyError::Short { key_id: key_id(), bytes: 31 }));
        assert_eq!(add(&"k".repeat(64)), Err(KeyError::Weak { key_id: key_id() }));
        assert_eq!(add(&"ab12".repeat(16)), Err(KeyError::Weak { key_id: key_id() }));
        assert_eq!(add(&"0123456789abcdef".repeat(2)), Err(KeyError::Weak { key_id: key_id() }));
        assert_eq!(add("3f9a77c1d05e48b2a6f0917be45d2c83"), Err(KeyError::Shared { key_id: key_id() }));
    }

    #[test]
    fn a_key_is_good_in_its_time() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let mut ring = Keyring::new("a");
        let part = KeyPart {
            id: "1".into(),
            secret: "3f9a77c1d05e48b2a6f0917be45d2c83".into(),
            not_before: Some(at("2026-06-01T00:00:00Z")),
            not_after: Some(at("2026-07-01T00:00:00Z")),
        };
        ring.add(Service { name: "s".into(), scopes: vec![], user: UserProof::None }, vec![part]).unwrap();
        let good = |text: &str| ring.get("s.1").unwrap().is_good(at(text).timestamp());
        assert!(!good("2026-05-31T23:59:59Z") && good("2026-06-01T00:00:00Z"));
        assert!(good("2026-06-30T23:59:59Z") && !good("2026-07-01T00:00:00Z"));
        assert!(ring.signing("s", at("2026-08-01T00:00:00Z").timestamp()).is_none());
    }
}
