//! Attacks with claims: all of these are signed by the right key, as tokens of the same issuer for something else would be.

use super::{
    super::forge::{self, AUDIENCE, Issuer, NOW, header, rs256, rsa, rsa_sign},
    Attack, changed,
};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use serde_json::json;

pub fn attacks(issuer: &Issuer) -> Vec<Attack> {
    let url = issuer.url();
    let says = |changes| rs256(rsa(0), &header("rs"), &changed(issuer.claims(), &changes));
    let text = issuer.claims().to_string();
    let raw =
        |claims: &str| forge::token(&header("rs").to_string(), claims, |m| rsa_sign(rsa(0), &RSA_PKCS1_SHA256, m));
    let also = |member: &str| raw(&text.replacen('{', &format!("{{{member},"), 1));
    vec![
        ("another issuer", says(json!({"iss": "https://issuer.example"}))),
        ("issuer with a slash", says(json!({"iss": format!("{url}/")}))),
        ("issuer in capitals", says(json!({"iss": url.to_uppercase()}))),
        ("issuer that begins the same", says(json!({"iss": format!("{url}.example")}))),
        ("issuers in a list", says(json!({"iss": [url]}))),
        ("no issuer", says(json!({"iss": null}))),
        ("two issuers", also(r#""iss":"https://issuer.example""#)),
        ("another audience", says(json!({"aud": "other"}))),
        ("audience that begins the same", says(json!({"aud": "lending-web2"}))),
        ("audience in capitals", says(json!({"aud": "LENDING-WEB"}))),
        ("the API as audience", says(json!({"aud": "lending-api"}))),
        ("no audience", says(json!({"aud": null}))),
        ("empty audience", says(json!({"aud": ""}))),
        ("empty list of audiences", says(json!({"aud": []}))),
        ("other audiences", says(json!({"aud": ["other", "another"], "azp": AUDIENCE}))),
        ("several audiences without party", says(json!({"aud": [AUDIENCE, "other"]}))),
        ("the audience twice without party", says(json!({"aud": [AUDIENCE, AUDIENCE]}))),
        ("several audiences, another party", says(json!({"aud": [AUDIENCE, "other"], "azp": "other"}))),
        ("audience is an object", says(json!({"aud": {"0": AUDIENCE}}))),
        ("audiences in a list within a list", says(json!({"aud": [[AUDIENCE]]}))),
        ("two members aud", also(r#""aud":"other""#)),
        ("another party", says(json!({"azp": "other"}))),
        ("empty party", says(json!({"azp": ""}))),
        ("parties in a list", says(json!({"azp": [AUDIENCE]}))),
        ("expired", says(json!({"exp": NOW - 5}))),
        ("expired long ago", says(json!({"exp": 0}))),
        ("expired before all time", says(json!({"exp": i64::MIN}))),
        ("never expires", says(json!({"exp": null}))),
        ("expires as text", says(json!({"exp": (NOW + 600).to_string()}))),
        ("expires in a fraction", says(json!({"exp": NOW as f64 + 600.5}))),
        ("expires beyond numbers", raw(&text.replace(&(NOW + 600).to_string(), "1e300"))),
        ("expires beyond integers", says(json!({"exp": u64::MAX}))),
        ("two expiries", also(r#""exp":9999999999"#)),
        ("issued in the future", says(json!({"iat": NOW + 6}))),
        ("issued at the end of time", says(json!({"iat": i64::MAX}))),
        ("never issued", says(json!({"iat": null}))),
        ("issued as text", says(json!({"iat": NOW.to_string()}))),
        ("not yet valid", says(json!({"nbf": NOW + 6}))),
        ("valid from the end of time", says(json!({"nbf": i64::MAX}))),
        ("valid from a text", says(json!({"nbf": "0"}))),
        ("another user", says(json!({"sub": "1002"}))),
        ("user with a space", says(json!({"sub": "1001 "}))),
        ("user with a zero byte", says(json!({"sub": "1001\0"}))),
        ("user in other digits", says(json!({"sub": "１００１"}))),
        ("user is a number", says(json!({"sub": 1001}))),
        ("users in a list", says(json!({"sub": ["1001"]}))),
        ("no user", says(json!({"sub": null}))),
        ("empty user", says(json!({"sub": ""}))),
        ("two users", also(r#""sub":"1002""#)),
        ("two users by an escape", also(r#""s\u0075b":"1002""#)),
        ("logout token by claims", says(json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}))),
        ("claims in a list", raw(&format!("[{text}]"))),
        ("claims are null", raw("null")),
        ("claims are no JSON", raw("sub=1001")),
        ("claims with text behind them", raw(&format!("{text}{text}"))),
        (
            "audience nested deep",
            raw(&text.replace(&format!("\"{AUDIENCE}\""), &("[".repeat(2000) + &"]".repeat(2000)))),
        ),
    ]
}
