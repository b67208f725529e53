//! The trail as auditors read it.

use super::{json, trail::server};
use lending_api::{audit, store::Read};
use serde_json::json as object;

#[tokio::test]
async fn auditors_read_the_trail() {
    let server = server().await;
    let row = server.call("POST", "/api/v1/resource").json(&object!({"name": "Ledger", "status": "active"}));
    let row = row.expect(201).await.json();
    let id = row["id"].as_str().unwrap();
    let path = format!("/api/v1/resource/{id}");
    let patch = server.call("PATCH", &path).header("if-match", "\"1\"").json(&object!({"status": "archived"}));
    patch.expect(200).await;
    let mut read = Read::open(&server.config.database()).unwrap();
    let text = audit::history(&mut read, "resource_item", id).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("request ")).collect();
    let expected = [
        "2026-06-09T15:00:00.000000Z  create_resource by prepay for user 1001 (asserted): added as version 1"
            .to_string(),
        format!("    /id: – → \"{id}\""),
        "    /name: – → \"Ledger\"".into(),
        "    /status: – → \"active\"".into(),
        "2026-06-09T15:00:00.000000Z  update_resource by prepay for user 1001 (asserted): version 1 became 2".into(),
        "    /status: \"active\" → \"archived\"".into(),
    ];
    assert_eq!(lines, expected);
    let mut out = vec![];
    audit::export(&mut read, Some("2026-06-09T15:00:00.000000Z"), None, &mut out).unwrap().unwrap();
    let lines: Vec<serde_json::Value> =
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["diff"], &last["operation"]),
        (&object!({"/status": ["active", "archived"]}), &object!("update_resource"))
    );
    let stored = super::records(&server, "operation = 'update_resource'");
    assert_eq!((&last["id"], json(&stored[0], "diff")), (&stored[0]["id"], last["diff"].clone()));
}
