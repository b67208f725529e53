//! One change with its class, and the list that collects them.
//!
//! A schema that requests and answers share is reached from both sides. Its change is one entry with two effects, and the
//! worse effect gives the class; two entries for one edit would be noise.

use super::node::Node;
use crate::source::Document;
use std::{collections::HashMap, fmt};

/// What a change means for callers; the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Something that worked for a caller may work no more.
    Breaking,
    /// Every caller goes on as before.
    Compatible,
    /// Nothing but words, or something that no caller reaches.
    Documentation,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Breaking => "breaking",
            Self::Compatible => "compatible",
            Self::Documentation => "documentation",
        })
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The worst that it means.
    pub class: Class,
    /// The new document's file, or the old one's for what was removed.
    pub file: String,
    /// Line in that file, counted from 1.
    pub line: usize,
    /// RFC 6901 JSON pointer in that file; empty for the whole document.
    pub pointer: String,
    /// What changed, and what follows for callers.
    pub message: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{}: {}:{}: {pointer}: {}", self.class, self.file, self.line, self.message)
    }
}

struct Entry {
    file: String,
    line: usize,
    pointer: String,
    what: String,
    effects: Vec<(Class, String)>,
}

/// The changes that were found so far.
pub(super) struct Report<'a> {
    old: &'a Document,
    entries: Vec<Entry>,
    index: HashMap<(bool, String, String), usize>,
}

impl<'a> Report<'a> {
    pub fn new(old: &'a Document) -> Self {
        Self { old, entries: vec![], index: HashMap::new() }
    }

    /// Says `what` changed at a place and what follows from it; an empty effect says nothing more than the class.
    pub fn add(&mut self, at: &Node<'_>, what: impl Into<String>, class: Class, effect: impl Into<String>) {
        let (what, effect) = (what.into(), (class, effect.into()));
        let is_old = std::ptr::eq(at.document, self.old);
        let entries = &mut self.entries;
        let place = *self.index.entry((is_old, at.pointer.clone(), what.clone())).or_insert_with(|| {
            let (file, line) = (at.document.file.clone(), at.document.line(&at.pointer));
            entries.push(Entry { file, line, pointer: at.pointer.clone(), what, effects: vec![] });
            entries.len() - 1
        });
        let effects = &mut self.entries[place].effects;
        if !effects.contains(&effect) {
            effects.push(effect);
        }
    }

    /// A difference for which there is no rule: breaking until somebody has looked.
    pub fn unknown(&mut self, at: &Node<'_>, what: &str) {
        self.add(at, format!("{what} changed"), Class::Breaking, "callers may break: no rule says what this means");
    }

    /// Whether something was said at `pointer` or below.
    pub fn has_under(&self, pointer: &str) -> bool {
        let below = |p: &str| p.strip_prefix(pointer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.entries.iter().any(|e| below(&e.pointer))
    }

    /// Whether nothing was said at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The changes in their order.
    pub fn finish(self) -> Vec<Change> {
        let mut changes: Vec<Change> = self.entries.into_iter().map(change).collect();
        changes.sort_by_key(|c| (c.class, c.line));
        changes
    }
}

fn change(entry: Entry) -> Change {
    let class = entry.effects.iter().map(|(class, _)| *class).min().unwrap_or(Class::Documentation);
    let mut effects = entry.effects;
    effects.sort_by_key(|(class, _)| *class);
    let effects: Vec<String> = effects.into_iter().map(|(_, e)| e).filter(|e| !e.is_empty()).collect();
    let message =
        if effects.is_empty() { entry.what } else { format!("{}, so {}", entry.what, effects.join(", and ")) };
    Change { class, file: entry.file, line: entry.line, pointer: entry.pointer, message }
}
