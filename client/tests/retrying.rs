//! Which calls are made again, when, and with what in their token.

use crate::{
    fake::{Fake, KEY, SILENCE, claims, key_ids},
    resource::{create, created, delete, found, read, refusal, replace, update},
};
use lending_api_client::{ApiError, ClientBuilder, Key, Proof};
use std::{
    collections::BTreeSet,
    error::Error,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Call {
    Read,
    Create,
    CreateWithKey,
    Replace,
    ReplaceVersion,
    Update,
    UpdateWithKey,
    UpdateAny,
    Delete,
}

#[tokio::test]
async fn only_what_is_safe_is_sent_again() {
    use Call::{Create, CreateWithKey, Delete, Read, Replace, ReplaceVersion, Update, UpdateAny, UpdateWithKey};
    let now = "retry-after: 0";
    for (call, first, attempts) in [
        (Read, refusal(429, &[now]), 2),
        (Create, refusal(429, &[now]), 2),
        (Replace, refusal(429, &[now]), 2),
        (Read, refusal(503, &[now]), 2),
        (CreateWithKey, refusal(503, &[now]), 2),
        (Create, refusal(503, &[now]), 1),
        (Replace, refusal(503, &[now]), 1),
        (ReplaceVersion, refusal(429, &[now]), 2),
        (ReplaceVersion, refusal(503, &[now]), 1),
        (ReplaceVersion, refusal(504, &[]), 1),
        (ReplaceVersion, SILENCE.into(), 1),
        (Update, refusal(503, &[now]), 1),
        (Update, SILENCE.into(), 1),
        (UpdateWithKey, refusal(503, &[now]), 2),
        (UpdateWithKey, refusal(409, &[now]), 2),
        (UpdateWithKey, SILENCE.into(), 2),
        (Update, refusal(409, &[now]), 1),
        (UpdateAny, refusal(429, &[now]), 2),
        (UpdateAny, SILENCE.into(), 1),
        (Delete, refusal(503, &[now]), 1),
        (Delete, refusal(408, &[]), 1),
        (Delete, SILENCE.into(), 1),
        (Read, refusal(429, &[]), 1),
        (Create, refusal(504, &[]), 1),
        (CreateWithKey, refusal(502, &[now]), 2),
        (CreateWithKey, refusal(500, &[now]), 1),
        (Read, refusal(429, &["date: Sun, 06 Nov 1994 08:49:37 GMT", "retry-after: Sun, 06 Nov 1994 08:49:37 GMT"]), 2),
        (Read, refusal(502, &[]), 2),
        (Read, refusal(504, &[]), 2),
        (Create, refusal(502, &[]), 1),
        (CreateWithKey, refusal(504, &[]), 2),
        (Read, SILENCE.into(), 2),
        (CreateWithKey, SILENCE.into(), 2),
        (Create, SILENCE.into(), 1),
        (Replace, SILENCE.into(), 1),
        (Read, refusal(500, &[]), 1),
        (Read, refusal(400, &[]), 1),
        (Read, refusal(401, &[]), 1),
        (Read, refusal(403, &[]), 1),
        (Read, refusal(404, &[]), 1),
        (CreateWithKey, refusal(409, &[]), 1),
        (CreateWithKey, refusal(409, &[now]), 2),
        (ReplaceVersion, refusal(412, &[]), 1),
    ] {
        let then = if matches!(call, Create | CreateWithKey) { created() } else { found(&[]) };
        let fake = Fake::start_with(vec![first.clone(), then], |builder| builder).await;
        let session = fake.client.as_user("1001");
        let outcome = match call {
            Read => read(&session).await,
            Create => create(&session, None).await,
            CreateWithKey => create(&session, Some("k")).await,
            Replace => replace(&session, "*").await,
            ReplaceVersion => replace(&session, "\"1\"").await,
            Update => update(&session, "\"1\"", None).await,
            UpdateWithKey => update(&session, "\"1\"", Some("k")).await,
            UpdateAny => update(&session, "*", None).await,
            Delete => delete(&session, "\"1\"").await,
        };
        assert_eq!(fake.requests().len(), attempts, "{call:?} after {first}");
        assert_eq!(outcome.is_ok(), attempts == 2, "{call:?} after {first}: {outcome:?}");
        let tokens: BTreeSet<String> = claims(&fake).iter().map(|c| c["jti"].to_string()).collect();
        assert_eq!(tokens.len(), attempts, "a token for each attempt");
    }
}

#[tokio::test]
async fn attempts_and_time_have_an_end() {
    let refused = || vec![refusal(503, &["retry-after: 0"]); 5];
    let fake = Fake::start_with(refused(), |builder| builder).await;
    read(&fake.client.as_user("1001")).await.expect_err("503 to the end");
    assert_eq!(fake.requests().len(), 3);

    let fake = Fake::start_with(vec![refusal(429, &["retry-after: 60"])], |b| b.timeout(Duration::from_secs(2))).await;
    let begin = Instant::now();
    let error = read(&fake.client.as_user("1001")).await.expect_err("there is no time to wait");
    assert!(
        matches!(error, ApiError::RateLimited { retry_after, .. } if retry_after == Duration::from_secs(60)),
        "{error:?}"
    );
    assert!(begin.elapsed() < Duration::from_secs(1), "it is told at once: {:?}", begin.elapsed());
}

#[tokio::test]
async fn waits_as_long_as_the_server_says() {
    let fake = Fake::start_with(vec![refusal(429, &["retry-after: 1"]), found(&[])], |builder| builder).await;
    let begin = Instant::now();
    read(&fake.client.as_user("1001")).await.expect("the second time");
    assert!((1000..1900).contains(&begin.elapsed().as_millis()), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_limit_that_is_used_up_is_waited_for_before_asking() {
    let spent = found(&["ratelimit: \"read\";r=0;t=1"]);
    let fake = Fake::start_with(vec![spent, found(&[]), found(&[])], |builder| builder).await;
    let begin = Instant::now();
    read(&fake.client.as_user("1001")).await.expect("the first");
    // another user has a share of his own
    read(&fake.client.as_user("1002")).await.expect("another's");
    assert!(begin.elapsed() < Duration::from_millis(700), "{:?}", begin.elapsed());
    read(&fake.client.as_user("1001")).await.expect("the second");
    assert!(begin.elapsed() >= Duration::from_millis(900), "{:?}", begin.elapsed());
    assert_eq!(fake.requests().len(), 3);
}

/// Sources that give `first`, then `second`, and count.
fn changing<T: Clone + Send + Sync + 'static>(first: T, second: T) -> (impl Fn() -> T + Send + Sync, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    (move || if count.fetch_add(1, Ordering::SeqCst) == 0 { first.clone() } else { second.clone() }, asked)
}

#[tokio::test]
async fn a_refused_proof_is_renewed_once() {
    let (next, asked) = changing("first", "second");
    let next = Arc::new(next);
    let fake =
        Fake::start_with(vec![refusal(401, &[]), found(&[]), refusal(401, &[]), found(&[])], |builder| builder).await;
    let session = fake.client.as_user("1001").with_proof_source(move || {
        let next = next.clone();
        async move { Ok(Proof::Session(next().into())) }
    });
    create(&session, None).await.expect_err("the answer is no 201, but the call was made twice");
    let sids: Vec<_> = claims(&fake).iter().map(|c| c["sid"].clone()).collect();
    assert_eq!(sids, ["first", "second"]);
    // the source has nothing newer: the refusal is final
    read(&session).await.expect_err("401");
    assert_eq!((fake.requests().len(), asked.load(Ordering::SeqCst)), (3, 3));
}

#[tokio::test]
async fn a_fixed_proof_is_not_tried_again() {
    let fake = Fake::start_with(vec![refusal(401, &[]), found(&[])], |builder| builder).await;
    let session = fake.client.as_user("1001").with_proof(Proof::IdToken("a.b.c".into()));
    read(&session).await.expect_err("401");
    assert_eq!(claims(&fake)[0]["id_token"], "a.b.c");
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_source_that_fails_is_named_and_nothing_is_sent() {
    let fake = Fake::start_with(vec![found(&[])], |builder| builder).await;
    let session = fake.client.as_user("1001").with_proof_source(|| async { Err("the session store is away".into()) });
    let error = read(&session).await.expect_err("no proof");
    assert_eq!(error.to_string(), "no credentials: the source of the user's proof failed");
    let ApiError::Source(failure) = &error else { panic!("{error:?}") };
    assert_eq!(failure.name(), "the user's proof");
    assert_eq!(failure.source().expect("a cause").to_string(), "the session store is away");
    assert!(fake.requests().is_empty());
}

fn key(id: &str, secret: &str) -> Key {
    Key { id: id.into(), secret: secret.into() }
}

#[tokio::test]
async fn a_refused_key_is_read_anew_once() {
    let (next, asked) = changing(key("1", KEY), key("2", "fedcba9876543210fedcba9876543210"));
    let set = |builder: ClientBuilder| builder.key_source(move || Ok(next()));
    let fake = Fake::start_with(vec![refusal(401, &[]), found(&[]), refusal(401, &[])], set).await;
    let session = fake.client.as_user("1001");
    read(&session).await.expect("with the new key");
    assert_eq!(key_ids(&fake), ["prepay.1", "prepay.2"]);
    read(&session).await.expect_err("there is no newer one");
    assert_eq!((fake.requests().len(), asked.load(Ordering::SeqCst)), (3, 3));
}

#[tokio::test]
async fn a_key_is_exchanged_under_sessions_that_live() {
    let fake = Fake::start_with(vec![found(&[]), found(&[])], |builder| builder).await;
    let session = fake.client.as_user("1001");
    read(&session).await.expect("with the first");
    let short = fake.client.exchange_key(&key("2", "short")).expect_err("too short");
    assert_eq!(short.to_string(), "the key of the service has 5 bytes; at least 32 are needed");
    fake.client.clone().exchange_key(&key("2", "fedcba9876543210fedcba9876543210")).expect("a good key");
    read(&session).await.expect("with the second");
    assert_eq!(key_ids(&fake), ["prepay.1", "prepay.2"]);
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let seen = Arc::new(Mutex::new(String::new()));
    let fake = Fake::start_with(vec![refusal(401, &[])], |builder| {
        let builder = builder.key_source(|| Ok(key("1", "hidden-hidden-hidden-hidden-hidden")));
        seen.lock().expect("no panic").push_str(&format!("{builder:?}"));
        builder
    })
    .await;
    let session = fake.client.as_user("1001").with_proof(Proof::Session("hidden-session".into()));
    let error = read(&session).await.expect_err("401");
    let shown = format!("{} {:?} {session:?} {error:?} {error}", seen.lock().expect("no panic"), fake.client);
    assert!(!shown.contains("hidden"), "{shown}");
}
