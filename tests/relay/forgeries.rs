use super::site::{Site, add_many, eventually, until_state};
use serde_json::json;

fn told(program: &crate::support::program::Program, text: &str) -> usize {
    program.logged(text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_altered_in_the_table_is_told_and_not_written_over() {
    let Some(site) = Site::with_table().await else { return };
    let program = site.serve();
    add_many(&program.base, "Altered", 10).await;
    site.until_shipped().await;
    program.signal("TERM");
    program.ended();
    let items = site.emulator.items().await;
    let mut forged: Vec<_> = items.iter().filter(|item| item.contains_key("diff")).take(2).cloned().collect();
    // one with its digest, and one whose digest was left as it was
    forged[0].insert("digest".into(), json!({"S": "another"}));
    forged[1].insert("user_id".into(), json!({"S": "9999"}));
    for item in &forged {
        site.emulator.overwrite(item).await;
    }
    site.database().execute("DELETE FROM audit_relay", []).unwrap();
    let program = site.serve();
    site.until_shipped().await;
    program.wait_for(2, "the table holds another item").await;
    for item in &forged {
        let id = item["id"]["S"].as_str().unwrap();
        assert!(site.emulator.items().await.contains(item), "{id} stays as it is");
        assert_eq!(told(&program, id), 1, "{id} is named");
    }
    assert_eq!(told(&program, "the table holds another item"), 2, "and nobody else");
    assert_eq!(site.emulator.items().await.len(), items.len());
    add_many(&program.base, "Goes on", 1).await;
    site.until_shipped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_altered_in_the_database_is_told_and_shipped_with_both_digests() {
    let Some(site) = Site::new() else { return };
    // sealed, and not shipped
    let program = site.serve();
    add_many(&program.base, "First", 1).await;
    eventually(30, "a seal", async || !site.sealed().is_empty()).await;
    add_many(&program.base, "Forged", 10).await;
    until_state(&program.base, "failing").await;
    program.signal("TERM");
    program.ended();
    let sealed = site.sealed();
    let id_of = |seq: i64| sealed.iter().find(|(_, s)| s.0 == seq).unwrap().0.clone();
    let (altered, missing, unreadable) = (id_of(3), id_of(5), id_of(7));
    site.tamper(
        "UPDATE audit_record SET user_id = '9999' WHERE seq = 3; DELETE FROM audit_record WHERE seq = 5; \
         UPDATE audit_record SET user_id = x'00' WHERE seq = 7;",
    );
    site.tamper("UPDATE audit_seal SET sealed_at = '2020-01-01T00:00:00.000000Z' WHERE batch = 1");
    // in a later batch than the first; an item without a key would be refused for ever
    let nameless = format!("UPDATE audit_seal SET records = replace(records, '{}', '')", id_of(9));
    site.tamper(&nameless);
    site.emulator.create_table().await;
    let program = site.serve();
    site.until_shipped().await;
    let items = site.emulator.items().await;
    let item = |id: &str| items.iter().find(|item| item["id"]["S"] == id);
    let forged = item(&altered).unwrap();
    assert_eq!((&forged["digest"]["S"], &forged["user_id"]["S"]), (&json!(sealed[&altered].2), &json!("9999")));
    assert_ne!(forged["found_digest"], forged["digest"]);
    assert_eq!((item(&missing), item(&unreadable)), (None, None));
    assert_eq!(items.iter().filter(|item| !item.contains_key("record_count")).count(), 8);
    let seal = item("seal-1").unwrap();
    assert_ne!(seal["found_digest"], seal["digest"], "also of the seal");
    assert_eq!(items.iter().filter(|item| item.contains_key("found_digest")).count(), 3);
    program.wait_for(6, "audit verify").await;
    assert_eq!((program.logged("audit verify"), program.logged("a seal was altered")), (6, 2));
    assert_eq!(program.logged("an id that no item can have"), 1);
    for (id, text) in [(&altered, "is not as it was sealed"), (&missing, "is missing"), (&unreadable, "is missing")] {
        assert_eq!((program.logged(text) > 0, told(&program, id)), (true, 1), "{text}: {id} is named once");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_did_not_make_is_told_and_shipped_as_such() {
    let Some(site) = Site::with_table().await else { return };
    let program = site.serve();
    add_many(&program.base, "Own", 3).await;
    let columns = "kind, recorded_at, service, operation, table_name, row_id, version_after, diff, spec, build, mac";
    let copy =
        format!("INSERT INTO audit_record (id, {columns}) SELECT 'made-up', {columns} FROM audit_record WHERE seq = 1");
    site.database().execute_batch(&copy).unwrap();
    site.until_shipped().await;
    program.wait_for(1, "a record was inserted, or altered before its seal").await;
    assert_eq!((program.logged("audit verify"), told(&program, "made-up")), (1, 1));
    let items = site.emulator.items().await;
    let item = items.iter().find(|item| item["id"]["S"] == "made-up").unwrap();
    assert_eq!(item["digest"]["S"], "unproven");
}

/// Seals that somebody made or broke: one that is not signed by this server, one that cannot be read, and the newest that cannot, either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seals_of_another_hand_are_told_and_hold_nothing_back() {
    let Some(site) = Site::new() else { return };
    let program = site.serve();
    for batch in 1..=4 {
        add_many(&program.base, &format!("Seal {batch}"), 1).await;
        let newest = async || site.sealed().values().any(|sealed| sealed.1 == batch);
        eventually(30, "a seal", newest).await;
    }
    program.signal("TERM");
    program.ended();
    site.tamper("UPDATE audit_seal SET signature = 'AAAA' WHERE batch = 1; UPDATE audit_seal SET signature = x'00' WHERE batch IN (2, 4);",
    );
    site.emulator.create_table().await;
    let program = site.serve();
    let shipped =
        || site.database().query_row("SELECT MAX(batch) FROM audit_relay", [], |r| r.get::<_, Option<i64>>(0));
    eventually(60, "what can be read is shipped", async || shipped().unwrap() == Some(3)).await;
    program.wait_for(4, "audit verify").await;
    for (times, text) in [
        (1, "a seal is not signed with the key of this trail"),
        (2, "a seal cannot be read"),
        (1, "a seal does not follow the one that was shipped last"),
    ] {
        assert_eq!(told(&program, text), times, "{text}");
    }
    assert_eq!(site.emulator.items().await.len(), 4, "two records, two checkpoints");
    assert_eq!(until_state(&program.base, "current").await["relay"]["lag_records"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_that_cannot_be_right_is_told_and_everything_is_shipped_again() {
    let Some(site) = Site::with_table().await else { return };
    let mut program = site.serve();
    add_many(&program.base, "Position", 10).await;
    site.until_shipped().await;
    for (wrong, text) in [("batch = 99", "is not in the trail"), ("digest = 'another'", "is another one now")] {
        program.signal("TERM");
        program.ended();
        let before = site.emulator.puts();
        site.database().execute(&format!("UPDATE audit_relay SET {wrong}"), []).unwrap();
        program = site.serve();
        program.wait_for(1, text).await;
        eventually(60, "all of it is put again", async || site.emulator.puts() >= before + 11).await;
        site.until_shipped().await;
        assert_eq!(told(&program, text), 1);
    }
    assert_eq!(site.compare().await, [10, 10, 0, 0]);
}
