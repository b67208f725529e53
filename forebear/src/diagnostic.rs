//! What is wrong with a document, where, and what to write instead.
//!
//! Every stage that can refuse input returns these; nothing in forebear panics on a document. A diagnostic without a remedy
//! cannot be built, because "invalid document" helps nobody.

use std::fmt;

/// One finding in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// File as it was given on the command line.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// RFC 6901 JSON pointer to the offending value; empty for the whole document.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{}:{}: {pointer}: {}\n  = help: {}", self.file, self.line, self.message, self.remedy)
    }
}

/// Joins warnings to one text, one after the other.
#[must_use]
pub fn warnings(found: &[Diagnostic]) -> String {
    found.iter().map(|d| format!("warning: {d}\n")).collect()
}

/// Joins findings to one text, one after the other, with a count.
#[must_use]
pub fn report(findings: &[Diagnostic]) -> String {
    let mut text: String = findings.iter().map(|d| format!("error: {d}\n")).collect();
    let plural = if findings.len() == 1 { "" } else { "s" };
    text.push_str(&format!("{} error{plural}\n", findings.len()));
    text
}
