//! What must hold for every input whatsoever.

use crate::{duplicates, mutate::Case};
use forebear::{
    allow, coverage, diagnostic::Diagnostic, diff::diff, generate, lint::lint, source::Document, write::Files,
};
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    fmt,
};

/// How far a case came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Not a document.
    Unread,
    /// Refused by lint.
    Refused,
    /// Refused by a later stage, with a place all the same.
    Late,
    /// Generated from.
    Carried,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unread => "unread",
            Self::Refused => "refused",
            Self::Late => "late",
            Self::Carried => "carried",
        })
    }
}

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Runs every stage; what does not hold is the error. `thorough` generates a second time.
pub fn check(case: &Case, original: &Document, thorough: bool) -> Result<Outcome, String> {
    let document = match Document::parse(case.file, &case.text) {
        Ok(document) => document,
        Err(finding) => {
            sound(&finding, case)?;
            return Ok(Outcome::Unread);
        }
    };
    let findings = lint(&document);
    if findings != lint(&document) {
        return Err("lint says something else the second time".into());
    }
    for finding in &findings {
        sound(finding, case)?;
        stands(finding, &document)?;
    }
    let _ = diff(original, &document);
    let _ = diff(&document, original);
    let same = diff(&document, &document);
    if !same.is_empty() {
        return Err(format!("a document differs from itself: {}", same[0]));
    }
    if thorough {
        allowed(document.clone())?;
    }
    if !findings.is_empty() {
        return Ok(Outcome::Refused);
    }
    match generate(&document) {
        Err(findings) => {
            for finding in &findings {
                sound(finding, case)?;
                stands(finding, &document)?;
                if finding.pointer.is_empty() {
                    return Err(format!("generate refuses something and does not know where: {finding}"));
                }
            }
            Ok(Outcome::Late)
        }
        Ok(files) => {
            complete(&document, &files)?;
            if thorough && generate(&document).as_ref() != Ok(&files) {
                return Err("generate gives something else the second time".into());
            }
            Ok(Outcome::Carried)
        }
    }
}

/// With `--allow`, no operation and no component stays that cannot be carried.
fn allowed(mut document: Document) -> Result<(), String> {
    let warnings = allow::leave_out(&mut document);
    let findings = generate(&document).err().unwrap_or_default();
    let inside = |f: &&Diagnostic| f.pointer.starts_with("/paths/") && !f.pointer.starts_with("/paths/x-");
    match findings.iter().find(inside) {
        Some(finding) => Err(format!("left out {}, and what is left is refused: {finding}", warnings.len())),
        None => Ok(()),
    }
}

/// A finding names the file, a line of it, and what to do.
fn sound(finding: &Diagnostic, case: &Case) -> Result<(), String> {
    let lines = case.text.split('\n').count().max(1);
    let right = finding.file == case.file
        && (1..=lines).contains(&finding.line)
        && finding.message.len() > 3
        && finding.remedy.len() > 8
        && (finding.pointer.is_empty() || finding.pointer.starts_with('/'));
    if right { Ok(()) } else { Err(format!("a finding without a place or a remedy ({lines} lines): {finding}")) }
}

/// A finding points to something, or to something that is missing from what is there.
fn stands(finding: &Diagnostic, document: &Document) -> Result<(), String> {
    let parent = finding.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
    let there = [finding.pointer.as_str(), parent].iter().any(|p| document.value.pointer(p).is_some());
    if there { Ok(()) } else { Err(format!("a finding points to nothing: {finding}")) }
}

/// Nothing of the document is lost, and the code could compile.
fn complete(document: &Document, files: &Files) -> Result<(), String> {
    let text = |path: &str| files.iter().find(|(p, _)| *p == path).map(|(_, c)| c).ok_or(format!("{path} is missing"));
    let contract: Value = serde_json::from_str(text("server/src/contract.json")?).map_err(|e| e.to_string())?;
    if contract != document.value {
        return Err("the embedded contract is not the document".into());
    }
    let rows = coverage::of(document).map_err(|f| forebear::diagnostic::report(&f))?.operations.len();
    let operations = operations(&document.value);
    if rows != operations {
        return Err(format!("{operations} operations, and coverage names {rows}"));
    }
    let models = parse("models/src/types.rs", text("models/src/types.rs")?)?;
    let mut known = duplicates::types(&models);
    known.extend(["Nullable", "Validate", "Violation"].map(String::from));
    files
        .iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .try_for_each(|(path, content)| compiles(path, content, &known))
}

thread_local! {
    /// What passed already: most files are the same for most documents.
    static PASSED: RefCell<HashMap<String, BTreeSet<String>>> = RefCell::default();
}

/// What can be told without a compiler: syntax, names that are there twice, and types that are not there.
fn compiles(path: &str, content: &str, known: &BTreeSet<String>) -> Result<(), String> {
    let qualifier = if path.starts_with("client/") { "types" } else { "models" };
    if PASSED.with_borrow(|p| p.get(content).is_some_and(|used| used.is_subset(known))) {
        return Ok(());
    }
    let file = parse(path, content)?;
    if let Some(twice) = duplicates::duplicates(&file).first() {
        return Err(format!("{path} declares twice: {twice}"));
    }
    let used = duplicates::used(&file, qualifier);
    if let Some(name) = used.difference(known).next() {
        return Err(format!("{path} uses the type `{name}`, which is not there"));
    }
    PASSED.with_borrow_mut(|p| _ = p.insert(content.into(), used));
    Ok(())
}

fn parse(path: &str, content: &str) -> Result<syn::File, String> {
    syn::parse_file(content).map_err(|e| format!("{path} is not Rust: {e}"))
}

fn operations(document: &Value) -> usize {
    let items = document["paths"].as_object().into_iter().flatten();
    items.map(|(_, item)| METHODS.iter().filter(|m| item.get(**m).is_some()).count()).sum()
}
