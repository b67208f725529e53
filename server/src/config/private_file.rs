//! Small files that the server keeps for itself: secrets, readable by their owner only, and what it must know after a restart.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Reads the file; one that is not there is made first.
pub(crate) fn read_or_make(path: &Path, content: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        outcome => return outcome,
    }
    match make(path, content) {
        // another process was faster
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
        _ => fs::read(path),
    }
}

/// Makes the file. It appears whole or not at all, so that two starts at once agree on the same secrets.
pub(crate) fn make(path: &Path, content: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        crate::serve::make_private(folder)?;
    }
    let draft = path.with_extension(format!("{}.tmp", uuid::Uuid::new_v4().simple()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(&content()?)?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked?;
    sync_folder(path)
}

/// A file that was added is there after a power failure once its folder is on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}

/// Replaces a file: it holds the old content or the new, also after a power failure.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let next = path.with_extension("next");
    let mut draft = fs::File::create(&next)?;
    draft.write_all(content)?;
    draft.sync_all()?;
    fs::rename(next, path)?;
    sync_folder(path)
}
