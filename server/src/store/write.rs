//! What a changing handler may do: every change writes its audit record in the same transaction.

use super::{Conn, Read, checkpoint, trail::INSERT_SEAL};
use crate::{
    audit::{self, Actor, Keys, Record, Seal},
    error::{Error, Result},
};
use chrono::{DateTime, Utc};
use forebear_runtime::store::{Cell, Form, Row};
use generated_server::store::Entity;
use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

/// A transaction of a known actor. A handler can change rows in it, each with its record, and nothing else: it can neither reach the
/// session nor open, end or add a transaction.
///
/// ```
/// use generated_server::models::Country;
/// use lending_api::{error::Result, store::Write};
/// fn handler(tx: &mut Write, row: &Country) -> Result<()> {
///     tx.insert(row)
/// }
/// ```
/// ```compile_fail,E0624
/// use lending_api::{error::Result, store::Write};
/// fn handler(tx: &mut Write) -> Result<usize> {
///     tx.conn().execute("DELETE FROM country", &[])
/// }
/// ```
/// ```compile_fail,E0624
/// use lending_api::{error::Result, store::Write};
/// fn handler(tx: &mut Write) -> Result<()> {
///     tx.statement("COMMIT")
/// }
/// ```
/// ```compile_fail,E0599
/// use lending_api::{audit::Actor, error::Result, store::Write};
/// fn handler(tx: &mut Write, actor: Actor) -> Result<()> {
///     tx.transaction(actor, |_| Ok(()))
/// }
/// ```
/// ```compile_fail,E0603
/// use lending_api::store::Sqlite;
/// ```
pub struct Write {
    read: Read,
    keys: Arc<Keys>,
    actor: Option<Actor>,
    recorded: Vec<String>,
}

/// What [`Write::upsert`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upsert {
    /// The row is new.
    Inserted,
    /// The row was there and has changed.
    Updated,
    /// The row was there and is the same.
    Unchanged,
}

impl Deref for Write {
    type Target = Read;
    fn deref(&self) -> &Read {
        &self.read
    }
}
impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.read
    }
}

impl Write {
    /// A handle over a session; it can change nothing before it has an actor.
    pub(super) fn new(conn: impl Conn + 'static, keys: Arc<Keys>) -> Self {
        Self { read: Read::new(conn), keys, actor: None, recorded: vec![] }
    }

    /// Whoever acts from now on; what was recorded before is no longer known.
    pub(super) fn set_actor(&mut self, actor: Option<Actor>) {
        (self.actor, self.recorded) = (actor, vec![]);
    }

    /// Ids of the records that were written since the actor was set.
    pub(super) fn recorded(&mut self) -> Vec<String> {
        std::mem::take(&mut self.recorded)
    }

    /// Adds a seal.
    pub(super) fn seal(&mut self, seal: &Seal) -> Result<()> {
        self.insert_one(INSERT_SEAL, &seal.cells())
    }

    /// Adds a record of what changed no row.
    pub(super) fn note(&mut self, record: &Record) -> Result<()> {
        let cells = record.cells(&self.keys);
        self.insert_one(audit::INSERT, &cells)
    }

    /// A trigger can make an INSERT do nothing, and say nothing.
    fn insert_one(&mut self, sql: &str, cells: &[Cell]) -> Result<()> {
        match self.conn().execute(sql, cells)? {
            1 => Ok(()),
            _ => Err(Error::Database(
                "the database did not store a row and gave no reason; has it a trigger of somebody's?".into(),
            )),
        }
    }

    /// The version in which a data set was loaded last.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn loaded(&mut self, name: &str) -> Result<Option<String>> {
        let mut found = None;
        let mut each = |row: &dyn Row| {
            found = row.text(0)?.map(|t| t.into_owned());
            Ok(())
        };
        self.conn().query("SELECT checksum FROM loaded_data WHERE name = :1", &[Cell::Text(name.into())], &mut each)?;
        Ok(found)
    }

    /// Notes that a data set was loaded in this version.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn set_loaded(&mut self, name: &str, checksum: &str, now: DateTime<Utc>) -> Result<()> {
        let name = Cell::Text(name.into());
        self.conn().execute("DELETE FROM loaded_data WHERE name = :1", std::slice::from_ref(&name))?;
        let cells = [name, Cell::Text(checksum.into()), Cell::stamp(Some(&now))];
        let sql = "INSERT INTO loaded_data (name, checksum, loaded_at) VALUES (:1, :2, :3)";
        self.conn().execute(sql, &cells).map(drop)
    }

    /// Moves the log of changes into the database, as far as nobody has to wait for it.
    pub(super) fn checkpoint(&mut self) -> Result<()> {
        checkpoint::passive(self.conn()).map(drop)
    }

    pub(super) fn statement(&mut self, sql: &'static str) -> Result<()> {
        self.conn().execute(sql, &[]).map(drop)
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a unique value is taken.
    pub fn insert<E: Entity>(&mut self, row: &E) -> Result<()> {
        self.insert_one(E::TABLE.insert, &row.values::<Cell>())?;
        self.write_sides(row)?;
        self.audit::<E>(None, Some(row))
    }

    /// Stores `after` as the next version of `before`; a row that is the same but for version and times stays as it is.
    ///
    /// # Errors
    /// [`Error::Stale`] when the row is no longer the one that was read.
    pub fn update<E: Entity>(&mut self, before: &E, after: E, now: DateTime<Utc>) -> Result<E> {
        if audit::same_content(before, &after) {
            return Ok(before.clone());
        }
        let mut after = after;
        after.inherit(before);
        after.touch(before.version() + 1, now);
        let mut cells = after.values::<Cell>();
        cells.extend([Cell::Text(before.key()), Cell::Int(before.version())]);
        if self.conn().execute(E::TABLE.update, &cells)? != 1 {
            return Err(Error::Stale);
        }
        self.drop_sides::<E>(&before.key())?;
        self.write_sides(&after)?;
        self.audit(Some(before), Some(&after))?;
        Ok(after)
    }

    /// Removes a row.
    ///
    /// # Errors
    /// [`Error::Stale`] when the row is no longer the one that was read.
    pub fn delete<E: Entity>(&mut self, before: &E) -> Result<()> {
        self.drop_sides::<E>(&before.key())?;
        let cells = [Cell::Text(before.key()), Cell::Int(before.version())];
        if self.conn().execute(E::TABLE.delete, &cells)? != 1 {
            return Err(Error::Stale);
        }
        self.audit(Some(before), None)
    }

    /// Adds or changes a row; a row that is the same but for version and times is left alone.
    ///
    /// # Errors
    /// As [`Write::insert`] and [`Write::update`].
    pub fn upsert<E: Entity>(&mut self, row: E, now: DateTime<Utc>) -> Result<Upsert> {
        let Some(before) = self.find::<E>(&row.key())? else {
            self.insert(&row)?;
            return Ok(Upsert::Inserted);
        };
        if audit::same_content(&before, &row) {
            return Ok(Upsert::Unchanged);
        }
        self.update(&before, row, now)?;
        Ok(Upsert::Updated)
    }

    fn write_sides<E: Entity>(&mut self, row: &E) -> Result<()> {
        for side in row.sides() {
            let sql = format!("INSERT INTO {} (value, row_key) VALUES (:1, :2)", side.table);
            let mut values = side.values;
            values.sort();
            values.dedup();
            for value in values {
                self.conn().execute(&sql, &[Cell::Text(value), Cell::Text(row.key())])?;
            }
        }
        Ok(())
    }

    fn drop_sides<E: Entity>(&mut self, key: &str) -> Result<()> {
        for side in E::TABLE.sides {
            self.conn().execute(&format!("DELETE FROM {side} WHERE row_key = :1"), &[Cell::Text(key.into())])?;
        }
        Ok(())
    }

    fn audit<E: Entity>(&mut self, before: Option<&E>, after: Option<&E>) -> Result<()> {
        let actor = self.actor.as_ref().ok_or_else(|| Error::Database("a change without an actor".into()))?;
        let record = Record::of_change(&self.keys, actor, before, after);
        self.note(&record)?;
        self.recorded.push(record.id);
        Ok(())
    }
}
