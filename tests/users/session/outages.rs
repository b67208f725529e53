//! What is not an answer of the endpoint is not held against the user.

use super::{
    super::{
        later,
        peer::{Peer, Reply},
        seconds,
    },
    NOW, Ulp, alive,
};
use lending_api::error::Error;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn what_is_not_an_answer_is_a_503() {
    let ulp = Ulp::start(|_| ()).await;
    let json = |value| Reply::Json(value);
    for (reply, reason) in [
        (Reply::Status(500), "answered 500 Internal Server Error"),
        (Reply::Status(502), "answered 502 Bad Gateway"),
        (Reply::Status(429), "answered 429 Too Many Requests"),
        (Reply::Status(404), "answered 404 Not Found"),
        (Reply::Status(400), "answered 400 Bad Request"),
        (Reply::Status(204), "answered 204 No Content"),
        (Reply::Redirect("https://elsewhere.example/".into()), "answered 302 Found; redirects are not followed"),
        (Reply::Hang, "did not answer within 1000 ms"),
        (Reply::Slow(seconds(3), Box::new(json(alive()))), "did not answer within 1000 ms"),
        (Reply::Die, "error sending request"),
        (Reply::Torn, "error decoding response body"),
        (Reply::Endless, "answered more than 262144 bytes"),
        (Reply::Text(""), "did not answer the JSON"),
        (Reply::Text("<html>"), "did not answer the JSON"),
        (Reply::Text(r#"{"active": true, "sub": "1001"} x"#), "did not answer the JSON"),
        (Reply::Text(r#"{"active": false, "active": true, "sub": "1001"}"#), "did not answer the JSON"),
        (json(json!({})), "did not answer the JSON"),
        (json(json!([])), "did not answer the JSON"),
        (json(json!({"active": "true", "sub": "1001"})), "did not answer the JSON"),
        (json(json!({"active": 1, "sub": "1001"})), "did not answer the JSON"),
        (json(json!({"active": null, "sub": "1001"})), "did not answer the JSON"),
        (json(json!({"active": true, "sub": 1001})), "did not answer the JSON"),
        (json(json!({"active": true, "sub": "1001", "exp": "x"})), "did not answer the JSON"),
        (json(json!({"active": true})), "does not say whose session it is"),
    ] {
        ulp.says(reply);
        let Err(Error::Unavailable(text)) = ulp.sessions.check("a-session-id", "1001", NOW).await else {
            panic!("must be a 503: {reason}")
        };
        assert!(text.starts_with(&format!("the session endpoint {reason}")), "{text}");
        assert!(!text.contains("1001") && !text.contains("a-session-id"), "{text}");
    }
    ulp.says(Reply::Json(alive()));
    assert_eq!(ulp.check("a-session-id", "1001").await, "good", "nothing of it was remembered");
}

#[tokio::test]
async fn our_own_bad_secret_is_not_the_users_fault() {
    let ulp = Ulp::start(|c| c.secret = Some("s3cret".into())).await;
    for status in [401, 403] {
        ulp.says(Reply::Status(status));
        let Err(Error::Unavailable(text)) = ulp.sessions.check("sid", "1001", NOW).await else { panic!() };
        assert!(text.contains("it does not take session.secret; give this server the right one"), "{text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn an_endpoint_that_is_down_refuses_nobody() {
    let mut ulp = Ulp::start(|_| ()).await;
    assert_eq!(ulp.storm(1).await, "good");
    ulp.says(Reply::Hang);
    later(seconds(30)).await;
    let before = Instant::now();
    assert_eq!((ulp.storm(200).await, ulp.asked()), ("503", 2));
    assert!(before.elapsed() < seconds(3), "they wait together, not one after the other: {:?}", before.elapsed());
    ulp.says(Reply::Json(alive()));
    assert_eq!(ulp.storm(200).await, "good");
    ulp.peer.stop().await;
    assert_eq!(ulp.storm(200).await, "good", "remembered");
    later(seconds(30)).await;
    assert_eq!(ulp.storm(200).await, "503");
    let (reply, address) = (ulp.reply.clone(), ulp.peer.address);
    ulp.peer = Peer::start_at(address, move |_| reply.lock().unwrap().clone()).await;
    assert_eq!((ulp.storm(200).await, ulp.asked()), ("good", 1), "back at once");
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_cut_off_the_others() {
    let ulp = Ulp::start(|_| ()).await;
    ulp.says(Reply::Slow(Duration::from_millis(150), Box::new(Reply::Json(alive()))));
    let first = ulp.sessions.clone();
    let gone = tokio::spawn(async move { first.check("sid", "1001", NOW).await.is_ok() });
    tokio::time::sleep(Duration::from_millis(50)).await;
    gone.abort();
    assert_eq!((ulp.storm(10).await, ulp.asked()), ("good", 1));
}
