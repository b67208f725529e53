//! The secrets of the audit trail: one to hash what is sensitive and to mark what the server recorded, one to sign what is sealed.
//!
//! They lie in a file of their own and not in the database, so that who can write there can neither guess what a hash stands for nor
//! make a record or sign another past.

use super::{Record, record::canonical};
use crate::config::private_file;
use aws_lc_rs::{
    digest, hmac, rand,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use forebear_runtime::hex;
use serde::{Deserialize, Serialize};
use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// Bytes of each secret.
const BYTES: usize = 32;
/// What is said of a file that is not there.
const MISSING: &str = "is not there. A trail needs the secrets that it was begun with: put the file back. Only for a new trail make others, \
                       with `lending-api audit new-keys FILE`";

/// The secrets, ready for use.
pub struct Keys {
    hash: hmac::Key,
    record: hmac::Key,
    hash_id: String,
    signing: Ed25519KeyPair,
}

/// The file that holds them cannot be used.
#[derive(Debug)]
pub struct KeysError(PathBuf, String);

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.display(), self.1)
    }
}
impl std::error::Error for KeysError {}

/// Both are base64 of 32 random bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    hash_key: String,
    signing_key: String,
}

impl Keys {
    /// Reads the secrets.
    ///
    /// # Errors
    /// When the file is not there, or does not hold two secrets.
    pub fn read(path: &Path) -> Result<Self, KeysError> {
        Self::of(path, std::fs::read(path))
    }

    /// Reads the secrets, and makes them first when there is no file.
    ///
    /// # Errors
    /// As [`Keys::read`], or when the file cannot be made.
    pub fn read_or_make(path: &Path) -> Result<Self, KeysError> {
        Self::of(path, private_file::read_or_make(path, fresh))
    }

    /// Makes a file with new secrets.
    ///
    /// # Errors
    /// When it is there already, or cannot be made.
    pub fn make(path: &Path) -> Result<(), KeysError> {
        private_file::make(path, fresh).map_err(|e| KeysError(path.into(), e.to_string()))
    }

    fn of(path: &Path, bytes: io::Result<Vec<u8>>) -> Result<Self, KeysError> {
        let wrong = |text: String| KeysError(path.into(), text);
        let form = || wrong("does not hold `hash_key` and `signing_key`, each base64 of 32 bytes".into());
        let bytes = bytes.map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => wrong(MISSING.into()),
            _ => wrong(e.to_string()),
        })?;
        let file: File = serde_json::from_slice(&bytes).map_err(|_| form())?;
        let secret = |text: &str| STANDARD.decode(text).ok().filter(|b| b.len() == BYTES).ok_or_else(form);
        let hash = hmac::Key::new(hmac::HMAC_SHA256, &secret(&file.hash_key)?);
        let record = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&hash, b"key of records").as_ref());
        let signing = Ed25519KeyPair::from_seed_unchecked(&secret(&file.signing_key)?).map_err(|_| form())?;
        let hash_id = hex(&hmac::sign(&hash, b"name of this key").as_ref()[..4]);
        Ok(Self { hash, record, hash_id, signing })
    }

    /// What stands for a sensitive value, given as JSON: the same for the same value of the same member, so that a change shows.
    pub(super) fn hide(&self, table: &str, pointer: &str, json: &str) -> String {
        let mut context = hmac::Context::with_key(&self.hash);
        [table, "\n", pointer, "\n", json].into_iter().for_each(|part| context.update(part.as_bytes()));
        format!("hmac-sha256:{}:{}", self.hash_id, hex(context.sign().as_ref()))
    }

    /// The code of a record that has none yet; base64.
    #[must_use]
    pub fn mac(&self, record: &Record) -> String {
        STANDARD.encode(hmac::sign(&self.record, &canonical(record)))
    }

    /// Whether a code is that of the record.
    pub(super) fn has_made(&self, mac: &str, record: &Record) -> bool {
        STANDARD.decode(mac).is_ok_and(|mac| hmac::verify(&self.record, &canonical(record), &mac).is_ok())
    }

    /// Signs a text (RFC 8032, Ed25519); base64.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> String {
        STANDARD.encode(self.signing.sign(text))
    }

    /// The public half of the signing secret; base64.
    #[must_use]
    pub fn public(&self) -> String {
        STANDARD.encode(self.signing.public_key())
    }
}

fn fresh() -> io::Result<Vec<u8>> {
    let secret = || {
        let mut bytes = [0; BYTES];
        rand::fill(&mut bytes).map(|()| STANDARD.encode(bytes))
    };
    let no_random = |_| io::Error::other("the operating system gives no random bytes");
    let file = File { hash_key: secret().map_err(no_random)?, signing_key: secret().map_err(no_random)? };
    Ok(serde_json::to_vec(&file)?)
}

/// SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::{BYTES, File, Keys, Record, STANDARD};
    use base64::Engine;

    fn keys() -> Keys {
        let secret = || STANDARD.encode([7; BYTES]);
        let file = File { hash_key: secret(), signing_key: secret() };
        Keys::of("keys".as_ref(), Ok(serde_json::to_vec(&file).unwrap())).unwrap()
    }

    /// Made by Python's `hmac` from the same key and text: whoever compares hashes of years needs them to stay as they are.
    #[test]
    fn hashes_of_sensitive_values_stay_as_they_are() {
        let keys = keys();
        let hash = keys.hide("payoff", "/requester/name", r#""Ann \"Ü\"""#);
        assert_eq!(hash, "hmac-sha256:1e147809:bf782a686f9da21c05a6cdf4c40081c6c31b7bb44062da07797e37094aae745d");
    }

    /// Made by Python's `hmac` and `json`: what was recorded before an update must be known after it.
    #[test]
    fn codes_of_records_stay_as_they_are() {
        let (id, kind, diff) = ("a".into(), "change".into(), Some(r#"{"/x":[null,"Ü"]}"#.into()));
        let record = Record { id, kind, diff, version_after: Some(1), ..Record::default() };
        assert_eq!(keys().mac(&record), "mOPakCE3upP3FTKQZj4p223t5rdOr9sysccJuFvKwiQ=");
    }
}
