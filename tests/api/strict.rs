//! What a validator of the document refuses, the server refuses: no other spelling of the same thing.

use super::payoff::valid;
use crate::support::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn bodies() {
    let server = Server::start().await;
    let mut cases = vec![];
    for (pointer, value) in [
        ("/requester", json!(["a@b.co", "N", "+12025550143", "borrower"])),
        ("/program", json!({"7a": null})),
        ("/requester/role", json!({"borrower": null})),
        ("/reason_text", Value::Null),
        ("/property_address", Value::Null),
        ("/payoff_date", json!("2026-6-12")),
        ("/payoff_date", json!("+2026-06-12")),
        ("/payoff_date", json!(" 2026-06-12")),
        ("/payoff_date", json!("2026-06-12T00:00:00Z")),
        ("/loan_number", json!("1234567890\n")),
    ] {
        let mut body = valid();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[key] = value;
        cases.push((pointer, body));
    }
    for (pointer, body) in cases {
        let answer = server.call("POST", "/api/v1/payoff").json(&body).send().await;
        assert_eq!(
            (answer.status, answer.json()["errors"][0]["pointer"].as_str()),
            (422, Some(pointer)),
            "{}",
            answer.text
        );
    }
    let list = server.call("POST", "/api/v1/resource").json(&json!(["n", "d", "active"])).send().await;
    assert_eq!(list.problem(), "422 invalid_body |  type");
    let null = server
        .call("POST", "/api/v1/resource")
        .json(&json!({"name": "n", "status": "active", "description": null}))
        .send()
        .await;
    assert_eq!(null.problem(), "422 invalid_body | /description type");
    assert!(null.json()["detail"].as_str().unwrap().ends_with("`null` is not allowed: leave it out instead"));
}

#[tokio::test]
async fn odd_text() {
    let server = Server::start().await;
    let post = |body: &str| server.call("POST", "/api/v1/resource").text("application/json", body).send();
    assert_eq!(post(r#"{"name":"\ud800","status":"active"}"#).await.problem(), "400 malformed_json");
    assert_eq!(
        post(r#"{"name":"a","name":"b","status":"active"}"#).await.problem(),
        "422 invalid_body | /name duplicate_field"
    );
    assert_eq!(
        post(r#"{"a/b~c":1,"name":"a","status":"active"}"#).await.problem(),
        "422 invalid_body | /a~1b~0c unknown_field"
    );
    let call = || server.call("POST", "/api/v1/resource");
    let body = r#"{"name":"a","status":"active"}"#;
    assert_eq!(call().text("application/json; charset=utf-16", body).send().await.problem(), "415 media_type");
    assert_eq!(
        call().header("content-encoding", "gzip").text("application/json", body).send().await.problem(),
        "415 media_type"
    );
    assert_eq!(call().text("application/json; charset=UTF-8", body).send().await.status, 201);
}

#[tokio::test]
async fn parameters() {
    let server = Server::start().await;
    for (path, expected) in [
        ("/api/v1/payoff?limit=05", "400 invalid_parameter | limit invalid"),
        ("/api/v1/payoff?limit=%2B5", "400 invalid_parameter | limit invalid"),
        ("/api/v1/payoff?payoff-date=2026-6-1", "400 invalid_parameter | payoff-date invalid"),
        ("/api/v1/payoff/%7B00000000-0000-4000-8000-000000000001%7D", "400 invalid_parameter | id invalid"),
        ("/api/v1/payoff/00000000000040008000000000000001", "400 invalid_parameter | id invalid"),
        ("/api/v1/country?name=%ff", "400 malformed_query"),
        ("/api/v1/country?name=%zz", "400 malformed_query"),
        ("/api/v1/country?name=100%", "400 malformed_query"),
    ] {
        assert_eq!(server.get(path).send().await.problem(), expected, "{path}");
    }
    let many = "a b c d e f g h i j k l m n o p q r s t u v w x y z 0 1 2 3 4 5 6".replace(' ', "%20");
    let answer = server.get(&format!("/api/v1/naics-code?title={many}")).send().await;
    assert_eq!(answer.problem(), "400 invalid_parameter | title too_many_words");
    let accents = server.get("/api/v1/franchise?brand=%CC%81").expect(200).await;
    assert!(accents.items().is_empty(), "a brand of nothing but accents is no brand");
}

#[tokio::test]
async fn a_precondition_is_never_dropped() {
    let server = Server::start().await;
    let made =
        server.call("POST", "/api/v1/resource").json(&json!({"name": "Kept", "status": "active"})).expect(201).await;
    let path = made.header("location").unwrap().to_string();
    let answer = server.call("DELETE", &path).raw_header("if-match", b"\"\xff\"").send().await;
    assert_eq!(answer.problem(), "400 invalid_parameter | If-Match invalid");
    server.get(&path).expect(200).await;
    let key = server
        .call("POST", "/api/v1/resource")
        .raw_header("idempotency-key", b"\xe9")
        .json(&json!({"name": "x", "status": "active"}));
    assert_eq!(key.send().await.problem(), "400 invalid_parameter | Idempotency-Key invalid");
}

#[tokio::test]
async fn an_answer_is_what_is_stored() {
    let server = Server::start_at("2026-06-09T15:00:00.123456789Z".parse().unwrap()).await;
    let made =
        server.call("POST", "/api/v1/resource").json(&json!({"name": "Fine", "status": "active"})).expect(201).await;
    assert_eq!(server.get(made.header("location").unwrap()).expect(200).await.json(), made.json());
}

#[tokio::test]
async fn a_stored_answer_is_for_those_who_may_still_ask() {
    let server = Server::start().await;
    let post = || server.call("POST", "/api/v1/payoff").header("idempotency-key", "once").json(&valid());
    let first = post().expect(201).await;
    assert_eq!(post().expect(201).await.text, first.text);
    let at_six = server.token(Some("1001"), Some("6"));
    assert_eq!(post().bearer(&at_six).send().await.status, 403);
    let memberships = r#"[{"location_id":"6","roles":["viewer"]}]"#;
    server.database().execute("UPDATE user_account SET memberships = ?1 WHERE id = '1001'", [memberships]).unwrap();
    assert_eq!(post().send().await.problem(), "403 outside_own_locations | /location_id outside_own_locations");
    let memberships = r#"[{"location_id":"5","roles":["viewer"]}]"#;
    server.database().execute("UPDATE user_account SET memberships = ?1 WHERE id = '1001'", [memberships]).unwrap();
    assert_eq!(post().send().await.problem(), "403 viewer | /location_id viewer");
    let rows: i64 = server
        .database()
        .query_row("SELECT COUNT(*) FROM payoff WHERE loan_number = '1234567890'", [], |r| r.get(0))
        .unwrap();
    assert_eq!(rows, 1, "the probe left nothing");
}

#[test]
fn people_do_not_show_in_debug() {
    let body: generated_server::models::NewPayoff = serde_json::from_value(valid()).unwrap();
    let text = format!("{body:?}");
    assert!(text.contains("[redacted]") && text.contains("1234567890"), "{text}");
    assert!(!text.contains("Ada") && !text.contains("ada@example.com") && !text.contains("5550101"), "{text}");
}
