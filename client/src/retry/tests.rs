//! Each rule of what is sent again, and each form of `Retry-After`.

use super::*;
use Outcome::{Answered, Broken, NotConnected};
use http::HeaderValue;
use std::time::{Duration, UNIX_EPOCH};

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    lines.iter().map(|&(name, value)| (name.parse().expect("name"), HeaderValue::from_static(value))).collect()
}

#[test]
fn what_doing_it_twice_comes_to() {
    for (method, lines, expected) in [
        ("GET", &[][..], true),
        ("HEAD", &[], true),
        ("OPTIONS", &[], true),
        ("POST", &[], false),
        ("POST", &[("if-match", "\"1\"")], false),
        ("POST", &[("idempotency-key", "k")], true),
        ("PUT", &[], false),
        ("PUT", &[("idempotency-key", "k")], false),
        ("PUT", &[("if-match", "\"1\"")], false),
        ("PATCH", &[("if-match", "\"1\"")], false),
        ("PATCH", &[("if-match", "\"1\""), ("idempotency-key", "k")], true),
        ("DELETE", &[("if-match", "\"1\"")], false),
        ("DELETE", &[], false),
        ("PURGE", &[("if-match", "\"1\""), ("idempotency-key", "k")], false),
    ] {
        let method = method.parse().expect("method");
        assert_eq!(is_repeatable(&method, &headers(lines)), expected, "{method} {lines:?}");
    }
}

#[test]
fn what_might_have_been_done_is_not_done_again() {
    let (zero, two) = (Some(Duration::ZERO), Some(Duration::from_secs(2)));
    for (outcome, unsafe_one, repeatable) in [
        (NotConnected, zero, zero),
        (Broken, None, zero),
        (Answered(429, two), two, two),
        (Answered(429, None), None, None),
        (Answered(503, two), None, two),
        (Answered(503, None), None, zero),
        (Answered(502, None), None, zero),
        (Answered(504, two), None, two),
        (Answered(408, None), None, zero),
        (Answered(500, two), None, None),
        (Answered(401, two), None, None),
        (Answered(409, None), None, None),
        (Answered(409, two), None, two),
        (Answered(200, two), None, None),
    ] {
        assert_eq!((again(false, outcome), again(true, outcome)), (unsafe_one, repeatable), "{outcome:?}");
    }
}

#[test]
fn the_backoff_doubles_up_to_its_bound_and_is_spread_over_all_of_it() {
    for (failed, most) in [(1, 100), (2, 200), (3, 400), (7, 5000), (9, 5000), (u32::MAX, 5000)] {
        let waits: Vec<_> = (0..300).map(|_| backoff(failed).as_secs_f64() * 1000.0 / f64::from(most)).collect();
        assert!(waits.iter().all(|share| (0.0..=1.0).contains(share)), "{failed}: {waits:?}");
        assert!(
            waits.iter().any(|share| *share < 0.1) && waits.iter().any(|share| *share > 0.9),
            "{failed}: {waits:?}"
        );
    }
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    for (lines, expected) in [
        (&[("retry-after", "7")][..], Some(7)),
        (&[("retry-after", " 0 ")], Some(0)),
        (&[("retry-after", "Sun, 06 Nov 1994 08:49:49 GMT"), date], Some(12)),
        (&[("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT"), date], Some(0)),
        (&[("retry-after", "Sun, 06 Nov 1994 08:49:49 GMT")], Some(10)),
        (&[("retry-after", "18446744073709551615")], Some(365 * 86_400)),
        (&[("retry-after", "18446744073709551616")], Some(365 * 86_400)),
        (&[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"), date], Some(365 * 86_400)),
        (&[("retry-after", "-1")], None),
        (&[("retry-after", "+1")], None),
        (&[("retry-after", "1e30")], None),
        (&[("retry-after", "")], None),
        (&[("retry-after", "soon")], None),
        (&[date], None),
    ] {
        // two seconds after `date`, by our clock
        let now = UNIX_EPOCH + Duration::from_secs(784_111_779);
        assert_eq!(retry_after(&headers(lines), now), expected.map(Duration::from_secs), "{lines:?}");
    }
}
