//! Rate limits from outside: the window, the headers, the refusal.

use crate::support::{Server, now};
use lending_api::config::{ClassConfig, Config};

/// Classes with their limits for a service and for a user, per minute.
fn limited(classes: &[(&str, u32, u32)]) -> impl FnOnce(&mut Config) {
    let class = |&(name, service, user): &(&str, u32, u32)| {
        (name.to_string(), ClassConfig { service, user, window_seconds: 60 })
    };
    let classes = classes.iter().map(class).collect();
    |config| config.limits.classes = classes
}

#[tokio::test]
async fn a_user_and_a_service_have_their_share() {
    let server = Server::start_with(now(), limited(&[("read", 5, 3), ("write", 2, 2)])).await;
    for left in [2, 1, 0] {
        let answer = server.get("/api/v1/location").expect(200).await;
        assert_eq!(answer.header("ratelimit-policy"), Some("\"read\";q=3;w=60"));
        assert!(answer.header("ratelimit").unwrap().starts_with(&format!("\"read\";r={left};t=")));
    }
    let refused = server.get("/api/v1/location").send().await;
    assert_eq!(refused.problem(), "429 rate_limited");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait}");
    // what the user was refused is not charged to the service, which has two left; other classes are not touched
    let other = || server.get("/api/v1/location").bearer(&server.token(Some("1002"), None));
    other().expect(200).await;
    other().expect(200).await;
    assert_eq!(other().send().await.problem(), "429 rate_limited");
    server.get("/api/v1/country").expect(200).await;
}

#[tokio::test]
async fn a_refused_caller_is_not_read() {
    let server = Server::start_with(now(), limited(&[("write", 1, 1)])).await;
    let post = || server.call("POST", "/api/v1/resource").text("application/json", "not json");
    assert_eq!(post().send().await.status, 400);
    assert_eq!(post().send().await.problem(), "429 rate_limited");
}
