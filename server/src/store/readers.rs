//! Pooled read connections.
//!
//! Short SQLite reads run where they are asked for: moving them to another thread costs more than the read itself
//! (`docs/decisions/0004`).

use super::{Mode, Read, Sqlite, watch::Watch};
use crate::error::{Error, Result};
use forebear_runtime::store::Cell;
use std::{
    path::{Path, PathBuf},
    sync::Mutex,
};

/// Connections that are kept when they come back; more are opened when needed and closed after use.
const KEPT: usize = 16;

/// A pool of read snapshots.
pub struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Read>>,
    watch: Watch,
}

impl Readers {
    /// A pool over the file; opens one connection, so that a wrong path is found at start.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let first = Read::new(Sqlite::open(path, Mode::Read)?);
        Ok(Self { path: path.into(), idle: Mutex::new(vec![first]), watch: Watch::open(path)? })
    }

    /// Runs `job` on one consistent snapshot.
    ///
    /// # Errors
    /// Those of `job`, or of the database.
    pub fn with<T>(&self, job: impl FnOnce(&mut Read) -> Result<T>) -> Result<T> {
        let mut read = match self.take() {
            Some(read) => read,
            None => Read::new(Sqlite::open(&self.path, Mode::Read)?),
        };
        // a connection that cannot end its snapshot is dropped, never pooled
        let result = read.snapshot(|read| Ok(job(read)))?;
        if read.idle() {
            self.put(read);
        }
        result
    }

    /// The version of the data: another one after each change that was committed before this was asked. `None` when that cannot be
    /// known.
    pub fn version(&self) -> Option<u64> {
        self.watch.version()
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub fn ping(&self) -> Result<()> {
        let probe = |read: &mut Read| {
            read.conn().query(
                "SELECT COUNT(*) FROM schema_migration WHERE step = :1",
                &[Cell::Text(String::new())],
                &mut |_| Ok(()),
            )
        };
        self.with(probe).map_err(|e| Error::Unavailable(e.to_string()))
    }

    fn take(&self) -> Option<Read> {
        self.idle.lock().ok()?.pop()
    }

    fn put(&self, read: Read) {
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < KEPT
        {
            idle.push(read);
        }
    }
}
