//! Keys, an issuer of ours, and tokens that say whatever a test wants.

use super::peer::{Peer, Reply};
use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use lending_api::{auth::Oidc, config::OidcConfig};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, OnceLock};

pub const AUDIENCE: &str = "lending-web";
pub const USER: &str = "1001";
/// The time of the tokens.
pub const NOW: i64 = 1_780_000_000;

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// RSA keys, made once: it takes a while.
pub fn rsa(n: usize) -> &'static RsaKeyPair {
    static KEYS: OnceLock<Vec<RsaKeyPair>> = OnceLock::new();
    let make = || (0..3).map(|_| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()).collect();
    &KEYS.get_or_init(make)[n]
}

pub fn ec() -> &'static EcdsaKeyPair {
    static KEY: OnceLock<EcdsaKeyPair> = OnceLock::new();
    KEY.get_or_init(|| EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
}

/// Modulus of a 2048-bit key, out of its DER (RFC 8017, appendix A.1.1): SEQUENCE, INTEGER, a zero byte, 256 bytes.
pub fn modulus(key: &RsaKeyPair) -> &[u8] {
    let der = key.public_key().as_ref();
    assert_eq!((der.len(), der[8]), (270, 0));
    &der[9..265]
}

pub fn rsa_jwk(kid: &str, key: &RsaKeyPair) -> Value {
    json!({"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": b64(modulus(key)), "e": "AQAB"})
}

pub fn ec_jwk(kid: &str, key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    json!({"kty": "EC", "kid": kid, "crv": "P-256", "use": "sig", "x": b64(&point[1..33]), "y": b64(&point[33..])})
}

pub fn rsa_sign(key: &RsaKeyPair, how: &'static dyn RsaEncoding, message: &str) -> Vec<u8> {
    let mut signature = vec![0; 256];
    key.sign(how, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    signature
}

pub fn ec_sign(key: &EcdsaKeyPair, message: &str) -> Vec<u8> {
    key.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec()
}

/// A token of any two texts with a signature over them.
pub fn token(header: &str, claims: &str, sign: impl FnOnce(&str) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", b64(header), b64(claims));
    let signature = b64(sign(&signed));
    format!("{signed}.{signature}")
}

/// As [`token`], signed with RS256 and a key.
pub fn rs256(key: &RsaKeyPair, header: &Value, claims: &Value) -> String {
    token(&header.to_string(), &claims.to_string(), |m| rsa_sign(key, &RSA_PKCS1_SHA256, m))
}

pub fn header(kid: &str) -> Value {
    json!({"alg": "RS256", "typ": "JWT", "kid": kid})
}

/// An issuer that publishes what the test says.
pub struct Issuer {
    pub peer: Peer,
    keys: Arc<Mutex<Vec<Value>>>,
    mode: Arc<Mutex<Option<Reply>>>,
}

impl Issuer {
    /// Publishes `rs` and `es`.
    pub async fn start() -> Self {
        let keys = Arc::new(Mutex::new(vec![rsa_jwk("rs", rsa(0)), ec_jwk("es", ec())]));
        let mode = Arc::new(Mutex::new(None));
        let peer = Peer::start(Self::replies(keys.clone(), mode.clone())).await;
        Self { peer, keys, mode }
    }

    fn replies(
        keys: Arc<Mutex<Vec<Value>>>,
        mode: Arc<Mutex<Option<Reply>>>,
    ) -> impl Fn(&super::peer::Request) -> Reply + Send + Sync {
        move |request| {
            let host = request.head.lines().find_map(|l| l.strip_prefix("host: ")).unwrap_or_default();
            if request.path != "/jwks" {
                return Reply::Json(
                    json!({"issuer": format!("http://{host}"), "jwks_uri": format!("http://{host}/jwks")}),
                );
            }
            let answer = Reply::Json(json!({"keys": *keys.lock().unwrap()}));
            match mode.lock().unwrap().clone() {
                None => answer,
                Some(Reply::Slow(wait, _)) => Reply::Slow(wait, Box::new(answer)),
                Some(other) => other,
            }
        }
    }

    /// As before, on the same address.
    pub async fn come_back(&mut self) {
        let replies = Self::replies(self.keys.clone(), self.mode.clone());
        self.peer = Peer::start_at(self.peer.address, replies).await;
    }

    pub fn url(&self) -> String {
        self.peer.url("")
    }

    pub fn publish(&self, keys: Vec<Value>) {
        *self.keys.lock().unwrap() = keys;
    }

    /// What it does with the key set; a slow one answers the keys.
    pub fn behave(&self, mode: Option<Reply>) {
        *self.mode.lock().unwrap() = mode;
    }

    /// How often the keys were fetched.
    pub fn fetches(&self) -> usize {
        self.peer.count("/jwks")
    }

    pub fn config(&self) -> OidcConfig {
        OidcConfig::new(&self.url(), AUDIENCE)
    }

    pub fn verifier(&self) -> Arc<Oidc> {
        Arc::new(Oidc::new(&self.config()).unwrap())
    }

    pub fn claims(&self) -> Value {
        json!({"iss": self.url(), "aud": AUDIENCE, "sub": USER, "iat": NOW - 10, "exp": NOW + 600})
    }

    /// A good token that names a key, signed with `rsa(n)`.
    pub fn token(&self, kid: &str, n: usize) -> String {
        rs256(rsa(n), &header(kid), &self.claims())
    }
}
