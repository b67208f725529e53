//! The command from outside: its exit codes, its hints, and what it does where files are not what they should be.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

const DOCUMENT: &str = "openapi: 3.0.3
info: {title: Small, version: 1.0.0}
paths:
  /a: {get: {operationId: a, responses: {'204': {description: d}}}}
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.yaml"), DOCUMENT).unwrap();
    folder
}

fn forebear(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_forebear")).args(arguments).current_dir(folder).output().unwrap();
    (status.code(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

#[test]
fn lint_tells_what_it_cannot_read_from_what_it_refuses() {
    let folder = folder();
    fs::write(folder.path().join("bad.yaml"), DOCUMENT.replace("3.0.3", "3.1.0")).unwrap();
    for (document, code) in [("api.yaml", 0), ("bad.yaml", 1), ("absent.yaml", 2), (".", 2)] {
        assert_eq!(forebear(folder.path(), &["lint", document]).0, Some(code), "{document}");
    }
    let (code, text) = forebear(folder.path(), &["lint", "absent.yaml", "api.yaml"]);
    assert!(
        code == Some(2) && text.contains("api.yaml: ok") && text.contains("absent.yaml:1: /: cannot be read"),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let folder = folder();
    let mut child = Command::new("sh")
        .args(["-c", "sleep 0.2; exec \"$0\" lint api.yaml", env!("CARGO_BIN_EXE_forebear")])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn generate_counts_what_it_did_and_hints_at_manifests() {
    let folder = folder();
    let generate = || forebear(folder.path(), &["generate", "api.yaml"]).1;
    assert!(generate().contains("note: generated has no models/Cargo.toml, server/Cargo.toml, client/Cargo.toml"));
    fs::write(folder.path().join("generated/notes.md"), "mine").unwrap();
    assert!(generate().contains(" 0 written or removed"));
    assert_eq!(fs::read_to_string(folder.path().join("generated/notes.md")).unwrap(), "mine");
}

#[test]
fn a_folder_where_a_file_belongs_is_named() {
    let folder = folder();
    forebear(folder.path(), &["generate", "api.yaml"]);
    let file = folder.path().join("generated/server/src/api.rs");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    for command in ["generate", "check"] {
        let (code, text) = forebear(folder.path(), &[command, "api.yaml"]);
        assert!(code == Some(2) && text.contains("generated: server/src/api.rs: is a folder or a link"), "{text}");
    }
    let (code, text) = forebear(folder.path(), &["generate", "api.yaml", "--out", "api.yaml"]);
    assert!(code == Some(2) && text.contains("api.yaml: is not a folder"), "{text}");
}

#[cfg(unix)]
#[test]
fn links_to_nowhere_are_not_followed() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    let at = |path: &str| folder.path().join(path);
    forebear(folder.path(), &["generate", "api.yaml"]);
    fs::remove_file(at("generated/coverage.json")).unwrap();
    symlink(at("elsewhere.json"), at("generated/coverage.json")).unwrap();
    let (code, text) = forebear(folder.path(), &["generate", "api.yaml"]);
    assert!(code == Some(2) && text.contains("coverage.json: is a folder or a link"), "{text}");
    symlink(at("nowhere"), at("project")).unwrap();
    let (code, text) = forebear(folder.path(), &["init", "project", "api.yaml"]);
    assert!(code == Some(2) && text.contains("project is not a folder"), "{text}");
    fs::create_dir_all(at("openapi")).unwrap();
    symlink(at("gone.yaml"), at("openapi/gone.yaml")).unwrap();
    let (code, text) = forebear(folder.path(), &["generate"]);
    assert!(code == Some(2) && text.contains("openapi/gone.yaml:1: /: cannot be read"), "{text}");
    fs::create_dir_all(at("openapi/released")).unwrap();
    symlink(at("elsewhere.yaml"), at("openapi/released/1.0.0.yaml")).unwrap();
    assert_eq!(forebear(folder.path(), &["release", "api.yaml"]).0, Some(2));
    assert!(!at("elsewhere.json").exists() && !at("elsewhere.yaml").exists() && !at("nowhere").exists());
}

#[test]
fn the_hint_of_init_can_be_pasted() {
    let folder = folder();
    let (code, text) = forebear(folder.path(), &["init", "it's new", "api.yaml"]);
    assert!(code == Some(0) && text.contains(r"cd 'it'\''s new'"), "{text}");
    let client = fs::read_to_string(folder.path().join("it's new/generated/client/Cargo.toml")).unwrap();
    assert!(
        client.contains("base64.workspace = true") && client.contains("rand.workspace = true"),
        "a websocket may come"
    );
}

#[test]
fn diff_and_release_take_only_openapi_3_0() {
    let folder = folder();
    fs::write(folder.path().join("later.yaml"), DOCUMENT.replace("3.0.3", "3.1.0")).unwrap();
    for arguments in [
        ["diff", "api.yaml", "later.yaml"],
        ["diff", "later.yaml", "api.yaml"],
        ["release", "later.yaml", "--released=r"],
    ] {
        let (code, text) = forebear(folder.path(), &arguments);
        assert!(code == Some(2) && text.contains("/openapi: `3.1.0` is not a version of OpenAPI 3.0"), "{text}");
    }
}
