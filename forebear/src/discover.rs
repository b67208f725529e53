//! The document that is meant where none is named: the only one in `openapi/`.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder where documents lie.
const FOLDER: &str = "openapi";

/// The document of a project, relative to the project's folder.
///
/// # Errors
/// When there is none, or more than one.
pub fn document(project: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(project.join(FOLDER)).into_iter().flatten().flatten();
    let files = entries.filter(|e| !e.path().is_dir()).map(|e| Path::new(FOLDER).join(e.file_name()));
    let is_document = |p: &PathBuf| p.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
    let mut found: Vec<PathBuf> = files.filter(is_document).collect();
    found.sort();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err("error: there is no document in openapi/ here\n  \
            = help: name the document, or begin with `forebear init FOLDER`\n"
            .into()),
        several => {
            let names: Vec<String> = several.iter().map(|p| p.display().to_string()).collect();
            Err(format!("error: there are several documents here: {}\n  = help: name one\n", names.join(", ")))
        }
    }
}
