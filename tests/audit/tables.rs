//! The tables themselves, and what cannot be read.

use super::trail::{changed, server, tamper, verify};
use lending_api::audit::Finding;
use serde_json::json;

/// Whoever makes a trigger of his own could hide what is recorded.
#[tokio::test]
async fn what_belongs_to_the_tables_is_as_it_was_made() {
    let server = server().await;
    let db = server.database();
    for (sql, name, what) in [
        ("DROP TRIGGER tr_audit_seal_update", "trigger tr_audit_seal_update", "is missing"),
        ("DROP INDEX ix_audit_record_row", "index ix_audit_record_row", "is missing"),
        (
            "CREATE TRIGGER quiet BEFORE INSERT ON audit_record WHEN NEW.operation = 'create_resource' BEGIN SELECT RAISE(IGNORE); END",
            "trigger quiet",
            "was added",
        ),
        (
            "CREATE TRIGGER other AFTER INSERT ON resource_item BEGIN DELETE FROM loaded_data; END",
            "trigger other",
            "was added",
        ),
    ] {
        let before = verify(&server).findings;
        db.execute_batch(sql).unwrap();
        let new: Vec<_> = verify(&server).findings.into_iter().filter(|finding| !before.contains(finding)).collect();
        assert_eq!(new, [Finding::Schema { name: name.into(), what }], "{sql}");
    }
    // nothing is changed without its record
    let body = json!({"name": "Quiet", "status": "active"});
    server.call("POST", "/api/v1/resource").json(&body).expect(500).await;
    let rows: i64 = db.query_row("SELECT COUNT(*) FROM resource_item WHERE name = 'Quiet'", [], |r| r.get(0)).unwrap();
    assert_eq!(rows, 0);
    db.execute_batch("DROP TABLE audit_seal; CREATE VIEW audit_seal AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x FROM n").unwrap();
    let gone = Finding::Schema { name: "table audit_seal".into(), what: "is missing" };
    assert!(verify(&server).findings.contains(&gone), "and it ends");
}

/// What is read before the end counts.
#[tokio::test]
async fn what_ends_the_reading_hides_nothing() {
    let server = server().await;
    let (seq, id) = changed(&server, 2);
    tamper(
        &server,
        &format!("UPDATE audit_record SET service = 'lx' WHERE seq = {seq}; UPDATE sqlite_sequence SET seq = 'x'"),
    );
    let findings = verify(&server).findings;
    assert_eq!(findings[0], Finding::Altered { seq, id });
    assert!(matches!(&findings[1..], [Finding::Unreadable(_)]), "{findings:?}");
}
