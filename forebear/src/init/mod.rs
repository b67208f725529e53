//! `forebear init`: a project that builds and runs, from a document or from an example.
//!
//! Everything that cargo needs is in it, also the runtime and the versions that are known to work together.

mod folder;
mod template;

use crate::{diagnostic, layout, render, source::Document, write::Files};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What `init` laid out.
#[derive(Debug)]
pub struct Project {
    /// Name of the document in the project.
    pub document: &'static str,
    /// Every file of the project.
    pub files: Files,
}

/// Lays out a project in `folder`, from the document at `path` or from the example.
///
/// # Errors
/// In words: what is wrong with the document or with the folder. Nothing is written then.
pub fn init(path: Option<&Path>, folder: &Path) -> Result<Project, String> {
    let document = match path {
        Some(path) => Document::load(path).map_err(|d| diagnostic::report(&[d]))?,
        None => example()?,
    };
    folder::refuse_others(folder, path)?;
    let project = project(&document, path.is_none())?;
    folder::write(&project.files, folder, path)?;
    Ok(project)
}

/// The document of the example.
///
/// # Errors
/// None that a user can cause.
pub fn example() -> Result<Document, String> {
    Document::parse("openapi.yaml", template::DOCUMENT).map_err(|d| diagnostic::report(&[d]))
}

/// The files of a project; those of the example have handlers.
///
/// # Errors
/// What is wrong with the document.
pub fn project(document: &Document, example: bool) -> Result<Project, String> {
    let mut stubs = Some(Files::default());
    let generated = render(document, &mut stubs).map_err(|findings| diagnostic::report(&findings))?;
    let mut files = stubs.unwrap_or_default();
    for (path, content) in generated.iter() {
        files.put(&format!("generated/{path}"), content.into());
    }
    layout::put_manifests(&mut files, "generated", "", "../../forebear-runtime");
    layout::put_runtime(&mut files, "forebear-runtime");
    let is_json = PathBuf::from(&document.file).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let name = if is_json { "openapi.json" } else { "openapi.yaml" };
    files.put(name, document.text.clone());
    let title = document.value["info"]["title"].as_str().unwrap_or("app");
    template::put(&mut files, &template::Names { document: name, title, request: first_request(&document.value) });
    if example {
        template::put_example(&mut files);
    }
    Ok(Project { document: name, files })
}

/// Path of a request that is easy to make: a reading one with a caller and without parameters in its path, if there is one.
fn first_request(document: &Value) -> &str {
    let paths = document["paths"].as_object().into_iter().flatten();
    let reads = paths.filter(|(_, item)| item.get("get").is_some());
    let rank = |(path, item): &(&String, &Value)| (path.contains('{'), item["get"]["security"] == Value::Array(vec![]));
    reads.min_by_key(rank).map_or("/", |(path, _)| path)
}
