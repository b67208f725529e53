//! Tokens as an attacker would write them: any header, any claims, any key, as text.

use crate::support::{Server, now};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use lending_api::config::{Config, KeyConfig, ServiceConfig, UserProof};
use serde_json::{Value, json};

/// Keys of the services of [`services`].
pub const PREPAY: &str = "6f1d9a40c2e85b7793ad04fe12b86c55";
pub const LX: &str = "b08e47d19c53fa62701de8954ab3cf27";
pub const OLD: &str = "47a1e0c96d5b38f2a9c4170de6b5f832";
pub const COMING: &str = "e95c7b20d4f6183a5be2907cd1a4f68b";

pub const HEADER: &str = r#"{"alg":"HS256","typ":"lending+jwt","kid":"prepay.1"}"#;

/// `prepay` vouches for its users, `lx` has none, and two keys of `prepay2` are not good at this time.
pub fn services(config: &mut Config) {
    crate::support::unlimited(config);
    let scopes = || lending_api::config::scopes().map(Into::into).collect();
    let mut add = |name: &str, user, keys| {
        config.services.insert(name.into(), ServiceConfig { scopes: scopes(), user, keys });
    };
    add("prepay", UserProof::Asserted, vec![KeyConfig::of("1", PREPAY.into())]);
    add("lx", UserProof::None, vec![KeyConfig::of("1", LX.into())]);
    let day = chrono::TimeDelta::days(1);
    let old = KeyConfig { not_after: Some(now() - day), ..KeyConfig::of("1", OLD.into()) };
    let coming = KeyConfig { not_before: Some(now() + day), ..KeyConfig::of("2", COMING.into()) };
    add("prepay2", UserProof::Asserted, vec![old, coming]);
}

pub async fn server() -> Server {
    Server::start_with(now(), services).await
}

/// Claims of a good token of `prepay` that has not been used.
pub fn claims() -> Value {
    let (iat, jti) = (now().timestamp(), uuid::Uuid::new_v4().to_string());
    json!({"iss": "prepay", "aud": "lending-api", "sub": "1001", "act": {"sub": "prepay"}, "iat": iat, "exp": iat + 60, "jti": jti})
}

/// The claims with some of them changed; null takes one away.
pub fn changed(changes: &Value) -> String {
    let mut claims = claims();
    for (key, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(key);
        } else {
            claims[key] = value.clone();
        }
    }
    claims.to_string()
}

pub fn part(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// Any text under the signature of any key.
pub fn sign(header: &str, claims: &str, key: &str) -> String {
    sign_with(Algorithm::HS256, header, claims, key)
}

pub fn sign_with(algorithm: Algorithm, header: &str, claims: &str, key: &str) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = crypto::sign(message.as_bytes(), &EncodingKey::from_secret(key.as_bytes()), algorithm).unwrap();
    format!("{message}.{signature}")
}

/// A good token.
pub fn good() -> String {
    sign(HEADER, &claims().to_string(), PREPAY)
}
