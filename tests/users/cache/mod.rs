//! Counted at the issuer: what is fetched, and by how many callers.

mod outages;

use super::{
    forge::{Issuer, NOW, USER, ec, ec_jwk, header, rs256, rsa, rsa_jwk},
    kind, later,
    peer::Reply,
    seconds,
};
use futures_util::future::join_all;
use lending_api::auth::Oidc;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Verifies all tokens at once and counts the outcomes.
async fn storm(oidc: &Arc<Oidc>, tokens: impl IntoIterator<Item = String>) -> BTreeMap<&'static str, usize> {
    let verify = |token: String| {
        let oidc = oidc.clone();
        tokio::spawn(async move { kind(&oidc.verify(&token, USER, NOW).await) })
    };
    let mut counts = BTreeMap::new();
    for outcome in join_all(tokens.into_iter().map(verify)).await {
        *counts.entry(outcome.unwrap()).or_default() += 1;
    }
    counts
}

fn unknown(issuer: &Issuer, n: usize) -> Vec<String> {
    (0..n).map(|i| rs256(rsa(2), &header(&format!("unknown-{i}")), &issuer.claims())).collect()
}

#[tokio::test]
async fn the_first_callers_share_one_fetch() {
    let issuer = Issuer::start().await;
    issuer.behave(Some(Reply::Slow(Duration::from_millis(50), Box::new(Reply::Hang))));
    let oidc = issuer.verifier();
    assert_eq!(issuer.peer.requests().len(), 0, "nothing is fetched before the first token");
    let counts = storm(&oidc, vec![issuer.token("rs", 0); 200]).await;
    assert_eq!(counts, [("good", 200)].into());
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn made_up_keys_cannot_hammer_the_issuer() {
    let issuer = Issuer::start().await;
    let oidc = issuer.verifier();
    storm(&oidc, [issuer.token("rs", 0)]).await;
    for round in 1..=4 {
        later(seconds(10)).await;
        let mixed = unknown(&issuer, 100).into_iter().flat_map(|bad| [bad, issuer.token("rs", 0)]);
        let counts = storm(&oidc, mixed).await;
        assert_eq!(counts, [("401", 100), ("good", 100)].into());
        later(seconds(9)).await;
        storm(&oidc, unknown(&issuer, 100)).await;
        assert_eq!(issuer.fetches(), 1 + round, "one fetch in ten seconds");
        later(seconds(1)).await;
    }
    let with_bad_claims = unknown(&issuer, 1).remove(0);
    let outcome = oidc.verify(&with_bad_claims, "1002", NOW).await;
    assert_eq!((kind(&outcome), issuer.fetches()), ("401", 5), "what is bad anyway fetches nothing");
}

#[tokio::test]
async fn a_new_key_is_found_at_its_first_token_and_a_withdrawn_one_is_gone() {
    let issuer = Issuer::start().await;
    let oidc = issuer.verifier();
    let (old, new) = (issuer.token("rs", 0), issuer.token("new", 1));
    assert_eq!(storm(&oidc, [old.clone()]).await, [("good", 1)].into());
    issuer.publish(vec![rsa_jwk("new", rsa(1)), rsa_jwk("rs", rsa(0))]);
    assert_eq!(storm(&oidc, vec![new.clone(); 50]).await, [("good", 50)].into());
    assert_eq!(storm(&oidc, [old.clone(), new.clone()]).await, [("good", 2)].into());
    assert_eq!(issuer.fetches(), 2);
    // the age of the keys makes the next fetch, not an unknown key: published just after it, a key is found all the same
    later(seconds(301)).await;
    storm(&oidc, [new.clone()]).await;
    wait_for(|| issuer.fetches() == 3).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    issuer.publish(vec![ec_jwk("es", ec()), rsa_jwk("newest", rsa(2))]);
    assert_eq!(storm(&oidc, vec![issuer.token("newest", 2); 50]).await, [("good", 50)].into());
    assert_eq!(storm(&oidc, [old, new]).await, [("401", 2)].into());
    assert_eq!(issuer.fetches(), 4);
    later(seconds(301)).await;
    issuer.publish(vec![]);
    storm(&oidc, [issuer.token("newest", 2)]).await;
    wait_for(|| issuer.fetches() == 5).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(
        storm(&oidc, [issuer.token("newest", 2)]).await,
        [("401", 1)].into(),
        "an issuer may withdraw every key"
    );
}

async fn wait_for(condition: impl Fn() -> bool) {
    for _ in 0..200 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not happen within two seconds");
}

#[tokio::test]
async fn an_unknown_key_is_not_looked_for_in_a_fetch_that_began_before_its_token_came() {
    let issuer = Issuer::start().await;
    let oidc = issuer.verifier();
    storm(&oidc, [rs256(rsa(2), &header("unknown"), &issuer.claims())]).await;
    assert_eq!(issuer.fetches(), 1, "but the fetch that the token itself caused is enough");
    // answers with the keys of the moment at which it was asked
    issuer.behave(Some(Reply::Slow(Duration::from_millis(300), Box::new(Reply::Hang))));
    later(seconds(301)).await;
    storm(&oidc, [issuer.token("rs", 0)]).await;
    wait_for(|| issuer.fetches() == 2).await;
    issuer.publish(vec![rsa_jwk("new", rsa(1))]);
    assert_eq!(storm(&oidc, vec![issuer.token("new", 1); 50]).await, [("good", 50)].into());
    assert_eq!(issuer.fetches(), 3);
}

#[tokio::test]
async fn keys_of_no_use_are_passed_over() {
    let issuer = Issuer::start().await;
    let mut keys = vec![json!(7), json!({"kty": "RSA"}), json!({"kty": "RSA", "n": "!", "e": "AQAB"})];
    keys.extend((0..90).map(|n| json!({"kty": "OKP", "kid": n, "crv": "Ed25519", "x": "AA"})));
    keys.push(rsa_jwk("rs", rsa(0)));
    issuer.publish(keys);
    assert_eq!(storm(&issuer.verifier(), [issuer.token("rs", 0)]).await, [("good", 1)].into());
}
