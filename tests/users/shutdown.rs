use lending_api::{
    auth::{Oidc, Sessions},
    config::{OidcConfig, SessionConfig},
};
use std::{future::Future, sync::mpsc, time::Duration};

/// Polls a question once, inside a runtime that has ended: whoever asks then is told so, and waits for nobody.
fn ends(question: impl AsyncFnOnce() -> bool + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let handle = runtime.handle().clone();
        drop(runtime);
        let _inside = handle.enter();
        let mut question = std::pin::pin!(question());
        let polled = question.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
        sender.send(polled.is_ready()).unwrap();
    });
    assert_eq!(receiver.recv_timeout(Duration::from_secs(5)), Ok(true), "it hangs");
}

#[test]
fn a_question_about_a_session_ends_with_the_server() {
    ends(async || {
        let sessions = Sessions::new(&SessionConfig::new("http://127.0.0.1:9/introspect")).unwrap();
        sessions.check("sid", "1001", 0).await.is_err()
    });
}

#[test]
fn a_question_about_an_id_token_ends_with_the_server() {
    ends(async || {
        let config = OidcConfig::new("http://127.0.0.1:9", "lending-web");
        let claims = r#"{"iss":"http://127.0.0.1:9","aud":"lending-web","sub":"1001","iat":100,"exp":200}"#;
        let part = crate::security::forge::part;
        let token = [part(r#"{"alg":"RS256","kid":"1"}"#), part(claims), part("signature")].join(".");
        let outcome = Oidc::new(&config).unwrap().verify(&token, "1001", 100).await;
        matches!(outcome, Err(lending_api::error::Error::Unavailable(_)))
    });
}
