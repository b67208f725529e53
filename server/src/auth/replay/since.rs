//! From which moment on a process remembers the tokens that were used, across a restart.
//!
//! What a process remembered is gone with it, and tokens that it took could be used again with the next one. So it leaves the newest
//! time of issue that it took in a file, and the next one takes no token that is not newer. A process that was killed leaves no
//! time: then no token is taken that may have been issued before this one began, by a clock that is fast. Whoever makes a database
//! leaves the word that nobody has taken any.

use crate::{auth::token::LEEWAY, config::private_file};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

fn file_in(folder: &Path) -> PathBuf {
    folder.join("tokens-taken-until")
}

/// The file, and what it holds while this process runs.
pub(super) struct Since {
    file: PathBuf,
    running: String,
}

impl Since {
    /// In a folder whose database is about to be made, no process has taken a token; unless one has said otherwise.
    pub(super) fn nothing(folder: &Path) -> io::Result<()> {
        private_file::read_or_make(&file_in(folder), || Ok(i64::MIN.to_string().into_bytes())).map(drop)
    }

    /// What the process before left in `folder`: only tokens issued after this time (seconds since 1970) are surely unused. `now` is
    /// the present time.
    pub(super) fn take(folder: &Path, now: i64) -> io::Result<(Self, i64)> {
        let file = file_in(folder);
        let unknown = now.saturating_add(LEEWAY);
        let left = match fs::read_to_string(&file) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => unknown,
            left => left?.trim().parse().unwrap_or(unknown),
        };
        // no token is taken that is issued later than that, whatever a clock said once
        let since = left.min(unknown);
        let own = Self { file, running: format!("running {}", uuid::Uuid::new_v4()) };
        own.write(&own.running)?;
        Ok((own, since))
    }

    /// Leaves the newest time of issue that was taken, unless another process has begun meanwhile.
    pub(super) fn leave(&self, newest: i64) -> io::Result<()> {
        if fs::read_to_string(&self.file)? == self.running { self.write(&newest.to_string()) } else { Ok(()) }
    }

    fn write(&self, text: &str) -> io::Result<()> {
        private_file::replace(&self.file, text.as_bytes())
    }
}
