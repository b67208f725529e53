//! Whether the tables of the trail are as the migrations make them: a trigger, an index or a key that somebody took away or added
//! could hide records, or keep them from being stored.

use super::{Conn, Dialect, Read, Sqlite, migrate};
use crate::error::Result;
use std::collections::BTreeMap;

/// What is said of an object that is not there.
pub(crate) const MISSING: &str = "is missing";

/// Both tables with what belongs to them, and every trigger there is. On Oracle nothing is known of them yet.
const OBJECTS: &str = "SELECT type || ' ' || name, sql FROM sqlite_master WHERE tbl_name IN ('audit_record', 'audit_seal') OR type = 'trigger'";

/// What is other than it was made, by name, such as `trigger tr_audit_record_update`, and in which way.
pub(crate) fn differences(tx: &mut Read) -> Result<Vec<(String, &'static str)>> {
    if tx.conn().dialect() != Dialect::Sqlite {
        return Ok(vec![]);
    }
    let (made, mut found) = (made()?, objects(tx.conn())?);
    let mut different = vec![];
    for (name, sql) in made {
        match found.remove(&name) {
            Some(own) if own == sql => {}
            Some(_) => different.push((name, "was altered")),
            None => different.push((name, MISSING)),
        }
    }
    different.extend(found.into_keys().map(|name| (name, "was added")));
    Ok(different)
}

/// As all migrations make them, in a database of their own.
fn made() -> Result<BTreeMap<String, String>> {
    let mut db = Sqlite::in_memory()?;
    for step in migrate::steps() {
        db.execute(&step.sql, &[])?;
    }
    objects(&mut db)
}

/// The text of each object. Versions of SQLite differ in the blanks and quotation marks that they leave in it.
fn objects(db: &mut dyn Conn) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    db.query(OBJECTS, &[], &mut |row| {
        let text = |i| row.text(i).map(|text| text.unwrap_or_default().into_owned());
        found.insert(text(0)?, text(1)?.replace([' ', '\n', '\t', '"'], ""));
        Ok(())
    })?;
    Ok(found)
}
