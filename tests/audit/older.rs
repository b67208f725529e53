//! Records of older versions, which gave no codes.

use super::trail::{COPIED, add, last, sealed, tamper, verify};
use crate::support::{self, Server, now};
use lending_api::{
    audit::{self, Finding, Keys, Scope},
    store::{Read, migrate},
};

#[test]
fn the_first_trail_of_all_is_carried_over_and_accused_of_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lending.db");
    let first: Vec<_> = migrate::steps().into_iter().filter(|step| step.id.starts_with("0001_")).collect();
    migrate::apply(&path, &first, now()).unwrap();
    let db = rusqlite::Connection::open(&path).unwrap();
    for id in ["a", "b"] {
        let sql = "INSERT INTO audit_log (id, recorded_at, service, operation, table_name, row_id, after_json, build) \
                   VALUES (?1, '2025-01-01T00:00:00.000000Z', 'prepay', 'create_resource', 'resource_item', '1', '{}', '0.1.0')";
        db.execute(sql, [id]).unwrap();
    }
    drop(db);
    migrate::migrate(&path, now()).unwrap();
    let keys = Keys::read_or_make(&folder.path().join("audit-keys.json")).unwrap();
    let report = Read::open(&path).unwrap().snapshot(|tx| audit::verify(tx, &keys, &Scope::default())).unwrap();
    assert_eq!((report.findings, report.unsealed), (vec![], 2));
}

/// Behind a record that has a code, one without is nobody's.
#[tokio::test]
async fn records_without_codes_are_the_first_of_a_trail() {
    let server = Server::start_with(now(), |config| {
        let db = rusqlite::Connection::open(config.database()).unwrap();
        support::tamper(&db, "UPDATE audit_record SET mac = NULL");
    })
    .await;
    let report = sealed(&server).await;
    assert!(report.findings.is_empty() && report.seals >= 6, "{report:?}");
    tamper(&server, "UPDATE audit_seal SET records = '' WHERE batch = 3");
    let seal = Finding::Seal { batch: 3, what: "was altered" };
    assert_eq!(verify(&server).findings, std::slice::from_ref(&seal), "no record is accused");
    let insert = |id: &str, seq: &str| {
        let columns = COPIED;
        let from = format!("SELECT {seq}, '{id}', {columns} FROM audit_record WHERE seq = 20");
        server.database().execute_batch(&format!("INSERT INTO audit_record (seq, id, {columns}) {from}")).unwrap();
    };
    insert("before-all", "0");
    add(&server, "Row").await;
    insert("behind", "NULL");
    let seq = last(&server);
    let inserted = Finding::Inserted { seq: 0, id: "before-all".into() };
    let unproven = Finding::Unproven { seq, id: "behind".into() };
    let expected = [seal, inserted, unproven];
    assert_eq!(verify(&server).findings, expected);
    let sealed_to =
        || server.database().query_row("SELECT MAX(last_seq) FROM audit_seal", [], |r| r.get::<_, i64>(0)).unwrap();
    while sealed_to() < seq {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(verify(&server).findings, expected, "and when it is sealed");
}
