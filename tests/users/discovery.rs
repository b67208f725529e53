//! An issuer that says the wrong thing gets no trust, and its users a 503.

use super::{
    forge::{AUDIENCE, NOW, USER, header, rs256, rsa, rsa_jwk},
    peer::{Peer, Reply, Request},
};
use lending_api::{auth::Oidc, config::OidcConfig, error::Error};
use serde_json::{Value, json};

/// What comes of a token when the issuer answers so; `None` when it is good.
async fn reason(path: &str, reply: impl Fn(&Request, &str) -> Reply + Send + Sync + 'static) -> Option<String> {
    let prefix = path.trim_end_matches('/').to_owned();
    let document = format!("{prefix}/.well-known/openid-configuration");
    let peer = Peer::start(move |request| {
        let host = request.head.lines().find_map(|l| l.strip_prefix("host: ")).unwrap_or_default();
        let known = [document.as_str(), "/jwks", "/elsewhere"].contains(&request.path.as_str());
        if known { reply(request, &format!("http://{host}")) } else { Reply::Status(404) }
    })
    .await;
    let issuer = peer.url(path);
    let mut config = OidcConfig::new(&issuer, AUDIENCE);
    config.timeout_ms = 1000;
    let claims = json!({"iss": issuer, "aud": AUDIENCE, "sub": USER, "iat": NOW, "exp": NOW + 60});
    let outcome = Oidc::new(&config).unwrap().verify(&rs256(rsa(0), &header("rs"), &claims), USER, NOW).await;
    assert_eq!(peer.count("/elsewhere"), 0, "no redirect is followed");
    match outcome {
        Ok(()) => None,
        Err(Error::Unavailable(text)) => {
            let text = text.strip_prefix("no keys to verify id tokens with: ").unwrap().to_owned();
            assert!(!text.contains("127.0.0.1"), "{text}");
            Some(text)
        }
        Err(other) => panic!("{other}"),
    }
}

fn keys() -> Reply {
    Reply::Json(json!({"keys": [rsa_jwk("rs", rsa(0))]}))
}

/// An issuer with this document.
async fn says(document: impl Fn(&str) -> Value + Send + Sync + 'static) -> Option<String> {
    reason("", move |r, base| if r.path == "/jwks" { keys() } else { Reply::Json(document(base)) }).await
}

/// An issuer with this document, or this key set.
async fn answers(path: &'static str, reply: Reply) -> String {
    let fine = |base: &str| Reply::Json(json!({"issuer": base, "jwks_uri": format!("{base}/jwks")}));
    let answer = move |r: &Request, base: &str| match r.path == "/jwks" {
        is_keys if is_keys == (path == "/jwks") => reply.clone(),
        true => keys(),
        false => fine(base),
    };
    reason("", answer).await.unwrap_or_else(|| "good".into())
}

#[tokio::test]
async fn the_document_is_where_the_standard_puts_it() {
    let below = |r: &Request, base: &str, issuer: &str| match r.path.as_str() {
        "/jwks" => keys(),
        _ => Reply::Json(json!({"issuer": format!("{base}{issuer}"), "jwks_uri": format!("{base}/jwks")})),
    };
    assert_eq!(reason("", move |r, base| below(r, base, "")).await, None);
    assert_eq!(reason("/oauth2/default", move |r, base| below(r, base, "/oauth2/default")).await, None);
    assert_eq!(reason("/tenant/", move |r, base| below(r, base, "/tenant/")).await, None, "its slash is dropped");
}

#[tokio::test]
async fn an_issuer_cannot_speak_for_another() {
    let text = "the issuer's document names another issuer than oidc.issuer; write it exactly as there";
    for change in
        [|base: &str| format!("{base}/"), |_: &str| "https://issuer.example".into(), |base: &str| base.to_uppercase()]
    {
        let outcome = says(move |base| json!({"issuer": change(base), "jwks_uri": format!("{base}/jwks")})).await;
        assert_eq!(outcome.as_deref(), Some(text));
    }
}

#[tokio::test]
async fn keys_do_not_come_over_an_open_wire() {
    for uri in
        ["http://issuer.example/jwks", "http://10.0.0.1/jwks", "file:///etc/keys", "data:,{}", "ftp://127.0.0.1/jwks"]
    {
        let outcome = says(move |base| json!({"issuer": base, "jwks_uri": uri})).await;
        assert_eq!(outcome.as_deref(), Some("the issuer's jwks_uri is not https"), "{uri}");
    }
    let outcome = says(|base| json!({"issuer": base, "jwks_uri": "/jwks"})).await.unwrap();
    assert!(outcome.starts_with("the issuer's jwks_uri is no address"), "{outcome}");
}

#[tokio::test]
async fn what_is_not_an_answer_brings_no_keys() {
    for (path, what) in [("/document", "document"), ("/jwks", "key set")] {
        for (reply, text) in [
            (Reply::Status(500), "answered 500 Internal Server Error"),
            (Reply::Status(404), "answered 404 Not Found"),
            (Reply::Redirect("/elsewhere".into()), "answered 302 Found; redirects are not followed"),
            (Reply::Text("<html>"), "did not answer the JSON that is expected (line 1, column 1)"),
            (Reply::Json(json!([])), "did not answer the JSON that is expected (line 1, column 2)"),
            (Reply::Json(json!({"keys": 1, "issuer": 1})), "did not answer the JSON that is expected"),
            (Reply::Endless, "answered more than 262144 bytes"),
            (Reply::Hang, "did not answer within 1000 ms"),
            (Reply::Die, "error sending request: "),
            (Reply::Torn, "error decoding response body: "),
        ] {
            let reason = answers(path, reply).await;
            assert!(reason.starts_with(&format!("the issuer's {what} {text}")), "{reason}");
        }
    }
}
