//! A token that was used with the process before is not good again with this one.

use super::forge::{HEADER, PREPAY, changed, server, sign};
use crate::support::{Server, now};
use serde_json::json;

/// A token issued so many seconds after now.
fn issued(later: i64) -> String {
    let iat = now().timestamp() + later;
    sign(HEADER, &changed(&json!({"iat": iat, "exp": iat + 60})), PREPAY)
}

async fn send(server: &Server, token: &str) -> u16 {
    server.bare("GET", "/api/v1/location").bearer(token).send().await.status
}

#[tokio::test]
async fn after_a_stop_only_newer_tokens_are_good() {
    let server = server().await;
    let used = issued(-3);
    assert_eq!(send(&server, &used).await, 200);
    let server = server.restart(now(), true).await;
    assert_eq!(send(&server, &used).await, 503, "whether it was used cannot be known");
    assert_eq!(send(&server, &issued(-3)).await, 503);
    assert_eq!(send(&server, &issued(-2)).await, 200);
    server.bare("GET", "/readyz").expect(200).await;
}

#[tokio::test]
async fn after_a_crash_none_that_a_fast_clock_may_have_issued_before_it() {
    let server = server().await;
    let used = issued(5);
    assert_eq!(send(&server, &used).await, 200);
    let server = server.restart(now(), false).await;
    assert_eq!(send(&server, &used).await, 503);
    server.bare("GET", "/readyz").expect(503).await;
    let later = now() + chrono::TimeDelta::seconds(6);
    let server = server.restart(later, false).await;
    assert_eq!((send(&server, &issued(6)).await, send(&server, &issued(11)).await), (503, 503));
    assert_eq!(send(&server, &issued(12)).await, 401, "from the future");
}
