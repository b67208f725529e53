//! One document with one of each construct that cannot be carried, and one clear message for each.
//!
//! The house rules on `x-` keys have a document for each fault in `broken/`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use forebear::{
    diagnostic::report,
    lint::{self, lint},
    source::Document,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// These stop all others, so they have documents of their own in `broken/` and `lint.rs`.
const ALONE: [&str; 8] =
    ["root.rs", "root.rs", "root.rs", "root.rs", "root.rs", "operations.rs", "requirements.rs", "requirements.rs"];

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn refused() -> Document {
    Document::parse("refused.yaml", &fs::read_to_string(here("tests/refused/refused.yaml")).unwrap()).unwrap()
}

#[test]
fn one_message_for_each_construct() {
    let document = refused();
    let findings = lint(&document);
    let marked = document.text.lines().enumerate().filter(|(_, l)| l.ends_with("# !")).map(|(i, _)| i + 1);
    let marked: Vec<usize> = marked.collect();
    let found: Vec<usize> = findings.iter().map(|f| f.line).collect();
    let stray = |a: &[usize], b: &[usize]| a.iter().filter(|l| !b.contains(l)).copied().collect::<Vec<_>>();
    assert_eq!(
        (found.len(), stray(&marked, &found), stray(&found, &marked)),
        (marked.len(), vec![], vec![]),
        "findings, marked lines without one, lines with one and no mark:\n{}",
        report(&findings)
    );
    insta::assert_snapshot!("refused", report(&findings));
}

/// Every line of lint that reports something is tried, so that a new rule needs a new line in the document.
#[test]
fn every_rule_is_tried() {
    let tried = lint::rules(&refused());
    let mut untried: Vec<String> = vec![];
    for (file, line) in rules(&here("src/lint")) {
        let at = format!("src/lint/{file}:{line}");
        if !tried.iter().any(|t| t.ends_with(&at)) {
            untried.push(at);
        }
    }
    let files: Vec<&str> = untried.iter().filter_map(|u| u.split(['/', ':']).find(|p| p.ends_with(".rs"))).collect();
    let (mut expected, mut files) = (ALONE.to_vec(), files);
    expected.sort_unstable();
    files.sort_unstable();
    assert_eq!(files, expected, "{untried:#?}");
}

/// The tables of refused keys are tried whole.
#[test]
fn every_refused_key_is_tried() {
    let pointers: BTreeSet<String> = lint(&refused()).into_iter().map(|f| f.pointer).collect();
    for table in ["src/lint/keys/tables.rs", "src/lint/keys/mod.rs", "src/lint/schema/keywords.rs"] {
        let text = fs::read_to_string(here(table)).unwrap();
        let later = table.ends_with("keywords.rs");
        // an entry is on one line, or its key is on a line of its own above
        let flat = text.replace("(\n        \"", "(\"").replace(",\n        Refused", ", Refused");
        let entries = flat.lines().map(str::trim).filter(|l| l.starts_with("(\"") && (later || l.contains("Refused(")));
        for key in entries.map(|l| l[2..].split('"').next().unwrap()) {
            assert!(pointers.iter().any(|p| p.ends_with(&format!("/{key}"))), "`{key}` is not tried");
        }
    }
}

/// What only typify or Progenitor refuses is refused at the part that they cannot carry.
#[test]
fn what_lint_does_not_know_has_a_place_too() {
    let kinds = "oneOf: [{oneOf: [{type: object, additionalProperties: true}, {oneOf: [{type: string, enum: [a]}, {type: string, enum: [A]}]}]}]";
    let twice = "allOf: [{allOf: [{type: number, minimum: 2}, {type: string, pattern: '^.*$'}]}]\n      nullable: true";
    for part in [kinds, twice] {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: t, version: 1.0.0}}\npaths:\n  /a:\n    get: {{operationId: a, responses: {{'204': {{description: d}}}}}}\n\
             components:\n  schemas:\n    Fine: {{type: object, properties: {{odd: {{$ref: '#/components/schemas/Odd'}}}}}}\n    Odd:\n      {part}\n"
        );
        let document = Document::parse("odd.yaml", &text).unwrap();
        assert_eq!(lint(&document), [], "lint has learned it: choose another construct");
        let findings = forebear::generate(&document).unwrap_err();
        let places: Vec<_> = findings.iter().map(|f| (f.pointer.as_str(), f.line)).collect();
        assert_eq!(places, [("/components/schemas/Odd", 9)], "{}", report(&findings));
    }
}

/// A name without letters has a remedy all the same, and what is missing at the end is missing on the last line.
#[test]
fn odd_names_and_short_texts() {
    let text = fs::read_to_string(here("tests/data/minimal.yaml")).unwrap();
    let document = Document::parse("odd.yaml", &text.replacen("name: name", "name: $", 1)).unwrap();
    assert!(lint(&document).iter().all(|f| f.remedy.len() > 10), "{}", report(&lint(&document)));
    let finding = Document::parse("short.yaml", "openapi: 3.0.3\ninfo: {title: t,\n").unwrap_err();
    assert_eq!((finding.line, finding.remedy.is_empty()), (2, false), "{finding}");
    let nothing = Document::parse("nothing.yaml", "---\n").unwrap();
    assert_eq!(nothing.line(""), 1);
}

/// Places in lint that report something, without the house rules.
fn rules(folder: &Path) -> Vec<(String, usize)> {
    let mut found = vec![];
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for path in fs::read_dir(next).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() && !path.ends_with("house") {
                open.push(path);
            } else if path.is_file() && !path.ends_with("report.rs") {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                let text = fs::read_to_string(&path).unwrap();
                let reports = |l: &str| l.contains("report.add(") || l.contains("report.block(");
                found.extend(text.lines().enumerate().filter(|(_, l)| reports(l)).map(|(i, _)| (name.clone(), i + 1)));
            }
        }
    }
    found
}
