//! What a spent budget lets through, and when.

use super::*;
use http::HeaderValue;

fn told(limit: &'static str, policy: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [("ratelimit", limit), ("ratelimit-policy", policy)] {
        if !value.is_empty() {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    headers
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Seconds until a request of `list` may go, with 30 s to live.
fn turn(budgets: &Budget, user: &str, now: Instant) -> Result<u64, u64> {
    match budgets.reserve("list", Some(user), now, now + seconds(30)) {
        Ok(slot) => Ok((slot - now).as_secs()),
        Err(Unsent::Limit { wait, .. }) => Err(wait.as_secs()),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_spent_class_is_waited_for_by_its_user_and_its_operations_only() {
    let (budgets, now) = (Budget::default(), Instant::now());
    budgets.note("read", Some("1001"), &told("\"read\";r=7;t=1", ""), None, now);
    budgets.note("list", Some("1001"), &told("\"read\";r=0;t=12", ""), None, now);
    assert_eq!(turn(&budgets, "1001", now), Ok(12));
    assert_eq!(turn(&budgets, "1002", now), Ok(0));
    assert_eq!(budgets.reserve("other", Some("1001"), now, now + seconds(30)).ok(), Some(now));
    let read = budgets.reserve("read", Some("1001"), now, now + seconds(30)).expect("in time");
    assert_eq!(read - now, seconds(12), "the same class");
    assert_eq!(turn(&budgets, "1001", now + seconds(12)), Ok(0), "and then it is over");
}

#[test]
fn who_would_wait_too_long_hears_it_at_once() {
    let (budgets, now) = (Budget::default(), Instant::now());
    budgets.note("list", Some("1001"), &told("\"read\";r=0;t=60", ""), Some(seconds(40)), now);
    assert_eq!(turn(&budgets, "1001", now), Err(40), "a refusal's own time wins");
    assert_eq!(turn(&budgets, "1001", now + seconds(11)), Ok(29));
}

#[test]
fn with_a_policy_each_waits_for_one_share() {
    let (budgets, now) = (Budget::default(), Instant::now());
    let spent = told("\"read\";r=0;t=60", "\"write\";q=1;w=60, \"read\";q=12;w=60");
    budgets.note("list", Some("1001"), &spent, None, now);
    let turns: Vec<_> = (0..6).map(|_| turn(&budgets, "1001", now)).collect();
    assert_eq!(turns, [Ok(5), Ok(10), Ok(15), Ok(20), Ok(25), Err(30)]);
}

#[test]
fn what_is_not_understood_stops_nothing() {
    let (budgets, now) = (Budget::default(), Instant::now());
    for limit in ["", "read;r=0;t=9", "\"read\"", "\"read\";r=x;t=9", "\"read\";r=0", "\"read\";r=1;t=9", ";;=,,"] {
        budgets.note("list", Some("1001"), &told(limit, "\"read\";q=0;w=60"), None, now);
        assert_eq!(turn(&budgets, "1001", now), Ok(0), "{limit}");
    }
}

#[test]
fn nothing_is_believed_for_longer_than_an_hour() {
    let now = Instant::now();
    for (limit, policy, refused_for) in [
        ("\"read\";r=0;t=18446744073709551615", "", None),
        ("\"read\";r=0;t=18446744073709551615", "\"read\";q=1;w=18446744073709551615", None),
        ("\"read\";r=0;t=1", "\"read\";q=1;w=18446744073709551615", Some(Duration::MAX)),
    ] {
        let budgets = Budget::default();
        budgets.note("list", Some("1001"), &told(limit, policy), refused_for, now);
        assert_eq!(turn(&budgets, "1001", now), Err(3600), "{limit} {policy}");
        assert_eq!(turn(&budgets, "1001", now + seconds(3600)), Ok(0));
    }
    let budgets = Budget::default();
    let share = told("\"read\";r=0;t=1", "\"read\";q=1;w=18446744073709551615");
    budgets.note("list", Some("1001"), &share, None, now);
    assert_eq!([turn(&budgets, "1001", now), turn(&budgets, "1001", now)], [Ok(1), Err(3601)]);
}

#[test]
fn what_is_over_is_forgotten() {
    let (budgets, now) = (Budget::default(), Instant::now());
    for n in 0..100 {
        budgets.note("list", Some(&n.to_string()), &told("\"read\";r=0;t=5", ""), None, now);
    }
    assert_eq!(budgets.lock().spent.len(), 100);
    budgets.note("list", Some("1001"), &told("\"read\";r=3;t=5", ""), None, now + seconds(5));
    assert_eq!(budgets.lock().spent.len(), 0);
}
