//! Times that no clock can count, and texts that are no times: an answer must not bring its caller down.

use crate::{
    fake::Fake,
    resource::{END, found, read, refusal},
};
use futures_util::future::join_all;
use lending_api_client::{ApiError, Proof};
use std::time::{Duration, Instant};
use tokio::time::timeout;

const HUGE: [&str; 5] = [
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775807",
    "1000000000000000000000000000000",
    "4000000000",
];
const GARBAGE: [&str; 7] = ["-1", "-18446744073709551615", "1e30", "1.5", "NaN", "soon", ""];

async fn told(status: u16, value: &str) -> (ApiError, usize) {
    let answers = vec![refusal(status, &[&format!("retry-after: {value}")]); 3];
    let fake = Fake::start_with(answers, |b| b.timeout(Duration::from_secs(10))).await;
    let outcome = timeout(END, read(&fake.client.as_user("1001"))).await;
    (outcome.expect("it ends").expect_err(value), fake.requests().len())
}

#[tokio::test]
async fn a_pause_that_nobody_can_wait_for_ends_the_call() {
    for value in HUGE {
        for status in [429, 503] {
            let (error, attempts) = told(status, value).await;
            assert_eq!((error.status(), attempts), (Some(status), 1), "{value}: {error:?}");
            let wait = error.retry_after().expect(value);
            assert!(wait >= Duration::from_secs(365 * 86_400), "{value}: {wait:?}");
            assert!(Instant::now().checked_add(wait).is_some(), "a caller can add it to a time");
        }
    }
}

#[tokio::test]
async fn a_pause_that_is_no_time_was_not_told() {
    for value in GARBAGE {
        let (error, attempts) = told(429, value).await;
        assert_eq!((error.retry_after(), attempts), (Some(Duration::from_secs(1)), 1), "{value}: {error:?}");
        let (error, attempts) = told(503, value).await;
        assert_eq!((error.retry_after(), attempts), (None, 3), "{value}: {error:?}");
    }
}

/// Three calls, the limit told as used up by the first; the third comes when the second has taken the share after it.
async fn calls_after(limit: &str, policy: &str) -> Vec<Result<(), ApiError>> {
    let lines = [format!("ratelimit: {limit}"), format!("ratelimit-policy: {policy}")];
    let spent = found(&[&lines[0], &lines[1]]);
    let fake = Fake::start_with(vec![spent; 3], |b| b.timeout(Duration::from_secs(5))).await;
    let session = fake.client.as_user("1001");
    let mut outcomes = vec![];
    for _ in 0..3 {
        outcomes.push(timeout(END, read(&session)).await.expect("it ends"));
    }
    outcomes
}

#[tokio::test]
async fn a_limit_of_any_size_is_borne() {
    let values = HUGE.iter().chain(&GARBAGE).copied();
    let runs = values.flat_map(|v| {
        [
            (format!("\"read\";r=0;t={v}"), "\"read\";q=5;w=1".to_owned()),
            (format!("\"read\";r=0;t={v}"), format!("\"read\";q=1;w={v}")),
            ("\"read\";r=0;t=1".to_owned(), format!("\"read\";q=1;w={v}")),
            ("\"read\";r=0;t=1".to_owned(), format!("\"read\";q={v};w=1")),
            (format!("\"read\";r=0;t={v}"), String::new()),
            (format!("\"read\";r={v};t={v}"), String::new()),
        ]
    });
    let runs = runs.map(|(limit, policy)| async move {
        let outcomes = calls_after(&limit, &policy).await;
        assert!(outcomes[0].is_ok(), "{limit} {policy}: {outcomes:?}");
        for outcome in &outcomes[1..] {
            let borne = matches!(outcome, Ok(()) | Err(ApiError::RateLimited { .. }));
            assert!(borne, "{limit} {policy}: {outcome:?}");
        }
    });
    join_all(runs).await;
}

#[tokio::test]
async fn a_call_may_have_all_the_time_there_is() {
    let fake = Fake::start_with(vec![refusal(503, &[]), found(&[])], |b| b.timeout(Duration::MAX)).await;
    let session = fake.client.as_user("1001").with_proof(Proof::Session("s".into()));
    timeout(END, read(&session)).await.expect("it ends").expect("found the second time");
}

#[tokio::test]
async fn a_call_without_time_ends_at_once() {
    let fake = Fake::start_with(vec![found(&[])], |b| b.timeout(Duration::ZERO)).await;
    let error = timeout(END, read(&fake.client.as_user("1001"))).await.expect("it ends").expect_err("no time");
    assert_eq!(error.to_string(), "the lending API did not answer in time");
}

/// However many attempts are allowed, and however soon the server would have them.
#[tokio::test]
async fn refusals_without_end_end_with_the_time() {
    let answers = vec![refusal(429, &["retry-after: 0"]); 5000];
    let set = |b: lending_api_client::ClientBuilder| b.max_attempts(u32::MAX).timeout(Duration::from_millis(800));
    let fake = Fake::start_with(answers, set).await;
    let begin = Instant::now();
    let outcome = timeout(END, read(&fake.client.as_user("1001"))).await;
    outcome.expect("it ends").expect_err("refused to the end");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    let attempts = fake.requests().len();
    assert!((2..100).contains(&attempts), "each pause is longer than the one before: {attempts} attempts");
}
