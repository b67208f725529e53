//! `forebear init`: a project that builds and runs, from a document or from an example.
//!
//! Everything that cargo needs is in it, also the runtime and the versions that are known to work together.

mod folder;
mod template;

use crate::{Rendered, diagnostic, layout, render, server, source::Document, write::Files};
use serde_json::Value;
use std::path::Path;

/// What `init` laid out.
#[derive(Debug)]
pub struct Project {
    /// Path of the document in the project.
    pub document: String,
    /// Every file of the project, by its path.
    pub files: Files,
}

impl Project {
    /// What to do now, for whoever just laid it out in `folder`.
    #[must_use]
    pub fn next_steps(&self, folder: &Path) -> String {
        format!(
            "next:\n  cd {}\n  cargo run    # starts the server and prints a request to try\n\
             write the handlers in src/handlers/; after a change of {} run `forebear generate`",
            quoted(&folder.display().to_string()),
            self.document
        )
    }
}

/// A path as a shell reads it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:".contains(c);
    let path = if path.starts_with('-') { format!("./{path}") } else { path.into() };
    if path.chars().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

/// Lays out a project in `folder`, from the document at `path` or from the example.
///
/// # Errors
/// In words: what is wrong with the document or with the folder. Nothing is written then.
pub fn init(folder: &Path, path: Option<&Path>) -> Result<Project, String> {
    folder::refuse_others(folder)?;
    let project = match path {
        Some(path) => project(&Document::load(path).map_err(|d| diagnostic::report(&[d]))?)?,
        None => example()?,
    };
    folder::write(&project.files, folder)?;
    Ok(project)
}

/// The project of the example, whose handlers are written.
///
/// # Errors
/// None that a user can cause.
fn example() -> Result<Project, String> {
    let document = Document::parse(template::DOCUMENT.0, template::DOCUMENT.1);
    let mut project = project(&document.map_err(|d| diagnostic::report(&[d]))?)?;
    template::put_example(&mut project.files);
    Ok(project)
}

/// The project of a document, with a stub for every operation.
///
/// # Errors
/// What is wrong with the document.
pub fn project(document: &Document) -> Result<Project, String> {
    let Rendered { files: generated, named, operations, types, .. } =
        render(document).map_err(|findings| diagnostic::report(&findings))?;
    let mut files = Files::default();
    let source = server::Source { document: &named, types: &types };
    server::emit_stubs(&source, &operations, &mut files).map_err(|e| format!("error: {e:#}\n"))?;
    for (path, content) in generated.iter() {
        files.put(&format!("generated/{path}"), content.into());
    }
    layout::put_manifests(&mut files, "generated", "", "../../forebear-runtime");
    layout::put_runtime(&mut files, "forebear-runtime");
    let path = place(&document.file);
    files.put(&path, document.text.clone());
    let title = document.value["info"]["title"].as_str().unwrap_or("app");
    template::put(&mut files, &template::Names { document: &path, title, request: first_request(&document.value) });
    Ok(Project { document: path, files })
}

/// Where a document goes: into `openapi/`, under its own name.
fn place(file: &str) -> String {
    let path = Path::new(file);
    let stem = path.file_stem().map_or("api".into(), |s| s.to_string_lossy());
    let is_json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    format!("openapi/{stem}.{}", if is_json { "json" } else { "yaml" })
}

/// Path of a request that is easy to make: a reading one with a caller and without parameters in its path, if there is one.
fn first_request(document: &Value) -> &str {
    let paths = document["paths"].as_object().into_iter().flatten();
    let reads = paths.filter(|(_, item)| item.get("get").is_some());
    let rank = |(path, item): &(&String, &Value)| (path.contains('{'), crate::api::is_open(document, &item["get"]));
    reads.min_by_key(rank).map_or("/", |(path, _)| path)
}
