//! From which moment on a process remembers the tokens that were used, across a restart.
//!
//! What a process remembered is gone with it, and tokens that it took could be used again with the next one. So it leaves the newest
//! time of issue that it took in a file, and the next one takes no token that is not newer. A process that was killed leaves no
//! time: then no token is taken that may have been issued before this one began, by a clock that is fast.

use crate::{auth::token::LEEWAY, config::private_file};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The file, and what it holds while this process runs.
pub(super) struct Since {
    file: PathBuf,
    running: String,
}

impl Since {
    /// What the process before left in `folder`: only tokens issued after this time (seconds since 1970) are surely unused. `now` is
    /// the present time; in a folder that is new there was no process.
    pub(super) fn take(folder: &Path, now: i64, is_new: bool) -> io::Result<(Self, i64)> {
        let file = folder.join("tokens-taken-until");
        let unknown = now.saturating_add(LEEWAY);
        let left = match fs::read_to_string(&file) {
            Err(e) if e.kind() == io::ErrorKind::NotFound && is_new => i64::MIN,
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
