//! What instances share in a real Redis: limits and used tokens, and what becomes of both while it is away.

use crate::{
    security::forge::{HEADER, PREPAY, changed, good, services, sign},
    support::{
        Server, now,
        program::{Redis, is_there},
    },
};
use lending_api::config::{ClassConfig, Config, RedisConfig, WithoutRedis};
use serde_json::json;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// A server beside others: the same services, and a burst of `quota` reads an hour.
async fn instance(redis: &Redis, quota: u32, replay: WithoutRedis) -> Server {
    let url = redis.url();
    Server::start_with(now(), move |config: &mut Config| {
        services(config);
        let class = ClassConfig { service: quota, user: quota, window_seconds: 3600 };
        config.limits.classes.insert("read".into(), class);
        config.redis = Some(RedisConfig { url: url.into(), timeout_ms: 250, replay });
    })
    .await
}

/// Statuses of so many requests at once, half of them at each server, and how often each came.
async fn burst(servers: &[Server], requests: usize) -> BTreeMap<u16, usize> {
    let calls =
        (0..requests).map(|i| servers[i % servers.len()].bare("GET", "/api/v1/location").bearer(&good()).send());
    let mut statuses = BTreeMap::new();
    for answer in futures_util::future::join_all(calls).await {
        *statuses.entry(answer.status).or_default() += 1;
    }
    statuses
}

#[tokio::test]
async fn two_instances_admit_exactly_what_one_may() {
    if !is_there("redis-server", "two_instances_admit_exactly_what_one_may") {
        return;
    }
    let redis = Redis::start();
    let servers = [instance(&redis, 50, WithoutRedis::Refuse).await, instance(&redis, 50, WithoutRedis::Refuse).await];
    assert_eq!(burst(&servers, 200).await, BTreeMap::from([(200, 50), (429, 150)]));
    let refused = servers[0].bare("GET", "/api/v1/location").bearer(&good()).send().await;
    assert_eq!(refused.problem(), "429 rate_limited");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"read\";q=50;w=3600"));
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((60..=72).contains(&wait), "one of 50 comes back after 72 s, not {wait}");
    // another user of the service has a share of his own, but the service has none left
    let other = sign(HEADER, &changed(&json!({"sub": "1002"})), PREPAY);
    let refused = servers[1].bare("GET", "/api/v1/location").bearer(&other).send().await;
    assert!(refused.json()["detail"].as_str().unwrap().contains("for each service"), "{}", refused.text);
}

#[tokio::test]
async fn what_a_user_is_refused_costs_the_service_nothing() {
    if !is_there("redis-server", "what_a_user_is_refused_costs_the_service_nothing") {
        return;
    }
    let redis = Redis::start();
    let url = redis.url();
    let server = Server::start_with(now(), move |config: &mut Config| {
        services(config);
        config.limits.classes.insert("read".into(), ClassConfig { service: 5, user: 3, window_seconds: 3600 });
        config.redis = Some(RedisConfig { url: url.into(), timeout_ms: 250, replay: WithoutRedis::Refuse });
    })
    .await;
    let get = |user: &str| {
        let token = sign(HEADER, &changed(&json!({ "sub": user })), PREPAY);
        server.bare("GET", "/api/v1/location").bearer(&token).send()
    };
    for left in [2, 1, 0] {
        let state = get("1001").await.header("ratelimit").unwrap().to_string();
        assert!(state.starts_with(&format!("\"read\";r={left};t=")), "{state}");
    }
    for _ in 0..10 {
        assert_eq!(get("1001").await.status, 429);
    }
    assert_eq!((get("1002").await.status, get("1002").await.status, get("1002").await.status), (200, 200, 429));
}

#[tokio::test]
async fn a_token_is_good_once_at_all_of_them_together() {
    if !is_there("redis-server", "a_token_is_good_once_at_all_of_them_together") {
        return;
    }
    let redis = Redis::start();
    let (one, two) =
        (instance(&redis, 10_000, WithoutRedis::Refuse).await, instance(&redis, 10_000, WithoutRedis::Refuse).await);
    for _ in 0..20 {
        let token = good();
        let send = |server: &Server| server.bare("GET", "/api/v1/location").bearer(&token).send();
        let (a, b) = tokio::join!(send(&one), send(&two));
        let mut both = [a.status, b.status];
        both.sort_unstable();
        assert_eq!(both, [200, 401]);
    }
}

#[tokio::test]
async fn a_redis_that_lost_its_data_makes_no_used_token_good() {
    if !is_there("redis-server", "a_redis_that_lost_its_data_makes_no_used_token_good") {
        return;
    }
    let redis = Redis::start();
    let [one, two] =
        [instance(&redis, 100, WithoutRedis::Refuse).await, instance(&redis, 100, WithoutRedis::Refuse).await];
    let (read, unread) = (good(), good());
    let send = |server: &Server, token: &str| server.bare("GET", "/api/v1/location").bearer(token).send();
    assert_eq!(send(&one, &read).await.status, 200);
    redis.command("FLUSHALL");
    // whether it was used cannot be known any more, nor that of one that was not
    assert_eq!(send(&two, &read).await.problem(), "503 unavailable");
    assert_eq!(send(&two, &unread).await.problem(), "503 unavailable");
    assert_eq!(send(&one, &read).await.problem(), "401 unauthenticated", "it knows by itself");
}

#[tokio::test]
async fn while_redis_is_away_tokens_are_refused_unless_configured_otherwise() {
    if !is_there("redis-server", "while_redis_is_away_tokens_are_refused_unless_configured_otherwise") {
        return;
    }
    let redis = Redis::start();
    let port = redis.port;
    let closed = instance(&redis, 50, WithoutRedis::Refuse).await;
    let open = instance(&redis, 50, WithoutRedis::Accept).await;
    let get = |server: &Server| server.bare("GET", "/api/v1/location").bearer(&good()).send();
    assert_eq!((get(&closed).await.status, get(&open).await.status), (200, 200));
    drop(redis);
    // from the first request on
    let refused = get(&closed).await;
    assert_eq!(refused.problem(), "503 unavailable");
    assert!(refused.header("retry-after").is_some());
    assert_eq!(get(&open).await.status, 200);
    // the limit goes on, counted by the instance alone, and so does the check of tokens
    assert_eq!(burst(std::slice::from_ref(&open), 100).await, BTreeMap::from([(200, 49), (429, 51)]));
    let token = good();
    let again = || open.bare("GET", "/api/v1/country").bearer(&token).send();
    assert_eq!((again().await.status, again().await.status), (200, 401));
    assert_eq!(closed.bare("GET", "/healthz").send().await.status, 200);

    let _redis = Redis::start_on(port);
    let begin = Instant::now();
    while get(&closed).await.status != 200 {
        assert!(begin.elapsed() < Duration::from_secs(5), "it does not come back by itself");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_redis_that_hangs_holds_up_one_request() {
    if !is_there("redis-server", "a_redis_that_hangs_holds_up_one_request") {
        return;
    }
    let redis = Redis::start();
    let server = instance(&redis, 10_000, WithoutRedis::Accept).await;
    let get = || server.bare("GET", "/api/v1/location").bearer(&good()).expect(200);
    get().await;
    redis.signal("STOP");
    let begin = Instant::now();
    get().await;
    let first = begin.elapsed();
    for _ in 0..20 {
        get().await;
    }
    let others = begin.elapsed() - first;
    redis.signal("CONT");
    assert!(first < Duration::from_millis(1500), "{first:?}");
    assert!(others < Duration::from_millis(2000), "{others:?} for 20 more");
}
