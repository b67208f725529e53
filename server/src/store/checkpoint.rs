//! Moves what was committed from SQLite's write-ahead log into the database, beside the changes.
//!
//! By itself SQLite does it in the commit that finds a thousand pages in the log, and that change waits for the disk with all behind it. A
//! thread of its own does it here while changes go on. It is never done as long as they do, and only a log that was moved whole begins
//! anew; so before the log becomes too long, the writer moves the few pages that are left, between two changes.

use super::{Conn, Mode, Sqlite, kept_open::KeptOpen, writer::Queue};
use crate::{
    background::Background,
    error::{Error, Result},
};
use std::{path::Path, time::Duration};

/// Time between two looks at the log.
const INTERVAL: Duration = Duration::from_millis(500);
/// Pages of the log, 4 KiB each, after which it is to begin anew. What many changes touch goes to the disk once for all of them, so a
/// longer log means less to write; but whoever starts after a crash reads it whole.
const LONGEST: i64 = 65_536;
/// How many times longer it is when somebody must be keeping it from being moved.
const TOO_LONG: i64 = 4;
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
    let mut work = Work::open(path, LONGEST, Box::new(move || queue.checkpoint()))?;
    let mut failed = false;
    let step = move || match work.step() {
        Ok(()) => failed = false,
        Err(e) if !failed => {
            tracing::warn!(error = %e, "the log of changes grows: it cannot be moved into the database now, and is tried again");
            failed = true;
        }
        Err(_) => {}
    };
    Background::start("checkpoint", INTERVAL, step).map_err(super::writer::not_started)
}

fn not_written(e: &std::io::Error) -> Error {
    Error::Unavailable(format!("the database cannot be written to the disk: {e}"))
}

struct Work {
    conn: Sqlite,
    database: KeptOpen,
    /// Pages after which the log is to begin anew.
    longest: i64,
    /// Has the writer move what is left.
    finish: Box<dyn FnMut() + Send>,
}

impl Work {
    fn open(path: &Path, longest: i64, finish: Box<dyn FnMut() + Send>) -> Result<Self> {
        let database = KeptOpen::open(path).map_err(|e| not_written(&e))?;
        Ok(Self { conn: Sqlite::open(path, Mode::Write)?, database, longest, finish })
    }

    fn step(&mut self) -> Result<()> {
        let mut progress = passive(&mut self.conn)?;
        if progress.logged < self.longest {
            return Ok(());
        }
        for _ in 0..TRIES {
            // SQLite has the disk take what was moved only with the last of the log, and then the writer would wait for all of it
            self.database.sync_data().map_err(|e| not_written(&e))?;
            let before = progress.moved;
            progress = passive(&mut self.conn)?;
            if progress.moved - before < FEW {
                break;
            }
        }
        (self.finish)();
        // a log that was moved whole begins anew with the next change
        let Progress { logged, moved } = passive(&mut self.conn)?;
        if moved < logged && logged > TOO_LONG * self.longest {
            return Err(Error::Unavailable(format!(
                "{logged} pages; somebody reads one state of the database for a long time"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forebear_runtime::store::Cell;
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    };

    const PAGES: i64 = 400;

    struct Site {
        folder: tempfile::TempDir,
        writer: Arc<Mutex<Sqlite>>,
        /// How often the writer was asked to move what is left.
        asked: Arc<AtomicUsize>,
        work: Work,
    }

    fn site() -> Site {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.db");
        let writer = Sqlite::open(&path, Mode::Write).unwrap().checkpoint_after(0).unwrap();
        let writer = Arc::new(Mutex::new(writer));
        writer.lock().unwrap().execute("CREATE TABLE t (x TEXT)", &[]).unwrap();
        let (rest, asked) = (writer.clone(), Arc::<AtomicUsize>::default());
        let count = asked.clone();
        let finish = move || {
            count.fetch_add(1, Ordering::Relaxed);
            passive(&mut *rest.lock().unwrap()).unwrap();
        };
        let work = Work::open(&path, PAGES, Box::new(finish)).unwrap();
        Site { folder, writer, asked, work }
    }

    impl Site {
        /// Changes that write some six hundred pages.
        fn change(&self) {
            let text = Cell::Text("x".repeat(4000));
            for _ in 0..200 {
                self.writer.lock().unwrap().execute("INSERT INTO t VALUES (:1)", std::slice::from_ref(&text)).unwrap();
            }
        }

        fn pages(&self) -> u64 {
            self.folder.path().join("log.db-wal").metadata().unwrap().len() / 4096
        }
    }

    #[test]
    fn the_log_begins_anew() {
        let mut site = site();
        site.change();
        let once = site.pages();
        for _ in 0..5 {
            site.work.step().unwrap();
            site.change();
        }
        assert!(site.pages() < once + once / 2, "{} pages for {once} at a time", site.pages());
        assert_eq!(site.asked.load(Ordering::Relaxed), 5);
    }

    #[test]
    fn whoever_keeps_it_from_beginning_anew_is_told_of() {
        let mut site = site();
        let mut reader = Sqlite::open(&site.folder.path().join("log.db"), Mode::Read).unwrap();
        reader.execute("BEGIN", &[]).unwrap();
        reader.query("SELECT COUNT(*) FROM t", &[], &mut |_| Ok(())).unwrap();
        site.change();
        site.work.step().unwrap();
        (0..4).for_each(|_| site.change());
        assert!(site.work.step().unwrap_err().to_string().contains("somebody reads one state"));
        reader.execute("COMMIT", &[]).unwrap();
        site.work.step().ok();
        let grown = site.pages();
        site.change();
        assert_eq!(site.pages(), grown, "what is written now is written over what was moved");
    }
}
