use super::json;
use crate::support::{self, Server, now};
use lending_api::{
    audit::{self, Checkpoint, Finding, Report, Scope},
    store::Read,
};
use serde_json::json as object;
use std::time::{Duration, Instant};

fn verify_with(server: &Server, scope: &Scope) -> Report {
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
async fn server() -> Server {
    let server = Server::start().await;
    for i in 0..5 {
        let body = object!({"name": format!("Row {i}"), "status": "active"});
        server.call("POST", "/api/v1/resource").json(&body).expect(201).await;
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

/// Number and id of one of the changes that were made.
fn changed(server: &Server, nth: usize) -> (i64, String) {
    let record = &super::records(server, "operation = 'create_resource'")[nth];
    (record["seq"].as_i64().unwrap(), record["id"].as_str().unwrap().into())
}

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
    let columns = "kind, recorded_at, service, operation, table_name, row_id, diff, spec, build";
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
    let last: i64 = server.database().query_row("SELECT MAX(seq) FROM audit_record", [], |r| r.get(0)).unwrap();
    tamper(&server, &swap);
    tamper(&server, &format!("UPDATE audit_record SET seq = {} WHERE seq = {seq}", last + 1));
    assert_eq!(verify(&server).findings, [moved(last + 1, seq, &id)]);
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

/// Whoever can insert records, and needs not get around a trigger for that, keeps nothing from being sealed.
#[tokio::test]
async fn what_is_no_text_behind_the_newest_seal_is_sealed_as_such() {
    let server = server().await;
    let columns = "kind, recorded_at, service, operation, table_name, row_id, diff, spec, build";
    let db = server.database();
    let insert = |id: &str, detail: &str| {
        let sql = format!(
            "INSERT INTO audit_record (id, detail, {columns}) SELECT {id}, {detail}, {columns} FROM audit_record WHERE seq = 20"
        );
        db.execute_batch(&sql).unwrap();
        db.last_insert_rowid()
    };
    let seqs =
        [insert("'made-up'", "x'00'"), insert("x'ff00'", "NULL"), insert("'two' || char(10) || 'lines'", "NULL")];
    let names = ["made-up", "unreadable", "unreadable"];
    let unproven = |(&seq, id): (&i64, &str)| Finding::Unproven { seq, id: id.into() };
    let unproven: Vec<_> = seqs.iter().zip(names).map(unproven).collect();
    assert_eq!(verify(&server).findings, unproven);
    let body = object!({"name": "Later", "status": "active"});
    server.call("POST", "/api/v1/resource").json(&body).expect(201).await;
    assert_eq!(sealed(&server).await.findings, unproven, "what is later is sealed");
    tamper(&server, &format!("UPDATE audit_record SET detail = NULL WHERE seq = {}", seqs[0]));
    assert_eq!(verify(&server).findings, unproven, "also when it was made readable");
    tamper(&server, "UPDATE audit_record SET detail = x'00' WHERE seq = (SELECT MAX(seq) FROM audit_record)");
    assert_eq!(verify(&server).findings.len(), 4);
    let mut out = vec![];
    audit::export(&mut Read::open(&server.config.database()).unwrap(), None, None, &mut out).unwrap().unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains(r#""unreadable":true"#)).count(), 3, "an export goes on, too");
}

/// An altered seal says nothing of records that are as they were.
#[tokio::test]
async fn the_ends_of_a_seal_are_those_of_its_lines() {
    for change in ["last_seq = 1005", "last_seq = 900000", "last_seq = 9223372036854775807", "first_seq = 5"] {
        let server = server().await;
        tamper(&server, &format!("UPDATE audit_seal SET {change} WHERE batch = 2"));
        assert_eq!(verify(&server).findings, [Finding::Seal { batch: 2, what: "was altered" }], "{change}");
    }
}

#[tokio::test]
async fn lines_that_were_moved_to_another_seal_say_nothing_of_records() {
    let server = server().await;
    let db = server.database();
    let lines = |batch: i64| -> String {
        db.query_row("SELECT records FROM audit_seal WHERE batch = ?1", [batch], |r| r.get(0)).unwrap()
    };
    let far = lines(3).lines().last().unwrap().to_string();
    tamper(&server, &format!("UPDATE audit_seal SET records = records || char(10) || '{far}' WHERE batch = 2"));
    let findings = verify(&server).findings;
    assert!(findings.contains(&Finding::Seal { batch: 2, what: "was altered" }), "{findings:?}");
    assert!(!findings.iter().any(|f| matches!(f, Finding::Reordered { .. })), "{findings:?}");
}

/// When a seal was made is not known before it was looked at.
#[tokio::test]
async fn a_seal_does_not_get_out_of_the_way_by_another_time() {
    let server = server().await;
    let (seq, id) = changed(&server, 2);
    tamper(&server, &format!("UPDATE audit_record SET service = 'lx' WHERE seq = {seq}"));
    let later = Scope { from: Some("2026-01-01".into()), ..Scope::default() };
    assert_eq!(verify_with(&server, &later).findings, [Finding::Altered { seq, id }]);
    let newest = "(SELECT MAX(batch) FROM audit_seal WHERE last_seq >= ";
    tamper(&server, &format!("UPDATE audit_seal SET sealed_at = '2020-01-01' WHERE batch = {newest} {seq})"));
    let findings = verify_with(&server, &later).findings;
    assert!(
        findings.iter().any(|f| matches!(f, Finding::Seal { what: "was altered", .. })),
        "the time was altered: {findings:?}"
    );
}

#[tokio::test]
async fn a_seal_cannot_be_made_to_fit() {
    for (sql, what) in [
        ("UPDATE audit_seal SET records = replace(records, 'A', 'B') WHERE batch = 2", "was altered"),
        ("UPDATE audit_seal SET sealed_at = '2020-01-01T00:00:00.000000Z' WHERE batch = 2", "was altered"),
        ("UPDATE audit_seal SET previous = digest WHERE batch = 2", "was altered"),
        ("UPDATE audit_seal SET digest = previous WHERE batch = 2", "was altered"),
        ("UPDATE audit_seal SET records = '' WHERE batch = 2", "was altered"),
        ("UPDATE audit_seal SET records = substr(records, 1, length(records) / 2) WHERE batch = 2", "was altered"),
        ("UPDATE audit_seal SET records = x'00' WHERE batch = 2", "holds something that is no text"),
        ("UPDATE audit_seal SET signature = 'AAAA' WHERE batch = 2", "is not signed with the key of this trail"),
        ("DELETE FROM audit_seal WHERE batch = 2", "is missing"),
    ] {
        let server = server().await;
        tamper(&server, sql);
        let seal = Finding::Seal { batch: 2, what };
        assert_eq!(verify(&server).findings, std::slice::from_ref(&seal), "no record is accused: {sql}");
        // its records still have their codes, and their numbers
        let id = |seq: i64| super::records(&server, &format!("seq = {seq}"))[0]["id"].as_str().unwrap().to_string();
        let (altered, copied) = (id(1500), id(1700));
        tamper(
            &server,
            "UPDATE audit_record SET service = 'lx' WHERE seq = 1500; DELETE FROM audit_record WHERE seq IN (1600, 2000);
             UPDATE audit_record SET mac = (SELECT mac FROM audit_record WHERE seq = 1701) WHERE seq = 1700",
        );
        let unproven = |seq, id: &String| Finding::Unproven { seq, id: id.clone() };
        let gap = |number| Finding::Gap { from: number, to: number };
        let expected = [seal, unproven(1500, &altered), gap(1600), unproven(1700, &copied), gap(2000)];
        assert_eq!(verify(&server).findings, expected, "{sql}");
    }
}

/// When records behind an altered seal were sealed is not known.
#[tokio::test]
async fn behind_an_altered_seal_all_is_compared() {
    let server = server().await;
    let (seq, id) = changed(&server, 4);
    let alter = "UPDATE audit_seal SET sealed_at = '2100-01-01' WHERE batch = (SELECT MAX(batch) FROM audit_seal)";
    tamper(&server, &format!("UPDATE audit_record SET service = 'lx' WHERE seq = {seq}; {alter}"));
    let scope = Scope { to: Some("2026-12-01".into()), ..Scope::default() };
    let findings = verify_with(&server, &scope).findings;
    assert!(
        matches!(&findings[..], [Finding::Seal { what: "was altered", .. }, Finding::Unproven { seq: s, id: i }] if (*s, i) == (seq, &id)),
        "{findings:?}"
    );
}

#[tokio::test]
async fn a_seal_under_another_number_says_nothing_of_records() {
    let server = server().await;
    let columns = "sealed_at, first_seq, last_seq, record_count, first_id, last_id, previous, digest, records, public_key, \
                   signature";
    tamper(
        &server,
        &format!("INSERT INTO audit_seal (batch, {columns}) SELECT 99, {columns} FROM audit_seal WHERE batch = 2"),
    );
    let seal = |batch, what| Finding::Seal { batch, what };
    assert_eq!(verify(&server).findings, [seal(99, "was altered")]);
    tamper(&server, "DELETE FROM audit_seal WHERE batch = 2");
    assert_eq!(verify(&server).findings, [seal(2, "is missing"), seal(99, "was altered")]);
}

/// What is added behind the newest seal, or changed there, is not sealed as if the server had made it.
#[tokio::test]
async fn a_record_that_the_server_did_not_make_is_not_sealed_as_its_own() {
    let server = server().await;
    let columns = "kind, recorded_at, service, operation, table_name, row_id, diff, spec, build, mac";
    let last: i64 = server.database().query_row("SELECT MAX(seq) FROM audit_record", [], |r| r.get(0)).unwrap();
    let copy = |id: &str, mac: &str| {
        format!(
            "INSERT INTO audit_record (id, {columns}) SELECT '{id}', {} FROM audit_record WHERE seq = 20;",
            columns.replace("mac", mac)
        )
    };
    let db = server.database();
    db.execute_batch(
        &[copy("copy", "mac"), copy("none", "NULL"), copy("odd", "'*'"), copy("no-text", "x'00'")].concat(),
    )
    .unwrap();
    drop(db);
    let unproven = |(seq, id): (i64, &str)| Finding::Unproven { seq, id: id.into() };
    let expected: Vec<_> = (last + 1..).zip(["copy", "none", "odd", "no-text"]).map(unproven).collect();
    assert_eq!(verify(&server).findings, expected, "before it is sealed");
    let report = sealed(&server).await;
    assert_eq!((report.findings, report.unsealed), (expected.clone(), 0), "and afterwards");
    let body = object!({"name": "Later", "status": "active"});
    server.call("POST", "/api/v1/resource").json(&body).expect(201).await;
    assert_eq!(sealed(&server).await.findings, expected, "the server's own are sealed as ever");
}

/// Also one that it made, and that was changed before it was sealed.
#[tokio::test]
async fn a_record_that_was_altered_before_it_was_sealed_is_named() {
    let server = server().await;
    let (seq, id) = changed(&server, 4);
    // as it is when a process is killed before it seals
    tamper(&server, "DELETE FROM audit_seal WHERE batch = (SELECT MAX(batch) FROM audit_seal)");
    std::fs::remove_file(server.config.data_dir.join("audit-checkpoint.json")).unwrap();
    assert_eq!(verify(&server).findings, []);
    tamper(&server, &format!("UPDATE audit_record SET user_id = '1' WHERE seq = {seq}"));
    let unproven = [Finding::Unproven { seq, id }];
    assert_eq!(verify(&server).findings, unproven);
    let server = server.restart(now(), false).await;
    assert_eq!(sealed(&server).await.findings, unproven, "sealed, and not as it is now");
}

#[tokio::test]
async fn a_trail_that_was_cut_off_does_not_match_what_was_exported() {
    let server = server().await;
    let mut read = Read::open(&server.config.database()).unwrap();
    let (exported, _): (Vec<Checkpoint>, _) = audit::checkpoints(&mut read).unwrap();
    let last = exported.last().unwrap().clone();
    let with = || verify_with(&server, &Scope { checkpoints: exported.clone(), ..Scope::default() }).findings;
    assert_eq!(with(), []);
    let changes: [fn(&mut Checkpoint); 3] = [|c| c.record_count += 1, |c| c.batch = 99, |c| c.last_id = "x".into()];
    for change in changes {
        let mut altered = exported[1].clone();
        change(&mut altered);
        let what = "in the file of checkpoints was altered";
        let expected = [Finding::Seal { batch: altered.batch, what }];
        assert_eq!(verify_with(&server, &Scope { checkpoints: vec![altered], ..Scope::default() }).findings, expected);
    }
    let (first, batch) = (last.first_seq, last.batch);
    tamper(
        &server,
        &format!("DELETE FROM audit_record WHERE seq >= {first}; DELETE FROM audit_seal WHERE batch = {batch}"),
    );
    let gap = Finding::Gap { from: first, to: last.last_seq };
    assert_eq!(verify(&server).findings, std::slice::from_ref(&gap), "the numbers were given");
    tamper(&server, &format!("UPDATE sqlite_sequence SET seq = {} WHERE name = 'audit_record'", first - 1));
    assert_eq!(verify(&server).findings, [], "the rest fits together by itself");
    assert_eq!(with(), [Finding::Seal { batch, what: "was exported, and is missing" }]);
    // what the server itself has kept says also how far it went
    let scope = |newest: &Checkpoint| Scope { newest: Some(newest.clone()), ..Scope::default() };
    let missing = |batch| Finding::Seal { batch, what: "is missing" };
    assert_eq!(verify_with(&server, &scope(&last)).findings, [missing(batch), gap]);
    tamper(&server, &format!("DELETE FROM audit_seal WHERE batch = {}", batch - 1));
    let gap = Finding::Gap { from: first, to: last.last_seq };
    assert_eq!(verify_with(&server, &scope(&last)).findings, [missing(batch - 1), missing(batch), gap]);
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
    let last: i64 = server.database().query_row("SELECT MAX(seq) FROM audit_record", [], |r| r.get(0)).unwrap();
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
    let body = object!({"name": "Quiet", "status": "active"});
    server.call("POST", "/api/v1/resource").json(&body).expect(500).await;
    let rows: i64 = db.query_row("SELECT COUNT(*) FROM resource_item WHERE name = 'Quiet'", [], |r| r.get(0)).unwrap();
    assert_eq!(rows, 0);
    db.execute_batch("DROP TABLE audit_seal; CREATE VIEW audit_seal AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x FROM n").unwrap();
    let gone = Finding::Schema { name: "table audit_seal".into(), what: "is missing" };
    assert!(verify(&server).findings.contains(&gone), "and it ends");
}

/// A seal that nobody signed is not taken for the one that was made before a crash.
#[tokio::test]
async fn a_seal_of_another_hand_is_not_followed() {
    for change in ["last_seq + 1000", "9223372036854775807", "last_seq"] {
        let server = server().await;
        let columns =
            "sealed_at, first_seq, record_count, first_id, last_id, previous, digest, records, public_key, signature";
        let anchor = || audit::Anchor::of(&server.config.data_dir).read().unwrap();
        let before = anchor();
        let forged = format!(
            "INSERT INTO audit_seal (batch, last_seq, {columns}) SELECT batch + 1, {change}, {columns} FROM audit_seal ORDER BY batch DESC LIMIT 1"
        );
        // the server that runs is held back by what it knows; one that starts, by what it has kept
        tamper(&server, &forged);
        let data = server.config.data_dir.clone();
        let server = server.restart(now(), false).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(audit::Anchor::of(&data).read().unwrap(), before, "{change}");
        let forged = before.unwrap().batch + 1;
        assert_eq!(verify(&server).findings, [Finding::Seal { batch: forged, what: "was altered" }]);
        assert_eq!(verify(&server).seals, u64::try_from(forged).unwrap(), "nothing was sealed behind it");
    }
}

/// The file of the newest checkpoint cannot be written for a while.
#[tokio::test]
async fn what_was_sealed_is_written_down_as_soon_as_it_can_be() {
    let server = server().await;
    let file = server.config.data_dir.join("audit-checkpoint.json");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let seals = || server.database().query_row("SELECT COUNT(*) FROM audit_seal", [], |r| r.get::<_, i64>(0)).unwrap();
    let before = seals();
    let post = |name: &str| {
        server.call("POST", "/api/v1/resource").json(&object!({"name": name, "status": "active"})).expect(201)
    };
    post("First").await;
    while seals() == before {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    post("Second").await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(seals(), before + 1, "nothing is sealed beyond one that was not written down");
    std::fs::remove_dir(&file).unwrap();
    assert_eq!(sealed(&server).await.findings, []);
    while audit::Anchor::of(&server.config.data_dir).read().unwrap().map(|newest| newest.batch) != Some(before + 2) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
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

/// What a process leaves unsealed, the next one seals.
#[tokio::test]
async fn a_crash_before_the_seal_loses_nothing() {
    let server = Server::start().await;
    server.call("POST", "/api/v1/resource").json(&object!({"name": "x", "status": "active"})).expect(201).await;
    let server = server.restart(now(), false).await;
    let report = sealed(&server).await;
    assert_eq!(report.findings, []);
    let db = server.database();
    let all: i64 = db.query_row("SELECT COUNT(*) FROM audit_record", [], |r| r.get(0)).unwrap();
    assert_eq!(report.records, u64::try_from(all).unwrap());
}

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

/// Whoever takes the seals away, so that a changed trail is sealed anew, finds that the server does not do that.
#[tokio::test]
async fn another_past_is_not_sealed() {
    for restarted in [false, true] {
        let server = server().await;
        let (seq, id) = changed(&server, 2);
        tamper(&server, &format!("UPDATE audit_record SET service = 'lx' WHERE seq = {seq}; DELETE FROM audit_seal"));
        let server = if restarted { server.restart(now(), false).await } else { server };
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert_eq!(verify(&server).seals, 0, "nothing is sealed any more");
        let anchor = audit::Anchor::of(&server.config.data_dir).read().unwrap().unwrap();
        let missing = (1..=anchor.batch).map(|batch| Finding::Seal { batch, what: "is missing" });
        let expected: Vec<_> = missing.chain([Finding::Unproven { seq, id }]).collect();
        let scope = Scope { newest: Some(anchor), ..Scope::default() };
        assert_eq!(verify_with(&server, &scope).findings, expected);
    }
}

#[tokio::test]
async fn a_record_that_was_removed_before_it_was_sealed_leaves_a_gap() {
    let server = server().await;
    let columns = "kind, recorded_at, service, operation, table_name, row_id, diff, spec, build";
    let last: i64 = server.database().query_row("SELECT MAX(seq) FROM audit_record", [], |r| r.get(0)).unwrap();
    let later = format!("SELECT {}, 'later', {columns} FROM audit_record WHERE seq = 20", last + 3);
    tamper(&server, &format!("INSERT INTO audit_record (seq, id, {columns}) {later}"));
    let gap = [Finding::Gap { from: last + 1, to: last + 2 }, Finding::Unproven { seq: last + 3, id: "later".into() }];
    assert_eq!(verify(&server).findings, gap, "before it is sealed");
    assert_eq!(sealed(&server).await.findings, gap, "and afterwards");
    let first = format!("SELECT {}, 'first', {columns} FROM audit_record WHERE seq = 20", i64::MIN);
    tamper(&server, &format!("INSERT INTO audit_record (seq, id, {columns}) {first}"));
    let inserted = Finding::Inserted { seq: i64::MIN, id: "first".into() };
    assert_eq!(verify(&server).findings, [&[inserted], gap.as_slice()].concat());
}
