//! When the source is asked, and when not.

use super::{expiry::life, *};
use crate::clock;
use futures_util::{
    FutureExt,
    future::{join, join_all},
};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, UNIX_EPOCH},
};
use tokio::time::{Instant, advance, sleep};

/// As long as a call may take.
const PATIENCE: Duration = Duration::from_secs(10);

fn id_token(lifetime: u64, n: u32) -> Proof {
    let exp = clock::now().duration_since(UNIX_EPOCH).expect("time").as_secs() + lifetime;
    let claims = json!({"exp": exp, "n": n});
    let key = EncodingKey::from_secret(b"anything at all");
    Proof::IdToken(jsonwebtoken::encode(&Header::default(), &claims, &key).expect("token").into())
}

/// Answers after a moment, with the n-th of these lifetimes; fails when there are no more.
fn source(lifetimes: &'static [u64]) -> (Proofs, Arc<AtomicU32>) {
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let source = move || {
        let n = counter.fetch_add(1, Relaxed);
        async move {
            sleep(Duration::from_millis(50)).await;
            let lifetime = lifetimes.get(n as usize).ok_or("the login is over")?;
            Ok(id_token(*lifetime, n))
        }
    };
    (Proofs::new(source, PATIENCE), asked)
}

fn soon() -> Instant {
    Instant::now() + PATIENCE
}

#[test]
fn the_end_of_an_id_token_is_read_without_judging_it() {
    let at = |token: &str| {
        life(&Proof::IdToken(token.into()), UNIX_EPOCH + Duration::from_secs(1000)).map(|l| (l.fresh, l.usable))
    };
    let token = |claims: serde_json::Value| {
        let key = EncodingKey::from_secret(b"not the issuer's");
        jsonwebtoken::encode(&Header::default(), &claims, &key).expect("token")
    };
    let seconds = |fresh, usable| Some((Duration::from_secs(fresh), Duration::from_secs(usable)));
    assert_eq!(at(&token(json!({"exp": 4600}))), seconds(3540, 3595));
    assert_eq!(at(&token(json!({"exp": 1010}))), seconds(8, 9));
    assert_eq!(at(&token(json!({"exp": 10}))), seconds(0, 0));
    for unreadable in ["", "a.b.c", "opaque", &token(json!({"exp": "soon"})), &token(json!({}))] {
        assert_eq!(at(unreadable), None, "{unreadable}");
    }
    assert_eq!(life(&Proof::Session("s".into()), UNIX_EPOCH), None);
}

#[tokio::test(start_paused = true)]
async fn fifty_calls_ask_once_and_again_when_it_is_over() {
    let (proofs, asked) = source(&[3600, 3600]);
    for round in 1..=2 {
        let held = join_all((0..50).map(|_| proofs.current(soon()))).await;
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(asked.load(Relaxed), round);
        advance(Duration::from_secs(3596)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_renewed_ahead_and_nobody_waits() {
    let (proofs, asked) = source(&[3600, 3600]);
    let first = proofs.current(soon()).await.expect("proof");
    advance(Duration::from_secs(3560)).await;
    for _ in 0..20 {
        let now = Instant::now();
        assert!(Arc::ptr_eq(&proofs.current(now).await.expect("the present one, at once"), &first));
    }
    sleep(Duration::from_secs(1)).await;
    assert!(!Arc::ptr_eq(&proofs.current(Instant::now()).await.expect("the next one"), &first));
    assert_eq!(asked.load(Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_ahead_is_left_alone_for_a_while_and_told_when_it_is_over() {
    let (proofs, asked) = source(&[3600]);
    proofs.current(soon()).await.expect("proof");
    advance(Duration::from_secs(3550)).await;
    for _ in 0..100 {
        proofs.current(soon()).await.expect("the present one is good");
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(asked.load(Relaxed), 3, "every five seconds");
    advance(Duration::from_secs(60)).await;
    let errors = join_all((0..50).map(|_| proofs.current(soon()))).await;
    for error in errors.into_iter().map(|held| held.expect_err("none")) {
        assert_eq!(error.to_string(), "no credentials: the source of the user's proof failed");
        let cause = std::error::Error::source(&error).expect("cause").to_string();
        assert_eq!(cause, "the login is over");
    }
    assert_eq!(asked.load(Relaxed), 4);
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_does_not_cut_the_others_off() {
    let (proofs, asked) = source(&[3600]);
    let mut first = Box::pin(proofs.current(soon()));
    assert!((&mut first).now_or_never().is_none());
    drop(first);
    proofs.current(soon()).await.expect("proof");
    assert_eq!(asked.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_panics_is_an_error_and_is_asked_again() {
    let asked = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&asked);
    let source = move || {
        let first = counter.fetch_add(1, Relaxed) == 0;
        async move { if first { panic!("a fault of the source") } else { Ok(Proof::Session("s".into())) } }
    };
    let panics = Proofs::new(source, PATIENCE);
    let error = panics.current(soon()).await.expect_err("none");
    assert_eq!(error.to_string(), "no credentials: the source of the user's proof ended without an answer");
    panics.current(soon()).await.expect("proof");
}

/// Hangs the first time it is asked.
fn hanging() -> Proofs {
    let asked = AtomicU32::new(0);
    let source = move || {
        let first = asked.fetch_add(1, Relaxed) == 0;
        async move { if first { pending().await } else { Ok(Proof::Session("s".into())) } }
    };
    Proofs::new(source, PATIENCE)
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_is_given_up_and_asked_again() {
    let (proofs, begin) = (hanging(), Instant::now());
    let error = proofs.current(soon()).await.expect_err("none");
    assert_eq!(error.to_string(), "no credentials: the source of the user's proof did not answer in time");
    assert_eq!(begin.elapsed(), PATIENCE);
    proofs.current(soon()).await.expect("proof");
}

#[tokio::test(start_paused = true)]
async fn who_came_while_it_hung_gets_a_question_of_his_own() {
    let (proofs, begin) = (hanging(), Instant::now());
    let late = async {
        sleep(PATIENCE / 2).await;
        proofs.current(soon()).await.expect("proof");
        begin.elapsed()
    };
    let (first, took) = join(proofs.current(soon()), late).await;
    first.expect_err("none");
    assert!(took < PATIENCE + Duration::from_millis(10), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_ahead_of_the_end_stops_nobody() {
    let asked = AtomicU32::new(0);
    let source = move || {
        let n = asked.fetch_add(1, Relaxed);
        async move { if n == 1 { pending().await } else { Ok(id_token(3600, n)) } }
    };
    let proofs = Proofs::new(source, PATIENCE);
    let first = proofs.current(soon()).await.expect("proof");
    advance(Duration::from_secs(3545)).await;
    for _ in 0..20 {
        assert!(Arc::ptr_eq(&proofs.current(Instant::now()).await.expect("at once"), &first));
        sleep(PATIENCE / 20).await;
    }
    sleep(Duration::from_secs(10)).await;
    proofs.current(Instant::now()).await.expect("the present one");
    sleep(Duration::from_secs(1)).await;
    assert!(!Arc::ptr_eq(&proofs.current(Instant::now()).await.expect("the next one"), &first));
}

/// Its task is dropped within `spawn`.
#[test]
fn a_runtime_that_is_shut_down_is_an_error_and_no_deadlock() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().expect("runtime");
    let proofs = Proofs::new(|| async { Ok(Proof::Session("s".into())) }, PATIENCE);
    let dead = runtime();
    let handle = dead.handle().clone();
    drop(dead);
    let entered = handle.enter();
    let error = proofs.current(soon()).now_or_never().expect("at once").expect_err("none");
    assert_eq!(error.to_string(), "no credentials: the source of the user's proof ended without an answer");
    drop(entered);
    runtime().block_on(proofs.current(soon())).expect("a living one answers");
}

#[tokio::test(start_paused = true)]
async fn after_a_401_it_is_renewed_once_for_all_who_were_refused() {
    let (proofs, asked) = source(&[3600, 3600]);
    let used = proofs.current(soon()).await.expect("proof");
    advance(Duration::from_secs(1)).await;
    let renewed = join_all((0..50).map(|_| proofs.renew(&used, soon()))).await;
    assert!(renewed.into_iter().all(|renewed| renewed.expect("renewed")));
    assert!(proofs.renew(&used, soon()).await.expect("done by another call already"));
    assert_eq!(asked.load(Relaxed), 2);
}

#[tokio::test(start_paused = true)]
async fn the_same_proof_again_is_no_reason_to_try_again() {
    let proofs = Proofs::new(|| async { Ok(Proof::Session("the same".into())) }, PATIENCE);
    let used = proofs.current(soon()).await.expect("proof");
    advance(Duration::from_secs(1)).await;
    assert!(!proofs.renew(&used, soon()).await.expect("asked"));
}

#[tokio::test]
async fn debug_shows_no_proof() {
    let proofs = Proofs::new(|| async { Ok(Proof::Session("top secret".into())) }, PATIENCE);
    let held = proofs.current(soon()).await.expect("proof");
    let shown = format!("{proofs:?} {held:?} {:?}", Proof::IdToken("top secret".into()));
    assert!(!shown.contains("top secret"), "{shown}");
}
