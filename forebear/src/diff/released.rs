//! The folder of released documents, `<version>.yaml` each: what callers were promised.
//!
//! A file in it is written once and never edited; the newest is what a document is compared with. Tags of the version control
//! could hold the same, but then neither a source archive nor a shallow clone could tell a breaking change.

use super::verdict;
use crate::{diagnostic, source::Document};
use semver::Version;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The released document with the highest version.
///
/// # Errors
/// A text that says what is wrong with the folder, or that it holds nothing.
pub fn newest(folder: &Path) -> Result<Document, String> {
    let versions = versions(folder)?;
    let Some((version, path)) = versions.last() else {
        return Err(format!(
            "error: {}: holds no released document\n  = help: `forebear release` writes the first\n",
            folder.display()
        ));
    };
    let document = Document::load(path).map_err(|d| diagnostic::report(&[d]))?;
    let inside = verdict::version(&document).map_err(|d| diagnostic::report(&[d]))?;
    if inside != *version {
        return Err(format!("error: {}: holds the version {inside}\n  = help: restore the file\n", path.display()));
    }
    Ok(document)
}

/// The released files with their versions, the lowest first.
fn versions(folder: &Path) -> Result<Vec<(Version, PathBuf)>, String> {
    let cannot = |e: std::io::Error| {
        format!(
            "error: {}: cannot be read: {e}\n  = help: name the folder of released documents; `forebear release` makes it\n",
            folder.display()
        )
    };
    let mut found = vec![];
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_none_or(|e| e != "yaml") {
            continue;
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let version = stem.parse().map_err(|e| {
            let remedy = "call it by its version, such as `1.4.0.yaml`";
            format!("error: {}: the name is no semantic version: {e}\n  = help: {remedy}\n", path.display())
        })?;
        found.push((version, path));
    }
    found.sort();
    Ok(found)
}

/// Writes a document to the folder under its version; gives the path.
///
/// # Errors
/// When the version is released already or below one that is, or when its breaking changes need a higher one.
pub fn release(document: &Document, folder: &Path) -> Result<PathBuf, String> {
    let version = verdict::version(document).map_err(|d| diagnostic::report(&[d]))?;
    fs::create_dir_all(folder).map_err(|e| format!("error: {}: {e}\n", folder.display()))?;
    let path = folder.join(format!("{version}.yaml"));
    if path.symlink_metadata().is_ok() {
        return Err(format!(
            "error: {}: is released, and a released document is never edited\n  = help: raise `info.version`\n",
            path.display()
        ));
    }
    if !versions(folder)?.is_empty() {
        let verdict = verdict::of(&newest(folder)?, document).map_err(|d| diagnostic::report(&[d]))?;
        if let Some(refusal) = verdict.refusal() {
            return Err(format!("error: {refusal}\n"));
        }
    }
    fs::write(&path, &document.text).map_err(|e| format!("error: {}: {e}\n", path.display()))?;
    Ok(path)
}
