//! Writes a project where there is none, and touches nothing of anybody else.

use crate::write::Files;
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// Refuses a folder that holds more than the document and hidden files.
pub(super) fn refuse_others(folder: &Path, document: Option<&Path>) -> Result<(), String> {
    let text = |e: std::io::Error| format!("error: {}: {e}\n", folder.display());
    if !folder.exists() {
        return Ok(());
    }
    let mut others = vec![];
    for entry in fs::read_dir(folder).map_err(text)? {
        let entry = entry.map_err(text)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let ours = name == ".gitignore"; // the only hidden file that a project has
        if !is_same(&entry.path(), document) && (ours || !name.starts_with('.')) {
            others.push(name);
        }
    }
    others.sort();
    if others.is_empty() {
        return Ok(());
    }
    let more = others.len().saturating_sub(5);
    others.truncate(5);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let found = others.join(", ");
    let help = "name an empty folder with `--out`";
    Err(format!("error: {} is not empty: it holds {found}{more}\n  = help: {help}\n", folder.display()))
}

/// Writes the files; none of them is there yet, but perhaps the document.
pub(super) fn write(files: &Files, folder: &Path, document: Option<&Path>) -> Result<(), String> {
    for (path, content) in files.iter() {
        let target = folder.join(path);
        if !is_same(&target, document) {
            create(&target, content).map_err(|e| format!("error: {}: {e}\n", target.display()))?;
        }
    }
    Ok(())
}

fn create(target: &PathBuf, content: &str) -> std::io::Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::File::create_new(target)?.write_all(content.as_bytes())
}

/// Whether both are one file that exists.
fn is_same(path: &Path, document: Option<&Path>) -> bool {
    let of = |p: &Path| fs::canonicalize(p).ok();
    document.and_then(of).is_some_and(|document| of(path) == Some(document))
}
