//! The same through `lending-api-client`, as an app server uses it.

use crate::support::Server;
use futures_util::TryStreamExt;
use lending_api::config::ClassConfig;
use lending_api_client::{ApiError, Client, types};

fn new_payoff(date: chrono::NaiveDate, location: &str) -> types::NewPayoff {
    let body = serde_json::json!({
        "loan_number": "1234567890", "program": "504", "location_id": location, "payoff_date": date, "reason": "sale",
        "payment_method": "ach",
        "requester": {"name": "Ada", "email": "ada@example.com", "phone": "+15125550101", "role": "lender"}
    });
    serde_json::from_value(body).unwrap()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the client's tokens carry the real time")]
async fn what_an_app_server_does() {
    let server = Server::start_now().await;
    let session = server.client("1001");
    let locations: Vec<types::Location> = session.stream(|c| c.list_locations().limit(1)).try_collect().await.unwrap();
    assert_eq!(locations.iter().map(|l| l.id.to_string()).collect::<Vec<_>>(), ["5", "6"]);

    use lending_api::rules::business_day::{Method, calendars_for, next_business_day, today_in_new_york};
    let date = next_business_day(today_in_new_york(chrono::Utc::now()), calendars_for(Method::Ach));
    let created = session.create_payoff().idempotency_key("once").body(new_payoff(date, "5")).send().await.unwrap();
    assert_eq!(created.status(), 201);
    let read = session.get_payoff().id(created.id.clone()).send().await.unwrap();
    assert_eq!((read.loan_number.to_string(), read.version), ("1234567890".into(), 1));
    let users: Vec<types::User> = session.stream(|c| c.list_users().location_id("5")).try_collect().await.unwrap();
    assert_eq!(users.len(), 2);
}

#[tokio::test]
async fn a_change_is_made_once_and_on_what_was_seen() {
    let server = Server::start_now().await;
    let session = server.client("1001");
    let id = "00000000-0000-4000-8000-000000000001";
    let seen = session.get_payoff().id(id).send().await.unwrap();
    let tag = seen.headers()["etag"].to_str().unwrap().to_string();
    let change = |reason| {
        let patch = types::PayoffPatch::builder().reason(reason).property_address(types::Nullable::Null);
        session.update_payoff().id(id).if_match(tag.as_str()).body(patch)
    };
    let first = change(types::PayoffReason::Cash).idempotency_key("k").send().await.unwrap();
    assert_eq!((first.reason, first.property_address.is_none()), (types::PayoffReason::Cash, true));
    let again = change(types::PayoffReason::Cash).idempotency_key("k").send().await.unwrap();
    assert_eq!((again.version, &again.headers()["idempotency-replayed"]), (first.version, &"true".parse().unwrap()));
    for (call, code) in [
        (change(types::PayoffReason::Sale), "stale_etag"),
        (change(types::PayoffReason::Sale).idempotency_key("k"), "key_reused"),
    ] {
        let error: ApiError = call.send().await.unwrap_err().into();
        assert_eq!(error.code(), Some(code));
    }
    // what the document requires is asked for before anything is sent
    let unsent: ApiError = session.delete_resource().id(id).send().await.unwrap_err().into();
    assert_eq!(unsent.status(), None);
}

#[tokio::test]
async fn problems_are_typed() {
    let server = Server::start_now().await;
    let session = server.client("1001");
    let date = "2000-01-03".parse().unwrap();
    let error: ApiError =
        session.create_payoff().idempotency_key("never").body(new_payoff(date, "5")).send().await.unwrap_err().into();
    let problem = error.problem().unwrap();
    assert_eq!((problem.status, problem.code.as_str()), (422, "invalid_body"));
    assert_eq!(problem.errors_at("/payoff_date").next().unwrap().code, "in_the_past");
    let error: ApiError = session.get_location().id("7").send().await.unwrap_err().into();
    assert_eq!(error.code(), Some("outside_own_locations"));
    let wrong_key = Client::builder(&server.base).service("prepay").key("x".repeat(40)).build().unwrap();
    let error: ApiError = wrong_key.as_user("1001").list_locations().send().await.unwrap_err().into();
    assert_eq!(error.code(), Some("unauthenticated"));
}

#[tokio::test]
async fn streams_walk_all_pages() {
    let server = Server::start_now().await;
    let session = server.client("1001");
    let countries: Vec<types::Country> = session.stream(|c| c.list_countries().limit(100)).try_collect().await.unwrap();
    assert_eq!(countries.len(), 249);
}

/// With one attempt per call, a refusal would be an error.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the client's tokens carry the real time")]
async fn a_limit_is_kept_without_being_refused() {
    let server = Server::start_with(chrono::Utc::now(), |config| {
        let class = ClassConfig { service: 1000, user: 5, window_seconds: 1 };
        config.limits.classes.insert("reference-read".into(), class);
    })
    .await;
    let client = Client::builder(&server.base).service("prepay").key(server.key()).max_attempts(1).build().unwrap();
    let (session, begin) = (client.as_user("1001"), std::time::Instant::now());
    for _ in 0..5 {
        session.get_country().alpha2("US").send().await.unwrap();
    }
    let calls = (0..10).map(|_| async { session.get_country().alpha2("US").send().await.map(drop) });
    for outcome in futures_util::future::join_all(calls).await {
        outcome.unwrap();
    }
    let took = begin.elapsed();
    assert!((1.9..4.0).contains(&took.as_secs_f64()), "ten more at five per second: {took:?}");
}
