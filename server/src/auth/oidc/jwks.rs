//! Key sets (RFC 7517), of which only keys that can verify RS256 or ES256 are kept.
//!
//! The types of `jsonwebtoken` refuse a whole set for one key of an unknown kind, and do not compare `alg`, `use` and size.

use super::token::Token;
use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// Sizes of RSA moduli in bits: from what RFC 7518, section 3.3 asks for to the most that the backend computes.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;
/// Most keys of a set that are looked at.
const MAX_KEYS: usize = 100;
/// Most keys of one id that are tried for one token.
const MAX_TRIES: usize = 4;

/// The answer of an issuer.
#[derive(Deserialize)]
pub(super) struct RawSet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct RawKey {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// The private part: who publishes it has lost the key.
    d: Option<IgnoredAny>,
}

struct Key {
    kid: Option<String>,
    alg: Algorithm,
    key: DecodingKey,
}

/// Usable keys of an issuer.
pub(super) struct KeySet(Vec<Key>);

impl KeySet {
    /// Keeps what is usable; the rest is for others (RFC 7517, section 5).
    pub(super) fn new(set: RawSet) -> Self {
        let keys = set.keys.into_iter().take(MAX_KEYS);
        Self(keys.filter_map(|key| usable(serde_json::from_value(key).ok()?)).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Keys that may have signed the token: those of its id, or the only one of its algorithm when it names none.
    pub(super) fn fitting(&self, token: &Token<'_>) -> Vec<&DecodingKey> {
        let of_alg = self.0.iter().filter(|k| k.alg == token.alg);
        let keys: Vec<_> = match &token.kid {
            Some(kid) => of_alg.filter(|k| k.kid.as_ref() == Some(kid)).take(MAX_TRIES).collect(),
            // OpenID Connect Core 1.0, section 10.1: with several keys the id must be there
            None => of_alg.collect(),
        };
        let ambiguous = token.kid.is_none() && keys.len() > 1;
        if ambiguous { vec![] } else { keys.into_iter().map(|k| &k.key).collect() }
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub(super) fn verify(&self, token: &Token<'_>) -> Result<()> {
        let keys = self.fitting(token);
        if keys.is_empty() {
            return Err(Error::Unauthenticated("the issuer has no such key for this algorithm"));
        }
        let signed_by = |key: &&DecodingKey| {
            jsonwebtoken::crypto::verify(token.signature, token.signed, key, token.alg).unwrap_or(false)
        };
        if keys.iter().any(signed_by) { Ok(()) } else { Err(Error::Unauthenticated("bad signature of the id token")) }
    }
}

fn usable(raw: RawKey) -> Option<Key> {
    let (alg, key) = match raw.kty.as_str() {
        "RSA" => (Algorithm::RS256, rsa(raw.n.as_deref()?, raw.e.as_deref()?)?),
        "EC" if raw.crv.as_deref() == Some("P-256") => (Algorithm::ES256, p256(raw.x.as_deref()?, raw.y.as_deref()?)?),
        _ => return None,
    };
    let to_sign = raw.r#use.is_none_or(|r#use| r#use == "sig");
    let to_verify = raw.key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
    let same = raw.alg.is_none_or(|name| name == format!("{alg:?}"));
    (to_sign && to_verify && same && raw.d.is_none()).then_some(Key { kid: raw.kid, alg, key })
}

fn rsa(n: &str, e: &str) -> Option<DecodingKey> {
    let (n, e) = (number(n)?, number(e)?);
    let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
    // an exponent of 1 makes every message its own signature
    let sound = e.len() <= 4 && e.last()? % 2 == 1 && e != [1] && n.last()? % 2 == 1;
    (RSA_BITS.contains(&bits) && sound).then(|| DecodingKey::from_rsa_raw_components(&n, &e))
}

/// A big-endian number without leading zeros, which some issuers add.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    Some(bytes.into_iter().skip_while(|b| *b == 0).collect())
}

/// Whether the point is on the curve is found by the backend at each verification.
fn p256(x: &str, y: &str) -> Option<DecodingKey> {
    let is_coordinate = |text| URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32);
    (is_coordinate(x) && is_coordinate(y)).then(|| DecodingKey::from_ec_components(x, y).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// An RSA key of so many bits, ending in a byte.
    fn rsa(bits: usize, last: u8, e: &[u8]) -> Value {
        let mut n = vec![0xc5; bits / 8];
        n[bits / 8 - 1] = last;
        json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e)})
    }

    fn kept(key: Value) -> usize {
        KeySet::new(RawSet { keys: vec![key] }).len()
    }

    #[test]
    fn a_weak_key_is_not_kept_whatever_the_backend_thinks_of_it() {
        for (bits, last, e, n) in [
            (2048, 1, &[1, 0, 1][..], 1),
            (8192, 1, &[0, 3], 1),
            (2040, 1, &[1, 0, 1], 0),
            (1024, 1, &[1, 0, 1], 0),
            (8200, 1, &[1, 0, 1], 0),
            (2048, 2, &[1, 0, 1], 0),
            (2048, 1, &[1], 0),
            (2048, 1, &[0, 0, 1], 0),
            (2048, 1, &[2], 0),
            (2048, 1, &[], 0),
            (2048, 1, &[1, 0, 0, 0, 1], 0),
        ] {
            assert_eq!(kept(rsa(bits, last, e)), n, "{bits} bits, last byte {last}, exponent {e:?}");
        }
        let short = URL_SAFE_NO_PAD.encode([1; 31]);
        assert_eq!(kept(json!({"kty": "EC", "crv": "P-256", "x": short, "y": short})), 0);
    }
}
