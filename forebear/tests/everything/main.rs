//! A Dropshot API with one of everything that Dropshot can say, and the document that Dropshot writes for it.
//!
//! `documents/everything.json` is that document. It is here for `forebear roundtrip`; `INSTA_UPDATE=always cargo test` writes it.

#![allow(dead_code)]

mod operations;
mod types;

use forebear::{generate, lint, source::Document};
use std::{fs, path::Path};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents/everything.json");

#[test]
fn the_document_is_what_dropshot_writes() {
    let text = operations::document();
    if std::env::var("INSTA_UPDATE").is_ok_and(|v| v == "always") {
        fs::write(FILE, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(FILE).unwrap(), text, "run the test with INSTA_UPDATE=always");
}

#[test]
fn all_of_it_is_carried() {
    let document = Document::load(Path::new(FILE)).unwrap();
    let findings: Vec<String> = lint::lint(&document).iter().map(|f| format!("{}: {}", f.pointer, f.message)).collect();
    assert_eq!(findings, [""; 0]);
    generate(&document).unwrap();
}
