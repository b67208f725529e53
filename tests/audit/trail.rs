//! A trail to tamper with, and what a verification says of it.

use crate::support::{self, Server};
use lending_api::{
    audit::{self, Report, Scope},
    store::Read,
};
use serde_json::json;
use std::time::{Duration, Instant};

/// Columns of a record that whoever copies one takes with it.
pub const COPIED: &str = "kind, recorded_at, service, operation, table_name, row_id, diff, spec, build";

pub fn verify_with(server: &Server, scope: &Scope) -> Report {
    let keys = server.config.audit_keys().unwrap();
    let mut read = Read::open(&server.config.database()).unwrap();
    read.snapshot(|tx| audit::verify(tx, &keys, scope)).unwrap()
}

pub fn verify(server: &Server) -> Report {
    verify_with(server, &Scope::default())
}

/// Waits until everything is sealed.
pub async fn sealed(server: &Server) -> Report {
    let begin = Instant::now();
    loop {
        let report = verify(server);
        if report.unsealed == 0 {
            return report;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "{} records are not sealed", report.unsealed);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A server with some changes of its own in the trail, all of it sealed.
pub async fn server() -> Server {
    let server = Server::start().await;
    for i in 0..5 {
        add(&server, &format!("Row {i}")).await;
    }
    let report = sealed(&server).await;
    assert_eq!(report.findings, []);
    assert!(report.records > 5000 && report.seals >= 6, "{report:?}");
    server
}

/// Runs SQL as one who can do anything with the file.
pub fn tamper(server: &Server, sql: &str) {
    support::tamper(&server.database(), sql);
}

/// Adds a row.
pub async fn add(server: &Server, name: &str) {
    let body = json!({"name": name, "status": "active"});
    server.call("POST", "/api/v1/resource").json(&body).expect(201).await;
}

/// Number of the newest record.
pub fn last(server: &Server) -> i64 {
    server.database().query_row("SELECT MAX(seq) FROM audit_record", [], |r| r.get(0)).unwrap()
}

/// Number and id of one of the changes that were made.
pub fn changed(server: &Server, nth: usize) -> (i64, String) {
    let record = &super::records(server, "operation = 'create_resource'")[nth];
    (record["seq"].as_i64().unwrap(), record["id"].as_str().unwrap().into())
}
