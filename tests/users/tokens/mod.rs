//! Good tokens in every allowed form, and forged ones, each by its name.

mod claims;
mod forms;
mod headers;

use super::{
    forge::{self, AUDIENCE, Issuer, NOW, USER, ec, ec_jwk, ec_sign, header, rs256, rsa, rsa_jwk},
    kind,
};
use lending_api::{auth::Oidc, error::Error};
use serde_json::{Value, json};

/// A forged token by the name of the attack.
type Attack = (&'static str, String);

fn changed(mut object: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(object.as_object_mut().unwrap().remove(key)),
            value => object[key] = value.clone(),
        }
    }
    object
}

#[tokio::test]
async fn what_the_issuer_may_say_is_good() {
    let issuer = Issuer::start().await;
    let mut config = issuer.config();
    config.authorized_parties = Some(vec![AUDIENCE.into(), "lending-mobile".into()]);
    config.max_age_seconds = Some(60);
    let oidc = Oidc::new(&config).unwrap();
    for changes in [
        json!({}),
        json!({"aud": [AUDIENCE]}),
        json!({"aud": [AUDIENCE, "other"], "azp": AUDIENCE}),
        json!({"azp": "lending-mobile"}),
        json!({"exp": NOW - 4}),
        json!({"iat": NOW + 5, "nbf": NOW + 5}),
        json!({"iat": NOW - 64}),
        json!({"nonce": "n", "at_hash": "h", "amr": ["pwd"], "email": "x@example.com", "auth_time": 1}),
    ] {
        let claims = changed(issuer.claims(), &changes);
        for header in [
            header("rs"),
            json!({"alg": "RS256", "kid": "rs"}),
            json!({"alg": "RS256", "typ": "jwt"}),
            json!({"alg": "RS256", "kid": "rs", "x5t": "t", "jku": "https://elsewhere.example/"}),
        ] {
            let outcome = oidc.verify(&rs256(rsa(0), &header, &claims), USER, NOW).await;
            assert_eq!(kind(&outcome), "good", "{header} {changes} {outcome:?}");
        }
        let token = forge::token(r#"{"alg":"ES256","kid":"es"}"#, &claims.to_string(), |m| ec_sign(ec(), m));
        assert_eq!(kind(&oidc.verify(&token, USER, NOW).await), "good", "ES256 {changes}");
    }
    let old = rs256(rsa(0), &header("rs"), &changed(issuer.claims(), &json!({"iat": NOW - 65})));
    assert_eq!(kind(&oidc.verify(&old, USER, NOW).await), "401", "older than max_age_seconds");
    assert_eq!(issuer.fetches(), 1);
}

/// Keys that an issuer may publish and that must not verify anything here.
fn unusable_keys() -> Vec<Value> {
    let like = |kid: &str, changes: Value| changed(rsa_jwk(kid, rsa(0)), &changes);
    let short = forge::b64(&forge::modulus(rsa(0))[128..]);
    vec![
        like("enc", json!({"use": "enc"})),
        like("ops", json!({"key_ops": ["encrypt"]})),
        like("ps", json!({"alg": "PS256"})),
        like("private", json!({"d": "AQAB"})),
        like("one", json!({"e": "AQ"})),
        like("even", json!({"e": "Ag"})),
        like("short", json!({"n": short})),
        json!({"kty": "oct", "kid": "oct", "k": forge::b64("k".repeat(64))}),
        json!({"kty": "EC", "kid": "off", "crv": "P-256", "x": forge::b64([1; 32]), "y": forge::b64([2; 32])}),
        changed(ec_jwk("p384", ec()), &json!({"crv": "P-384"})),
        json!({"kty": "new", "kid": "new"}),
        json!("not even an object"),
    ]
}

#[tokio::test]
async fn every_forged_token_is_refused() {
    let issuer = Issuer::start().await;
    // two keys of one algorithm, so that a token must name one; and one id for two keys, the second of which signs
    let mut keys = vec![rsa_jwk("rs", rsa(0)), rsa_jwk("rs2", rsa(1)), ec_jwk("es", ec())];
    keys.extend([rsa_jwk("twice", rsa(1)), rsa_jwk("twice", rsa(0))]);
    keys.extend(unusable_keys());
    issuer.publish(keys);
    let oidc = issuer.verifier();
    for kid in ["rs", "twice"] {
        let outcome = oidc.verify(&issuer.token(kid, 0), USER, NOW).await;
        assert_eq!(kind(&outcome), "good", "or else nothing below means anything: {outcome:?}");
    }

    let attacks: Vec<Attack> =
        [headers::attacks(&issuer), forms::attacks(&issuer), claims::attacks(&issuer)].into_iter().flatten().collect();
    for (name, token) in &attacks {
        let outcome = oidc.verify(token, USER, NOW).await;
        assert_eq!(kind(&outcome), "401", "{name}: {outcome:?}");
    }
    for sub in ["", "1002", "1001 ", " 1001", "01001", "1001\0"] {
        let outcome = oidc.verify(&issuer.token("rs", 0), sub, NOW).await;
        assert_eq!(kind(&outcome), "401", "outer sub {sub:?}");
    }
    let nobody = rs256(rsa(0), &header("rs"), &changed(issuer.claims(), &json!({"sub": ""})));
    assert_eq!(kind(&oidc.verify(&nobody, "", NOW).await), "401", "nobody");

    let mut names: Vec<_> = attacks.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), attacks.len(), "each attack has a name of its own");
    assert!(attacks.len() >= 100, "{} attacks", attacks.len());
    println!("{} forged tokens refused", attacks.len());
    assert_eq!(issuer.fetches(), 2, "the first, and one for all unknown keys");
    assert_eq!(issuer.peer.count("/evil"), 0, "no address of a token was asked");
}

#[tokio::test]
async fn the_reason_is_constant_text() {
    let issuer = Issuer::start().await;
    let token = rs256(rsa(0), &header("rs"), &changed(issuer.claims(), &json!({"sub": "a secret of somebody"})));
    let Err(Error::Unauthenticated(reason)) = issuer.verifier().verify(&token, USER, NOW).await else {
        panic!("must be refused")
    };
    assert_eq!(reason, "the id token is of another user");
}
