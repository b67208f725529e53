//! Migrations: hand-reviewed SQL, one statement a step, locked, checksummed and resumable.
//!
//! A step that was applied is never run again, and must not change afterwards: its checksum is kept. Each step commits with its
//! record, so that a start that was interrupted goes on where it stopped.

use super::{Conn, Mode, Read, Sqlite};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use forebear_runtime::{
    hex,
    store::{Cell, Form, Row},
};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, path::Path};

/// The files, in order. Statements are separated by a line that holds only `/`.
const SQLITE: &[(&str, &str)] = &[
    ("0001_core", include_str!("../../../migrations/sqlite/0001_core.sql")),
    ("0002_audit", include_str!("../../../migrations/sqlite/0002_audit.sql")),
    ("0003_relay", include_str!("../../../migrations/sqlite/0003_relay.sql")),
    ("0004_checks", include_str!("../../../migrations/sqlite/0004_checks.sql")),
    ("0005_append_only", include_str!("../../../migrations/sqlite/0005_append_only.sql")),
    ("0006_mac", include_str!("../../../migrations/sqlite/0006_mac.sql")),
    ("0007_idempotency_scope", include_str!("../../../migrations/sqlite/0007_idempotency_scope.sql")),
];

const TRACK: &str = "CREATE TABLE IF NOT EXISTS schema_migration (\n    step TEXT NOT NULL PRIMARY KEY,\n    \
                     checksum TEXT NOT NULL,\n    applied_at TEXT NOT NULL\n)";

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `file/number`.
    pub id: String,
    /// SHA-256 of the statement.
    pub checksum: String,
    /// The statement, without separator.
    pub sql: String,
}

/// Every step that this build knows.
#[must_use]
pub fn steps() -> Vec<Step> {
    SQLITE.iter().flat_map(|(name, text)| split(name, text)).collect()
}

/// The statements of one file.
#[must_use]
pub fn split(name: &str, text: &str) -> Vec<Step> {
    let mut statements = vec![String::new()];
    for line in text.lines() {
        if line.trim_end() == "/" {
            statements.push(String::new());
        } else if line.trim_start().starts_with("--") {
            // comments may be mended without becoming another migration
        } else if let Some(statement) = statements.last_mut() {
            statement.push_str(line);
            statement.push('\n');
        }
    }
    let statements = statements.iter().map(|s| s.trim()).filter(|s| !s.is_empty());
    statements
        .enumerate()
        .map(|(i, sql)| Step {
            id: format!("{name}/{:02}", i + 1),
            checksum: hex(&Sha256::digest(sql)),
            sql: sql.into(),
        })
        .collect()
}

/// Applies what is missing; the ids of the steps that ran.
///
/// # Errors
/// When a step fails, when an applied step has changed, or when the database knows steps that this build does not.
pub fn migrate(path: &Path, now: DateTime<Utc>) -> Result<Vec<String>> {
    apply(path, &steps(), now)
}

/// Refuses a database that is not in the form of this build.
///
/// # Errors
/// When a step was not applied, or one is not known.
pub fn require_current(db: &mut Read) -> Result<()> {
    let (steps, applied) = (steps(), applied(db)?);
    refuse_unknown(&steps, &applied)?;
    match steps.iter().find(|step| !applied.contains_key(&step.id)) {
        Some(step) => {
            Err(Error::Database(format!("migration {} was not applied; run `lending-api migrate` first", step.id)))
        }
        None => Ok(()),
    }
}

/// As [`migrate`], with the steps given.
///
/// # Errors
/// As [`migrate`].
pub fn apply(path: &Path, steps: &[Step], now: DateTime<Utc>) -> Result<Vec<String>> {
    let mut db = Read::new(Sqlite::open(path, Mode::Write)?);
    locked(&mut db, |db| db.conn().execute(TRACK, &[]).map(drop))?;
    let mut ran = vec![];
    for step in steps {
        // the lock is taken for each step: of two starters, one waits and then finds the step done
        locked(&mut db, |db| {
            let applied = applied(db)?;
            refuse_unknown(steps, &applied)?;
            match applied.get(&step.id) {
                Some(checksum) if *checksum == step.checksum => Ok(()),
                Some(_) => Err(changed(step)),
                None => run(db.conn(), step, now).map(|()| ran.push(step.id.clone())),
            }
        })?;
    }
    Ok(ran)
}

fn run(conn: &mut dyn Conn, step: &Step, now: DateTime<Utc>) -> Result<()> {
    conn.execute(&step.sql, &[]).map_err(|e| Error::Database(format!("migration {} failed: {e}", step.id)))?;
    let cells = [Cell::Text(step.id.clone()), Cell::Text(step.checksum.clone()), Cell::stamp(Some(&now))];
    conn.execute("INSERT INTO schema_migration (step, checksum, applied_at) VALUES (:1, :2, :3)", &cells).map(drop)
}

fn locked(db: &mut Read, job: impl FnOnce(&mut Read) -> Result<()>) -> Result<()> {
    db.conn().execute("BEGIN IMMEDIATE", &[])?;
    let result = job(db);
    let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
    if !db.idle() {
        db.conn().execute(end, &[])?;
    }
    result
}

fn applied(db: &mut Read) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut each = |row: &dyn Row| {
        let text = |i| row.text(i).map(|t| t.unwrap_or_default().into_owned());
        found.insert(text(0)?, text(1)?);
        Ok(())
    };
    db.conn().query("SELECT step, checksum FROM schema_migration", &[], &mut each)?;
    Ok(found)
}

fn changed(step: &Step) -> Error {
    Error::Database(format!(
        "migration {} was changed after it had been applied; restore its text and write a new migration instead",
        step.id
    ))
}

fn refuse_unknown(steps: &[Step], applied: &BTreeMap<String, String>) -> Result<()> {
    let Some(id) = applied.keys().find(|id| !steps.iter().any(|s| s.id == **id)) else { return Ok(()) };
    Err(Error::Database(format!(
        "the database was migrated by a newer version ({id} is unknown here); start that version"
    )))
}
