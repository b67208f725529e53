//! Opaque page tokens: the last key, bound to the list and its filters by a fingerprint.
//!
//! A token used with other filters, or by a caller who may see other rows, is refused instead of skipping rows silently.

use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use forebear_runtime::store::Filter;
use sha2::{Digest, Sha256};

const FINGERPRINT: usize = 8;

/// A token for the page after `key`.
pub(super) fn seal(key: &str, table: &str, filters: &[Filter]) -> String {
    let mut bytes = fingerprint(table, filters).to_vec();
    bytes.extend_from_slice(key.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The key in a token.
pub(super) fn open(token: &str, table: &str, filters: &[Filter]) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Error::PageToken)?;
    let (mark, key) = bytes.split_at_checked(FINGERPRINT).ok_or(Error::PageToken)?;
    if mark != fingerprint(table, filters) {
        return Err(Error::PageToken);
    }
    String::from_utf8(key.to_vec()).map_err(|_| Error::PageToken)
}

fn fingerprint(table: &str, filters: &[Filter]) -> [u8; FINGERPRINT] {
    let digest = Sha256::digest(format!("{table} {filters:?}"));
    let mut out = [0; FINGERPRINT];
    out.copy_from_slice(&digest[..FINGERPRINT]);
    out
}
