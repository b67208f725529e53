//! `Retry-After` (RFC 9110, section 10.2.3), in seconds or as a date.

use crate::clock;
use http::{
    HeaderMap,
    header::{DATE, HeaderName, RETRY_AFTER},
};
use std::time::{Duration, SystemTime};

/// How long the answer asks to wait, a year at most. A date counts from the `Date` of the same answer, so that only one clock is
/// asked; from `now` when there is none.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match date(headers, RETRY_AFTER) {
        Some(then) => then.duration_since(date(headers, DATE).unwrap_or(now)).unwrap_or_default(),
        None => seconds(text)?,
    };
    Some(clock::bounded(wait))
}

/// More digits than a number of 64 bits has are still a number.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}
