//! Limits by address: for whoever has not proven anything, before any cryptography.

use crate::{
    security::forge::{good, services},
    support::{Answer, Server, now},
};
use lending_api::config::{AddressConfig, Config};

async fn server(change: impl FnOnce(&mut Config)) -> Server {
    Server::start_with(now(), |config| {
        services(config);
        config.limits.address = AddressConfig { refused: 5, open: 10, window_seconds: 3600 };
        change(config);
    })
    .await
}

async fn bad(server: &Server, forwarded: &str) -> Answer {
    let call = server.bare("GET", "/api/v1/location").header("authorization", "Bearer x");
    call.header("x-forwarded-for", forwarded).send().await
}

#[tokio::test]
async fn an_address_with_bad_tokens_is_not_heard_any_more() {
    let server = server(|_| {}).await;
    for _ in 0..6 {
        assert_eq!(bad(&server, "198.51.100.1").await.status, 401);
    }
    // a header that the client wrote itself changes nothing
    for forged in ["198.51.100.2", "127.0.0.2", "10.0.0.1, 198.51.100.3", "unknown", ""] {
        let refused = bad(&server, forged).await;
        assert_eq!(refused.problem(), "429 rate_limited", "{forged}");
        assert_eq!(refused.header("ratelimit-policy"), Some("\"unauthenticated\";q=5;w=3600"));
        let detail = "the limit `unauthenticated` of 5 requests per 3600 s for each address is used up";
        assert!(refused.json()["detail"].as_str().unwrap().starts_with(detail), "{}", refused.text);
        assert!(refused.header("retry-after").is_some());
    }
    // unheard: not even a good token is looked at, so guessing costs nothing here
    assert_eq!(server.bare("GET", "/api/v1/location").bearer(&good()).send().await.status, 429);
    // and what needs no token has its own share
    assert_eq!(server.bare("GET", "/healthz").send().await.status, 200);
}

#[tokio::test]
async fn good_tokens_cost_the_address_nothing() {
    let server = server(|_| {}).await;
    for _ in 0..30 {
        server.bare("GET", "/api/v1/location").bearer(&good()).expect(200).await;
    }
    assert_eq!(bad(&server, "").await.status, 401);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_counts_for_itself() {
    let server = server(|config| config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    for _ in 0..6 {
        assert_eq!(bad(&server, "198.51.100.1").await.status, 401);
    }
    assert_eq!(bad(&server, "198.51.100.1").await.status, 429);
    // what the client wrote before the proxy added its word does not make another client of it
    assert_eq!(bad(&server, "203.0.113.5, 198.51.100.1").await.status, 429);
    assert_eq!(bad(&server, "198.51.100.2").await.status, 401);
    let neighbour = server.bare("GET", "/api/v1/location").bearer(&good()).header("x-forwarded-for", "198.51.100.2");
    neighbour.expect(200).await;
}

#[tokio::test]
async fn what_needs_no_token_is_limited_by_address() {
    let server = server(|_| {}).await;
    for path in ["/healthz", "/readyz", "/openapi.json", "/healthz", "/healthz"].repeat(2) {
        server.bare("GET", path).expect(200).await;
    }
    let refused = server.bare("GET", "/readyz").send().await;
    assert_eq!(refused.problem(), "429 rate_limited");
    assert_eq!(refused.header("ratelimit-policy"), Some("\"open\";q=10;w=3600"));
    server.bare("GET", "/api/v1/location").bearer(&good()).expect(200).await;
}
