//! Seals, checkpoints, and the file of the newest one.

use super::trail::{add, changed, sealed, server, tamper, verify, verify_with};
use crate::support::now;
use lending_api::{
    audit::{self, Checkpoint, Finding, Scope},
    store::Read,
};
use std::time::Duration;

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
    add(&server, "First").await;
    while seals() == before {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    add(&server, "Second").await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(seals(), before + 1, "nothing is sealed beyond one that was not written down");
    std::fs::remove_dir(&file).unwrap();
    assert_eq!(sealed(&server).await.findings, []);
    while audit::Anchor::of(&server.config.data_dir).read().unwrap().map(|newest| newest.batch) != Some(before + 2) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
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
