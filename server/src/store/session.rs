//! Changes that do not come from requests: one session, one transaction after the other.

use super::{Mode, Sqlite, Write};
use crate::{
    audit::{Actor, Keys, Record},
    error::Result,
};
use std::{path::Path, sync::Arc};

/// A session of the server itself or of its operator.
pub struct Session(Write);

impl Session {
    /// Opens the file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path, keys: Arc<Keys>) -> Result<Self> {
        Ok(Self(Write::new(Sqlite::open(path, Mode::Write)?, keys)))
    }

    /// Adds a record of what changed no row.
    ///
    /// # Errors
    /// What the database refuses.
    pub fn note(&mut self, record: &Record) -> Result<()> {
        self.0.note(record)
    }

    /// Runs `job` in a transaction.
    ///
    /// # Errors
    /// Those of `job`, or of the database; nothing is stored then.
    pub fn transaction<T>(&mut self, actor: Actor, job: impl FnOnce(&mut Write) -> Result<T>) -> Result<T> {
        let write = &mut self.0;
        write.statement("BEGIN IMMEDIATE")?;
        write.set_actor(Some(actor));
        let result = job(write).and_then(|value| write.statement("COMMIT").map(|()| value));
        write.set_actor(None);
        if result.is_err() && !write.idle() {
            write.statement("ROLLBACK")?;
        }
        result
    }
}
