use super::site::{Site, add, add_many, eventually, readiness, until_state};
use crate::durability::send;
use lending_api::audit::Record;
use serde_json::json;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_sealed_record_and_checkpoint_is_in_the_table_as_it_was_sealed() {
    let Some(site) = Site::with_table().await else { return };
    let program = site.serve();
    let http = reqwest::Client::new();
    add_many(&program.base, "Shipped", 5).await;
    let refused = json!({"name": "", "status": "active"});
    send(&http, &program.base, "POST", "/api/v1/resource", &[("idempotency-key", "refused")], &refused).await.unwrap();
    send(&http, &program.base, "GET", "/api/v1/user/1001", &[], &json!(null)).await.unwrap();
    site.until_shipped().await;
    add_many(&program.base, "Later", 5).await;
    site.until_shipped().await;
    let sealed = site.sealed();
    assert!(sealed.len() >= 12, "changes, a refusal and a reading: {}", sealed.len());
    assert_eq!(site.compare().await, [sealed.len(), sealed.len(), 0, 0]);
    let ready = until_state(&program.base, "current").await;
    assert_eq!(ready, json!({"status": "ready", "relay": {"state": "current", "lag_seconds": 0, "lag_records": 0}}));
    assert_eq!(program.logged("\"ERROR\""), 0);
    assert_eq!(program.logged("a-secret-that-nobody-may-see"), 0);
    eprintln!("relay: {} records in their batches, all as they were sealed", sealed.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_table_does_not_take_yet_waits_for_it_and_the_server_stays_ready() {
    let Some(site) = Site::new() else { return };
    let program = site.serve();
    add_many(&program.base, "Before the table", 20).await;
    eventually(30, "records wait", async || {
        readiness(&program.base).await["relay"]["lag_records"].as_i64() >= Some(20)
    })
    .await;
    let ready = until_state(&program.base, "failing").await;
    assert_eq!(ready["status"], "ready");
    program.wait_for(1, "ResourceNotFoundException").await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(readiness(&program.base).await["relay"]["lag_seconds"].as_i64() >= Some(1));
    site.emulator.create_table().await;
    site.until_shipped().await;
    until_state(&program.base, "current").await;

    site.emulator.deny(true);
    add_many(&program.base, "Denied", 20).await;
    until_state(&program.base, "failing").await;
    program.wait_for(1, "AccessDeniedException").await;
    add_many(&program.base, "Still served", 20).await;
    site.emulator.deny(false);
    site.until_shipped().await;
    until_state(&program.base, "current").await;
    let [records, items, lost, doubled] = site.compare().await;
    assert_eq!((records, items, lost, doubled), (60, 60, 0, 0));
    let told = (program.logged("cannot ship now"), program.logged("ships again"));
    assert_eq!(told, (2, 2), "one line when it begins to fail, one when it works again");
    program.wait_for(1, "\"metric\":\"audit_relay\"").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_too_large_goes_without_its_diff_and_stops_nobody() {
    let Some(site) = Site::with_table().await else { return };
    let keys = site.keys();
    let large = |id: &str, bytes: usize| {
        let diff = json!({"/name": [null, "x".repeat(bytes)]}).to_string();
        let record = Record {
            id: id.into(),
            kind: "change".into(),
            recorded_at: "2026-06-09T15:00:00.000000Z".into(),
            service: "prepay".into(),
            operation: "create_resource".into(),
            table_name: Some("resource_item".into()),
            row_id: Some("1".into()),
            version_after: Some(1),
            diff: Some(diff.clone()),
            ..Record::default()
        };
        let insert = "INSERT INTO audit_record (id, kind, recorded_at, service, operation, table_name, row_id, version_after, diff, spec, \
                      build, mac) VALUES (?1, 'change', '2026-06-09T15:00:00.000000Z', 'prepay', 'create_resource', 'resource_item', '1', \
                      1, ?2, '', '', ?3)";
        site.database().execute(insert, [id, diff.as_str(), keys.mac(&record).as_str()]).unwrap();
    };
    large("just-fits", 390_000);
    large("too-large", 600_000);
    let program = site.serve();
    add_many(&program.base, "Behind it", 3).await;
    site.until_shipped().await;
    let (items, sealed) = (site.emulator.items().await, site.sealed());
    assert_eq!(items.iter().filter(|item| !item.contains_key("record_count")).count(), sealed.len());
    let item = |id: &str| items.iter().find(|item| item["id"]["S"] == id).unwrap();
    assert!(item("just-fits").contains_key("diff") && !item("just-fits").contains_key("omitted"));
    let cut = item("too-large");
    assert_eq!((&cut["omitted"]["S"], cut.get("diff")), (&json!("diff"), None));
    assert_eq!((&cut["digest"]["S"], &cut["row"]["S"]), (&json!(sealed["too-large"].2), &json!("resource_item#1")));
    let whole = "SELECT length(diff) FROM audit_record WHERE id = 'too-large'";
    assert!(site.database().query_row(whole, [], |r| r.get::<_, i64>(0)).unwrap() > 600_000, "the database keeps it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_hangs_does_not_keep_the_server_from_ending() {
    let Some(site) = Site::with_table().await else { return };
    let program = site.serve();
    let http = reqwest::Client::new();
    site.emulator.signal("STOP");
    assert!(add(&http, &program.base, "Hangs").await, "nobody waits for the copy");
    // on its way, and not yet given up
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let begin = std::time::Instant::now();
    program.signal("TERM");
    program.ended();
    // on a busy machine, too; one that waited for the table would take 10 s and more
    assert!(begin.elapsed() < Duration::from_secs(8), "it took {:?}", begin.elapsed());
    site.emulator.signal("CONT");
    let program = site.serve();
    site.until_shipped().await;
    drop(program);
    assert_eq!(site.compare().await, [1, 1, 0, 0]);
}
