//! The key that signs, which can be exchanged while calls are made.

use crate::{BuildError, SourceError, SourceFailure, builder::unusable, token::Signer};
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::{
    sync::Mutex,
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

/// Shortest key that the server accepts, in bytes: the output size of SHA-256 (RFC 7518 section 3.2).
pub(crate) const MIN_KEY_BYTES: usize = 32;
/// How errors name the source.
const SOURCE: &str = "the service's key";

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
    /// Held while the key is read: who read before it changed must not put it back.
    reading: Arc<Mutex<()>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.signer()).finish()
    }
}

impl Keys {
    pub(crate) fn new(signer: Signer, source: Option<Source>) -> Self {
        Self { signer: RwLock::new(Arc::new(signer)), source, reading: Arc::default() }
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

    /// After a refusal: whether there is another key than the refused one by now, for which it is read anew.
    pub(crate) async fn renew(
        self: &Arc<Self>,
        refused: &Arc<Signer>,
        deadline: Instant,
    ) -> Result<bool, SourceFailure> {
        if self.source.is_none() {
            return Ok(!self.signer().is_same_key(refused));
        }
        let (keys, refused) = (Arc::clone(self), Arc::clone(refused));
        let read = async {
            let reading = Arc::clone(&self.reading).lock_owned().await;
            // a file can hang, and then the thread that reads it
            spawn_blocking(move || {
                let _reading = reading;
                keys.read(&refused)
            })
            .await
        };
        match timeout_at(deadline, read).await {
            Ok(renewed) => renewed.unwrap_or_else(|_| Err(SourceFailure::gone(SOURCE))),
            Err(_) => Err(SourceFailure::late(SOURCE)),
        }
    }

    fn read(&self, refused: &Signer) -> Result<bool, SourceFailure> {
        if let Some(source) = self.source.as_ref().filter(|_| self.signer().is_same_key(refused)) {
            let key = source.read().map_err(|e| SourceFailure::failed(SOURCE, e))?;
            self.exchange(&key).map_err(|e| SourceFailure::failed(SOURCE, e.into()))?;
        }
        Ok(!self.signer().is_same_key(refused))
    }
}

/// The bytes of a key that can be used.
pub(crate) fn check_key(key: &Key) -> Result<&[u8], BuildError> {
    if key.id.is_empty() || key.id.contains(|c| c == '.' || unusable(c)) {
        return Err(BuildError::KeyId);
    }
    let bytes = key.secret.expose_secret().as_bytes();
    if bytes.len() < MIN_KEY_BYTES {
        return Err(BuildError::KeyTooShort { bytes: bytes.len() });
    }
    Ok(bytes)
}
