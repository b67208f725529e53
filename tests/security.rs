//! Who may call: every way in which a token can be wrong, and what the document asks of a good one.

use crate::support::{Server, now};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

fn claims() -> Value {
    let iat = now().timestamp();
    json!({"iss": "prepay", "aud": "lending-api", "sub": "1001", "act": {"sub": "prepay"}, "iat": iat, "exp": iat + 60, "jti": "j"})
}

fn header() -> Header {
    Header { typ: Some("lending+jwt".into()), kid: Some("prepay.1".into()), ..Header::new(Algorithm::HS256) }
}

fn sign(header: &Header, claims: &Value, key: &str) -> String {
    jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(key.as_bytes())).unwrap()
}

fn changed(changes: Value) -> Value {
    let mut claims = claims();
    for (key, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(key);
        } else {
            claims[key] = value.clone();
        }
    }
    claims
}

#[tokio::test]
async fn a_good_token_is_good() {
    let server = Server::start().await;
    let token = sign(&header(), &claims(), &server.key());
    server.get("/api/v1/location").bearer(&token).expect(200).await;
}

#[tokio::test]
async fn every_bad_token_gets_the_same_answer() {
    let server = Server::start().await;
    let (key, at) = (server.key(), now().timestamp());
    let mut tokens = vec!["".to_string(), "x".into(), "a.b.c".into(), "x".repeat(10_000)];
    for changes in [
        json!({"exp": at - 10}),
        json!({"exp": at + 100_000}),
        json!({"exp": at + 301}),
        json!({"iat": at + 60, "exp": at + 120}),
        json!({"exp": null}),
        json!({"iat": null}),
        json!({"exp": format!("{}", at + 60)}),
        json!({"exp": at as f64 + 60.5}),
        json!({"iss": "other"}),
        json!({"iss": ["prepay"]}),
        json!({"iss": null}),
        json!({"aud": "other-api"}),
        json!({"aud": ["lending-api"]}),
        json!({"aud": null}),
        json!({"act": {"sub": "other"}}),
        json!({"act": null}),
        json!({"jti": ""}),
        json!({"jti": null}),
        json!({"sub": ""}),
        json!({"sub": 1001}),
        json!({"admin": true}),
    ] {
        tokens.push(sign(&header(), &changed(changes), &key));
    }
    let with = |change: fn(&mut Header)| {
        let mut header = header();
        change(&mut header);
        header
    };
    tokens.push(sign(&with(|h| h.kid = Some("prepay.2".into())), &claims(), &key));
    tokens.push(sign(&with(|h| h.kid = None), &claims(), &key));
    tokens.push(sign(&with(|h| h.typ = Some("JWT".into())), &claims(), &key));
    tokens.push(sign(&with(|h| h.alg = Algorithm::HS512), &claims(), &key));
    tokens.push(sign(&with(|h| h.jku = Some("https://example.com".into())), &claims(), &key));
    tokens.push(sign(&header(), &claims(), &"k".repeat(64)));
    tokens.push(sign(&header(), &claims(), ""));
    let unsigned = sign(&header(), &claims(), &key);
    let (signed, _) = unsigned.rsplit_once('.').unwrap();
    tokens.push(format!("{signed}."));
    tokens.push(format!(
        "eyJhbGciOiJub25lIiwidHlwIjoibGVuZGluZytqd3QiLCJraWQiOiJwcmVwYXkuMSJ9.{}.",
        signed.split_once('.').unwrap().1
    ));

    for token in tokens {
        let answer = server.get("/api/v1/location").bearer(&token).send().await;
        assert_eq!(answer.problem(), "401 unauthenticated", "{token}");
        assert_eq!(answer.json()["detail"], "send a valid service token as `Authorization: Bearer …`", "{token}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    for header in ["", "Basic cHJlcGF5OnByZXBheQ==", "Bearer"] {
        let answer = server.get("/api/v1/location").header("authorization", header).send().await;
        assert_eq!(answer.problem(), "401 unauthenticated", "{header}");
    }
}

#[tokio::test]
async fn every_operation_but_the_open_ones_wants_a_token() {
    let server = Server::start().await;
    let document = <generated_server::Document as forebear_runtime::Api>::contract().document();
    let mut closed = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.replace("{id}", "1").replace("{code}", "11").replace("{alpha2}", "AF");
            // the body is broken on purpose: nothing of it may be read before the caller is known
            let call = server.call(&method.to_uppercase(), &path).header("authorization", "Bearer x");
            let answer = call.text("application/json", "{broken").send().await;
            if operation["security"] == json!([]) {
                assert_eq!(answer.status, 200, "{method} {path}");
            } else {
                closed += 1;
                assert_eq!(answer.problem(), "401 unauthenticated", "{method} {path}");
            }
        }
    }
    assert!(closed > 20, "the walk saw {closed} closed operations");
}

#[tokio::test]
async fn scope_and_context_come_from_the_document() {
    let mut server = Server::start().await;
    server.stop().await;
    let service = server.config.services.get_mut("prepay").unwrap();
    service.scopes = vec!["location:read".into()];
    let clock = lending_api::clock::Clock::fixed(now());
    let running = lending_api::serve::start(&server.config, clock).await.unwrap();
    server.base = format!("http://{}", running.address());
    server.get("/api/v1/location").expect(200).await;
    let refused = server.get("/api/v1/payoff").send().await;
    assert_eq!(refused.problem(), "403 scope");
    assert_eq!(refused.json()["detail"], "the service lacks the scope payoff:read");
    let nobody = server.token(None, None);
    assert_eq!(server.get("/api/v1/location").bearer(&nobody).send().await.problem(), "403 user_required");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_weak_key_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = crate::support::config(folder.path());
    let keys = vec![lending_api::config::KeyConfig::of("1", "k".repeat(31).into())];
    let user = lending_api::config::UserProof::None;
    config.services.insert("prepay".into(), lending_api::config::ServiceConfig { scopes: vec![], user, keys });
    let error =
        lending_api::serve::start(&config, lending_api::clock::Clock::system()).await.err().unwrap().to_string();
    assert!(error.contains("services.prepay.keys: key prepay.1 has 31 bytes, at least 32"), "{error}");
    assert!(!format!("{config:?}").contains("kkkk"), "the secret is not in Debug");
}
