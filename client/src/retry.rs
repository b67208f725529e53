//! Which requests may be sent again, and when.
//!
//! A request is repeated only when it is certain that the server did nothing, or when doing it twice is the same as doing it once:
//! reads, and creates with an `Idempotency-Key`. A change with `If-Match` is not: when its answer was lost, its repetition would be told
//! that somebody else was faster.

use reqwest::{
    Method, Request, Response, StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};
use std::time::{Duration, SystemTime};
use uuid::Uuid;

/// Longest pause before the second attempt; doubles with each.
const BASE: Duration = Duration::from_millis(100);
/// Longest pause that the client chooses itself.
const MOST: Duration = Duration::from_secs(5);

/// Whether sending the request twice does the same as sending it once.
pub(crate) fn is_repeatable(request: &Request) -> bool {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    safe || request.method() == Method::POST && request.headers().contains_key("idempotency-key")
}

/// How long to wait before the next attempt; `None` when there must be none.
pub(crate) fn pause(
    outcome: &reqwest::Result<Response>,
    repeatable: bool,
    attempt: u32,
    now: SystemTime,
) -> Option<Duration> {
    let own = || backoff(attempt, random());
    match outcome {
        // nothing was sent
        Err(e) if e.is_connect() => Some(own()),
        Err(e) if e.is_timeout() || e.is_builder() || e.is_redirect() => None,
        Err(_) => repeatable.then(own),
        Ok(answer) => match answer.status() {
            // refused before anything was done
            StatusCode::TOO_MANY_REQUESTS => Some(retry_after(answer.headers(), now).unwrap_or_else(own)),
            StatusCode::SERVICE_UNAVAILABLE if repeatable => {
                Some(retry_after(answer.headers(), now).unwrap_or_else(own))
            }
            StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT if repeatable => Some(own()),
            _ => None,
        },
    }
}

/// `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| httpdate::parse_http_date(text).ok().map(|t| t.duration_since(now).unwrap_or_default()))
}

/// Exponential with full jitter, so that clients which failed together do not come back together.
fn backoff(attempt: u32, random: f64) -> Duration {
    let longest = BASE.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1))).min(MOST);
    longest.mul_f64(random)
}

/// From 0 to 1.
fn random() -> f64 {
    let [high, low] = [(Uuid::new_v4().as_u128() >> 96) as u32, u32::MAX];
    f64::from(high) / f64::from(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        assert_eq!(backoff(1, 1.0), BASE);
        assert_eq!(backoff(3, 0.5), BASE * 2);
        assert_eq!(backoff(30, 1.0), MOST);
        assert_eq!(backoff(5, 0.0), Duration::ZERO);
        assert!((0..100).map(|_| random()).all(|r| (0.0..=1.0).contains(&r)));
    }

    #[test]
    fn retry_after_in_both_forms() {
        let at = |text: &str, now: u64| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().expect("a header value"))]);
            retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(now)).map(|d| d.as_secs())
        };
        assert_eq!(at("7", 0), Some(7));
        assert_eq!(at(" 0 ", 0), Some(0));
        assert_eq!(at("Thu, 01 Jan 1970 00:00:30 GMT", 10), Some(20));
        assert_eq!(at("Thu, 01 Jan 1970 00:00:30 GMT", 40), Some(0));
        for nonsense in ["", "-1", "soon", "1.5"] {
            assert_eq!(at(nonsense, 0), None, "{nonsense}");
        }
    }
}
