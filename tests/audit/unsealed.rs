//! Records that no seal holds yet.

use super::trail::{COPIED, add, changed, last, sealed, server, tamper, verify};
use crate::support::{Server, now};
use lending_api::{
    audit::{self, Finding},
    store::Read,
};

/// What a process leaves unsealed, the next one seals.
#[tokio::test]
async fn a_crash_before_the_seal_loses_nothing() {
    let server = Server::start().await;
    add(&server, "x").await;
    let server = server.restart(now(), false).await;
    let report = sealed(&server).await;
    assert_eq!(report.findings, []);
    let db = server.database();
    let all: i64 = db.query_row("SELECT COUNT(*) FROM audit_record", [], |r| r.get(0)).unwrap();
    assert_eq!(report.records, u64::try_from(all).unwrap());
}

/// What is added behind the newest seal, or changed there, is not sealed as if the server had made it.
#[tokio::test]
async fn a_record_that_the_server_did_not_make_is_not_sealed_as_its_own() {
    let server = server().await;
    let columns = "kind, recorded_at, service, operation, table_name, row_id, diff, spec, build, mac";
    let last = last(&server);
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
    add(&server, "Later").await;
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
async fn a_record_that_was_removed_before_it_was_sealed_leaves_a_gap() {
    let server = server().await;
    let columns = COPIED;
    let last = last(&server);
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

/// Whoever can insert records, and needs not get around a trigger for that, keeps nothing from being sealed.
#[tokio::test]
async fn what_is_no_text_behind_the_newest_seal_is_sealed_as_such() {
    let server = server().await;
    let columns = COPIED;
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
    add(&server, "Later").await;
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
