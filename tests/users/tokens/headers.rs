//! Attacks on the header: algorithms, keys, extensions, types.

use super::{
    super::forge::{self, Issuer, b64, ec, ec_sign, header, modulus, rs256, rsa, rsa_jwk, rsa_sign},
    Attack, changed,
};
use aws_lc_rs::{
    hmac,
    signature::{KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256},
};
use serde_json::json;

fn mac(secret: &[u8], message: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes()).as_ref().to_vec()
}

/// With the exponent 1 a padded message is its own signature (RFC 8017, section 9.2).
fn own_signature(message: &str) -> Vec<u8> {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, message.as_bytes());
    let info = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
    let padding = vec![0xff; 256 - 3 - info.len() - digest.as_ref().len()];
    [&[0, 1], &padding[..], &[0], info, digest.as_ref()].concat()
}

pub fn attacks(issuer: &Issuer) -> Vec<Attack> {
    let claims = issuer.claims();
    let text = claims.to_string();
    let none = |header: &str, signature: &[u8]| forge::token(header, &text, |_| signature.to_vec());
    let with_mac = |header: &str, secret: &[u8]| forge::token(header, &text, |m| mac(secret, m));
    // signed by the right key, as if the issuer itself had been talked into it
    let right = |header: &str| forge::token(header, &text, |m| rsa_sign(rsa(0), &RSA_PKCS1_SHA256, m));
    let more = |changes| rs256(rsa(0), &changed(header("rs"), &changes), &claims);
    let by_thief = |changes| rs256(rsa(2), &changed(header("rs"), &changes), &claims);
    let evil = issuer.peer.url("/evil");
    let hs = r#"{"alg":"HS256","kid":"rs"}"#;
    vec![
        ("none without signature", none(r#"{"alg":"none"}"#, b"")),
        ("none with the id of a key", none(r#"{"alg":"none","kid":"rs"}"#, b"")),
        ("none in odd letters", none(r#"{"alg":"nOnE","kid":"rs"}"#, b"")),
        ("none with a signature", none(r#"{"alg":"none","kid":"rs"}"#, &[7; 256])),
        ("RS256 without signature", none(r#"{"alg":"RS256","kid":"rs"}"#, b"")),
        ("RS256 of zeros", none(r#"{"alg":"RS256","kid":"rs"}"#, &[0; 256])),
        ("HS256 with the public key in DER", with_mac(hs, rsa(0).public_key().as_ref())),
        ("HS256 with the modulus", with_mac(hs, modulus(rsa(0)))),
        ("HS256 with the modulus as text", with_mac(hs, b64(modulus(rsa(0))).as_bytes())),
        ("HS256 with the published JSON", with_mac(hs, rsa_jwk("rs", rsa(0)).to_string().as_bytes())),
        ("HS256 with an empty key", with_mac(hs, b"")),
        ("HS256 with a published symmetric key", with_mac(r#"{"alg":"HS256","kid":"oct"}"#, "k".repeat(64).as_bytes())),
        ("HS512", with_mac(r#"{"alg":"HS512","kid":"rs"}"#, modulus(rsa(0)))),
        ("RS256 that is a MAC", with_mac(r#"{"alg":"RS256","kid":"rs"}"#, modulus(rsa(0)))),
        (
            "RS384 of the right key",
            forge::token(r#"{"alg":"RS384","kid":"rs"}"#, &text, |m| rsa_sign(rsa(0), &RSA_PKCS1_SHA384, m)),
        ),
        (
            "RS512 of the right key",
            forge::token(r#"{"alg":"RS512","kid":"rs"}"#, &text, |m| rsa_sign(rsa(0), &RSA_PKCS1_SHA512, m)),
        ),
        (
            "PS256 of the right key",
            forge::token(r#"{"alg":"PS256","kid":"rs"}"#, &text, |m| rsa_sign(rsa(0), &RSA_PSS_SHA256, m)),
        ),
        (
            "RS256 that is PS256",
            forge::token(r#"{"alg":"RS256","kid":"rs"}"#, &text, |m| rsa_sign(rsa(0), &RSA_PSS_SHA256, m)),
        ),
        ("ES256 with an RSA key", forge::token(r#"{"alg":"ES256","kid":"rs"}"#, &text, |m| ec_sign(ec(), m))),
        ("RS256 with a curve's key", right(r#"{"alg":"RS256","kid":"es"}"#)),
        ("ES256 that is an RSA signature", right(r#"{"alg":"ES256","kid":"es"}"#)),
        ("ES256 of zeros", none(r#"{"alg":"ES256","kid":"es"}"#, &[0; 64])),
        ("ES256 without signature", none(r#"{"alg":"ES256","kid":"es"}"#, b"")),
        ("ES256 of a key off the curve", none(r#"{"alg":"ES256","kid":"off"}"#, &[1; 64])),
        (
            "ES256 of a key on another curve",
            forge::token(r#"{"alg":"ES256","kid":"p384"}"#, &text, |m| ec_sign(ec(), m)),
        ),
        ("ES384", forge::token(r#"{"alg":"ES384","kid":"es"}"#, &text, |m| ec_sign(ec(), m))),
        ("ES256K", forge::token(r#"{"alg":"ES256K","kid":"es"}"#, &text, |m| ec_sign(ec(), m))),
        ("EdDSA", none(r#"{"alg":"EdDSA","kid":"es"}"#, &[1; 64])),
        ("algorithm in small letters", right(r#"{"alg":"rs256","kid":"rs"}"#)),
        ("algorithm with a space", right(r#"{"alg":"RS256 ","kid":"rs"}"#)),
        ("no algorithm", right(r#"{"kid":"rs"}"#)),
        ("algorithm null", right(r#"{"alg":null,"kid":"rs"}"#)),
        ("algorithms in a list", right(r#"{"alg":["RS256"],"kid":"rs"}"#)),
        ("two algorithms", right(r#"{"alg":"none","alg":"RS256","kid":"rs"}"#)),
        ("two key ids", right(r#"{"alg":"RS256","kid":"rs2","kid":"rs"}"#)),
        ("no key id where several keys fit", right(r#"{"alg":"RS256"}"#)),
        ("key id null where several keys fit", right(r#"{"alg":"RS256","kid":null}"#)),
        ("empty key id", more(json!({"kid": ""}))),
        ("key id is a number", right(r#"{"alg":"RS256","kid":1}"#)),
        ("unknown key", more(json!({"kid": "unknown"}))),
        ("key id is a path", more(json!({"kid": "../../dev/null"}))),
        ("key id is SQL", more(json!({"kid": "rs' OR '1'='1"}))),
        ("id of another key", more(json!({"kid": "rs2"}))),
        ("key of a thief under a known id", by_thief(json!({}))),
        ("key in the token", by_thief(json!({"jwk": rsa_jwk("rs", rsa(2))}))),
        ("key in the token, without id", by_thief(json!({"kid": null, "jwk": rsa_jwk("rs", rsa(2))}))),
        ("key set elsewhere", by_thief(json!({"jku": evil}))),
        ("certificate elsewhere", by_thief(json!({"x5u": evil}))),
        ("certificate in the token", by_thief(json!({"x5c": [b64(modulus(rsa(2)))]}))),
        ("key for encryption", more(json!({"kid": "enc"}))),
        ("key for other operations", more(json!({"kid": "ops"}))),
        ("key of another algorithm", more(json!({"kid": "ps"}))),
        ("key whose private part is published", more(json!({"kid": "private"}))),
        ("key with exponent 1", forge::token(r#"{"alg":"RS256","kid":"one"}"#, &text, own_signature)),
        ("key with an even exponent", more(json!({"kid": "even"}))),
        ("key of 1024 bits", more(json!({"kid": "short"}))),
        ("key of an unknown kind", more(json!({"kid": "new"}))),
        ("critical extension", more(json!({"crit": ["exp"], "exp": 1}))),
        ("no critical extension in a list of them", more(json!({"crit": []}))),
        ("unencoded claims", more(json!({"crit": ["b64"], "b64": false}))),
        ("access token", more(json!({"typ": "at+jwt"}))),
        ("logout token by type", more(json!({"typ": "logout+jwt"}))),
        ("service token by type", more(json!({"typ": "lending+jwt"}))),
        ("encrypted token by type", more(json!({"typ": "JWE"}))),
        ("type is a list", more(json!({"typ": ["JWT"]}))),
        ("header is a list", right(r#"["RS256"]"#)),
        ("header is no JSON", right("RS256")),
        ("header with text behind it", right(r#"{"alg":"RS256","kid":"rs"} {}"#)),
    ]
}
