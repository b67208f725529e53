//! The key that signs, which can be exchanged while calls are made.

use crate::{BuildError, builder::check_key, proof::SourceError, token::Signer};
use secrecy::SecretString;
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

/// A key that the service shares with the API.
#[derive(Debug, Clone)]
pub struct Key {
    /// Which of the service's live keys it is; the `kid` of a token is `<service>.<id>`.
    pub id: String,
    /// At least 32 bytes, which sign as they are: hexadecimal or Base64 is not decoded.
    pub secret: SecretString,
}

/// Reads the key anew, for instance from a mounted file.
#[derive(Clone)]
pub(crate) struct Source(pub(crate) Arc<dyn Fn() -> Result<Key, SourceError> + Send + Sync>);

impl Source {
    pub(crate) fn read(&self) -> Result<Key, SourceError> {
        (self.0)()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

/// The signer of this moment.
pub(crate) struct Keys {
    signer: RwLock<Arc<Signer>>,
    source: Option<Source>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.signer()).finish()
    }
}

impl Keys {
    pub(crate) fn new(signer: Signer, source: Option<Source>) -> Self {
        Self { signer: RwLock::new(Arc::new(signer)), source }
    }

    pub(crate) fn signer(&self) -> Arc<Signer> {
        self.signer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn exchange(&self, key: &Key) -> Result<(), BuildError> {
        let secret = check_key(key)?;
        let next = self.signer().with_key(&key.id, secret);
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }

    /// Reads the key anew after a refusal; whether there is another one now than the refused one.
    pub(crate) fn renew(&self, refused: &Signer) -> bool {
        if !self.signer().is_same_key(refused) {
            return true;
        }
        let read = self.source.as_ref().and_then(|source| source.read().ok());
        read.is_some_and(|key| self.exchange(&key).is_ok()) && !self.signer().is_same_key(refused)
    }
}
