//! The database: migrations, the schema of the document, durability of what was answered.

use crate::support::{Server, now};
use lending_api::{audit::Keys, store::migrate};
use rusqlite::Connection;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What the server keeps beside the tables of the document.
const OWN: &[&str] =
    &["schema_migration", "audit_record", "audit_seal", "audit_relay", "sqlite_sequence", "idempotency", "loaded_data"];

/// Indexes as they were written, and of each table the set of its columns and constraints: a column that `ALTER TABLE` added
/// stands at the end, with its constraint beside it and perhaps a default for the rows that were there.
fn schema(db: &Connection) -> BTreeMap<String, BTreeSet<String>> {
    let mut query = db.prepare("SELECT name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL").unwrap();
    let rows =
        query.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?, r.get::<_, String>(2)?))).unwrap();
    rows.map(Result::unwrap)
        .filter(|(_, table, _)| !OWN.contains(&table.as_str()))
        .map(|(name, _, sql)| (name, parts(&sql)))
        .collect()
}

fn parts(sql: &str) -> BTreeSet<String> {
    let sql = squeeze(sql);
    let Some(body) = sql.strip_prefix("CREATE TABLE ").and_then(|s| s.split_once('(')) else { return [sql].into() };
    let (mut depth, mut items) = (0, vec![String::new()]);
    for c in body.1.trim_end().strip_suffix(')').unwrap().chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 { items.push(String::new()) } else { items.last_mut().unwrap().push(c) }
    }
    let mut found = BTreeSet::new();
    for item in items {
        let (column, constraint) = match item.trim().split_once(" CONSTRAINT ") {
            Some((column, constraint)) => (column.to_string(), Some(format!("CONSTRAINT {constraint}"))),
            None => (item.trim().to_string(), None),
        };
        found.insert(column.split(" DEFAULT ").next().unwrap().to_string());
        found.extend(constraint);
    }
    found
}

fn squeeze(s: &str) -> String {
    s.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Columns of one member stand next to each other: who makes an object of a row, or the difference of two, relies on it.
#[test]
fn columns_of_one_pointer_are_neighbours() {
    for table in generated_server::store::TABLES {
        let mut pointers: Vec<&str> = table.columns.iter().map(|column| column.pointer).collect();
        pointers.dedup();
        let different: BTreeSet<&str> = pointers.iter().copied().collect();
        assert_eq!(pointers.len(), different.len(), "table {}: {pointers:?}", table.name);
    }
}

/// A job that panics, or whose transaction has ended by itself, leaves a session that is as good as before.
#[test]
fn a_snapshot_after_a_panic_is_a_new_one() {
    use generated_server::models::Country;
    use lending_api::store::Read;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("snapshots.db");
    migrate::migrate(&path, now()).unwrap();
    let mut read = Read::open(&path).unwrap();
    let panics = std::panic::AssertUnwindSafe(|| {
        read.snapshot(|tx| -> lending_api::error::Result<()> {
            assert!(tx.find::<Country>("US")?.is_none());
            panic!("as a job should never")
        })
    });
    assert!(std::panic::catch_unwind(panics).is_err());
    let keys = Arc::new(Keys::read_or_make(&folder.path().join("audit-keys.json")).unwrap());
    lending_api::data::load(&path, keys, false, now()).unwrap();
    for _ in 0..2 {
        assert!(read.snapshot(|tx| tx.find::<Country>("US")).unwrap().is_some(), "what was written since is seen");
    }
}

fn columns(db: &Connection, table: &str) -> BTreeSet<String> {
    let mut query = db
        .prepare("SELECT name || ' ' || type || iif(\"notnull\", ' NOT NULL', '') FROM pragma_table_info(?1)")
        .unwrap();
    query.query_map([table], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn the_migrated_schema_is_that_of_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("migrated.db");
    migrate::migrate(&path, now()).unwrap();
    let migrated = Connection::open(&path).unwrap();
    let wanted = Connection::open_in_memory().unwrap();
    for statement in generated_server::store::DDL_SQLITE {
        wanted.execute_batch(statement).unwrap();
    }
    for table in generated_server::store::TABLES.iter().map(|t| t.name) {
        let (want, have) = (columns(&wanted, table), columns(&migrated, table));
        let missing: Vec<_> = want.difference(&have).collect();
        let extra: Vec<_> = have.difference(&want).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "table {table}: the document has {missing:?} and the migrations have {extra:?} instead. Write \
             migrations/sqlite/NNNN_<what>.sql (and its Oracle twin) that gets there, and list it in server/src/store/migrate.rs; \
             generated/server/ddl/ shows the goal."
        );
    }
    assert_eq!(
        schema(&migrated),
        schema(&wanted),
        "indexes or constraints differ; generated/server/ddl/ shows the goal"
    );
}

/// SQLite would make and drop it for each row, at the price of several indexes that stay.
#[test]
fn no_row_is_added_by_way_of_a_temporary_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plans.db");
    migrate::migrate(&path, now()).unwrap();
    let db = Connection::open(&path).unwrap();
    let inserts = generated_server::store::TABLES.iter().map(|table| table.insert.to_string());
    let own = ["audit_record (kind) VALUES (1)", "idempotency (id) VALUES (1)", "audit_seal (batch) VALUES (1)"];
    for sql in inserts.chain(own.map(|own| format!("INSERT INTO {own}"))) {
        let mut plan = db.prepare(&format!("EXPLAIN {sql}")).unwrap();
        let unbound = rusqlite::params_from_iter(std::iter::repeat_n(rusqlite::types::Null, plan.parameter_count()));
        let opcodes: Vec<String> = plan.query_map(unbound, |row| row.get(1)).unwrap().map(Result::unwrap).collect();
        assert!(opcodes.iter().any(|code| code == "Insert") && !opcodes.iter().any(|c| c == "OpenEphemeral"), "{sql}");
    }
}

/// The rules that a migration puts in another form hold as before, for the rows that are there and for those to come.
#[test]
fn rules_in_another_form_take_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    let (old, new): (Vec<_>, Vec<_>) = migrate::steps().into_iter().partition(|step| step.id.as_str() < "0004");
    migrate::apply(&path, &old, now()).unwrap();
    let db = Connection::open(&path).unwrap();
    let holiday = |id: &str, calendar: &str| {
        let sql = "INSERT INTO holiday VALUES (?1, '2026-01-01', '2026-01-01', 2026, 'New Year', 1, ?2, 'national', 1, 't', 't')";
        db.execute(sql, [id, calendar])
    };
    let record = |kind: &str| {
        let sql = "INSERT INTO audit_record (id, kind, recorded_at, service, operation, spec, build) VALUES (?1, ?1, 't', 's', 'o', '', '')";
        db.execute(sql, [kind])
    };
    holiday("a", "federal").unwrap();
    record("denied").unwrap();
    let all = old.iter().chain(&new).cloned().collect::<Vec<_>>();
    assert_eq!(migrate::apply(&path, &all, now()).unwrap().len(), new.len());
    let count =
        |table: &str| db.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!((count("holiday"), count("audit_record")), (1, 1));
    holiday("b", "executive_order").unwrap();
    record("access").unwrap();
    for refused in [holiday("c", "lunar").unwrap_err(), record("gossip").unwrap_err()] {
        assert!(refused.to_string().starts_with("CHECK constraint failed: ck_"), "{refused}");
    }
}

#[test]
fn the_oracle_migration_holds_the_ddl_of_the_document() {
    let (mut added, mut steps) = (String::new(), BTreeSet::new());
    for file in std::fs::read_dir("migrations/oracle").unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for step in migrate::split("oracle", &text) {
            if step.sql.starts_with("ALTER") {
                added.push_str(&squeeze(&step.sql));
            }
            steps.insert(squeeze(&step.sql));
        }
    }
    // nothing here can run Oracle's SQL: a table must be created as generated, or the lines that are new be in an ALTER
    let lines = |sql: &str| sql.lines().map(|l| squeeze(l.trim_end_matches(','))).collect::<Vec<_>>();
    let created: BTreeSet<String> = steps.iter().filter(|s| s.starts_with("CREATE TABLE")).cloned().collect();
    for statement in generated_server::store::DDL_ORACLE {
        let whole = steps.contains(&squeeze(statement));
        let altered = || lines(statement).iter().all(|l| created.iter().any(|c| c.contains(l)) || added.contains(l));
        let is_table = statement.starts_with("CREATE TABLE");
        assert!(whole || is_table && altered(), "migrations/oracle lacks: {statement}");
    }
}

#[test]
fn migrations_run_once_and_may_be_started_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.db");
    let ran: usize = std::thread::scope(|scope| {
        let starters: Vec<_> = (0..4).map(|_| scope.spawn(|| migrate::migrate(&path, now()).unwrap().len())).collect();
        starters.into_iter().map(|s| s.join().unwrap()).sum()
    });
    assert_eq!(ran, migrate::steps().len(), "each step ran in one starter");
    assert_eq!(migrate::migrate(&path, now()).unwrap(), Vec::<String>::new());
}

/// SQLite answers "locked" at once, without a wait, when the log mode of a file that another connection writes is changed.
#[test]
fn a_starter_waits_for_one_that_is_writing_the_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.db");
    let first = Connection::open(&path).unwrap();
    first.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let second = scope.spawn(|| migrate::migrate(&path, now()));
        std::thread::sleep(std::time::Duration::from_millis(300));
        first.execute_batch("COMMIT").unwrap();
        assert_eq!(second.join().unwrap().unwrap().len(), migrate::steps().len());
    });
}

#[test]
fn an_interrupted_migration_goes_on_and_a_changed_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.db");
    let steps = |text: &str| migrate::split("0001_t", text);
    let broken = steps("CREATE TABLE a (x TEXT)\n/\nCREATE TABLE b (\n/\n");
    assert!(migrate::apply(&path, &broken, now()).unwrap_err().to_string().contains("migration 0001_t/02 failed"));
    let mended = steps("CREATE TABLE a (x TEXT)\n/\nCREATE TABLE b (x TEXT)\n/\n");
    assert_eq!(migrate::apply(&path, &mended, now()).unwrap(), ["0001_t/02"]);
    let edited = steps("CREATE TABLE a (y TEXT)\n/\nCREATE TABLE b (x TEXT)\n/\n");
    assert!(migrate::apply(&path, &edited, now()).unwrap_err().to_string().contains("0001_t/01 was changed after"));
    assert!(migrate::apply(&path, &mended[..1], now()).unwrap_err().to_string().contains("newer version"));
}

#[test]
fn the_data_is_loaded_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.db");
    migrate::migrate(&path, now()).unwrap();
    let keys = Arc::new(Keys::read_or_make(&folder.path().join("audit-keys.json")).unwrap());
    let records = || {
        Connection::open(&path)
            .unwrap()
            .query_row("SELECT COUNT(*) FROM audit_record", [], |r| r.get::<_, i64>(0))
            .unwrap()
    };
    lending_api::data::load(&path, keys.clone(), false, now()).unwrap();
    let first = records();
    assert_eq!(first, 249 + 2125 + 2783, "each loaded row has its audit record");
    lending_api::data::load(&path, keys.clone(), false, now()).unwrap();
    assert_eq!(records(), first);
}

#[tokio::test]
async fn audit_records_stay_as_they_are() {
    let server = Server::start().await;
    let db = server.database();
    let again = |number: &str, id: &str| {
        let columns = "kind, recorded_at, service, operation, table_name, row_id, diff, spec, build";
        let from = format!("SELECT {number}, {id}, {columns} FROM audit_record WHERE seq = 20");
        format!("REPLACE INTO audit_record (seq, id, {columns}) {from}")
    };
    for sql in [
        "UPDATE audit_record SET service = 'x'",
        "DELETE FROM audit_record",
        &again("seq", "id"),
        &again("seq", "'other'"),
        &again("9000", "id"),
        &again("NULL", "id"),
    ] {
        assert!(db.execute(sql, []).unwrap_err().to_string().contains("audit records are never"), "{sql}");
    }
    db.execute(&again("NULL", "'other'"), []).unwrap();
    let seal = "REPLACE INTO audit_seal SELECT :1, 't', 1, 1, 1, 'a', 'a', '', '', '', '', ''";
    db.execute(seal, [900]).unwrap();
    let others = ["UPDATE audit_seal SET digest = '' WHERE batch = :1", "DELETE FROM audit_seal WHERE batch = :1"];
    for sql in [seal, others[0], others[1]] {
        assert!(db.execute(sql, [900]).unwrap_err().to_string().contains("seals are never"), "{sql}");
    }
}

#[tokio::test]
async fn many_writers_share_commits_and_lose_nothing() {
    let server = Server::start().await;
    let posts = (0..200).map(|i| {
        server
            .call("POST", "/api/v1/resource")
            .json(&json!({"name": format!("Parallel {i:03}"), "status": "active"}))
            .expect(201)
    });
    futures_util::future::join_all(posts).await;
    let db = server.database();
    let count = |sql: &str| db.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT COUNT(DISTINCT name) FROM resource_item"), 200);
    assert_eq!(count("SELECT COUNT(*) FROM audit_record WHERE operation = 'create_resource'"), 200);
    let mode: String = db.query_row("PRAGMA journal_mode", [], |r| r.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[tokio::test]
async fn a_row_that_breaks_the_document_is_not_served() {
    let server = Server::start().await;
    server.database().execute("UPDATE payoff SET loan_number = 'abc' WHERE loan_number = '9000000001'", []).unwrap();
    let answer = server.get("/api/v1/payoff/00000000-0000-4000-8000-000000000001").send().await;
    assert_eq!(answer.problem(), "500 internal");
    assert!(!answer.text.contains("column"), "internal text stays inside: {}", answer.text);
}

#[tokio::test]
async fn a_database_that_is_away_is_503() {
    let server = Server::start().await;
    let db = server.database();
    db.execute_batch("BEGIN EXCLUSIVE").unwrap();
    // readers go on in WAL mode; a writer waits for its turn, then says so
    server.get("/api/v1/country/AF").expect(200).await;
    let post = server.call("POST", "/api/v1/resource").json(&json!({"name": "Late", "status": "active"}));
    let answer = post.send().await;
    assert_eq!((answer.problem().as_str(), answer.header("retry-after")), ("503 unavailable", Some("1")));
}
