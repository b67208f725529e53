//! A token that was used with the process before is not good again with this one.

use super::forge::{HEADER, PREPAY, changed, server, services, sign};
use crate::support::{Server, now};
use lending_api::clock::Clock;
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

/// What the file may hold, or not, and what that means for a token of now.
#[tokio::test]
async fn what_is_left_of_the_process_before_fails_closed() {
    let mut server = server().await;
    let file = server.config.data_dir.join("tokens-taken-until");
    for (left, statuses) in [
        (None, (503, 503)),
        (Some("gibberish"), (503, 503)),
        (Some("99999999999"), (503, 503)),
        (Some("0"), (200, 200)),
    ] {
        match left {
            None => std::fs::remove_file(&file).unwrap(),
            Some(text) => std::fs::write(&file, text).unwrap(),
        }
        server = server.restart(now(), false).await;
        let ready = server.bare("GET", "/readyz").send().await.status;
        assert_eq!((send(&server, &issued(5)).await, ready), statuses, "{left:?}");
    }
}

#[tokio::test]
async fn some_seconds_after_a_crash_all_is_as_before() {
    let clock = std::sync::Arc::new(std::sync::Mutex::new(now()));
    let (read, began) = (clock.clone(), now());
    let server = Server::start_by(Clock::of(move || *read.lock().unwrap()), services).await;
    std::fs::remove_file(server.config.data_dir.join("tokens-taken-until")).unwrap();
    let server = {
        let read = clock.clone();
        server.restart_by(Clock::of(move || *read.lock().unwrap()), false).await
    };
    assert_eq!(send(&server, &issued(0)).await, 503);
    *clock.lock().unwrap() = began + chrono::TimeDelta::seconds(6);
    assert_eq!(send(&server, &issued(6)).await, 200);
    server.bare("GET", "/readyz").expect(200).await;
}

#[tokio::test]
async fn an_older_process_says_nothing_for_a_newer_one() {
    let server = server().await;
    let file = server.config.data_dir.join("tokens-taken-until");
    let newer = "running as another";
    std::fs::write(&file, newer).unwrap();
    let server = server.restart(now(), true).await;
    assert_eq!(send(&server, &issued(5)).await, 503, "the newer one may have taken it");
}
