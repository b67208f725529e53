use super::{json, records};
use crate::support::{Server, now};
use lending_api::audit::Keys;
use serde_json::{Value, json as object};

#[tokio::test]
async fn a_change_says_who_did_what_to_which_row() {
    let server = Server::start().await;
    let body = object!({"name": "Ledger", "status": "active"});
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let post =
        server.call("POST", "/api/v1/resource").header("traceparent", &format!("00-{trace}-b7ad6b7169203331-01"));
    let created = post.json(&body).expect(201).await;
    let found = records(&server, "operation = 'create_resource'");
    let [record] = &found[..] else { panic!("{found:?}") };
    assert_eq!(created.header("audit-id"), record["id"].as_str());
    for (column, expected) in [
        ("kind", object!("change")),
        ("service", object!("prepay")),
        ("key_id", object!("prepay.1")),
        ("user_id", object!("1001")),
        ("user_proof", object!("asserted")),
        ("location_id", Value::Null),
        ("request_id", object!(created.header("x-request-id").unwrap())),
        ("trace_id", object!(trace)),
        ("table_name", object!("resource_item")),
        ("row_id", created.json()["id"].clone()),
        ("version_before", Value::Null),
        ("version_after", object!(1)),
        ("recorded_at", object!("2026-06-09T15:00:00.000000Z")),
        ("build", object!(env!("CARGO_PKG_VERSION"))),
        ("detail", Value::Null),
    ] {
        assert_eq!(record[column], expected, "{column}");
    }
    assert_eq!(record["spec"].as_str().map(str::len), Some(16));
    let id = &created.json()["id"];
    let expected = object!({"/id": [null, id], "/name": [null, "Ledger"], "/status": [null, "active"]});
    assert_eq!(json(record, "diff"), expected);
}

#[tokio::test]
async fn only_what_differs_is_recorded() {
    let server = Server::start().await;
    let row = server.call("POST", "/api/v1/resource").json(&object!({"name": "Ledger", "status": "active"}));
    let row = row.expect(201).await.json();
    let path = format!("/api/v1/resource/{}", row["id"].as_str().unwrap());
    let change = |method: &str| server.call(method, &path).header("if-match", "*");
    change("PATCH").json(&object!({"status": "archived", "name": "Ledger"})).expect(200).await;
    let same = change("PATCH").json(&object!({"status": "archived"})).expect(200).await;
    assert_eq!(same.header("audit-id"), None, "nothing changed, so nothing is recorded");
    change("DELETE").expect(204).await;
    let found = records(&server, "row_id IS NOT NULL AND operation IN ('update_resource', 'delete_resource')");
    let diffs: Vec<Value> = found.iter().map(|record| json(record, "diff")).collect();
    let gone = object!({"/id": [row["id"], null], "/name": ["Ledger", null], "/status": ["archived", null]});
    assert_eq!(diffs, [object!({"/status": ["active", "archived"]}), gone]);
}

#[tokio::test]
async fn what_is_sensitive_shows_only_that_it_changed() {
    let server = Server::start().await;
    let created =
        server.call("POST", "/api/v1/payoff").header("idempotency-key", "k").json(&crate::api::payoff::valid());
    let created = created.expect(201).await;
    let path = format!("/api/v1/payoff/{}", created.json()["id"].as_str().unwrap());
    let mut requester = created.json()["requester"].clone();
    requester["email"] = object!("grace@example.com");
    let patch = server.call("PATCH", &path).header("if-match", created.header("etag").unwrap());
    patch.json(&object!({ "requester": requester })).expect(200).await;
    let found = records(&server, "operation IN ('create_payoff', 'update_payoff') AND kind = 'change'");
    let (first, second) = (json(&found[0], "diff"), json(&found[1], "diff"));
    assert_eq!(second.as_object().unwrap().keys().collect::<Vec<_>>(), ["/requester/email"]);
    let hash = |value: &Value| value.as_str().unwrap().starts_with("hmac-sha256:");
    assert_eq!(second["/requester/email"][0], first["/requester/email"][1], "the same value has the same hash");
    assert!(hash(&second["/requester/email"][0]) && hash(&second["/requester/email"][1]));
    assert_ne!(second["/requester/email"][0], second["/requester/email"][1]);
    // another key, another hash: nobody can guess from a list of addresses without it
    let other = Server::start_with(now(), |config| {
        let file = config.data_dir.join("others.json");
        Keys::make(&file).unwrap();
        config.audit.keys_file = Some(file);
    });
    let other = other.await;
    other
        .call("POST", "/api/v1/payoff")
        .header("idempotency-key", "k")
        .json(&crate::api::payoff::valid())
        .expect(201)
        .await;
    let elsewhere = json(&records(&other, "operation = 'create_payoff' AND kind = 'change'")[0], "diff");
    assert_ne!(elsewhere["/requester/email"], first["/requester/email"]);
}

#[tokio::test]
async fn an_import_is_the_operators() {
    let server = Server::start().await;
    let file = server.folder().join("rows.csv");
    std::fs::write(&file, "code,brand\nS0001,Example Coffee\n").unwrap();
    lending_api::data::import::import(&server.config, "franchise", &file, crate::support::now()).unwrap();
    let found = records(&server, "operation = 'import franchise'");
    assert_eq!((&found[0]["service"], &found[0]["user_proof"]), (&object!("operator"), &object!("shell")));
    assert_eq!(records(&server, "operation = 'load'")[0]["service"], object!("lending-api"));
}
