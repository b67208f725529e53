//! `forebear diff` and `forebear release`: what a version must say of the changes, and the released documents.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/edits.rs"]
mod edits;

use edits::{Edit, apply, document, drop, set, shop};
use forebear::{
    diff::{released, verdict},
    source::Document,
};
use serde_json::json;
use std::fs;

/// The shop under a version, with one edit.
fn shop_at(version: &str, edit: &Edit) -> Document {
    document(&apply(&apply(&shop(), &set("/info/version", json!(version))), edit))
}

/// An edit that changes nothing, and one that breaks callers.
fn harmless_and_breaking() -> (Edit, Edit) {
    (set("/info/title", json!("Shop")), drop("/paths/~1order"))
}

fn versions(old: &str, new: &str, breaks: bool) -> verdict::Verdict {
    let (same, edit) = harmless_and_breaking();
    verdict::of(&shop_at(old, &same), &shop_at(new, if breaks { &edit } else { &same })).unwrap()
}

#[test]
fn the_version_says_what_the_changes_do() {
    for (old, new, breaks, refusal) in [
        ("1.2.0", "1.2.0", false, None),
        ("1.2.0", "1.2.0", true, Some("set `info.version` to 2.0.0")),
        ("1.2.0", "1.3.0", true, Some("the major version did not grow")),
        ("1.2.0", "2.0.0", true, None),
        ("0.1.0", "0.1.9", true, Some("set `info.version` to 0.2.0")),
        ("0.1.0", "0.2.0", true, None),
        ("0.9.0", "1.0.0", true, None),
        ("1.2.0", "1.1.9", false, Some("went backwards")),
        ("2.0.0", "1.9.0", true, Some("went backwards")),
        ("1.0.0", "1.0.0-rc.1", false, Some("went backwards")),
    ] {
        let found = versions(old, new, breaks).refusal();
        match refusal {
            None => assert_eq!(found, None, "{old} to {new}"),
            Some(part) => assert!(found.as_ref().is_some_and(|f| f.contains(part)), "{old} to {new}: {found:?}"),
        }
    }
    let (no, odd) = (apply(&shop(), &drop("/info/version")), apply(&shop(), &set("/info/version", json!("v1"))));
    assert!(verdict::version(&document(&no)).unwrap_err().message.contains("has no version"));
    assert!(verdict::version(&document(&odd)).unwrap_err().message.contains("no semantic version"));
}

#[test]
fn released_documents() {
    let folder = tempfile::tempdir().unwrap();
    let (root, absent) = (folder.path(), folder.path().join("absent"));
    assert!(released::newest(&absent).unwrap_err().contains("cannot be read"));
    assert!(released::newest(root).unwrap_err().contains("holds no released document"));
    let (same, edit) = harmless_and_breaking();
    for version in ["0.9.0", "0.10.0", "0.10.1"] {
        released::release(&shop_at(version, &same), root).unwrap();
    }
    assert_eq!(verdict::version(&released::newest(root).unwrap()).unwrap().to_string(), "0.10.1");
    assert!(released::release(&shop_at("0.10.1", &same), root).unwrap_err().contains("never edited"));
    assert!(released::release(&shop_at("0.10.0", &same), root).unwrap_err().contains("never edited"));
    assert!(released::release(&shop_at("0.8.0", &same), root).unwrap_err().contains("went backwards"));
    assert!(released::release(&shop_at("0.10.2", &edit), root).unwrap_err().contains("1 breaking"));
    assert!(released::release(&shop_at("0.11.0", &edit), root).is_ok());
    fs::write(root.join("9.0.0.yaml"), "openapi: 3.0.3\ninfo: {version: 1.0.0}\n").unwrap();
    assert!(released::newest(root).unwrap_err().contains("holds the version 1.0.0"));
    fs::write(root.join("next.yaml"), "").unwrap();
    assert!(released::newest(root).unwrap_err().contains("the name is no semantic version"));
}
