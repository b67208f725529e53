//! The token is the contract with the server's authentication, so its parts are compared one by one.

use super::*;
use jsonwebtoken::{DecodingKey, TokenData, Validation};
use serde_json::{Value, json};
use std::time::Duration;

const KEY: &[u8] = b"0123456789abcdef0123456789abcdef";
const ID: Uuid = Uuid::from_u128(0x1234);

fn signer() -> Signer {
    Signer::new("prepay".to_owned(), "2", "lending-api".to_owned(), KEY, 60)
}

fn decode(token: &str, key: &[u8]) -> jsonwebtoken::errors::Result<TokenData<Value>> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&["lending-api"]);
    validation.validate_exp = false;
    jsonwebtoken::decode(token, &DecodingKey::from_secret(key), &validation)
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn carries_service_user_and_location() {
    let context = Context { user: Some("1001".to_owned()), location: Some("5".to_owned()), proofs: None };
    let token = signer().token(&context, None, at(1_700_000_000), ID).expect("token");
    let data = decode(&token, KEY).expect("valid token");
    let header = serde_json::to_value(&data.header).expect("header");
    assert_eq!(header, json!({"alg": "HS256", "typ": "lending+jwt", "kid": "prepay.2"}));
    assert_eq!(
        data.claims,
        json!({
            "iss": "prepay", "aud": "lending-api", "sub": "1001", "act": {"sub": "prepay"}, "location_id": "5",
            "iat": 1_700_000_000, "exp": 1_700_000_060, "jti": ID.to_string(),
        })
    );
}

#[test]
fn leaves_out_what_the_context_does_not_have() {
    let token = signer().token(&Context::default(), None, at(1), ID).expect("token");
    let claims = decode(&token, KEY).expect("valid token").claims;
    assert_eq!(claims.get("sub"), None);
    assert_eq!(claims.get("location_id"), None);
    assert_eq!(claims["act"], json!({"sub": "prepay"}));
}

#[test]
fn is_refused_under_another_key() {
    let token = signer().token(&Context::default(), None, at(1), ID).expect("token");
    assert!(decode(&token, b"ffffffffffffffffffffffffffffffff").is_err());
}

#[test]
fn refuses_an_empty_id() {
    let context = Context { user: Some(String::new()), ..Context::default() };
    let error = signer().token(&context, None, at(1), ID).expect_err("empty user");
    assert_eq!(error.to_string(), "the id of the user is empty");
}

#[test]
fn debug_shows_neither_key_nor_token() {
    let signer = signer();
    let header = signer.authorization(&Context::default(), None, at(1), ID).expect("header");
    let shown = format!("{signer:?} {header:?}");
    assert!(!shown.contains("0123456789") && !shown.contains("Bearer"), "{shown}");
    assert!(!shown.contains("48, 49, 50"), "{shown}");
}

#[test]
fn carries_the_proof_of_the_user() {
    let context = Context { user: Some("1001".to_owned()), ..Context::default() };
    for (proof, claim) in [(Proof::IdToken("a.b.c".into()), "id_token"), (Proof::Session("a.b.c".into()), "sid")] {
        let token = signer().token(&context, Some(&proof), at(1), ID).expect("token");
        let claims = decode(&token, KEY).expect("valid token").claims;
        assert_eq!(claims[claim], "a.b.c");
        assert_eq!(claims.as_object().expect("an object").len(), 8, "{claims}");
    }
}

#[test]
fn refuses_a_proof_that_no_server_takes() {
    let user = Context { user: Some("1001".to_owned()), ..Context::default() };
    for (context, proof, expected) in [
        (&user, Proof::IdToken("".into()), "the id token is empty"),
        (&user, Proof::Session("".into()), "the session is empty"),
        (&Context::default(), Proof::Session("s".into()), "there is a proof, but no user whom it could prove"),
        (
            &user,
            Proof::IdToken("x".repeat(6000).into()),
            "the token has 8313 bytes, of which the server takes 8192: the proof of the user is too long",
        ),
    ] {
        let error = signer().authorization(context, Some(&proof), at(1), ID).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
}
