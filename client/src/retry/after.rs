//! `Retry-After` (RFC 9110, section 10.2.3), in seconds or as a date.

use http::{
    HeaderMap,
    header::{DATE, HeaderName, RETRY_AFTER},
};
use std::time::{Duration, SystemTime};

/// How long the answer asks to wait. A date counts from the `Date` of the same answer, so that only one clock is asked; from `now`
/// when there is none.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = date(headers, RETRY_AFTER)?;
    Some(then.duration_since(date(headers, DATE).unwrap_or(now)).unwrap_or_default())
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}
