//! Against a real issuer: its tokens, new keys under load, its death.

pub(super) mod process;

use super::{kind, later, now, seconds};
use futures_util::future::join_all;
use lending_api::{auth::Oidc, config::OidcConfig};
use process::Issuer;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

#[tokio::test]
async fn tokens_of_a_real_issuer_are_good_for_their_user_and_audience() {
    let Some(issuer) = Issuer::start("0").await else { return };
    let oidc = Oidc::new(&issuer.config()).unwrap();
    for alg in ["RS256", "ES256"] {
        issuer.rotate(alg, 1).await;
        let token = issuer.token("1001").await;
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert!(header.kid.unwrap().starts_with(alg));
        assert_eq!(kind(&oidc.verify(&token, "1001", now()).await), "good", "{alg}");
        assert_eq!(kind(&oidc.verify(&token, "1002", now()).await), "401", "another user");
        assert_eq!(kind(&oidc.verify(&token, "1001", now() + 3606).await), "401", "expired");
        assert_eq!(kind(&oidc.verify(&token, "1001", now() - 60).await), "401", "before it was issued");
        let other = Oidc::new(&OidcConfig::new(&issuer.url, "lending-api")).unwrap();
        assert_eq!(kind(&other.verify(&token, "1001", now()).await), "401", "another audience");
        let theirs = issuer.token("1002").await;
        let (signed, _) = token.rsplit_once('.').unwrap();
        let (_, signature) = theirs.rsplit_once('.').unwrap();
        assert_eq!(kind(&oidc.verify(&format!("{signed}.{signature}"), "1001", now()).await), "401", "{alg}");
    }
    let elsewhere = Oidc::new(&OidcConfig::new(&format!("{}/", issuer.url), "lending-web")).unwrap();
    assert_eq!(
        kind(&elsewhere.verify(&issuer.token("1001").await, "1001", now()).await),
        "401",
        "iss to the character"
    );
}

/// New keys eight times, a little more than a second apart, below eight tasks that verify without pause.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_keys_under_load_refuse_nobody() {
    let Some(issuer) = Issuer::start("0").await else { return };
    let mut config = issuer.config();
    (config.min_refresh_seconds, config.jwks_ttl_seconds) = (1, 2);
    let oidc = Arc::new(Oidc::new(&config).unwrap());
    let pool = Arc::new(Mutex::new(vec![issuer.token("1001").await]));
    let (done, verified) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let began = Instant::now();
    let load = (0..8).map(|task| {
        let (oidc, pool, done, verified) = (oidc.clone(), pool.clone(), done.clone(), verified.clone());
        tokio::spawn(async move {
            let mut refused = vec![];
            for n in task.. {
                if done.load(Relaxed) {
                    break;
                }
                let token = {
                    let pool = pool.lock().unwrap();
                    pool[n % pool.len()].clone()
                };
                match oidc.verify(&token, "1001", now()).await {
                    Ok(()) => drop(verified.fetch_add(1, Relaxed)),
                    Err(e) => refused.push((began.elapsed(), e.to_string())),
                }
                tokio::task::yield_now().await;
            }
            refused
        })
    });
    let load: Vec<_> = load.collect();
    const ROTATIONS: u64 = 8;
    for n in 0..ROTATIONS {
        tokio::time::sleep(Duration::from_millis(1200)).await;
        // two generations stay published beside the new one: the token of the third is taken out before its key goes
        let keep = pool.lock().unwrap().len().saturating_sub(2);
        pool.lock().unwrap().drain(..keep);
        tokio::time::sleep(Duration::from_millis(20)).await;
        issuer.rotate(if n % 2 == 0 { "ES256" } else { "RS256" }, 2).await;
        let fresh = issuer.token("1001").await;
        pool.lock().unwrap().push(fresh);
    }
    done.store(true, Relaxed);
    let refused: Vec<_> = join_all(load).await.into_iter().flat_map(Result::unwrap).collect();
    let (fetches, verified, took) = (issuer.fetches().await, verified.load(Relaxed), began.elapsed());
    println!("{verified} verified, {} refused, {ROTATIONS} rotations, {fetches} fetches in {took:?}", refused.len());
    assert!(refused.is_empty(), "{refused:?}");
    assert!(verified > 1000, "{verified} is no load");
    // at most one for each new key, and one for each two seconds of age; the first
    assert!((2..=ROTATIONS + took.as_secs() / 2 + 1).contains(&fetches), "{fetches} fetches in {took:?}");
}

#[tokio::test]
async fn made_up_keys_do_not_reach_a_real_issuer() {
    let Some(issuer) = Issuer::start("0").await else { return };
    let oidc = Arc::new(Oidc::new(&issuer.config()).unwrap());
    let good = issuer.token("1001").await;
    let (_, rest) = good.split_once('.').unwrap();
    let before = issuer.fetches().await;
    let storm = (0..500).map(|n| {
        let header = super::forge::b64(format!(r#"{{"alg":"RS256","kid":"made-up-{n}"}}"#));
        let (oidc, token, good) = (oidc.clone(), format!("{header}.{rest}"), good.clone());
        tokio::spawn(async move {
            (kind(&oidc.verify(&token, "1001", now()).await), kind(&oidc.verify(&good, "1001", now()).await))
        })
    });
    for outcome in join_all(storm).await {
        assert_eq!(outcome.unwrap(), ("401", "good"));
    }
    let fetches = issuer.fetches().await - before;
    println!("500 made-up keys, {fetches} fetches");
    assert!(fetches <= 2, "the first, and one for all of them: {fetches}");
}

#[tokio::test]
async fn users_of_a_killed_issuer_stay_for_a_day() {
    let Some(mut issuer) = Issuer::start("0").await else { return };
    let oidc = Oidc::new(&issuer.config()).unwrap();
    let (token, at) = (issuer.token("1001").await, now());
    assert_eq!(kind(&oidc.verify(&token, "1001", at).await), "good");
    issuer.child.kill().await.unwrap();
    for hours in [1, 22] {
        later(seconds(hours * 3600)).await;
        assert_eq!(kind(&oidc.verify(&token, "1001", at).await), "good", "stale keys go on");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    later(seconds(3600)).await;
    assert_eq!(kind(&oidc.verify(&token, "1001", at).await), "503", "past the greatest age");
    let (_, port) = issuer.url.rsplit_once(':').unwrap();
    let issuer = Issuer::start(port).await.unwrap();
    later(seconds(1)).await;
    assert_eq!(kind(&oidc.verify(&issuer.token("1001").await, "1001", now()).await), "good", "back with new keys");
    assert_eq!(kind(&oidc.verify(&token, "1001", at).await), "401", "the key of before is gone");
}
