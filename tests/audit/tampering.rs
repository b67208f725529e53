//! Records that were changed after they were sealed.

use super::trail::{COPIED, changed, last, server, tamper, verify};
use lending_api::{
    audit::{self, Finding},
    store::Read,
};

#[tokio::test]
async fn an_altered_record_is_named() {
    for column in
        ["service = 'lx'", "user_id = NULL", "diff = replace(diff, 'Row', 'row')", "version_after = 7", "build = ''"]
    {
        let server = server().await;
        let (seq, id) = changed(&server, 2);
        tamper(&server, &format!("UPDATE audit_record SET {column} WHERE seq = {seq}"));
        assert_eq!(verify(&server).findings, [Finding::Altered { seq, id }], "{column}");
    }
}

#[tokio::test]
async fn a_missing_record_is_named() {
    let server = server().await;
    let (seq, id) = changed(&server, 4);
    tamper(&server, &format!("DELETE FROM audit_record WHERE seq IN (10, {seq})"));
    let findings = verify(&server).findings;
    assert_eq!(findings.len(), 2);
    assert!(matches!(&findings[0], Finding::Missing { seq: 10, .. }), "{findings:?}");
    assert_eq!(findings[1], Finding::Missing { seq, id });
}

#[tokio::test]
async fn an_inserted_record_is_named() {
    let server = server().await;
    let (seq, id) = changed(&server, 0);
    let columns = COPIED;
    let copy = |to: i64, name: &str| {
        let sql = "INSERT INTO audit_record (seq, id";
        format!("{sql}, {columns}) SELECT {to}, '{name}', {columns} FROM audit_record WHERE seq = 20")
    };
    tamper(&server, &copy(0, "made-up"));
    let inserted = Finding::Inserted { seq: 0, id: "made-up".into() };
    assert_eq!(verify(&server).findings, std::slice::from_ref(&inserted));
    // in the place of another, which is put aside
    tamper(&server, &format!("UPDATE audit_record SET seq = -5 WHERE seq = {seq}; {}", copy(seq, "in-place")));
    let moved = Finding::Reordered { seq: -5, sealed_as: seq, id };
    let in_place = Finding::Inserted { seq, id: "in-place".into() };
    assert_eq!(verify(&server).findings, [moved, inserted, in_place]);
}

#[tokio::test]
async fn records_that_change_places_are_named() {
    let server = server().await;
    let ((a, first), (b, second)) = (changed(&server, 1), changed(&server, 3));
    tamper(
        &server,
        &format!(
            "UPDATE audit_record SET seq = -1 WHERE seq = {a};
             UPDATE audit_record SET seq = {a} WHERE seq = {b};
             UPDATE audit_record SET seq = {b} WHERE seq = -1"
        ),
    );
    let moved = |seq, sealed_as, id| Finding::Reordered { seq, sealed_as, id };
    assert_eq!(verify(&server).findings, [moved(a, b, second), moved(b, a, first)]);
}

#[tokio::test]
async fn records_that_change_places_with_another_batch_are_named() {
    let server = server().await;
    let (seq, id) = changed(&server, 1);
    let other: String =
        server.database().query_row("SELECT id FROM audit_record WHERE seq = 7", [], |r| r.get(0)).unwrap();
    let swap = format!(
        "UPDATE audit_record SET seq = -1 WHERE seq = 7;
         UPDATE audit_record SET seq = 7 WHERE seq = {seq};
         UPDATE audit_record SET seq = {seq} WHERE seq = -1"
    );
    tamper(&server, &swap);
    let moved = |seq, sealed_as, id: &str| Finding::Reordered { seq, sealed_as, id: id.into() };
    assert_eq!(verify(&server).findings, [moved(7, seq, &id), moved(seq, 7, &other)]);
    // and behind the newest seal
    let last = last(&server);
    tamper(&server, &swap);
    tamper(&server, &format!("UPDATE audit_record SET seq = {} WHERE seq = {seq}", last + 1));
    assert_eq!(verify(&server).findings, [moved(last + 1, seq, &id)]);
}

#[tokio::test]
async fn a_record_in_the_place_of_one_that_was_removed_is_named_with_it() {
    let server = server().await;
    let ((gone, first), (moved, second)) = (changed(&server, 1), changed(&server, 3));
    tamper(
        &server,
        &format!(
            "DELETE FROM audit_record WHERE seq = {gone}; UPDATE audit_record SET seq = {gone} WHERE seq = {moved}"
        ),
    );
    let reordered = Finding::Reordered { seq: gone, sealed_as: moved, id: second };
    assert_eq!(verify(&server).findings, [reordered, Finding::Missing { seq: gone, id: first }]);
}

/// A record does not say at which number it belongs: that it is there twice is seen all the same.
#[tokio::test]
async fn a_record_that_is_there_twice_is_named() {
    let server = server().await;
    let (seq, id) = changed(&server, 2);
    let text: String = server
        .database()
        .query_row("SELECT sql FROM sqlite_master WHERE name = 'audit_record'", [], |r| r.get(0))
        .unwrap();
    let loose = text.replace("CONSTRAINT uq_audit_record_id UNIQUE (id),", "");
    assert_ne!(loose, text);
    let columns = "build, detail, diff, id, key_id, kind, location_id, operation, recorded_at, request_id, row_id, service, spec, \
                   table_name, trace_id, user_id, user_proof, version_after, version_before, mac";
    let last = last(&server);
    tamper(
        &server,
        &format!(
            "ALTER TABLE audit_record RENAME TO old; {loose}; INSERT INTO audit_record (seq, {columns}) SELECT seq, {columns} FROM old;
             DROP TABLE old; INSERT INTO audit_record ({columns}) SELECT {columns} FROM audit_record WHERE seq = {seq};
             CREATE INDEX ix_audit_record_row ON audit_record (table_name, row_id, seq)"
        ),
    );
    let schema = |name: &str, what| Finding::Schema { name: name.into(), what };
    let expected = [
        schema("index sqlite_autoindex_audit_record_1", "is missing"),
        schema("table audit_record", "was altered"),
        Finding::Inserted { seq: last + 1, id },
    ];
    assert_eq!(verify(&server).findings, expected);
}

#[tokio::test]
async fn what_is_no_text_is_named_and_ends_nothing() {
    let server = server().await;
    let ((seq, id), (later, other)) = (changed(&server, 1), changed(&server, 3));
    let row = super::records(&server, "operation = 'create_resource'")[1]["row_id"].as_str().unwrap().to_string();
    tamper(&server, &format!("UPDATE audit_record SET diff = x'ff00' WHERE seq = {seq}"));
    let mut read = Read::open(&server.config.database()).unwrap();
    let told = audit::history(&mut read, "resource_item", &row).unwrap();
    assert!(told.starts_with(&format!("record {id}, number {seq}, holds something that is no text")), "{told}");
    tamper(&server, &format!("UPDATE audit_record SET service = 'lx' WHERE seq = {later}"));
    let altered = [Finding::Altered { seq, id }, Finding::Altered { seq: later, id: other }];
    assert_eq!(verify(&server).findings, altered);
    tamper(&server, "UPDATE audit_seal SET signature = x'ff00' WHERE batch = 2");
    let (others, unreadable) = audit::checkpoints(&mut read).unwrap();
    assert_eq!((unreadable.as_slice(), others[1].batch), ([2].as_slice(), 3), "the others are there");
    let seal = |batch, what| Finding::Seal { batch, what };
    let broken = [seal(2, "holds something that is no text")];
    assert_eq!(verify(&server).findings, [broken.as_slice(), &altered].concat());
}
