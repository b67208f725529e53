//! A file beside SQLite's own descriptors of it.

use std::{fs::File, io, mem::ManuallyDrop, ops::Deref, path::Path};

/// Never closed: POSIX takes all locks of a process on a file away when any descriptor of it is closed, also SQLite's. Without them
/// another process that comes and goes takes itself for the last one, and removes the log.
pub(super) struct KeptOpen(ManuallyDrop<File>);

impl KeptOpen {
    /// Opens a file that is there, to read it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(|file| Self(ManuallyDrop::new(file)))
    }
}

impl Deref for KeptOpen {
    type Target = File;
    fn deref(&self) -> &File {
        &self.0
    }
}
