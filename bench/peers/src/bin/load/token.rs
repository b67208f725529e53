//! Service tokens, one for each request: the server takes a `jti` once.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;
use std::time::SystemTime;

const LIFETIME: u64 = 300;

#[derive(Serialize)]
struct Actor<'a> {
    sub: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    act: Actor<'a>,
    iat: u64,
    exp: u64,
    jti: &'a str,
}

/// Tokens for the requests of a measurement.
pub enum Tokens<'a> {
    /// Made before, where making them would be a part of what is measured.
    Ready(std::vec::IntoIter<String>),
    /// Made one by one: a measurement may be longer than a token is good.
    Fresh(&'a mut Mint),
}

impl Tokens<'_> {
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Ready(tokens) if tokens.len() == 0)
    }

    pub fn take(&mut self) -> String {
        match self {
            Self::Ready(tokens) => tokens.next().unwrap_or_default(),
            Self::Fresh(mint) => mint.token(),
        }
    }
}

/// Makes tokens of one service.
pub struct Mint {
    service: String,
    header: Header,
    key: EncodingKey,
    run: u128,
    made: u64,
}

impl Mint {
    /// Service and id of its key, as `service.id`, and the secret.
    pub fn new(key_id: &str, secret: &str) -> Self {
        let service = key_id.split('.').next().unwrap_or_default().to_string();
        let header =
            Header { typ: Some("lending+jwt".into()), kid: Some(key_id.into()), ..Header::new(Algorithm::HS256) };
        let run = SystemTime::UNIX_EPOCH.elapsed().map(|d| d.as_nanos()).unwrap_or_default();
        Self { service, header, key: EncodingKey::from_secret(secret.as_bytes()), run, made: 0 }
    }

    /// So many tokens that nobody has seen.
    pub fn tokens(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.token()).collect()
    }

    /// A token that nobody has seen.
    pub fn token(&mut self) -> String {
        self.made += 1;
        let now = SystemTime::UNIX_EPOCH.elapsed().map(|d| d.as_secs()).unwrap_or_default();
        // as long as the UUID that a caller would put there
        let jti = format!("{:020x}-{:015x}", self.run, self.made);
        let claims = Claims {
            iss: &self.service,
            aud: peers::AUDIENCE,
            sub: "1001",
            act: Actor { sub: &self.service },
            iat: now,
            exp: now + LIFETIME,
            jti: &jti,
        };
        encode(&self.header, &claims, &self.key).expect("a token")
    }
}
