//! What a caller branches on must not depend on which part of the server, or which proxy, refused the request.

use crate::fake::{Fake, answer};
use lending_api_client::{ApiError, Client, types};
use std::{error::Error, time::Duration};

/// The error of one location read that is answered like this.
async fn refused(answer: String) -> ApiError {
    let fake = Fake::start(vec![answer]).await;
    fake.client.as_user("1001").get_location().id("5").send().await.expect_err("a refusal").into()
}

#[tokio::test]
async fn a_problem_has_its_code_and_what_is_wrong() {
    let body = r#"{"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "Two things are wrong.",
        "errors": [{"pointer": "/requester/email", "code": "format", "detail": "No e-mail address."},
                   {"parameter": "colour", "code": "unknown_parameter", "detail": "There is none."}],
        "request_id": "r-1", "error_code": "bad_request", "message": "Two things are wrong."}"#;
    let error = refused(answer(400, &[], body)).await;
    assert_eq!((error.status(), error.code(), error.request_id()), (Some(400), Some("bad_request"), Some("r-1")));
    assert!(!error.is_retryable());
    let problem = error.problem().expect("problem");
    assert_eq!(problem.title, "Bad Request");
    assert_eq!(problem.errors_at("/requester").count(), 1);
    assert_eq!(problem.errors_at("/requester/em").count(), 0);
    assert_eq!(
        error.to_string(),
        "400 bad_request: Two things are wrong. [/requester/email: No e-mail address.] [colour: There is none.] \
         (request r-1)"
    );
}

#[tokio::test]
async fn the_routers_short_error_is_a_problem_too() {
    let error = refused(answer(404, &[], r#"{"request_id": "r-2", "message": "Not Found"}"#)).await;
    assert_eq!(error.to_string(), "404 not_found: Not Found (request r-2)");
    let named = r#"{"request_id": "r-3", "error_code": "Gone", "message": "Not Found"}"#;
    assert_eq!(refused(answer(404, &[], named)).await.code(), Some("Gone"));
}

#[tokio::test]
async fn a_status_that_is_not_listed_is_read_on_demand() {
    let body = r#"{"request_id": "r-4", "message": "Method Not Allowed"}"#;
    let unlisted = || answer(405, &["x-request-id: r-4"], body);
    let error = refused(unlisted()).await;
    assert!(matches!(error, ApiError::Unexpected(_)), "{error:?}");
    assert_eq!((error.status(), error.request_id()), (Some(405), Some("r-4")));

    let fake = Fake::start(vec![unlisted()]).await;
    let error = fake.client.as_user("1001").get_location().id("5").send().await.expect_err("a refusal");
    let error = ApiError::read(error).await;
    assert_eq!(error.to_string(), "405 method_not_allowed: Method Not Allowed (request r-4)");
}

#[tokio::test]
async fn a_limit_says_when_to_come_back() {
    let body = r#"{"request_id": "r", "message": "Slow down.", "error_code": "too_many_requests"}"#;
    let error = refused(answer(429, &["retry-after: 7"], body)).await;
    assert!(matches!(error, ApiError::RateLimited { retry_after, .. } if retry_after == Duration::from_secs(7)));
    assert!(error.is_retryable());
    let error = refused(answer(429, &[], body)).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    let error = refused(answer(503, &["retry-after: 3"], r#"{"request_id": "r", "message": "Away."}"#)).await;
    assert_eq!((error.code(), error.retry_after()), (Some("unavailable"), Some(Duration::from_secs(3))));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_proxys_page_is_unexpected_and_its_body_not_shown() {
    let fake = Fake::start(vec![answer(502, &[], "<h1>secret</h1>")]).await;
    let error = fake.client.as_user("1001").get_location().id("5").send().await.expect_err("a refusal");
    let error = ApiError::read(error).await;
    assert_eq!(error.status(), Some(502));
    assert!(error.is_retryable());
    let ApiError::Unexpected(answer) = &error else { panic!("{error:?}") };
    assert_eq!(answer.body(), "<h1>secret</h1>");
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[tokio::test]
async fn a_wrong_body_is_unexpected_with_its_cause() {
    let error = refused(answer(200, &[], r#"{"id": "5"}"#)).await;
    assert!(matches!(error, ApiError::Unexpected(_)), "{error:?}");
    assert!(!error.is_retryable());
    let ApiError::Unexpected(answer) = &error else { panic!("{error:?}") };
    assert!(answer.source().is_some());
}

#[tokio::test]
async fn a_current_copy_is_not_modified() {
    let fake = Fake::start(vec![answer(304, &[], "")]).await;
    let call = fake.client.as_service().get_country().alpha2("AF").if_none_match("\"1\"").send().await;
    assert!(ApiError::from(call.expect_err("no body")).is_not_modified());
}

#[tokio::test]
async fn no_server_is_a_connection_error_with_its_cause() {
    let client = Client::builder("http://127.0.0.1:1").service("prepay").key(crate::fake::KEY).build().expect("client");
    let error: ApiError = client.as_service().list_countries().send().await.expect_err("no server").into();
    assert!(error.is_retryable());
    assert_eq!(error.to_string(), "cannot connect to the lending API");
    assert!(error.source().is_some());
}

#[tokio::test]
async fn nothing_is_sent_without_credentials_or_with_a_bad_value() {
    let fake = Fake::start(vec![]).await;
    let error: ApiError = fake.client.as_user("").list_locations().send().await.expect_err("no user").into();
    assert_eq!(error.to_string(), "no credentials: the id of the user is empty");
    let error: ApiError = fake.client.as_user("1001").get_location().id("x").send().await.expect_err("bad id").into();
    assert!(matches!(error, ApiError::InvalidRequest(_)), "{error:?}");
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_question_mark_is_enough() {
    async fn read(client: &Client) -> Result<types::Location, ApiError> {
        Ok(client.as_user("1001").get_location().id("5").send().await?.into_inner())
    }
    let fake = Fake::start(vec![answer(403, &[], r#"{"request_id": "r", "message": "No."}"#)]).await;
    assert_eq!(read(&fake.client).await.expect_err("a refusal").code(), Some("forbidden"));
}
