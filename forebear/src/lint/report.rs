//! Collects findings, and keeps a broken part from being reported again by every rule that looks at it.

use crate::{diagnostic::Diagnostic, source::Document};
use std::{collections::BTreeSet, panic::Location};

/// The findings so far.
pub(super) struct Report<'a> {
    document: &'a Document,
    found: Vec<Diagnostic>,
    /// Where in lint each finding was made.
    rules: Vec<&'static Location<'static>>,
    blocked: BTreeSet<String>,
}

impl<'a> Report<'a> {
    pub fn new(document: &'a Document) -> Self {
        Self { document, found: vec![], rules: vec![], blocked: BTreeSet::new() }
    }

    /// Adds a finding, unless the part around `pointer` is known to be broken.
    #[track_caller]
    pub fn add(&mut self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) {
        if !self.is_blocked(pointer) {
            self.rules.push(Location::caller());
            self.found.push(self.document.finding(pointer, message, remedy));
        }
    }

    /// Adds a finding that makes all others at or below `pointer` pointless.
    #[track_caller]
    pub fn block(&mut self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.add(pointer, message, remedy);
        self.blocked.insert(pointer.into());
    }

    /// Whether `pointer` lies in a part that is known to be broken.
    pub fn is_blocked(&self, pointer: &str) -> bool {
        lies_in(pointer, &self.blocked)
    }

    /// Whether anything was found at or below `pointer`.
    pub fn has_under(&self, pointer: &str) -> bool {
        self.found.iter().any(|d| d.pointer.strip_prefix(pointer).is_some_and(|r| r.is_empty() || r.starts_with('/')))
    }

    /// The lines of lint that made a finding.
    pub fn rules(&self) -> BTreeSet<String> {
        self.rules.iter().map(|at| format!("{}:{}", at.file(), at.line())).collect()
    }

    /// Everything, by line, each finding once.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.found.sort_by_key(|d| d.line);
        let mut seen = BTreeSet::new();
        self.found.retain(|d| seen.insert((d.pointer.clone(), d.message.clone())));
        self.found
    }
}

/// Whether `pointer` is one of `parts`, or below one.
pub(super) fn lies_in(pointer: &str, parts: &BTreeSet<String>) -> bool {
    let mut ends = pointer.match_indices('/').map(|(i, _)| i).chain([pointer.len()]);
    ends.any(|end| parts.contains(&pointer[..end]))
}
