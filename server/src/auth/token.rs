//! The service token: an HS256 JWT (RFC 7519) whose form is checked here; the library only does the cryptography.
//!
//! `jsonwebtoken` accepts lists as `iss` and `aud`, an expiry a year away, a future `iat`, times with a fraction and unknown `crit`
//! headers; all of these are refused here. Every refusal looks the same from outside, and costs the same time whether the key is
//! unknown or the signature wrong.

use super::keys::{Caller, Keyring};
use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, Header, crypto};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// `typ` of the token (RFC 8725, section 3.11: explicit typing).
pub const TOKEN_TYPE: &str = "lending+jwt";
/// Longest life of a token in seconds.
pub const MAX_LIFETIME: i64 = 300;
/// Seconds by which clocks may differ.
pub(super) const LEEWAY: i64 = 5;
/// Longest token in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
/// Longest `jti` in bytes.
const MAX_ID_BYTES: usize = 128;

/// For whom a token is minted.
#[derive(Debug, Clone, Default)]
pub struct Subject<'a> {
    /// User id.
    pub user: Option<&'a str>,
    /// Location id.
    pub location: Option<&'a str>,
}

/// A good token of a service. Whether its user is proven is not yet known.
pub struct Verified {
    pub(super) caller: Caller,
    pub(super) claims: Claims,
}

impl Verified {
    /// Stands for the service and its user in a table: a digest, since a caller chooses how long the name of a user is.
    pub(crate) fn user_key(&self) -> u128 {
        key(&[self.caller.name(), self.claims.sub.as_deref().unwrap_or_default()])
    }

    /// Stands for the service.
    pub(crate) fn service_key(&self) -> u128 {
        key(&[self.caller.name()])
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenHeader {
    alg: String,
    typ: String,
    kid: String,
}

/// RFC 8693, section 4.1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Actor {
    sub: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(super) sub: Option<String>,
    act: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(super) location_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(super) id_token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub(super) sid: Option<String>,
    pub(super) iat: i64,
    exp: i64,
    pub(super) jti: String,
}

/// No service name holds a line break.
fn key(names: &[&str]) -> u128 {
    let digest: [u8; 32] = Sha256::digest(names.join("\n")).into();
    digest[..16].iter().fold(0, |key, byte| key << 8 | u128::from(*byte))
}

/// A claim that is there is a text, not null.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Error::Unauthenticated("no Authorization header"))?;
    if values.next().is_some() {
        return Err(Error::Unauthenticated("two Authorization headers"));
    }
    let text = value.to_str().map_err(|_| Error::Unauthenticated("the header is not ASCII"))?;
    let (scheme, token) = text.split_once(' ').ok_or(Error::Unauthenticated("no bearer token"))?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.len() > MAX_BYTES {
        return Err(Error::Unauthenticated("no bearer token, or too long"));
    }
    Ok(token)
}

/// Checks signature and claims at a time (seconds since 1970).
pub(super) fn verify(keyring: &Keyring, token: &str, now: i64) -> Result<Verified> {
    let malformed = || Error::Unauthenticated("not of the form header.claims.signature");
    let (message, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (header, payload) = message.split_once('.').ok_or_else(malformed)?;
    let header: TokenHeader = part(header)?;
    if header.alg != "HS256" || header.typ != TOKEN_TYPE {
        return Err(Error::Unauthenticated("wrong algorithm or type"));
    }
    let key = keyring.get(&header.kid);
    let decoding = key.map_or(&keyring.stand_in, |k| &k.decoding);
    let signed = crypto::verify(signature, message.as_bytes(), decoding, Algorithm::HS256).unwrap_or(false);
    let key = key.filter(|k| signed && k.is_good(now));
    let key = key.ok_or(Error::Unauthenticated("unknown key, not its time, or wrong signature"))?;
    let claims: Claims = part(payload)?;
    check(&claims, key.caller.name(), &keyring.audience, now)?;
    Ok(Verified { caller: key.caller.clone(), claims })
}

/// Base64url without padding, of an object without unknown or repeated members.
fn part<T: DeserializeOwned>(text: &str) -> Result<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Error::Unauthenticated("not base64url"))?;
    serde_json::from_slice(&bytes)
        .map_err(|_| Error::Unauthenticated("a member is unknown, missing or of another type"))
}

fn check(claims: &Claims, service: &str, audience: &str, now: i64) -> Result<()> {
    let Claims { iss, aud, act, iat, exp, jti, .. } = claims;
    if iss != service || act.sub != service || aud != audience {
        return Err(Error::Unauthenticated("wrong issuer, actor or audience"));
    }
    if exp.saturating_add(LEEWAY) <= now || *iat > now.saturating_add(LEEWAY) {
        return Err(Error::Unauthenticated("expired, or issued in the future"));
    }
    if exp <= iat || exp.saturating_sub(*iat) > MAX_LIFETIME {
        return Err(Error::Unauthenticated("lives too long"));
    }
    let texts = [&claims.sub, &claims.location_id, &claims.id_token, &claims.sid];
    if jti.is_empty() || jti.len() > MAX_ID_BYTES || texts.iter().any(|t| t.as_ref().is_some_and(String::is_empty)) {
        return Err(Error::Unauthenticated("a claim is empty, or `jti` too long"));
    }
    if claims.sub.is_none() && texts.iter().any(|t| t.is_some()) {
        return Err(Error::Unauthenticated("a location or a proof without a user"));
    }
    Ok(())
}

/// Signs a token with a key of `service` that lives for `lifetime` seconds; `None` if the service has no key that is good now.
///
/// # Errors
/// When signing fails.
pub fn mint(
    keyring: &Keyring,
    service: &str,
    subject: &Subject<'_>,
    now: i64,
    lifetime: i64,
) -> Option<Result<String, jsonwebtoken::errors::Error>> {
    let (key_id, key) = keyring.signing(service, now)?;
    let header = Header { typ: Some(TOKEN_TYPE.into()), kid: Some(key_id.into()), ..Header::new(Algorithm::HS256) };
    let claims = Claims {
        iss: service.into(),
        aud: keyring.audience.clone(),
        sub: subject.user.map(Into::into),
        act: Actor { sub: service.into() },
        location_id: subject.location.map(Into::into),
        id_token: None,
        sid: None,
        iat: now,
        exp: now + lifetime.clamp(1, MAX_LIFETIME),
        jti: uuid::Uuid::new_v4().to_string(),
    };
    Some(jsonwebtoken::encode(&header, &claims, key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        auth::keys::{KeyPart, Service},
        config::UserProof,
    };
    use std::time::{Duration, Instant};

    /// A ring with one key, and a token signed with another secret, under a kid.
    fn ring() -> Keyring {
        let mut ring = Keyring::new("lending-api");
        let part = KeyPart {
            id: "1".into(),
            secret: "6f1d9a40c2e85b7793ad04fe12b86c55".into(),
            not_before: None,
            not_after: None,
        };
        ring.add(Service { name: "prepay".into(), scopes: vec![], user: UserProof::None }, vec![part]).unwrap();
        ring
    }

    fn forged(kid: &str) -> String {
        let header = Header { typ: Some(TOKEN_TYPE.into()), kid: Some(kid.into()), ..Header::new(Algorithm::HS256) };
        let key = jsonwebtoken::EncodingKey::from_secret(b"another secret, of which nobody knows");
        jsonwebtoken::encode(&header, &serde_json::json!({"iss": "prepay", "text": "x".repeat(400)}), &key).unwrap()
    }

    /// The fastest of many rounds: what the work costs when nothing disturbs it.
    fn fastest(ring: &Keyring, tokens: [&str; 2]) -> [Duration; 2] {
        let mut best = [Duration::MAX; 2];
        for _ in 0..300 {
            for (token, best) in tokens.iter().zip(&mut best) {
                let begin = Instant::now();
                for _ in 0..20 {
                    assert!(verify(ring, token, 0).is_err());
                }
                *best = begin.elapsed().min(*best);
            }
        }
        best
    }

    #[test]
    fn an_unknown_service_costs_what_a_wrong_key_costs() {
        let [wrong, unknown] = fastest(&ring(), [&forged("prepay.1"), &forged("nobody.1")]);
        let ratio = unknown.as_secs_f64() / wrong.as_secs_f64();
        assert!((0.9..1.1).contains(&ratio), "{ratio}: {unknown:?} against {wrong:?}");
    }
}
