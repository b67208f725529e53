//! The exemplar: all methods, versions, idempotency.

use crate::support::Server;
use serde_json::{Value, json};

async fn create(server: &Server, body: Value) -> Value {
    server.call("POST", "/api/v1/resource").json(&body).expect(201).await.json()
}

fn path(row: &Value) -> String {
    format!("/api/v1/resource/{}", row["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_life() {
    let server = Server::start().await;
    let row = create(&server, json!({"name": "Ledger", "description": "first", "status": "active"})).await;
    assert_eq!(row["version"], 1);
    let replaced =
        server.call("PUT", &path(&row)).json(&json!({"name": "Book", "status": "archived"})).expect(200).await.json();
    assert_eq!(
        (&replaced["version"], replaced.get("description"), &replaced["created_at"]),
        (&json!(2), None, &row["created_at"])
    );
    let patched = server.call("PATCH", &path(&row)).json(&json!({"description": "second"})).expect(200).await.json();
    assert_eq!((&patched["version"], &patched["name"]), (&json!(3), &json!("Book")));
    assert_eq!(server.get(&path(&row)).expect(200).await.json(), patched);
    assert_eq!(server.get("/api/v1/resource?name=Book&status=archived").expect(200).await.items(), [patched]);
    server.call("DELETE", &path(&row)).expect(204).await;
    assert_eq!(server.get(&path(&row)).send().await.problem(), "404 not_found");
    assert_eq!(server.call("DELETE", &path(&row)).send().await.problem(), "404 not_found");

    let db = server.database();
    let versions = |column: &str| -> String {
        let sql = format!(
            "SELECT group_concat(ifnull({column}, '-'), ' ') FROM (SELECT * FROM audit_record WHERE row_id = ?1 ORDER BY seq)"
        );
        db.query_row(&sql, [row["id"].as_str().unwrap()], |r| r.get(0)).unwrap()
    };
    assert_eq!(versions("version_before"), "- 1 2 3");
    assert_eq!(versions("version_after"), "1 2 3 -");
    assert_eq!(versions("operation"), "create_resource replace_resource update_resource delete_resource");
}

#[tokio::test]
async fn changes_name_the_version_that_they_mean() {
    let server = Server::start().await;
    let row = create(&server, json!({"name": "Ledger", "status": "active"})).await;
    let patch =
        |tag: &str| server.call("PATCH", &path(&row)).header("if-match", tag).json(&json!({"status": "archived"}));
    assert_eq!(patch("\"7\"").send().await.problem(), "412 stale_etag");
    assert_eq!(patch("\"1\"").expect(200).await.header("etag"), Some("\"2\""));
    assert_eq!(patch("\"1\"").send().await.problem(), "412 stale_etag");
    // the same once more changes nothing, and makes no version
    assert_eq!(patch("*").expect(200).await.header("etag"), Some("\"2\""));
    let body = json!({"status": "active"});
    server.call("PATCH", &path(&row)).header("if-match", "\"2\"").json(&body).expect(200).await;
    let put =
        server.call("PUT", &path(&row)).header("if-match", "\"1\"").json(&json!({"name": "x", "status": "active"}));
    assert_eq!(put.send().await.problem(), "412 stale_etag");
    assert_eq!(server.call("DELETE", &path(&row)).header("if-match", "\"1\"").send().await.problem(), "412 stale_etag");
    server.call("DELETE", &path(&row)).header("if-match", "\"3\"").expect(204).await;
}

#[tokio::test]
async fn a_key_makes_one_row() {
    let server = Server::start().await;
    let post = |name: &str, key: &str| {
        server
            .call("POST", "/api/v1/resource")
            .header("idempotency-key", key)
            .json(&json!({"name": name, "status": "active"}))
    };
    let first = post("Once", "key-1").expect(201).await;
    let again = post("Once", "key-1").expect(201).await;
    assert_eq!((first.text, first.headers["location"].clone()), (again.text, again.headers["location"].clone()));
    assert_eq!(post("Twice", "key-1").send().await.problem(), "422 key_reused");
    post("Once", "key-2").expect(201).await;
    assert_eq!(server.get("/api/v1/resource?name=Once").expect(200).await.items().len(), 2);
    let other = server.token(Some("1002"), None);
    post("Once", "key-1").bearer(&other).expect(201).await;
    assert_eq!(post("Once", &"k".repeat(65)).send().await.problem(), "400 invalid_parameter | Idempotency-Key invalid");
}

#[tokio::test]
async fn a_failed_change_leaves_nothing() {
    let server = Server::start().await;
    let count = |table: &str| -> i64 {
        server.database().query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |r| r.get(0)).unwrap()
    };
    let before = (count("payoff"), count("audit_record WHERE kind = 'change'"), count("idempotency"));
    let mut body = super::payoff::valid();
    body["payoff_date"] = json!("2026-06-13");
    let call = server.call("POST", "/api/v1/payoff").header("idempotency-key", "k").json(&body);
    assert_eq!(call.send().await.status, 422);
    assert_eq!((count("payoff"), count("audit_record WHERE kind = 'change'"), count("idempotency")), before);
}
