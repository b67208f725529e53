//! Golden output of every stage for one small document: a change of an emitter shows as a diff here.

use forebear::{generate, lower, source::Document};
use insta::assert_snapshot;
use std::path::Path;

fn minimal() -> Document {
    Document::load(Path::new("tests/data/minimal.yaml")).expect("well-formed")
}

#[test]
fn lowered() {
    let low = lower::lower(&minimal().value);
    assert_snapshot!("lowered", serde_json::to_string_pretty(&low).expect("JSON"));
}

#[test]
fn rendered() {
    let files = generate(&minimal()).expect("lints clean");
    let paths: Vec<&str> = files.iter().map(|(path, _)| path).collect();
    assert_snapshot!("paths", paths.join("\n"));
    for (path, content) in files.iter().filter(|(path, _)| !matches!(*path, "STAMP" | "server/src/contract.json")) {
        assert_snapshot!(path.replace(['/', '.'], "_"), content);
    }
}

/// The same text gives the same bytes.
#[test]
fn rendering_is_deterministic() {
    assert_eq!(generate(&minimal()).expect("clean"), generate(&minimal()).expect("clean"));
}
