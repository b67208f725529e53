//! `forebear init`: what it lays out, and what it leaves alone. `init.sh` beside this file builds and starts what is laid out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use forebear::{discover, generate, init, source::Document};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// Runs the command in a folder.
fn forebear(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_forebear")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn documents() -> Vec<PathBuf> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    ["data/minimal.yaml", "data/shop.yaml", "data/wide.yaml", "documents/everything.json"].map(|p| tests.join(p)).into()
}

#[test]
fn lays_out_the_example() {
    let folder = tempfile::tempdir().unwrap();
    let output = forebear(folder.path(), &["init", "notes"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    for part in ["made from openapi/notes.yaml", "cd notes", "cargo run", "src/handlers/", "forebear generate"] {
        assert!(told.contains(part), "{part} is not in: {told}");
    }
    let project = folder.path().join("notes");
    for path in [
        ".gitignore",
        "Cargo.lock",
        "Cargo.toml",
        "README.md",
        "forebear-runtime/Cargo.toml",
        "forebear-runtime/src/lib.rs",
        "generated/STAMP",
        "generated/client/Cargo.toml",
        "generated/models/Cargo.toml",
        "generated/server/Cargo.toml",
        "openapi/notes.yaml",
        "src/handlers/health.rs",
        "src/handlers/mod.rs",
        "src/handlers/note.rs",
        "src/main.rs",
    ] {
        assert!(project.join(path).is_file(), "{path} is missing");
    }
    let handlers = fs::read_to_string(project.join("src/handlers/note.rs")).unwrap();
    assert!(!handlers.contains("not_implemented"), "the example's handlers are written");
}

/// What the project's README says can be called without arguments, can.
#[test]
fn the_project_is_fresh_and_its_document_is_found() {
    let folder = tempfile::tempdir().unwrap();
    init::init(folder.path(), None).unwrap();
    for (arguments, expected) in [
        (&["check"][..], "generated is fresh"),
        (&["generate"], "0 written or removed"),
        (&["coverage"], "create_note"),
        (&["lint", "openapi/notes.yaml"], "ok"),
        (&["release"], "is released"),
        (&["diff", "--released", "openapi/released", "openapi/notes.yaml"], "may follow"),
    ] {
        let output = forebear(folder.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains(expected), "{arguments:?}: {}", text(&output.stdout));
    }
}

#[test]
fn no_placeholder_is_left() {
    for path in documents() {
        let project = init::project(&Document::load(&path).unwrap()).unwrap();
        for (path, content) in project.files.iter().filter(|(p, _)| !p.starts_with("forebear-runtime/")) {
            for name in ["document", "title", "try", "dependencies"] {
                assert!(!content.contains(&format!("{{{{{name}}}}}")), "{path} holds {name}");
            }
        }
    }
}

#[test]
fn a_folder_that_holds_anything_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("thesis.md"), "mine").unwrap();
    let output = forebear(root, &["init", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        text(&output.stderr),
        "error: . is not empty: it holds thesis.md\n  = help: name an empty folder, or one that is not there yet\n"
    );
    assert_eq!(fs::read_dir(root).unwrap().count(), 1, "nothing was written");
    for n in 0..7 {
        fs::write(root.join(format!("{n}.txt")), "").unwrap();
    }
    let refusal = init::init(root, None).unwrap_err();
    assert!(refusal.contains("0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 3 more"), "{refusal}");
    assert!(init::init(&root.join("thesis.md"), None).is_err(), "a file is no folder");
}

#[test]
fn a_document_that_cannot_be_carried_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let broken = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken/tags-missing.yaml");
    let project = folder.path().join("project");
    assert!(init::init(&project, Some(&broken)).unwrap_err().contains("tags"));
    assert!(init::init(&project, Some(Path::new("absent.yaml"))).is_err());
    assert!(!project.exists());
}

#[test]
fn every_operation_of_a_document_has_a_stub() {
    for path in documents() {
        let document = Document::load(&path).unwrap();
        let project = init::project(&document).unwrap();
        let handlers = |(path, text): (&str, &str)| path.starts_with("src/handlers/").then(|| text.to_string());
        let stubs: String = project.files.iter().filter_map(handlers).collect();
        let items = document.value["paths"].as_object().unwrap().values();
        let ids = items.flat_map(|i| i.as_object().unwrap().values()).filter_map(|o| o["operationId"].as_str());
        for id in ids {
            assert!(stubs.contains(&format!("not_implemented(\"{id}\")")), "{}: {id}", path.display());
        }
        let generated = generate(&document).unwrap();
        assert!(generated.iter().all(|(path, _)| project.files.iter().any(|(p, _)| p == format!("generated/{path}"))));
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(project.document, format!("openapi/{name}"));
    }
}

#[test]
fn the_document_that_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    assert!(discover::document(root).unwrap_err().contains("there is no document"));
    fs::create_dir_all(root.join("openapi/released")).unwrap();
    fs::write(root.join("openapi/released/1.0.0.yaml"), "").unwrap();
    fs::write(root.join("openapi/README.md"), "").unwrap();
    assert!(discover::document(root).is_err());
    fs::write(root.join("openapi/shop.yaml"), "").unwrap();
    assert_eq!(discover::document(root).unwrap(), Path::new("openapi/shop.yaml"));
    fs::write(root.join("openapi/old.json"), "").unwrap();
    let refusal = discover::document(root).unwrap_err();
    assert!(refusal.contains("openapi/old.json, openapi/shop.yaml"), "{refusal}");
}
