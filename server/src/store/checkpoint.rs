//! Moves what was committed from SQLite's write-ahead log into the database, beside the changes.
//!
//! By itself SQLite does it in the commit that finds a thousand pages in the log, and that change waits for the disk with all behind it. A
//! thread of its own does it here while changes go on. It is never done as long as they do, and only a log that was moved whole begins
//! anew; so before the log becomes too long, the writer moves the few pages that are left, between two changes.

use super::{Conn, Mode, Sqlite, writer::Queue};
use crate::{
    background::Background,
    error::{Error, Result},
};
use std::{path::Path, time::Duration};

/// Time between two looks at the log.
const INTERVAL: Duration = Duration::from_millis(500);
/// Pages of the log, 4 KiB each, after which it is to begin anew.
const LONGEST: i64 = 16_384;
/// Pages after which somebody must be keeping the log from being moved.
const TOO_LONG: i64 = 4 * LONGEST;
/// Pages after which SQLite moves the log within a commit after all, should this thread fail to.
pub(super) const AT_LAST: i64 = 8 * LONGEST;
/// Pages that the writer moves without a wait that anybody would notice.
const FEW: i64 = 512;
/// What comes meanwhile is moved again, so often at most.
const TRIES: usize = 8;

/// What a look at the log found.
#[derive(Default)]
pub(super) struct Progress {
    /// Pages in the log.
    logged: i64,
    /// Those of them that are in the database.
    moved: i64,
}

/// Moves the log into the database, as far as nobody has to wait for it; outside of a transaction.
///
/// # Errors
/// What the database refuses.
pub(super) fn passive(conn: &mut dyn Conn) -> Result<Progress> {
    let mut progress = Progress::default();
    conn.query("PRAGMA wal_checkpoint(PASSIVE)", &[], &mut |row| {
        progress = Progress { logged: row.int(1)?.unwrap_or_default(), moved: row.int(2)?.unwrap_or_default() };
        Ok(())
    })?;
    if progress.logged < 0 {
        return Err(Error::Unavailable("another process is moving the log".into()));
    }
    Ok(progress)
}

/// Starts the thread; `queue` leads to the writer.
///
/// # Errors
/// When the file cannot be opened, or the thread not be started.
pub(super) fn start(path: &Path, queue: Queue) -> Result<Background> {
    let mut conn = Sqlite::open(path, Mode::Write)?;
    let mut failed = false;
    let step = move || match step(&mut conn, &queue) {
        Ok(()) => failed = false,
        Err(e) if !failed => {
            tracing::warn!(error = %e, "the log of changes grows: it cannot be moved into the database now, and is tried again");
            failed = true;
        }
        Err(_) => {}
    };
    Background::start("checkpoint", INTERVAL, step).map_err(super::writer::not_started)
}

fn step(conn: &mut Sqlite, queue: &Queue) -> Result<()> {
    let mut progress = passive(conn)?;
    if progress.logged < LONGEST {
        return Ok(());
    }
    for _ in 0..TRIES {
        if progress.logged - progress.moved < FEW {
            break;
        }
        progress = passive(conn)?;
    }
    queue.checkpoint();
    if progress.logged > TOO_LONG {
        return Err(Error::Unavailable(format!(
            "{} pages; somebody reads one state of the database for a long time",
            progress.logged
        )));
    }
    Ok(())
}
