//! Whether anybody has changed the database: a handler, an import in another process, or a person with a SQL shell.
//!
//! `PRAGMA data_version` tells, but takes and gives back a lock of the file each time, which costs as much as reading a row. What it
//! looks at is the header of the WAL index, which every commit writes anew before it is done, twice
//! (<https://www.sqlite.org/walformat.html>, section 2.2). Here the header itself is read: whoever asks after a commit sees other
//! bytes than before it, and bytes of a commit under way are other bytes, too.

use super::{Conn, Mode, Sqlite, kept_open::KeptOpen};
use crate::error::{Error, Result};
use std::{
    os::unix::fs::FileExt,
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Length of both copies.
const HEADER: usize = 96;

/// Counts the changes of the header.
pub(super) struct Watch {
    index: KeptOpen,
    seen: Mutex<Seen>,
}

struct Seen {
    header: [u8; HEADER],
    version: u64,
    /// The index is there once somebody has read, and stays as long as anybody is connected.
    _conn: Sqlite,
}

impl Watch {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut conn = Sqlite::open(path, Mode::Read)?;
        conn.query("SELECT COUNT(*) FROM sqlite_master", &[], &mut |_| Ok(()))?;
        let unavailable = |e: std::io::Error| Error::Unavailable(format!("{}-shm: {e}", path.display()));
        let mut name = path.canonicalize().map_err(unavailable)?.into_os_string();
        name.push("-shm");
        let index = KeptOpen::open(name.as_ref()).map_err(unavailable)?;
        Ok(Self { index, seen: Mutex::new(Seen { header: [0; HEADER], version: 0, _conn: conn }) })
    }

    /// The version of the data: another one after each commit. `None` when it cannot be known.
    pub(super) fn version(&self) -> Option<u64> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut header = [0; HEADER];
        self.index.read_exact_at(&mut header, 0).ok()?;
        if header != seen.header {
            seen.header = header;
            seen.version += 1;
        }
        Some(seen.version)
    }
}
