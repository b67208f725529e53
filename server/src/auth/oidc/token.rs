//! The form of a signed token: three parts, a header of which each member is known or harmless.
//!
//! `jsonwebtoken` ignores `crit` and `typ`, and takes a header with two `alg`.

use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde::{Deserialize, de::IgnoredAny};

/// Longest id token in bytes.
pub(super) const MAX_BYTES: usize = 8 * 1024;

/// A token whose signature is not yet checked.
pub(super) struct Token<'a> {
    pub(super) alg: Algorithm,
    pub(super) kid: Option<String>,
    /// JSON of the claims.
    pub(super) payload: Vec<u8>,
    /// What is signed: header and claims as they came.
    pub(super) signed: &'a [u8],
    /// Base64url.
    pub(super) signature: &'a str,
}

/// Members that decide something. Keys that a token brings along (`jwk`, `jku`, `x5c`, `x5u`) are not read at all.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    crit: Option<IgnoredAny>,
}

impl<'a> Token<'a> {
    /// Takes a token apart (RFC 7515, section 7.1).
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        let bad = Error::Unauthenticated;
        if text.len() > MAX_BYTES {
            return Err(bad("the id token is too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(bad("the id token has no signature"))?;
        let (header, payload) = signed.split_once('.').ok_or(bad("the id token has not three parts"))?;
        let decode = |part| URL_SAFE_NO_PAD.decode(part).map_err(|_| bad("the id token is not base64url"));
        let header: Header =
            serde_json::from_slice(&decode(header)?).map_err(|_| bad("unexpected header of the id token"))?;
        // RFC 8725, section 3.11: an access or logout token is no id token
        if header.typ.is_some_and(|typ| !typ.eq_ignore_ascii_case("JWT")) {
            return Err(bad("the token has another type than JWT"));
        }
        // RFC 7515, section 4.1.11: no extension is understood here
        if header.crit.is_some() {
            return Err(bad("the id token has critical extensions"));
        }
        let alg = match header.alg.as_str() {
            "RS256" => Algorithm::RS256,
            "ES256" => Algorithm::ES256,
            _ => return Err(bad("the id token is signed with neither RS256 nor ES256")),
        };
        Ok(Self { alg, kid: header.kid, payload: decode(payload)?, signed: signed.as_bytes(), signature })
    }
}
