//! Each rule of what is sent again, and each form of `Retry-After`.

use super::*;
use Again::{After, Never, Soon};
use Outcome::{Answered, Broken, NotConnected};
use Repeat::{Guarded, Safe, Unsafe};
use http::HeaderValue;
use std::time::{Duration, UNIX_EPOCH};

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    lines.iter().map(|&(name, value)| (name.parse().expect("name"), HeaderValue::from_static(value))).collect()
}

#[test]
fn what_doing_it_twice_comes_to() {
    for (method, lines, expected) in [
        ("GET", &[][..], Safe),
        ("HEAD", &[], Safe),
        ("OPTIONS", &[], Safe),
        ("POST", &[], Unsafe),
        ("POST", &[("if-match", "\"1\"")], Unsafe),
        ("POST", &[("idempotency-key", "k")], Safe),
        ("PUT", &[], Unsafe),
        ("PUT", &[("idempotency-key", "k")], Unsafe),
        ("PUT", &[("if-match", "\"1\"")], Guarded),
        ("PATCH", &[("if-match", "\"1\"")], Guarded),
        ("DELETE", &[("if-match", "\"1\"")], Guarded),
        ("DELETE", &[], Unsafe),
        ("PATCH", &[("if-match", "*")], Unsafe),
        ("PURGE", &[("if-match", "\"1\""), ("idempotency-key", "k")], Unsafe),
    ] {
        let method = method.parse().expect("method");
        assert_eq!(repeat(&method, &headers(lines)), expected, "{method} {lines:?}");
    }
}

#[test]
fn what_might_have_been_done_is_not_done_again() {
    let two = Some(Duration::from_secs(2));
    for (outcome, unsafe_one, repeatable) in [
        (NotConnected, Soon, Soon),
        (Broken, Never, Soon),
        (Answered(429, two), After(Duration::from_secs(2)), After(Duration::from_secs(2))),
        (Answered(429, None), Never, Never),
        (Answered(503, two), Never, After(Duration::from_secs(2))),
        (Answered(503, None), Never, Soon),
        (Answered(502, None), Never, Soon),
        (Answered(504, two), Never, After(Duration::from_secs(2))),
        (Answered(408, None), Never, Soon),
        (Answered(500, two), Never, Never),
        (Answered(401, two), Never, Never),
        (Answered(409, None), Never, Never),
        (Answered(200, two), Never, Never),
    ] {
        assert_eq!((again(Unsafe, outcome), again(Safe, outcome)), (unsafe_one, repeatable), "{outcome:?}");
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
        (&[("retry-after", "-1")], None),
        (&[("retry-after", "soon")], None),
        (&[date], None),
    ] {
        // two seconds after `date`, by our clock
        let now = UNIX_EPOCH + Duration::from_secs(784_111_779);
        assert_eq!(retry_after(&headers(lines), now), expected.map(Duration::from_secs), "{lines:?}");
    }
}
