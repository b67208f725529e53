//! The embedded driver: `rusqlite` with WAL and `synchronous=FULL`.

use super::{Conn, Dialect};
use crate::error::{Error, Result};
use forebear_runtime::store::{Cell, CellError, Row};
use rusqlite::{
    Connection, ErrorCode, OpenFlags, ToSql, config::DbConfig, types::ToSqlOutput, types::Value, types::ValueRef,
};
use std::{
    borrow::Cow,
    path::Path,
    time::{Duration, Instant},
};

/// How a connection is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Queries only; SQLite itself refuses changes.
    Read,
    /// Queries and changes.
    Write,
}

/// One SQLite connection.
pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens the file, and creates it in [`Mode::Write`].
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the file cannot be opened.
    pub fn open(path: &Path, mode: Mode) -> Result<Self> {
        let flags = match mode {
            Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        if mode == Mode::Write {
            make_private(path).map_err(|e| Error::Unavailable(format!("{}: {e}", path.display())))?;
        }
        let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|e| Error::Unavailable(format!("{}: {e}", path.display())))?;
        conn.set_prepared_statement_cache_capacity(64);
        set_up(&conn, mode).map_err(|e| Error::Unavailable(format!("{}: {e}", path.display())))?;
        Ok(Self(conn))
    }

    /// A database of its own, which nobody else sees.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn in_memory() -> Result<Self> {
        Connection::open_in_memory().map(Self).map_err(fault)
    }

    /// Leaves it to others to move the log into the database, until it has so many pages.
    ///
    /// # Errors
    /// What the database refuses.
    pub(super) fn checkpoint_after(self, pages: i64) -> Result<Self> {
        self.0.execute_batch(&format!("PRAGMA wal_autocheckpoint = {pages};")).map_err(fault)?;
        Ok(self)
    }
}

/// Longest wait for a lock of another connection.
const BUSY_TIME: Duration = Duration::from_secs(5);

fn set_up(conn: &Connection, mode: Mode) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIME)?;
    // plans must not depend on bound values: a statement whose `LIMIT` is bound would be prepared anew for each use
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    match mode {
        Mode::Read => conn.execute_batch("PRAGMA query_only = 1;"),
        Mode::Write => {
            write_ahead(conn)?;
            // what a savepoint may have to undo stays in memory; the pages that changes touch, too
            conn.execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;",
            )
        }
    }
}

/// Turns the write-ahead log on. Of connections that do so on a new file at once, SQLite answers all but one with "locked", and
/// does not wait `busy_timeout` before, since two that wait for each other would never end.
fn write_ahead(conn: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + BUSY_TIME;
    loop {
        match conn.execute_batch("PRAGMA journal_mode = WAL;") {
            Err(e) if e.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}

/// Makes the file, if there is none, readable by its owner only; SQLite gives its journals the same mode. A file that is there is not
/// opened, since it would be closed again: see [`super::kept_open`].
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

impl Conn for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<usize> {
        let mut statement = self.0.prepare_cached(sql).map_err(fault)?;
        statement.execute(rusqlite::params_from_iter(cells.iter().map(Bound))).map_err(fault)
    }

    fn query(&mut self, sql: &str, cells: &[Cell], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()> {
        // a statement of unusual size would stay in memory for the next request like it, which may never come
        if sql.len() > CACHED_SQL {
            return rows(&mut self.0.prepare(sql).map_err(fault)?, cells, each);
        }
        rows(&mut *self.0.prepare_cached(sql).map_err(fault)?, cells, each)
    }

    fn changed(&self) -> u64 {
        self.0.total_changes()
    }

    fn idle(&self) -> bool {
        self.0.is_autocommit()
    }
}

/// Bytes of the longest statement that is kept prepared.
const CACHED_SQL: usize = 2048;

fn rows(
    statement: &mut rusqlite::Statement<'_>,
    cells: &[Cell],
    each: &mut dyn FnMut(&dyn Row) -> Result<()>,
) -> Result<()> {
    let mut rows = statement.query(rusqlite::params_from_iter(cells.iter().map(Bound))).map_err(fault)?;
    while let Some(row) = rows.next().map_err(fault)? {
        each(&Fetched(row))?;
    }
    Ok(())
}

struct Bound<'a>(&'a Cell);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Null => ToSqlOutput::Owned(Value::Null),
            Cell::Int(n) => ToSqlOutput::Owned(Value::Integer(*n)),
            Cell::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

struct Fetched<'a>(&'a rusqlite::Row<'a>);

impl Fetched<'_> {
    fn value(&self, index: usize) -> Result<ValueRef<'_>, CellError> {
        self.0.get_ref(index).map_err(|_| CellError { index, message: "is not in the result".into() })
    }
}

impl Row for Fetched<'_> {
    fn text(&self, index: usize) -> Result<Option<Cow<'_, str>>, CellError> {
        match self.value(index)? {
            ValueRef::Null => Ok(None),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes)
                .map(|text| Some(Cow::Borrowed(text)))
                .map_err(|_| CellError { index, message: "is not UTF-8".into() }),
            _ => Err(CellError { index, message: "is not text".into() }),
        }
    }

    fn int(&self, index: usize) -> Result<Option<i64>, CellError> {
        match self.value(index)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(n) => Ok(Some(n)),
            _ => Err(CellError { index, message: "is not an integer".into() }),
        }
    }
}

/// The only place that reads SQLite's errors.
fn fault(e: rusqlite::Error) -> Error {
    let code = e.sqlite_error_code();
    match code {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase,
        ) => Error::Unavailable(e.to_string()),
        Some(ErrorCode::ConstraintViolation) if is_unique(&e) => {
            Error::Conflict("another row already has one of these unique values".into())
        }
        _ => Error::Database(e.to_string()),
    }
}

fn is_unique(e: &rusqlite::Error) -> bool {
    let extended = e.sqlite_error().map(|e| e.extended_code);
    matches!(extended, Some(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY))
}
