//! Sessions against an endpoint that is well; and, in `outages`, slow, wrong, dead and alive again.

mod outages;

use super::{
    kind, later,
    peer::{Peer, Reply},
    seconds,
};
use futures_util::future::join_all;
use lending_api::{auth::Sessions, config::SessionConfig};
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const NOW: i64 = 1_780_000_000;

/// An endpoint, and the sessions that ask it.
struct Ulp {
    peer: Peer,
    reply: Arc<Mutex<Reply>>,
    sessions: Arc<Sessions>,
}

fn alive() -> Value {
    json!({"active": true, "sub": "1001", "scope": "further members are allowed"})
}

impl Ulp {
    async fn start(change: impl FnOnce(&mut SessionConfig)) -> Self {
        let reply = Arc::new(Mutex::new(Reply::Json(alive())));
        let shared = reply.clone();
        let peer = Peer::start(move |_| shared.lock().unwrap().clone()).await;
        let mut config = SessionConfig::new(&peer.url("/introspect"));
        config.timeout_ms = 1000;
        change(&mut config);
        Self { peer, reply, sessions: Arc::new(Sessions::new(&config).unwrap()) }
    }

    fn says(&self, reply: Reply) {
        *self.reply.lock().unwrap() = reply;
    }

    async fn check(&self, sid: &str, sub: &str) -> &'static str {
        kind(&self.sessions.check(sid, sub, NOW).await)
    }

    /// As many checks of one session at once; all have the same outcome.
    async fn storm(&self, n: usize) -> &'static str {
        let check = |_| {
            let sessions = self.sessions.clone();
            tokio::spawn(async move { kind(&sessions.check("sid", "1001", NOW).await) })
        };
        let mut kinds: Vec<_> = join_all((0..n).map(check)).await.into_iter().map(Result::unwrap).collect();
        kinds.dedup();
        assert_eq!(kinds.len(), 1, "{kinds:?}");
        kinds[0]
    }

    fn asked(&self) -> usize {
        self.peer.requests().len()
    }
}

#[tokio::test]
async fn the_question_is_that_of_the_standard() {
    let ulp = Ulp::start(|c| c.secret = Some("s3cret".into())).await;
    assert_eq!(ulp.check("a+b&c=d e", "1001").await, "good");
    let request = ulp.peer.requests().remove(0);
    assert!(request.head.starts_with("POST /introspect HTTP/1.1\r\n"), "{}", request.head);
    assert!(request.head.contains("\r\nauthorization: Bearer s3cret"), "{}", request.head);
    assert!(request.head.contains("\r\ncontent-type: application/x-www-form-urlencoded"), "{}", request.head);
    assert!(request.head.contains("\r\naccept: application/json"), "{}", request.head);
    assert_eq!(request.body, "token=a%2Bb%26c%3Dd+e");

    let open = Ulp::start(|_| ()).await;
    assert_eq!(open.check("sid", "1001").await, "good");
    assert!(!open.peer.requests()[0].head.contains("authorization"));
}

#[tokio::test]
async fn a_living_session_is_remembered_for_a_moment() {
    let ulp = Ulp::start(|_| ()).await;
    ulp.says(Reply::Slow(Duration::from_millis(50), Box::new(Reply::Json(alive()))));
    assert_eq!((ulp.storm(200).await, ulp.asked()), ("good", 1), "one question for all");
    later(seconds(29)).await;
    assert_eq!((ulp.storm(10).await, ulp.asked()), ("good", 1));
    assert_eq!((ulp.check("other", "1001").await, ulp.asked()), ("good", 2));
    later(seconds(1)).await;
    assert_eq!((ulp.storm(10).await, ulp.asked()), ("good", 3));

    let forgetful = Ulp::start(|c| c.cache_seconds = 0).await;
    assert_eq!((forgetful.storm(1).await, forgetful.storm(1).await, forgetful.asked()), ("good", "good", 2));
}

#[tokio::test]
async fn a_session_is_not_remembered_past_its_end() {
    let ulp = Ulp::start(|_| ()).await;
    let until = |exp: i64| Reply::Json(json!({"active": true, "sub": "1001", "exp": exp}));
    ulp.says(until(NOW + 10));
    assert_eq!((ulp.storm(1).await, ulp.asked()), ("good", 1));
    later(seconds(9)).await;
    assert_eq!((ulp.storm(1).await, ulp.asked()), ("good", 1));
    later(seconds(1)).await;
    ulp.says(Reply::Json(json!({"active": false})));
    assert_eq!((ulp.storm(1).await, ulp.asked()), ("401", 2));
    for (exp, kind) in [(NOW - 4, "good"), (NOW - 5, "401"), (i64::MIN, "401"), (i64::MAX, "good")] {
        ulp.says(until(exp));
        assert_eq!(ulp.check(&format!("sid {exp}"), "1001").await, kind, "{exp}");
    }
}

#[tokio::test]
async fn a_dead_session_is_not_remembered() {
    let ulp = Ulp::start(|_| ()).await;
    for dead in
        [json!({"active": false}), json!({"active": false, "sub": "1001"}), json!({"active": true, "sub": "1002"})]
    {
        ulp.says(Reply::Json(dead));
        assert_eq!(ulp.storm(5).await, "401");
    }
    ulp.says(Reply::Json(alive()));
    assert_eq!(ulp.storm(5).await, "good", "who logs in again is in at once");
}

#[tokio::test]
async fn a_session_is_good_for_its_user_alone() {
    let ulp = Ulp::start(|_| ()).await;
    assert_eq!(ulp.check("sid", "1001").await, "good");
    for (sid, sub) in
        [("sid", "1002"), ("sid", ""), ("sid1", "001"), ("", "1001"), ("sid", "1001 "), ("sid", "１００１")]
    {
        assert_eq!(ulp.check(sid, sub).await, "401", "{sid} {sub}");
    }
    assert_eq!(ulp.check(&"x".repeat(1024), "1001").await, "good");
    let before = ulp.asked();
    assert_eq!((ulp.check(&"x".repeat(1025), "1001").await, ulp.asked()), ("401", before), "not even asked");
}
