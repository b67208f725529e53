//! Who waits for keys that are old, slow, or not to be had.

use super::{
    super::{
        forge::{Issuer, NOW, USER, rsa, rsa_jwk},
        later,
        peer::Reply,
        seconds,
    },
    storm, unknown, wait_for,
};
use lending_api::{auth::Oidc, error::Error};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

#[tokio::test]
async fn keys_of_an_issuer_that_hangs_are_waited_for_once() {
    let issuer = Issuer::start().await;
    let mut config = issuer.config();
    config.timeout_ms = 1000;
    let oidc = Arc::new(Oidc::new(&config).unwrap());
    storm(&oidc, [issuer.token("rs", 0)]).await;
    issuer.behave(Some(Reply::Hang));
    later(seconds(3600)).await;
    for longest in [3000, 600, 600] {
        let before = Instant::now();
        assert_eq!(storm(&oidc, vec![issuer.token("rs", 0); 100]).await, [("good", 100)].into());
        assert!(before.elapsed() < Duration::from_millis(longest), "took {:?}", before.elapsed());
        tokio::time::sleep(Duration::from_millis(1200)).await;
        later(seconds(3600)).await;
    }
    assert_eq!(issuer.fetches(), 4);
}

#[tokio::test]
async fn nobody_waits_for_keys_that_are_only_old() {
    let issuer = Issuer::start().await;
    let oidc = issuer.verifier();
    storm(&oidc, [issuer.token("rs", 0)]).await;
    issuer.behave(Some(Reply::Slow(seconds(1), Box::new(Reply::Hang))));
    later(seconds(301)).await;
    let before = Instant::now();
    assert_eq!(storm(&oidc, vec![issuer.token("rs", 0); 100]).await, [("good", 100)].into());
    assert!(before.elapsed() < Duration::from_millis(800), "took {:?}", before.elapsed());
    wait_for(|| issuer.fetches() == 2).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    storm(&oidc, vec![issuer.token("rs", 0); 100]).await;
    assert_eq!(issuer.fetches(), 2, "the new keys came meanwhile");
}

#[tokio::test]
async fn a_withdrawn_key_does_not_live_on_in_a_quiet_server() {
    let issuer = Issuer::start().await;
    let oidc = issuer.verifier();
    storm(&oidc, [issuer.token("rs", 0)]).await;
    issuer.publish(vec![rsa_jwk("new", rsa(1))]);
    later(seconds(3 * 3600)).await;
    assert_eq!(storm(&oidc, [issuer.token("rs", 0)]).await, [("401", 1)].into());
}

#[tokio::test]
async fn keys_outlive_their_issuer_for_a_day() {
    let mut issuer = Issuer::start().await;
    let oidc = issuer.verifier();
    storm(&oidc, [issuer.token("rs", 0)]).await;
    issuer.peer.stop().await;
    for hours in [1, 12, 10] {
        later(seconds(hours * 3600)).await;
        assert_eq!(storm(&oidc, vec![issuer.token("rs", 0); 100]).await, [("good", 100)].into());
        // whether the key exists cannot be known: not the user's fault
        assert_eq!(storm(&oidc, unknown(&issuer, 100)).await, [("503", 100)].into());
    }
    later(seconds(3600)).await;
    assert_eq!(storm(&oidc, vec![issuer.token("rs", 0); 100]).await, [("503", 100)].into());
    issuer.come_back().await;
    later(seconds(1)).await;
    assert_eq!(storm(&oidc, vec![issuer.token("rs", 0); 100]).await, [("good", 100)].into());
    assert_eq!(issuer.fetches(), 1);
    assert_eq!(storm(&oidc, unknown(&issuer, 1)).await, [("401", 1)].into(), "known again: there is no such key");
}

#[tokio::test]
async fn a_server_starts_while_its_issuer_is_away() {
    let mut issuer = Issuer::start().await;
    issuer.peer.stop().await;
    let oidc = issuer.verifier();
    for _ in 0..3 {
        assert_eq!(storm(&oidc, vec![issuer.token("rs", 0); 50]).await, [("503", 50)].into());
    }
    issuer.come_back().await;
    assert_eq!(storm(&oidc, [issuer.token("rs", 0)]).await, [("503", 1)].into(), "asked again after a second");
    later(seconds(1)).await;
    assert_eq!(storm(&oidc, [issuer.token("rs", 0)]).await, [("good", 1)].into());
}

#[tokio::test]
async fn an_issuer_that_hangs_costs_one_wait() {
    let issuer = Issuer::start().await;
    let mut config = issuer.config();
    config.timeout_ms = 1000;
    let oidc = Arc::new(Oidc::new(&config).unwrap());
    issuer.behave(Some(Reply::Hang));
    let before = Instant::now();
    assert_eq!(storm(&oidc, vec![issuer.token("rs", 0); 100]).await, [("503", 100)].into());
    assert!(before.elapsed() < seconds(3), "took {:?}", before.elapsed());
    let before = Instant::now();
    let Err(Error::Unavailable(reason)) = oidc.verify(&issuer.token("rs", 0), USER, NOW).await else { panic!() };
    assert!(before.elapsed() < Duration::from_millis(600), "no second wait");
    assert_eq!(reason, "no keys to verify id tokens with: the issuer's key set did not answer within 1000 ms");
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_caller_who_goes_away_does_not_cut_off_the_others() {
    let issuer = Issuer::start().await;
    issuer.behave(Some(Reply::Slow(Duration::from_millis(300), Box::new(Reply::Hang))));
    let oidc = issuer.verifier();
    let (first, token) = (oidc.clone(), issuer.token("rs", 0));
    let gone = tokio::spawn(async move { first.verify(&token, USER, NOW).await.is_ok() });
    wait_for(|| issuer.peer.count("/.well-known") == 1).await;
    gone.abort();
    assert_eq!(storm(&oidc, vec![issuer.token("rs", 0); 10]).await, [("good", 10)].into());
    assert_eq!((issuer.fetches(), issuer.peer.count("/.well-known")), (1, 1));
}
