//! The newest checkpoint of this server, in a file: what a trail in the database is held against, so that nobody who can write there
//! alone gets another past sealed.

use super::Checkpoint;
use crate::config::private_file;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The file.
pub struct Anchor(PathBuf);

impl Anchor {
    /// In a data folder.
    #[must_use]
    pub fn of(folder: &Path) -> Self {
        Self(folder.join("audit-checkpoint.json"))
    }

    /// What was sealed last; none where nothing was.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else; with its name.
    pub fn read(&self) -> io::Result<Option<Checkpoint>> {
        let named = |e: io::Error| io::Error::new(e.kind(), format!("{}: holds no checkpoint: {e}", self.0.display()));
        match fs::read(&self.0) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            bytes => bytes.and_then(|bytes| Ok(Some(serde_json::from_slice(&bytes)?))).map_err(named),
        }
    }

    pub(super) fn write(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        private_file::replace(&self.0, &serde_json::to_vec(checkpoint)?)
    }
}
