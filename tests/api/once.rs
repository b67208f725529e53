//! A change with an `Idempotency-Key` is made once, whatever callers do: copies at once, after a failure, after a day.

use super::payoff::valid;
use crate::support::{self, Answer, Call, Server};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use lending_api::{
    auth::{self, Subject},
    clock::Clock,
    serve,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

const PAYOFF: &str = "/api/v1/payoff";
const RESOURCE: &str = "/api/v1/resource";

fn keyed(server: &Server, method: &str, path: &str, key: &str, body: &Value) -> Call {
    server.call(method, path).header("idempotency-key", key).json(body)
}

/// What is the same bit for bit in an answer and its replay.
fn bits(answer: &Answer) -> (u16, Option<&str>, Option<&str>, Option<&str>, &str) {
    let header = |name| answer.header(name);
    (answer.status, header("etag"), header("location"), header("content-type"), &answer.text)
}

fn is_replay(answer: &Answer) -> bool {
    answer.header("idempotency-replayed") == Some("true")
}

fn rows(server: &Server, loan: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM payoff WHERE loan_number = ?1";
    server.database().query_row(sql, [loan], |r| r.get(0)).unwrap()
}

fn records(server: &Server) -> i64 {
    server.database().query_row("SELECT COUNT(*) FROM idempotency", [], |r| r.get(0)).unwrap()
}

#[tokio::test]
async fn a_payoff_needs_a_key() {
    let server = Server::start().await;
    let answer = server.call("POST", PAYOFF).without("Idempotency-Key").json(&valid()).send().await;
    assert_eq!(answer.problem(), "400 invalid_parameter | Idempotency-Key required");
    insta::assert_snapshot!(answer.json()["detail"].as_str().unwrap(), @"parameter `Idempotency-Key` is required: make up a value once for this change, such as a random UUID, and repeat it with each retry");
    assert_eq!(rows(&server, "1234567890"), 0);
    server.call("POST", RESOURCE).json(&json!({"name": "Keyless", "status": "active"})).expect(201).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_copies_at_once_make_one_row() {
    let server = Server::start_with(support::now(), support::unlimited).await;
    let copies = join_all((0..200).map(|_| keyed(&server, "POST", PAYOFF, "copies", &valid()).send())).await;
    let (made, told): (Vec<_>, Vec<_>) = copies.iter().partition(|a| a.status == 201);
    assert_eq!(rows(&server, "1234567890"), 1);
    let first: Vec<_> = made.iter().filter(|a| !is_replay(a)).collect();
    assert_eq!(first.len(), 1, "one answer is no replay");
    assert!(made.iter().all(|a| bits(a) == bits(first[0])));
    for answer in &told {
        assert_eq!((answer.problem().as_str(), answer.header("retry-after")), ("409 in_flight", Some("1")));
    }
    let after = keyed(&server, "POST", PAYOFF, "copies", &valid()).expect(201).await;
    assert!(is_replay(&after));
    assert_eq!(bits(&after), bits(first[0]));
    println!("200 copies: 1 made, {} replayed, {} told to come back", made.len() - 1, told.len());
}

/// Another process has the lock of the database meanwhile, so that a change waits in the middle.
struct Held(rusqlite::Connection);

impl Held {
    fn new(server: &Server) -> Self {
        let db = server.database();
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        Self(db)
    }

    fn release(self) {
        self.0.execute_batch("ROLLBACK").unwrap();
    }
}

#[tokio::test]
async fn a_copy_of_what_is_still_at_work_is_told_to_come_back() {
    let server = Server::start().await;
    let held = Held::new(&server);
    let first = tokio::spawn(keyed(&server, "POST", PAYOFF, "slow", &valid()).send());
    tokio::time::sleep(Duration::from_millis(200)).await;
    let copy = keyed(&server, "POST", PAYOFF, "slow", &valid()).send().await;
    assert_eq!((copy.problem().as_str(), copy.header("retry-after")), ("409 in_flight", Some("1")));
    held.release();
    let first = first.await.unwrap();
    assert_eq!((first.status, is_replay(&first)), (201, false));
    let replay = keyed(&server, "POST", PAYOFF, "slow", &valid()).expect(201).await;
    assert_eq!((bits(&replay), is_replay(&replay)), (bits(&first), true));
}

#[tokio::test]
async fn a_key_is_free_again_when_its_caller_went_away() {
    let server = Server::start().await;
    let held = Held::new(&server);
    let first = tokio::spawn(keyed(&server, "POST", PAYOFF, "gone", &valid()).send());
    tokio::time::sleep(Duration::from_millis(200)).await;
    first.abort();
    assert!(first.await.is_err());
    held.release();
    let mut answer = keyed(&server, "POST", PAYOFF, "gone", &valid()).send().await;
    for _ in 0..100 {
        if answer.status != 409 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        answer = keyed(&server, "POST", PAYOFF, "gone", &valid()).send().await;
    }
    assert_eq!((answer.status, rows(&server, "1234567890")), (201, 1), "{}", answer.text);
}

#[tokio::test]
async fn what_failed_is_not_stored_and_leaves_the_key_unused() {
    let server = Server::start().await;
    let mut saturday = valid();
    saturday["payoff_date"] = json!("2026-06-13");
    for _ in 0..2 {
        let refused = keyed(&server, "POST", PAYOFF, "again", &saturday).send().await;
        assert_eq!(refused.problem(), "422 invalid_body | /payoff_date not_a_business_day");
    }
    server.database().execute_batch("ALTER TABLE payoff RENAME TO payoff_away").unwrap();
    let fault = keyed(&server, "POST", PAYOFF, "again", &valid()).send().await;
    assert!(fault.status >= 500, "{}", fault.text);
    server.database().execute_batch("ALTER TABLE payoff_away RENAME TO payoff").unwrap();
    assert_eq!(records(&server), 0);
    let made = keyed(&server, "POST", PAYOFF, "again", &valid()).expect(201).await;
    assert!(!is_replay(&made));
    assert_eq!((records(&server), rows(&server, "1234567890")), (1, 1));
}

/// Changes that are committed together, some of which fail when row and audit record are written already.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_that_fails_late_is_undone_alone() {
    let server = Server::start_with(support::now(), support::unlimited).await;
    let late = "CREATE TRIGGER late BEFORE INSERT ON idempotency WHEN NEW.id LIKE '%torn%' BEGIN SELECT RAISE(ABORT, 'late'); END";
    server.database().execute_batch(late).unwrap();
    let mut named = BTreeSet::new();
    for _ in 0..3 {
        let held = Held::new(&server);
        let kind = |n: i32| if n % 5 == 3 { "torn" } else { "whole" };
        let posts = (0..40).map(|n| {
            let key = format!("{} {}", kind(n), uuid::Uuid::new_v4());
            let body = json!({"name": key, "status": "active"});
            tokio::spawn(keyed(&server, "POST", RESOURCE, &key, &body).send())
        });
        let posts: Vec<_> = posts.collect();
        tokio::time::sleep(Duration::from_millis(300)).await;
        held.release();
        for (n, answer) in (0..).zip(join_all(posts).await) {
            let answer = answer.unwrap();
            assert_eq!(answer.status, if kind(n) == "torn" { 500 } else { 201 }, "{}", answer.text);
            if answer.status == 201 {
                named.insert(answer.header("audit-id").unwrap().to_string());
            }
        }
    }
    let count = |sql: &str| server.database().query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT COUNT(*) FROM resource_item WHERE name LIKE 'torn%'"), 0);
    let rows = "FROM resource_item WHERE name LIKE 'whole%'";
    assert_eq!(
        (count(&format!("SELECT COUNT(*) {rows}")), count(&format!("SELECT COUNT(DISTINCT name) {rows}"))),
        (96, 96)
    );
    let recorded = "SELECT COUNT(*) FROM audit_record WHERE operation = 'create_resource' AND kind = 'change'";
    assert_eq!((count(recorded), records(&server)), (96, 96));
    let db = server.database();
    let mut ids = db.prepare("SELECT id FROM audit_record WHERE operation = 'create_resource'").unwrap();
    let ids: BTreeSet<String> = ids.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(named.len(), 96);
    assert!(named.is_subset(&ids), "each answer names a record that is there");
}

#[tokio::test]
async fn a_key_belongs_to_one_path_and_body_and_to_its_scope() {
    let server = Server::start().await;
    let made = |name: &str| keyed(&server, "POST", RESOURCE, "k", &json!({"name": name, "status": "active"}));
    let first = made("One").expect(201).await;
    assert_eq!(made("Two").send().await.problem(), "422 key_reused");
    let second = server.call("POST", RESOURCE).json(&json!({"name": "Two", "status": "active"})).expect(201).await;
    let patch = |at: &Answer, body: Value| keyed(&server, "PATCH", at.header("location").unwrap(), "k", &body);
    // another operation, another key
    let patched = patch(&first, json!({"status": "archived"})).expect(200).await;
    assert!(!is_replay(&patched));
    assert_eq!(patch(&second, json!({"status": "archived"})).send().await.problem(), "422 key_reused");
    assert_eq!(patch(&first, json!({"status": "active"})).send().await.problem(), "422 key_reused");
    let other = server.token(Some("1002"), None);
    assert!(!is_replay(&made("One").bearer(&other).expect(201).await));
    let at_five = server.token(Some("1001"), Some("5"));
    assert!(is_replay(&made("One").bearer(&at_five).expect(201).await), "wherever the user works");
    let payoff = || keyed(&server, "POST", "/api/v1/payoff", "p", &valid());
    let first = payoff().expect(201).await;
    let again = payoff().bearer(&server.token(Some("1001"), Some("5"))).expect(201).await;
    assert!(is_replay(&again) && again.text == first.text);
}

/// A retry of before an update, when the location still was a part of it, makes no second row.
#[tokio::test]
async fn a_key_of_an_older_version_is_known() {
    let server = Server::start().await;
    let post =
        |name: &str, key: &str| keyed(&server, "POST", RESOURCE, key, &json!({"name": name, "status": "active"}));
    post("One", "one").expect(201).await;
    post("Two", "two").expect(201).await;
    let db = server.database();
    let older = |key: &str, location: &str| {
        let ids = [
            format!("prepay\n1001\n{location}\ncreate_resource\n{key}"),
            format!("prepay\n1001\ncreate_resource\n{key}"),
        ];
        assert_eq!(db.execute("UPDATE idempotency SET id = ?1 WHERE id = ?2", ids).unwrap(), 1);
    };
    older("one", "5");
    older("two", "");
    db.execute("DELETE FROM schema_migration WHERE step LIKE '0007%'", []).unwrap();
    lending_api::store::migrate::migrate(&server.config.database(), support::now()).unwrap();
    for (name, key) in [("One", "one"), ("Two", "two")] {
        let post = keyed(&server, "POST", RESOURCE, key, &json!({"name": name, "status": "active"}));
        assert!(is_replay(&post.expect(201).await), "{key}");
    }
}

#[tokio::test]
async fn a_patch_is_replayed_although_its_version_is_gone() {
    let server = Server::start().await;
    let row = server.call("POST", RESOURCE).json(&json!({"name": "Once", "status": "active"})).expect(201).await;
    let path = row.header("location").unwrap();
    let patch = || keyed(&server, "PATCH", path, "p", &json!({"name": "Twice"})).header("if-match", "\"1\"").send();
    let first = patch().await;
    assert_eq!((first.status, first.header("etag"), is_replay(&first)), (200, Some("\"2\""), false));
    server.call("PATCH", path).json(&json!({"name": "Thrice"})).expect(200).await;
    let replay = patch().await;
    assert_eq!((bits(&replay), is_replay(&replay)), (bits(&first), true));
    let now = server.get(path).expect(200).await.json();
    assert_eq!((&now["name"], &now["version"]), (&json!("Thrice"), &json!(3)));
}

/// A clock that the test moves on.
fn moving() -> (Clock, Arc<AtomicI64>) {
    let seconds = Arc::new(AtomicI64::new(0));
    let ours = seconds.clone();
    (Clock::of(move || support::now() + TimeDelta::seconds(ours.load(Ordering::Relaxed))), seconds)
}

fn token(server: &Server, at: DateTime<Utc>) -> String {
    let ring = serve::keyring(&server.config).unwrap();
    let subject = Subject { user: Some("1001"), location: None };
    auth::mint(&ring, "prepay", &subject, at.timestamp(), 300).unwrap().unwrap()
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day_and_then_forgotten_by_itself() {
    let (clock, seconds) = moving();
    let server = Server::start_by(clock.clone(), |_| {}).await;
    let body = json!({"name": "Daily", "status": "active"});
    let post = || keyed(&server, "POST", RESOURCE, "day", &body).bearer(&token(&server, clock.now())).expect(201);
    let first = post().await;
    seconds.store(24 * 3600 - 1, Ordering::Relaxed);
    let late = post().await;
    assert_eq!((bits(&late), is_replay(&late)), (bits(&first), true));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(records(&server), 1, "it is not forgotten before its time");
    seconds.store(24 * 3600, Ordering::Relaxed);
    let anew = post().await;
    assert!(!is_replay(&anew) && anew.text != first.text, "the key is free again, swept or not");
    seconds.store(48 * 3600, Ordering::Relaxed);
    let gone = || records(&server) == 0;
    for _ in 0..100 {
        if gone() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(gone(), "it is forgotten although nobody changes anything");
}

#[tokio::test]
async fn many_old_answers_are_forgotten_in_small_steps() {
    let server = Server::start().await;
    let old = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) \
               INSERT INTO idempotency (id, created_at, fingerprint, status, body) \
               SELECT 'old-' || i, '2026-06-01T00:00:00.000000Z', 'f', 201, '{}' FROM n";
    server.database().execute(old, []).unwrap();
    let mut seen = vec![700];
    let db = server.database();
    let count = || db.query_row("SELECT COUNT(*) FROM idempotency", [], |r| r.get::<_, i64>(0)).unwrap();
    for _ in 0..1000 {
        let now = count();
        if seen.last() != Some(&now) {
            seen.push(now);
        }
        if now == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(seen, [700, 444, 188, 0]);
}
