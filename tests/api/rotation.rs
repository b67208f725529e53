//! The client against a server whose keys, and whose users' proofs, change under its calls.

use crate::{
    security::forge::{PREPAY, services},
    support::Server,
    users::Issuer,
};
use chrono::Utc;
use futures_util::future::join_all;
use lending_api::config::{Config, KeyConfig, ServiceConfig, UserProof};
use lending_api_client::{ApiError, Client, Key, Proof, SourceError};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

const NEXT: &str = "c3d94e1b8a7f60523e91b4d87ac06f1d";

#[expect(clippy::disallowed_methods, reason = "the client's tokens carry the real time")]
async fn server(change: impl FnOnce(&mut Config)) -> Server {
    Server::start_with(Utc::now(), |config| {
        services(config);
        change(config);
    })
    .await
}

fn with_keys(config: &Config, keys: &[(&str, &str)]) -> Config {
    let mut config = config.clone();
    let own = config.services.get_mut("prepay").unwrap();
    own.keys = keys.iter().map(|(id, secret)| KeyConfig::of(id, (*secret).into())).collect();
    config
}

fn key(id: &str, secret: &str) -> Key {
    Key { id: id.into(), secret: secret.into() }
}

/// Eight tasks that read without pause until told to stop; how many calls they made, and what failed.
async fn under_load(client: &Client, meanwhile: impl AsyncFnOnce()) -> (usize, Vec<ApiError>) {
    let (stop, calls) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let tasks = (0..8).map(|_| {
        let (session, stop, calls) = (client.as_user("1001"), stop.clone(), calls.clone());
        tokio::spawn(async move {
            let mut failed: Vec<ApiError> = vec![];
            while !stop.load(Ordering::Relaxed) {
                calls.fetch_add(1, Ordering::Relaxed);
                if let Err(e) = session.get_location().id("5").send().await {
                    failed.push(e.into());
                }
            }
            failed
        })
    });
    let tasks: Vec<_> = tasks.collect();
    meanwhile().await;
    stop.store(true, Ordering::Relaxed);
    let failed = join_all(tasks).await.into_iter().flat_map(Result::unwrap).collect();
    (calls.load(Ordering::Relaxed), failed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_exchanged_by_hand_without_a_failed_call() {
    let server = server(|_| {}).await;
    let client = Client::builder(&server.base).service("prepay").key(PREPAY).build().unwrap();
    let (calls, failed) = under_load(&client, async || {
        for (old, new) in [(("1", PREPAY), ("2", NEXT)), (("2", NEXT), ("1", PREPAY))].repeat(3) {
            tokio::time::sleep(Duration::from_millis(60)).await;
            server.running().reloader().reload(&with_keys(&server.config, &[old, new])).unwrap();
            client.exchange_key(&key(new.0, new.1)).unwrap();
            // calls that were signed before are still under way
            tokio::time::sleep(Duration::from_millis(200)).await;
            server.running().reloader().reload(&with_keys(&server.config, &[new])).unwrap();
        }
    })
    .await;
    assert!(failed.is_empty(), "{} of {calls}: {:?}", failed.len(), failed.first());
    assert!(calls > 100, "{calls}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_withdrawn_at_once_is_read_anew() {
    let server = server(|_| {}).await;
    let current = Arc::new(Mutex::new(key("1", PREPAY)));
    let read = current.clone();
    let source = move || Ok(read.lock().unwrap().clone());
    let client = Client::builder(&server.base).service("prepay").key_source(source).build().unwrap();
    let (calls, failed) = under_load(&client, async || {
        for (id, secret) in [("2", NEXT), ("1", PREPAY)].repeat(3) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            *current.lock().unwrap() = key(id, secret);
            server.running().reloader().reload(&with_keys(&server.config, &[(id, secret)])).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    })
    .await;
    assert!(failed.is_empty(), "{} of {calls}: {:?}", failed.len(), failed.first());
    assert!(calls > 100, "{calls}");
}

#[tokio::test]
async fn an_id_token_that_the_server_refuses_is_renewed_on_the_way() {
    let Some(issuer) = Issuer::start("0").await else { return };
    let oidc = issuer.config();
    let server = server(|config| {
        config.oidc = Some(oidc);
        let scopes = lending_api::config::scopes().map(Into::into).collect();
        let keys = vec![KeyConfig::of("1", NEXT.into())];
        config.services.insert("web".into(), ServiceConfig { scopes, user: UserProof::Oidc, keys });
    })
    .await;
    // the first is another user's, as if the session store had been slow to follow a login
    let tokens = Arc::new(Mutex::new(vec![issuer.token("1001").await, issuer.token("1002").await]));
    let left = tokens.clone();
    let source = move || {
        let next = left.lock().unwrap().pop();
        async move { next.map(|t| Proof::IdToken(t.into())).ok_or_else(|| SourceError::from("the store is empty")) }
    };
    let client = Client::builder(&server.base).service("web").key(NEXT).build().unwrap();
    let session = client.as_user("1001").with_proof_source(source);
    for _ in 0..3 {
        assert_eq!(session.list_locations().send().await.unwrap().items.len(), 2);
    }
    assert!(tokens.lock().unwrap().is_empty(), "each was asked for once");
    // without a proof the same service is refused
    let error: ApiError = client.as_user("1001").list_locations().send().await.unwrap_err().into();
    assert_eq!(error.code(), Some("unauthenticated"));
}
