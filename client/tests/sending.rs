//! What a call comes to when its attempts differ, its source fails, or its time is too short.

use crate::{
    fake::{Fake, KEY, late},
    resource::{found, read, refusal, update},
};
use lending_api_client::{ApiError, Client, Key, Proof, ProofSource, SourceError};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

fn status_of(outcome: Result<(), ApiError>) -> Option<u16> {
    outcome.expect_err("no success").status()
}

#[tokio::test]
async fn who_was_not_connected_tries_again_with_anything() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("free port").local_addr().expect("address").port();
    let client = |attempts| {
        let builder = Client::builder(format!("http://127.0.0.1:{port}")).service("prepay").key(KEY);
        builder.max_attempts(attempts).timeout(Duration::from_secs(20)).build().expect("client")
    };
    let error = update(&client(3).as_user("1001"), "*", None).await.expect_err("nobody there");
    assert_eq!(error.to_string(), "cannot connect to the lending API");
    // somebody comes
    let session = client(60).as_user("1001");
    let call = tokio::spawn(async move { update(&session, "*", None).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let fake = Fake::start_at(port, vec![found(&[])], |b| b).await;
    call.await.expect("no panic").expect("made at last");
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_limit_that_stays_used_up_is_told_without_asking() {
    let spent = found(&["ratelimit: \"read\";r=0;t=60"]);
    let fake = Fake::start_with(vec![spent, found(&[])], |b| b).await;
    let session = fake.client.as_user("1001");
    read(&session).await.expect("the last of the budget");
    let begin = Instant::now();
    let error = read(&session).await.expect_err("no time to wait a minute");
    let ApiError::RateLimited { retry_after, problem } = &error else { panic!("{error:?}") };
    assert!((59..=60).contains(&retry_after.as_secs()) && problem.request_id.is_empty(), "{error:?}");
    let text = "429 rate_limited: nothing was sent: the limit `read` is used up, as an earlier answer said";
    assert!(error.to_string().starts_with(text), "{error}");
    assert!(begin.elapsed() < Duration::from_millis(500));
    assert_eq!(fake.requests().len(), 1);
}

/// Gives so many sessions, and counts how often it was asked.
fn source(gives: usize) -> (impl ProofSource + 'static, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let source = move || {
        let n = count.fetch_add(1, SeqCst);
        async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if n < gives { Ok(Proof::Session(format!("hidden-{n}").into())) } else { Err(SourceError::from("over")) }
        }
    };
    (source, asked)
}

#[tokio::test]
async fn fifty_calls_that_are_refused_together_renew_once() {
    let answers = [vec![refusal(401, &[]); 50], vec![found(&[]); 50]].concat();
    let fake = Fake::start_with(answers, |b| b).await;
    let (source, asked) = source(2);
    let session = fake.client.as_user("1001").with_proof_source(source);
    let calls = (0..50).map(|_| {
        let session = session.clone();
        tokio::spawn(async move { read(&session).await })
    });
    for outcome in futures_util::future::join_all(calls).await {
        outcome.expect("no panic").expect("renewed");
    }
    assert_eq!((asked.load(SeqCst), fake.requests().len()), (2, 100));
}

#[tokio::test]
async fn a_source_that_fails_after_a_refusal_says_so_and_shows_nothing() {
    let fake = Fake::start_with(vec![refusal(401, &[])], |b| b).await;
    let session = fake.client.as_user("1001").with_proof_source(source(1).0);
    let error = read(&session).await.expect_err("the login is over");
    assert_eq!(error.to_string(), "no credentials: the source of the user's proof failed");
    assert!(!format!("{error:?} {session:?}").contains("hidden"));
}

#[tokio::test]
async fn a_key_that_cannot_be_read_again_is_told() {
    let reads = AtomicUsize::new(0);
    let key = move || match reads.fetch_add(1, SeqCst) {
        0 => Ok(Key { id: "1".into(), secret: KEY.into() }),
        _ => Err(SourceError::from("the file is gone")),
    };
    let fake = Fake::start_with(vec![refusal(401, &[])], |b| b.key_source(key)).await;
    let error = read(&fake.client.as_user("1001")).await.expect_err("no key");
    assert_eq!(error.to_string(), "no credentials: the source of the service's key failed");
    assert_eq!(std::error::Error::source(&error).expect("cause").to_string(), "the file is gone");
}

/// A second attempt that cannot be made must not hide that the first may have been.
#[tokio::test]
async fn what_was_sent_is_told_also_when_nothing_can_be_sent_again() {
    let spent = refusal(503, &["retry-after: 0", "ratelimit: \"read\";r=0;t=60"]);
    let fake = Fake::start_with(vec![spent], |b| b).await;
    assert_eq!(status_of(read(&fake.client.as_user("1001")).await), Some(503));
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn who_is_always_refused_renews_once_per_call() {
    let fake = Fake::start_with(vec![refusal(401, &[]); 9], |b| b.max_attempts(9)).await;
    let (source, asked) = source(9);
    assert_eq!(status_of(read(&fake.client.as_user("1001").with_proof_source(source)).await), Some(401));
    assert_eq!((fake.requests().len(), asked.load(SeqCst)), (2, 2));
}

#[tokio::test]
async fn a_call_under_way_is_signed_again_when_its_key_was_exchanged() {
    let fake = Fake::start_with(vec![late(300, &refusal(401, &[])), found(&[])], |b| b).await;
    let session = fake.client.as_user("1001");
    let call = tokio::spawn(async move { read(&session).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let next = Key { id: "2".into(), secret: "fedcba9876543210fedcba9876543210".into() };
    fake.client.exchange_key(&next).expect("a good key");
    call.await.expect("no panic").expect("with the new key");
    assert_eq!(fake.requests().len(), 2);
}

/// Waits and attempts share one timeout.
#[tokio::test]
async fn an_attempt_has_what_is_left_of_the_time() {
    let spent = found(&["ratelimit: \"read\";r=0;t=1"]);
    let fake = Fake::start_with(vec![spent, late(9000, &found(&[]))], |b| b.timeout(Duration::from_millis(1400))).await;
    let session = fake.client.as_user("1001");
    read(&session).await.expect("the last of the budget");
    let begin = Instant::now();
    let error = read(&session).await.expect_err("too late");
    assert_eq!(error.to_string(), "the lending API did not answer in time");
    assert!((1300..2000).contains(&begin.elapsed().as_millis()), "{:?}", begin.elapsed());
}
