//! Nobody overwrites what he has not seen: `If-Match` on every change of a row.

use crate::support::{self, Answer, Server};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

async fn made(server: &Server) -> Answer {
    server.call("POST", "/api/v1/resource").json(&json!({"name": "0", "status": "active"})).expect(201).await
}

fn good(method: &str) -> Value {
    if method == "PUT" { json!({"name": "new", "status": "archived"}) } else { json!({"name": "new"}) }
}

#[tokio::test]
async fn a_change_without_a_version_is_428() {
    let server = Server::start().await;
    let row = made(&server).await;
    let payoff = "/api/v1/payoff/00000000-0000-4000-8000-000000000001";
    let resource = row.header("location").unwrap();
    for (method, path, body) in [
        ("PUT", resource, good("PUT")),
        ("PATCH", resource, good("PATCH")),
        ("DELETE", resource, Value::Null),
        ("PATCH", payoff, json!({"reason": "sale"})),
        // before anything of the body is looked at
        ("PATCH", resource, json!({"colour": "red"})),
    ] {
        let answer = server.call(method, path).without("If-Match").json(&body).send().await;
        assert_eq!(answer.problem(), "428 precondition_required | If-Match required", "{method} {path}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(answer.json()["detail"].as_str().unwrap(), @"read the row and send its `ETag` in the header `If-Match`, or `*` to change whatever is there");
        }
    }
    assert_eq!(server.get(resource).expect(200).await.text, row.text);
}

#[tokio::test]
async fn tags_are_compared_strongly() {
    let server = Server::start().await;
    for method in ["PUT", "PATCH", "DELETE"] {
        let done = if method == "DELETE" { "204 " } else { "200 " };
        for (tag, expected) in [
            ("\"1\"", done),
            ("*", done),
            ("\"9\", \"1\"", done),
            ("W/\"9\" ,\"1\"", done),
            ("\"9\"", "412 stale_etag"),
            ("\"\"", "412 stale_etag"),
            ("W/\"1\"", "412 stale_etag"),
            ("W/\"1\", \"2\"", "412 stale_etag"),
            ("1", "400 invalid_parameter | If-Match invalid"),
            ("\"1", "400 invalid_parameter | If-Match invalid"),
            ("w/\"1\"", "400 invalid_parameter | If-Match invalid"),
            ("\"1\" \"2\"", "400 invalid_parameter | If-Match invalid"),
            ("*, \"1\"", "400 invalid_parameter | If-Match invalid"),
        ] {
            let row = made(&server).await;
            let path = row.header("location").unwrap();
            let answer = server.call(method, path).header("if-match", tag).json(&good(method)).send().await;
            let told = if answer.text.is_empty() { "204 ".into() } else { answer.problem() };
            assert_eq!(told, expected, "{method} {tag}");
            if !expected.starts_with('2') {
                assert_eq!(server.get(path).expect(200).await.text, row.text, "{method} {tag}");
            }
        }
    }
}

#[tokio::test]
async fn tags_may_come_on_several_lines() {
    let server = Server::start().await;
    let row = made(&server).await;
    let patch = |lines: &[&[u8]]| {
        let call = server.call("PATCH", row.header("location").unwrap()).json(&good("PATCH"));
        lines.iter().fold(call, |call, line| call.raw_header("if-match", line)).send()
    };
    assert_eq!(patch(&[b"\"8\"", b"\"9\""]).await.problem(), "412 stale_etag");
    assert_eq!(patch(&[b"*", b"\"1\""]).await.problem(), "400 invalid_parameter | If-Match invalid");
    assert_eq!(patch(&[b"\"9\"", b"\"1\""]).await.header("etag"), Some("\"2\""));
}

#[tokio::test]
async fn a_row_that_is_not_there_is_404_whatever_its_version() {
    let server = Server::start().await;
    let path = "/api/v1/resource/00000000-0000-4000-8000-0000000000ff";
    for tag in ["*", "\"1\""] {
        let answer = server.call("DELETE", path).header("if-match", tag).send().await;
        assert_eq!(answer.problem(), "404 not_found", "{tag}");
    }
}

/// Clients and increments of each.
const CLIENTS: usize = 50;
const EACH: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clients_lose_no_increment() {
    let server = Server::start_with(support::now(), support::unlimited).await;
    let row = made(&server).await;
    let path = row.header("location").unwrap();
    let begin = std::time::Instant::now();
    let refused: usize = join_all((0..CLIENTS).map(|client| increments(&server, path, client))).await.iter().sum();
    let end = server.get(path).expect(200).await.json();
    let all = CLIENTS * EACH;
    assert_eq!((&end["name"], &end["version"]), (&json!(all.to_string()), &json!(all + 1)));
    println!("{all} increments by {CLIENTS} clients, {refused} refused as stale, in {:?}", begin.elapsed());
}

/// Reads, adds one, and writes if nobody was faster; how often somebody was. Then it waits, longer each time, so that not all of
/// them come back together.
async fn increments(server: &Server, path: &str, client: usize) -> usize {
    let (mut done, mut refused, mut in_a_row) = (0, 0, 0);
    while done < EACH {
        let row = server.get(path).expect(200).await;
        let next = row.json()["name"].as_str().unwrap().parse::<u64>().unwrap() + 1;
        let patch = server.call("PATCH", path).header("if-match", row.header("etag").unwrap());
        let answer = patch.json(&json!({"name": next.to_string()})).send().await;
        match answer.status {
            200 => (done, in_a_row) = (done + 1, 0),
            412 => {
                (refused, in_a_row) = (refused + 1, in_a_row + 1);
                let spread = (client * 7919 + refused * 104_729) % (8 << in_a_row.min(8));
                tokio::time::sleep(Duration::from_millis(spread as u64)).await;
            }
            other => panic!("{other}: {}", answer.text),
        }
    }
    refused
}
