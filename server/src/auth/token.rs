//! The service token: an HS256 JWT (RFC 7519) whose form is checked beyond what the library does.
//!
//! `jsonwebtoken` accepts lists as `iss` and `aud`, an expiry a year away, a future `iat` and unknown `crit` headers; all of these
//! are refused here. Every refusal looks the same from outside.

use super::keys::{Caller, Keyring};
use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};

/// `typ` of the token (RFC 8725, section 3.11: explicit typing).
pub const TOKEN_TYPE: &str = "lending+jwt";
/// Longest life of a token in seconds.
pub const MAX_LIFETIME: i64 = 300;
/// Seconds by which clocks may differ.
const LEEWAY: i64 = 5;
const MAX_BYTES: usize = 4096;

/// The user on whose behalf a service calls.
#[derive(Debug, Clone)]
pub struct User {
    /// Id, as in the user resource.
    pub id: String,
    /// How the user was proven.
    pub proof: &'static str,
}

/// The location at which the user works, as the token says; whether it is the user's own is checked with the rows.
#[derive(Debug, Clone)]
pub struct Location(pub String);

/// For whom a token is minted.
#[derive(Debug, Clone, Default)]
pub struct Subject<'a> {
    /// User id.
    pub user: Option<&'a str>,
    /// Location id.
    pub location: Option<&'a str>,
}

pub(super) struct Verified {
    pub(super) caller: Caller,
    pub(super) user: Option<User>,
    pub(super) location: Option<Location>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenHeader {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Actor {
    sub: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    act: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    location_id: Option<String>,
    iat: i64,
    exp: i64,
    jti: String,
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
    Ok(token.trim())
}

/// Checks signature and claims at a time (seconds since 1970).
pub(super) fn verify(keyring: &Keyring, token: &str, now: i64) -> Result<Verified> {
    let key = keyring.get(&header_of(token)?.kid).ok_or(Error::Unauthenticated("unknown key"))?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[&keyring.audience]);
    validation.set_issuer(&[key.caller.name()]);
    validation.set_required_spec_claims(&["exp", "aud", "iss"]);
    validation.validate_exp = false; // checked below, against the injected clock
    let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation)
        .map_err(|_| Error::Unauthenticated("bad signature, issuer, audience or claims"))?
        .claims;
    check(&claims, key.caller.name(), &keyring.audience, now)?;
    Ok(Verified {
        caller: key.caller.clone(),
        user: claims.sub.map(|id| User { id, proof: "asserted" }),
        location: claims.location_id.map(Location),
    })
}

fn header_of(token: &str) -> Result<TokenHeader> {
    let first = token.split('.').next().unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(first).map_err(|_| Error::Unauthenticated("the header is not base64url"))?;
    let header: TokenHeader =
        serde_json::from_slice(&bytes).map_err(|_| Error::Unauthenticated("unexpected header"))?;
    if header.alg != "HS256" || header.typ != TOKEN_TYPE {
        return Err(Error::Unauthenticated("wrong algorithm or type"));
    }
    Ok(header)
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
    if jti.is_empty() || claims.sub.as_ref().is_some_and(String::is_empty) {
        return Err(Error::Unauthenticated("empty claim"));
    }
    Ok(())
}

/// Signs a token with a key of `service` that lives for `lifetime` seconds; `None` if the service has no key.
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
    let (key_id, key) = keyring.signing(service)?;
    let header = Header { typ: Some(TOKEN_TYPE.into()), kid: Some(key_id.into()), ..Header::new(Algorithm::HS256) };
    let claims = Claims {
        iss: service.into(),
        aud: keyring.audience.clone(),
        sub: subject.user.map(Into::into),
        act: Actor { sub: service.into() },
        location_id: subject.location.map(Into::into),
        iat: now,
        exp: now + lifetime.clamp(1, MAX_LIFETIME),
        jti: uuid::Uuid::new_v4().to_string(),
    };
    Some(jsonwebtoken::encode(&header, &claims, key))
}
