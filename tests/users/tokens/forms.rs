//! Attacks on the form: parts, encodings, sizes, what was signed.

use super::{
    super::forge::{self, Issuer, b64, ec, ec_sign, header, rs256, rsa},
    Attack, changed,
};
use base64::{Engine, engine::general_purpose::URL_SAFE};
use serde_json::json;

pub fn attacks(issuer: &Issuer) -> Vec<Attack> {
    let good = issuer.token("rs", 0);
    let parts: Vec<&str> = good.split('.').collect();
    let [head, body, signature] = parts[..] else { panic!("three parts") };
    let raw = signature.as_bytes();
    let flipped = format!("{head}.{body}.{}{}", if raw[0] == b'A' { 'B' } else { 'A' }, &signature[1..]);
    // 256 bytes end in four bits that mean nothing: another text for the same bytes
    let last = char::from(raw[raw.len() - 1] + 1);
    let other = rs256(rsa(0), &header("rs"), &changed(issuer.claims(), &json!({"sub": "1002"})));
    let (other_body, other_signature) = (other.split('.').nth(1).unwrap(), other.split('.').nth(2).unwrap());
    let long = rs256(rsa(0), &header("rs"), &changed(issuer.claims(), &json!({"name": "x".repeat(8000)})));
    assert!(long.len() > 8 * 1024);
    let es = r#"{"alg":"ES256","kid":"es"}"#;
    let of_ec =
        |change: fn(Vec<u8>) -> Vec<u8>| forge::token(es, &issuer.claims().to_string(), |m| change(ec_sign(ec(), m)));
    vec![
        ("nothing", String::new()),
        ("two dots", "..".into()),
        ("a word", "token".into()),
        ("signature cut off", format!("{head}.{body}.")),
        ("signature and its dot cut off", format!("{head}.{body}")),
        ("no header", format!(".{body}.{signature}")),
        ("no claims", format!("{head}..{signature}")),
        ("a fourth part", format!("{good}.{signature}")),
        ("five parts, as if encrypted", format!("{head}.{signature}.{body}.{body}.{signature}")),
        ("claims of another token", format!("{head}.{other_body}.{signature}")),
        ("signature of another token", format!("{head}.{body}.{other_signature}")),
        ("header of another token", format!("{}.{body}.{signature}", b64(r#"{"alg":"RS256","kid":"rs"}"#))),
        ("one bit of the signature", flipped),
        ("signature too short", good[..good.len() - 4].into()),
        ("signature too long", format!("{good}AAAA")),
        ("signature twice", format!("{good}{signature}")),
        ("signature with padding", format!("{good}==")),
        ("another text of the same signature", format!("{}{last}", &good[..good.len() - 1])),
        ("claims with padding", format!("{head}.{}.{signature}", URL_SAFE.encode(issuer.claims().to_string() + " "))),
        ("signature in the wrong alphabet", format!("{head}.{body}.+/{}", &signature[2..])),
        ("space before", format!(" {good}")),
        ("line end behind", format!("{good}\n")),
        ("space in the middle", format!("{head}. {body}.{signature}")),
        ("zero byte behind", format!("{good}\0")),
        ("with its scheme", format!("Bearer {good}")),
        ("not ASCII", format!("{good}é")),
        ("longer than 8 KB", long),
        ("huge", "x.".repeat(1 << 20)),
        ("curve's signature in DER", of_ec(|s| [&[0x30, 0x44, 2, 0x20], &s[..32], &[2, 0x20], &s[32..]].concat())),
        ("curve's signature with halves exchanged", of_ec(|s| [&s[32..], &s[..32]].concat())),
        ("curve's signature without its half", of_ec(|s| s[..32].to_vec())),
    ]
}
