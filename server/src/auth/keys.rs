//! Services and their keys. Weak keys are refused at start.

use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// Least bytes of a key: HMAC-SHA-256 keys must be as long as its output (RFC 7518, section 3.2).
pub const MIN_KEY_BYTES: usize = 32;

/// A calling service.
#[derive(Debug)]
pub struct Service {
    /// Name, as in `iss`.
    pub name: String,
    /// Scopes that it holds.
    pub scopes: Vec<String>,
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
}

pub(super) struct Key {
    pub(super) caller: Caller,
    pub(super) decoding: DecodingKey,
    encoding: EncodingKey,
}

/// Every live key by its id.
pub struct Keyring {
    pub(super) audience: String,
    keys: BTreeMap<String, Key>,
}

/// A key that must not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyError {
    key_id: String,
    bytes: usize,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key_id, bytes } = self;
        write!(
            f,
            "key {key_id} has {bytes} bytes, at least {MIN_KEY_BYTES} are needed; make one with `openssl rand -base64 48`"
        )
    }
}
impl std::error::Error for KeyError {}

impl Keyring {
    /// An empty ring for an audience.
    #[must_use]
    pub fn new(audience: &str) -> Self {
        Self { audience: audience.into(), keys: BTreeMap::new() }
    }

    /// Adds a service with its keys: id within the service, and secret.
    ///
    /// # Errors
    /// [`KeyError`] for a secret that is too short.
    pub fn add(&mut self, service: Service, keys: &[(String, SecretString)]) -> Result<(), KeyError> {
        let service = Arc::new(service);
        for (id, secret) in keys {
            let key_id = format!("{}.{id}", service.name);
            let bytes = secret.expose_secret().as_bytes();
            if bytes.len() < MIN_KEY_BYTES {
                return Err(KeyError { key_id, bytes: bytes.len() });
            }
            let caller = Caller { service: service.clone(), key_id: key_id.as_str().into() };
            let key =
                Key { caller, decoding: DecodingKey::from_secret(bytes), encoding: EncodingKey::from_secret(bytes) };
            self.keys.insert(key_id, key);
        }
        Ok(())
    }

    pub(super) fn get(&self, key_id: &str) -> Option<&Key> {
        self.keys.get(key_id)
    }

    /// A key of a service, to sign with.
    pub(super) fn signing(&self, service: &str) -> Option<(&str, &EncodingKey)> {
        self.keys.iter().find(|(_, k)| k.caller.name() == service).map(|(id, k)| (id.as_str(), &k.encoding))
    }

    /// Names of the services, for messages.
    #[must_use]
    pub fn services(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.keys.values().map(|k| k.caller.name()).collect();
        names.dedup();
        names
    }
}
