//! Signs the token of a request. A token is made per attempt and never cached: the server takes each `jti` once.

use crate::{generated::CredentialsError, proof::Proof, session::Context};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret;
use serde::Serialize;
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

#[cfg(test)]
mod tests;

/// Longest token that the server accepts, in bytes. What makes one longer is a long id token.
const MAX_BYTES: usize = 8 * 1024;

/// Claims of a token (RFC 7519 section 4.1, and `act` of RFC 8693 section 4.1).
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    act: Actor<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location_id: Option<&'a str>,
    /// Seconds since 1970 in UTC, as `exp`.
    iat: u64,
    exp: u64,
    jti: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'a str>,
}

/// The service that acts for the user.
#[derive(Serialize)]
struct Actor<'a> {
    sub: &'a str,
}

/// The key of the service and what is the same in all its tokens. `EncodingKey` wipes the key when it is dropped and
/// leaves it out of `Debug`.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    service: String,
    audience: String,
    header: Header,
    key: EncodingKey,
    lifetime_s: u64,
}

impl Signer {
    pub(crate) fn new(service: String, key_id: &str, audience: String, key: &[u8], lifetime_s: u64) -> Self {
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some("lending+jwt".to_owned());
        header.kid = Some(format!("{service}.{key_id}"));
        Self { service, audience, header, key: EncodingKey::from_secret(key), lifetime_s }
    }

    /// The same service with another of its keys.
    pub(crate) fn with_key(&self, key_id: &str, key: &[u8]) -> Self {
        Self::new(self.service.clone(), key_id, self.audience.clone(), key, self.lifetime_s)
    }

    /// Whether another signer signs with the same key.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        self.header.kid == other.header.kid && self.key.as_bytes() == other.key.as_bytes()
    }

    /// Value of the `Authorization` header (RFC 6750 section 2.1), marked as sensitive so that no log shows it.
    pub(crate) fn authorization(
        &self,
        context: &Context,
        proof: Option<&Proof>,
        now: SystemTime,
        id: Uuid,
    ) -> Result<HeaderValue, CredentialsError> {
        let token = self.token(context, proof, now, id)?;
        if token.len() > MAX_BYTES {
            let text = format!("the token has {} bytes, of which the server takes {MAX_BYTES}", token.len());
            return Err(CredentialsError(format!("{text}: the proof of the user is too long")));
        }
        let mut value = HeaderValue::try_from(format!("Bearer {token}")).map_err(failed)?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn token(
        &self,
        context: &Context,
        proof: Option<&Proof>,
        now: SystemTime,
        id: Uuid,
    ) -> Result<String, CredentialsError> {
        let (id_token, sid) = match proof {
            Some(Proof::IdToken(token)) => (Some(token.expose_secret()), None),
            Some(Proof::Session(sid)) => (None, Some(sid.expose_secret())),
            None => (None, None),
        };
        let (sub, location_id) = (context.user.as_deref(), context.location.as_deref());
        for (name, value) in
            [("id of the user", sub), ("id of the location", location_id), ("id token", id_token), ("session", sid)]
        {
            if value == Some("") {
                return Err(CredentialsError(format!("the {name} is empty")));
            }
        }
        if sub.is_none() && proof.is_some() {
            return Err(CredentialsError("there is a proof, but no user whom it could prove".to_owned()));
        }
        let iat = now.duration_since(UNIX_EPOCH).map_err(failed)?.as_secs();
        let claims = Claims {
            iss: &self.service,
            aud: &self.audience,
            sub,
            act: Actor { sub: &self.service },
            location_id,
            iat,
            exp: iat + self.lifetime_s,
            jti: id,
            id_token,
            sid,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.key).map_err(failed)
    }
}

fn failed(error: impl std::fmt::Display) -> CredentialsError {
    CredentialsError(format!("the token cannot be signed: {error}"))
}
