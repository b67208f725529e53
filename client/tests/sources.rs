//! Sources of proofs and keys that hang, panic, or give what cannot be used: one call fails, in time, and no other.

use crate::{
    fake::{Fake, KEY, claims},
    resource::{END, found, read, refusal},
};
use lending_api_client::{ApiError, Key, Proof, ProofFuture, ProofSource, SourceError};
use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    time::{Duration, Instant},
};
use tokio::time::timeout;

const SHORT: Duration = Duration::from_millis(1500);

/// Never answers.
struct Hangs;

impl ProofSource for Hangs {
    fn proof(&self) -> ProofFuture<'_> {
        Box::pin(pending())
    }

    fn name(&self) -> &str {
        "logins"
    }
}

/// Answers the n-th question so.
fn source<F>(answer: impl Fn(usize) -> F + Send + Sync + 'static) -> impl ProofSource + 'static
where
    F: Future<Output = Result<Proof, SourceError>> + Send + 'static,
{
    let asked = AtomicUsize::new(0);
    move || answer(asked.fetch_add(1, SeqCst))
}

fn session(id: &str) -> Proof {
    Proof::Session(id.into())
}

#[tokio::test]
async fn a_source_that_hangs_fails_its_own_calls_in_time_and_no_others() {
    let fake = Fake::start_with(vec![found(&[]); 3], |b| b.timeout(SHORT)).await;
    let hangs = fake.client.as_user("1001").with_proof_source(Hangs);
    let begin = Instant::now();
    let stopped = (0..5).map(|_| {
        let hangs = hangs.clone();
        tokio::spawn(async move { timeout(END, read(&hangs)).await })
    });
    let stopped: Vec<_> = stopped.collect();
    tokio::task::yield_now().await;
    for other in [fake.client.as_user("1002").with_proof(session("s")), fake.client.as_user("1001")] {
        read(&other).await.expect("another user, or another proof");
    }
    assert!(begin.elapsed() < SHORT, "{:?}", begin.elapsed());
    for call in stopped {
        let error = call.await.expect("no panic").expect("it ends").expect_err("no proof");
        assert!(matches!(&error, ApiError::Source(failure) if failure.name() == "logins"), "{error:?}");
        assert_eq!(error.to_string(), "no credentials: the source of logins did not answer in time");
    }
    assert!(begin.elapsed() < SHORT * 3, "{:?}", begin.elapsed());
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn a_source_that_hung_once_is_asked_again() {
    let fake = Fake::start_with(vec![found(&[])], |b| b.timeout(SHORT)).await;
    let user = fake
        .client
        .as_user("1001")
        .with_proof_source(source(|n| async move { if n == 0 { pending().await } else { Ok(session("second")) } }));
    read(&user).await.expect_err("no proof");
    timeout(END, read(&user)).await.expect("it ends").expect("the second answer");
    assert_eq!(claims(&fake)[0]["sid"], "second");
}

/// It is read on a thread of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_source_that_hangs_fails_its_own_calls_in_time_and_no_others() {
    let (release, hang) = mpsc::channel::<()>();
    let (reads, hang) = (AtomicUsize::new(0), Mutex::new(hang));
    let key = move || {
        if reads.fetch_add(1, SeqCst) > 0 {
            hang.lock().expect("one at a time").recv().ok();
        }
        Ok(Key { id: "1".into(), secret: KEY.into() })
    };
    let answers = [vec![refusal(401, &[]); 4], vec![found(&[])]].concat();
    let fake = Fake::start_with(answers, |b| b.key_source(key).timeout(SHORT)).await;
    let begin = Instant::now();
    let refused = (0..4).map(|_| {
        let user = fake.client.as_user("1001");
        tokio::spawn(async move { read(&user).await })
    });
    let refused: Vec<_> = refused.collect();
    while fake.requests().len() < 4 && begin.elapsed() < SHORT {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    read(&fake.client.as_user("1002")).await.expect("another user");
    assert!(begin.elapsed() < SHORT, "{:?}", begin.elapsed());
    for call in refused {
        let error = call.await.expect("no panic").expect_err("no key");
        assert_eq!(error.to_string(), "no credentials: the source of the service's key did not answer in time");
    }
    assert!(begin.elapsed() < SHORT * 3, "{:?}", begin.elapsed());
    drop(release);
}

#[tokio::test]
async fn a_source_that_panics_fails_one_call() {
    let fake = Fake::start_with(vec![found(&[])], |b| b).await;
    let user = fake.client.as_user("1001").with_proof_source(source(|n| async move {
        assert_ne!(n, 0, "a fault of the source");
        Ok(session("second"))
    }));
    let error = read(&user).await.expect_err("no proof");
    assert_eq!(error.to_string(), "no credentials: the source of the user's proof ended without an answer");
    read(&user).await.expect("the second answer");
}

#[tokio::test]
async fn a_key_source_that_panics_fails_one_call() {
    let reads = AtomicUsize::new(0);
    let key = move || {
        let n = reads.fetch_add(1, SeqCst);
        assert_ne!(n, 1, "a fault of the source");
        Ok(Key { id: n.to_string(), secret: KEY.into() })
    };
    let answers = vec![refusal(401, &[]), refusal(401, &[]), found(&[])];
    let fake = Fake::start_with(answers, |b| b.key_source(key)).await;
    let user = fake.client.as_user("1001");
    let error = read(&user).await.expect_err("no key");
    assert_eq!(error.to_string(), "no credentials: the source of the service's key ended without an answer");
    read(&user).await.expect("with the key that was read the next time");
}

#[tokio::test]
async fn what_no_token_can_carry_is_not_kept() {
    let fake = Fake::start_with(vec![found(&[])], |b| b).await;
    let values = ["".to_owned(), "x".repeat(9000), "good".to_owned()];
    let user = fake.client.as_user("1001").with_proof_source(source(move |n| {
        let value = values.get(n).cloned();
        async move { Ok(session(&value.ok_or("asked too often")?)) }
    }));
    for reason in ["the session is empty", "the proof of the user is too long"] {
        let error = read(&user).await.expect_err(reason);
        assert!(matches!(&error, ApiError::Credentials(text) if text.ends_with(reason)), "{error:?}");
    }
    read(&user).await.expect("the third answer");
    assert_eq!(claims(&fake)[0]["sid"], "good");
}

/// Each value stands within the token, quoted as JSON and then in Base64.
#[tokio::test]
async fn a_line_break_in_a_value_adds_no_header_and_no_claim() {
    let evil = "s\r\nx-evil: 1\r\n\r\n\",\"sub\":\"1\",\"x\":\"";
    let fake = Fake::start_with(vec![found(&[]); 2], |b| b).await;
    for (n, proof) in [session(evil), Proof::IdToken(evil.into())].into_iter().enumerate() {
        let user = fake.client.as_user(evil).at_location(evil).with_proof(proof);
        read(&user).await.expect("sent");
        let head = fake.requests().remove(n);
        assert_eq!(head.lines().filter(|line| line.starts_with("authorization: Bearer ")).count(), 1, "{head}");
        assert!(!head.contains("evil"), "{head}");
        let claims = claims(&fake).remove(n);
        for claim in ["sub", "location_id", ["sid", "id_token"][n]] {
            assert_eq!(claims[claim], evil);
        }
        assert_eq!(claims.as_object().expect("an object").len(), 9, "{claims}");
    }
}

/// The refusal ends the call, but the next one has the next proof and the next key.
#[tokio::test]
async fn a_client_that_tries_once_renews_for_the_next_call() {
    let fake = Fake::start(vec![refusal(401, &[]), found(&[])]).await;
    let user =
        fake.client.as_user("1001").with_proof_source(source(|n| async move { Ok(session(&format!("login-{n}"))) }));
    assert_eq!(read(&user).await.expect_err("refused").status(), Some(401));
    read(&user).await.expect("with the next proof");
    assert_eq!(claims(&fake)[1]["sid"], "login-1");

    let reads = Arc::new(AtomicUsize::new(0));
    let key = move || Ok(Key { id: reads.fetch_add(1, SeqCst).to_string(), secret: KEY.into() });
    let fake = Fake::start_with(vec![refusal(401, &[]), found(&[])], |b| b.max_attempts(1).key_source(key)).await;
    let user = fake.client.as_user("1001");
    assert_eq!(read(&user).await.expect_err("refused").status(), Some(401));
    read(&user).await.expect("with the next key");
}

/// Whether the source of keys fails or hangs: the other proof cures the refusal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_is_renewed_also_when_there_is_no_other_key() {
    for hangs in [false, true] {
        let reads = AtomicUsize::new(0);
        let key = move || match (reads.fetch_add(1, SeqCst), hangs) {
            (0, _) => Ok(Key { id: "1".into(), secret: KEY.into() }),
            (_, true) => {
                std::thread::park_timeout(Duration::from_secs(5));
                Err("too late".into())
            }
            (_, false) => Err("the file is gone".into()),
        };
        let answers = vec![refusal(401, &[]), found(&[])];
        let fake = Fake::start_with(answers, |b| b.key_source(key).timeout(SHORT)).await;
        let user =
            fake.client.as_user("1001").with_proof_source(source(|n| async move { Ok(session(&format!("{n}"))) }));
        timeout(END, read(&user)).await.expect("it ends").expect("the second session is good");
        let sids: Vec<_> = claims(&fake).iter().map(|c| c["sid"].clone()).collect();
        assert_eq!(sids, ["0", "1"], "hangs: {hangs}");
    }
}
