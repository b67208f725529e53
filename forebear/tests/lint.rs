//! The lint stage: what it says about broken documents, and that no document whatsoever makes it panic.
//!
//! Each file of `broken/` is `data/minimal.yaml` with one fault; its snapshot is what a user reads. Run with
//! `INSTA_UPDATE=always` after a change of wording, and read every difference.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/mutants.rs"]
mod mutants;

use forebear::{diagnostic::report, generate, lint::lint, source::Document};
use mutants::{here, mutants, parse, transplants};
use serde_json::json;
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

fn broken() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(here("tests/broken")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn sound_documents_are_clean() {
    for path in ["minimal.yaml", "shop.yaml", "wide.yaml"].map(|name| here("tests/data").join(name)) {
        let findings = lint(&parse(&path));
        assert!(findings.is_empty(), "{}", report(&findings));
    }
    let files = generate(&parse(&here("tests/data/minimal.yaml"))).map_err(|f| report(&f)).unwrap();
    assert!(files.iter().count() > 5);
}

#[test]
fn every_fault_is_found() {
    let files = broken();
    assert!(files.len() >= 45, "only {} files", files.len());
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for path in files {
            let (document, name) = (parse(&path), path.file_stem().unwrap().to_str().unwrap().to_string());
            let findings = lint(&document);
            assert!(!findings.is_empty(), "{name} passes");
            assert!(findings.is_sorted_by_key(|d| d.line), "{name} is not in order");
            assert_eq!(generate(&document).unwrap_err(), findings, "{name}");
            insta::assert_snapshot!(name, report(&findings));
        }
    });
}

#[test]
fn one_fault_gives_few_findings() {
    for path in broken() {
        let findings = lint(&parse(&path));
        assert!(findings.len() <= 3, "{}", report(&findings));
        for finding in findings {
            let exists = parse(&path).value.pointer(&finding.pointer).is_some();
            assert!(exists, "{} points to nothing: {finding}", path.display());
            assert!(finding.remedy.len() > 8, "no remedy: {finding}");
        }
    }
}

/// What Dropshot itself wrote is carried whole.
#[test]
fn documents_of_dropshot_are_understood() {
    let Ok(folder) = std::env::var("FOREIGN_SPECS") else {
        eprintln!("SKIPPED documents_of_dropshot_are_understood: name a folder of them in FOREIGN_SPECS");
        return;
    };
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let outcome = generate(&parse(&path)).map_err(|findings| report(&findings));
            assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
        }
    }
}

#[test]
fn text_that_is_no_document() {
    for (name, text, message) in [
        ("empty.yaml", "", "is empty"),
        ("tab.yaml", "openapi: 3.0.3\ninfo:\n\ttitle: x\n", "is not YAML"),
        ("twice.yaml", "openapi: 3.0.3\nopenapi: 3.0.3\n", "holds the key `openapi` twice"),
        ("alias.yaml", "a: &x 1\nb: *x\n", "uses a YAML alias"),
        ("two.yaml", "a: 1\n---\nb: 2\n", "holds a second YAML document"),
        ("tag.yaml", "a: !foo 1\n", "uses the YAML tag `!foo`"),
        ("infinite.yaml", "a: .inf\n", "the number `.inf` is beyond 64 bits"),
        ("large.yaml", "a: 18446744073709551616\n", "the number `18446744073709551616` is beyond 64 bits"),
        ("large.json", "{\"a\": 18446744073709551616}", "the number `18446744073709551616` is beyond 64 bits"),
        ("escaped.json", "{\"a\": 1, \"\\u0061\": 2}", "holds the key `a` twice"),
        ("comma.json", "{\"openapi\": \"3.0.3\",}", "is not JSON"),
    ] {
        let finding = Document::parse(name, text).unwrap_err();
        assert!(finding.message.starts_with(message), "{name}: {finding}");
        assert!(!finding.remedy.is_empty());
    }
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let latin = folder.path().join("latin.yaml");
    fs::write(&latin, b"openapi: 3.0.3\ninfo: {title: Stra\xdfe}\n").unwrap();
    for path in [latin, folder.path().join("absent.yaml"), folder.path().to_path_buf()] {
        let finding = Document::load(&path).unwrap_err();
        assert!(finding.message.starts_with("cannot be read"), "{finding}");
    }
}

#[test]
fn roots_of_any_type() {
    for text in
        ["null", "true", "7", "x", "[]", "{}", "[{}]", "{openapi: 3.0.3}", "{openapi: 3.0.3, info: 1, paths: 2}"]
    {
        assert!(!lint(&Document::parse("root.yaml", text).unwrap()).is_empty(), "{text}");
    }
}

/// References that fan out double with every level; whoever follows all of them never comes back.
#[test]
fn fanning_references_end() {
    let mut document = parse(&here("tests/data/minimal.yaml")).value;
    for level in 0..40 {
        let next = json!({"$ref": format!("#/components/schemas/Level{}", level + 1)});
        let fields = json!({"a": next, "b": next, "c": next, "d": next});
        document["components"]["schemas"][format!("Level{level}")] =
            json!({"type": "object", "additionalProperties": false, "properties": fields});
    }
    document["components"]["schemas"]["Level40"] = json!({"$ref": "#/components/schemas/Level0"});
    document["components"]["schemas"]["Thing"]["properties"]["fan"] = json!({"$ref": "#/components/schemas/Level0"});
    let findings = lint(&Document::parse("fan.json", &document.to_string()).unwrap());
    assert!(findings.iter().any(|f| f.message.contains("columns")), "{}", report(&findings));
}

/// The same of the parts of schemas and of their alternatives, which lint passes.
#[test]
fn fanning_parts_end() {
    let sound = parse(&here("tests/data/wide.yaml")).value;
    for key in ["allOf", "oneOf", "anyOf"] {
        let mut document = sound.clone();
        for level in 0..24 {
            let next = json!({"$ref": format!("#/components/schemas/Level{}", level + 1)});
            document["components"]["schemas"][format!("Level{level}")] = json!({key: [next, next]});
        }
        document["components"]["schemas"]["Level24"] = json!({"type": "string"});
        let _ = generate(&Document::parse("fan.json", &document.to_string()).unwrap());
    }
}

/// Of the mutants that lint passes, every so many go through the whole generator; `MUTANTS=all` takes each.
const STRIDE: usize = 7;

#[test]
fn no_mutant_panics() {
    let document = parse(&here("tests/data/minimal.yaml")).value;
    let stride = if std::env::var("MUTANTS").is_ok_and(|v| v == "all") { 1 } else { STRIDE };
    let (mut passed, mut refused) = (0, vec![]);
    let mut mutants = mutants(&document);
    assert!(mutants.len() > 1000);
    mutants.extend(transplants(&document, 1500));
    for (change, mutant) in mutants {
        let document = Document::parse("mutant.json", &mutant.to_string()).unwrap();
        let Ok(findings) = catch_unwind(|| lint(&document)) else { panic!("lint panics on {change}") };
        if !findings.is_empty() {
            continue;
        }
        passed += 1;
        if passed % stride == 0 {
            match catch_unwind(AssertUnwindSafe(|| generate(&document))) {
                Err(_) => refused.push(format!("{change}: panic")),
                Ok(Err(findings)) => refused.push(format!("{change}: {}", report(&findings))),
                Ok(Ok(_)) => {}
            }
        }
    }
    assert!(refused.is_empty(), "lint passes what generate refuses:\n{}", refused.join("\n"));
}
