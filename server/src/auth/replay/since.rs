//! From which moment on a process remembers the tokens that were used, across a restart.
//!
//! What a process remembered is gone with it, and tokens that it took could be used again with the next one. So it leaves the newest
//! time of issue that it took in a file, and the next one takes no token that is not newer. A process that was killed leaves no
//! time: then no token is taken that may have been issued before this one began, by a clock that is fast.

use crate::auth::token::LEEWAY;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What the file holds while a process runs.
const RUNNING: &str = "running";

/// The file.
pub(super) struct Since(PathBuf);

impl Since {
    /// What the process before left in `folder`: only tokens issued after this time (seconds since 1970) are surely unused. `now` is
    /// the present time.
    pub(super) fn take(folder: &Path, now: i64) -> io::Result<(Self, i64)> {
        let file = folder.join("tokens-taken-until");
        let since = match fs::read_to_string(&file) {
            // no process has run on this data
            Err(e) if e.kind() == io::ErrorKind::NotFound => i64::MIN,
            left => left?.trim().parse().unwrap_or(now.saturating_add(LEEWAY)),
        };
        let own = Self(file);
        own.write(RUNNING)?;
        Ok((own, since))
    }

    /// Leaves the newest time of issue that was taken.
    pub(super) fn leave(&self, newest: i64) -> io::Result<()> {
        self.write(&newest.to_string())
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let next = self.0.with_extension("next");
        fs::write(&next, text)?;
        fs::rename(next, &self.0)
    }
}
