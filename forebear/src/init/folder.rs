//! Writes a project where there is none, and touches nothing of anybody else.

use crate::write::Files;
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

/// Refuses a folder that holds anything.
pub(super) fn refuse_others(folder: &Path) -> Result<(), String> {
    if folder.symlink_metadata().is_err() {
        return Ok(());
    }
    if !folder.is_dir() {
        return Err(format!(
            "error: {} is not a folder\n  = help: name an empty folder, or one that is not there yet\n",
            folder.display()
        ));
    }
    let mut others = names(folder).map_err(|e| format!("error: {}: {e}\n", folder.display()))?;
    if others.is_empty() {
        return Ok(());
    }
    others.sort();
    let more = others.len().saturating_sub(5);
    others.truncate(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let found = others.join(", ");
    Err(format!(
        "error: {} is not empty: it holds {found}{more}\n  = help: name an empty folder, or one that is not there yet\n",
        folder.display()
    ))
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// Writes the files; none of them is there yet.
pub(super) fn write(files: &Files, folder: &Path) -> Result<(), String> {
    for (path, content) in files.iter() {
        let target = folder.join(path);
        create(&target, content).map_err(|e| format!("error: {}: {e}\n", target.display()))?;
    }
    Ok(())
}

fn create(target: &Path, content: &str) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::File::create_new(target)?.write_all(content.as_bytes())
}
