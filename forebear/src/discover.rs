//! The document that is meant where none is named: the only one that lies where documents lie.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// `openapi.yaml`, `openapi.json`, and what lies in `openapi/`.
fn candidates(folder: &Path) -> Vec<PathBuf> {
    let own = ["openapi.yaml", "openapi.json"].map(PathBuf::from).into_iter().filter(|p| folder.join(p).is_file());
    let inner = fs::read_dir(folder.join("openapi")).into_iter().flatten().flatten();
    let inner = inner.filter(|e| e.path().is_file()).map(|e| Path::new("openapi").join(e.file_name()));
    let is_document = |p: &PathBuf| p.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
    let mut found: Vec<PathBuf> = own.chain(inner.filter(is_document)).collect();
    found.sort();
    found
}

/// The document of a folder, relative to it.
///
/// # Errors
/// When there is none, or more than one.
pub fn document(folder: &Path) -> Result<PathBuf, String> {
    let mut found = candidates(folder);
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err("error: there is no openapi.yaml, no openapi.json and no document in openapi/ here\n  \
            = help: name the document, or begin with `forebear init`\n"
            .into()),
        _ => {
            let names: Vec<String> = found.iter().map(|p| p.display().to_string()).collect();
            Err(format!("error: there are several documents here: {}\n  = help: name one\n", names.join(", ")))
        }
    }
}
