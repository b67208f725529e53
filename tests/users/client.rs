//! The Rust client against a server that proves users: its sources renew proofs before and after they end.

use super::{
    Issuer,
    peer::{Peer, Reply, Request},
    requests::server,
    seconds,
};
use crate::security::forge::{LX, PREPAY};
use lending_api::config::SessionConfig;
use lending_api_client::{ApiError, Client, Proof, Session, SourceError};
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Instant,
};

async fn read(session: &Session) -> Result<usize, ApiError> {
    Ok(session.list_locations().send().await?.items.len())
}

/// Four tasks that read until the time is over; how many calls they made, and what failed.
async fn load(session: &Session, time: std::time::Duration) -> (usize, Vec<String>) {
    let begin = Instant::now();
    let tasks = (0..4).map(|_| {
        let session = session.clone();
        tokio::spawn(async move {
            let (mut calls, mut failed) = (0, vec![]);
            while begin.elapsed() < time {
                calls += 1;
                failed.extend(read(&session).await.err().map(|e| format!("{:?}: {e}", begin.elapsed())));
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            (calls, failed)
        })
    });
    let done = futures_util::future::join_all(tasks).await.into_iter().map(Result::unwrap);
    done.fold((0, vec![]), |(calls, failed), (n, more)| (calls + n, [failed, more].concat()))
}

/// The server takes an expired token for five more seconds, so this lasts longer than both together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn id_tokens_of_a_real_issuer_are_renewed_before_they_end() {
    let Some(issuer) = Issuer::start("0").await else { return };
    let oidc = issuer.config();
    let server = server(|config| config.oidc = Some(oidc)).await;
    issuer.lifetime(2).await;
    let first = issuer.token("1001").await;
    let (issuer, asked) = (Arc::new(issuer), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    let source = move || {
        count.fetch_add(1, SeqCst);
        let issuer = issuer.clone();
        async move { Ok::<_, SourceError>(Proof::IdToken(issuer.token("1001").await.into())) }
    };
    let user = Client::builder(&server.base).service("web").key(PREPAY).build().unwrap().as_user("1001");
    let (fixed, renewed) = (user.with_proof(Proof::IdToken(first.into())), user.with_proof_source(source));
    assert_eq!((read(&fixed).await.unwrap(), read(&renewed).await.unwrap()), (2, 2));
    let (calls, failed) = load(&renewed, seconds(9)).await;
    let asked = asked.load(SeqCst);
    println!("{calls} calls, {} failed, {asked} id tokens", failed.len());
    assert!(failed.is_empty(), "{} of {calls}: {:?}", failed.len(), failed.first());
    assert!(calls > 100 && (4..=12).contains(&asked), "{calls} calls, {asked} id tokens");
    // that the token has really ended for whom nobody renews it
    assert_eq!(read(&fixed).await.unwrap_err().code(), Some("unauthenticated"));
}

#[tokio::test]
async fn a_session_that_ended_is_exchanged_for_the_one_after_it() {
    let login = Arc::new(AtomicUsize::new(1));
    let current = login.clone();
    let live = move |request: &Request| {
        let live = request.body.contains(&format!("token=login-{}", current.load(SeqCst)));
        Reply::Json(json!({"active": live, "sub": "1001"}))
    };
    let ulp = Peer::start(live).await;
    let mut session = SessionConfig::new(&ulp.url("/introspect"));
    session.cache_seconds = 0;
    let server = server(|config| config.session = Some(session)).await;
    let store = login.clone();
    let source = move || {
        let n = store.load(SeqCst);
        async move { if n < 3 { Ok(Proof::Session(format!("login-{n}").into())) } else { Err("logged out".into()) } }
    };
    let client = Client::builder(&server.base).service("ulp").key(LX).build().unwrap();
    let session = client.as_user("1001").with_proof_source(source);
    assert_eq!(read(&session).await.unwrap(), 2);
    login.store(2, SeqCst);
    assert_eq!(read(&session).await.unwrap(), 2, "the first is dead, the second is asked for");
    login.store(3, SeqCst);
    let error = read(&session).await.unwrap_err();
    assert_eq!(error.to_string(), "no credentials: the source of the user's proof failed");
}
