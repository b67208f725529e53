//! A value with its place in one of the two documents, so that every change can be pointed to.

use crate::{
    api,
    source::{Document, join},
};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// A value and where it stands.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub document: &'a Document,
    pub pointer: String,
    pub value: &'a Value,
}

impl<'a> Node<'a> {
    pub fn root(document: &'a Document) -> Self {
        Self { document, pointer: String::new(), value: &document.value }
    }

    /// A member that is not `null`; OpenAPI 3.0 has no keyword whose value could be.
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = self.value.as_object()?.get(key).filter(|v| !v.is_null())?;
        Some(Self { document: self.document, pointer: join(&self.pointer, key), value })
    }

    /// A member by way of several keys.
    pub fn at(&self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().try_fold(self.clone(), |node, key| node.get(key))
    }

    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    pub fn is(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// Members of the object.
    pub fn members(&self) -> Vec<(&'a str, Node<'a>)> {
        let keys = self.value.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        keys.filter_map(|key| Some((key, self.get(key)?))).collect()
    }

    /// Members of an object further down; none where there is no such object.
    pub fn members_at(&self, keys: &[&str]) -> Vec<(&'a str, Node<'a>)> {
        self.at(keys).map(|node| node.members()).unwrap_or_default()
    }

    /// Elements of the list.
    pub fn elements(&self) -> Vec<Node<'a>> {
        let values = self.value.as_array().into_iter().flatten().enumerate();
        let node = |(i, value)| Self { document: self.document, pointer: format!("{}/{i}", self.pointer), value };
        values.map(node).collect()
    }

    /// What a `$ref` leads to. A reference to nowhere, or in a circle, stays where it is.
    pub fn resolved(&self) -> Node<'a> {
        let mut at = self.clone();
        for _ in 0..16 {
            let Some(pointer) = at.text("$ref").and_then(|r| r.strip_prefix('#')) else { return at };
            let Some(value) = self.document.value.pointer(pointer) else { break };
            at = Self { document: self.document, pointer: pointer.into(), value };
        }
        self.clone()
    }

    /// Name of the component that this refers to, also through a one-element `allOf`.
    pub fn name(&self) -> Option<&'a str> {
        api::ref_name(self.value)
    }
}

/// The same place in both documents.
#[derive(Clone)]
pub(super) struct Pair<'a> {
    pub old: Node<'a>,
    pub new: Node<'a>,
}

impl<'a> Pair<'a> {
    /// Keys of both, in the order of the new one.
    pub fn keys(&self) -> Vec<&'a str> {
        union(&self.new.members(), &self.old.members())
    }

    pub fn resolved(&self) -> Self {
        Self { old: self.old.resolved(), new: self.new.resolved() }
    }

    /// Both members of a name, where they are.
    pub fn both(&self, key: &str) -> (Option<Node<'a>>, Option<Node<'a>>) {
        (self.old.get(key), self.new.get(key))
    }
}

fn union<'a>(first: &[(&'a str, Node<'a>)], second: &[(&'a str, Node<'a>)]) -> Vec<&'a str> {
    let mut keys: Vec<&str> = first.iter().map(|(key, _)| *key).collect();
    let known: HashSet<&str> = keys.iter().copied().collect();
    keys.extend(second.iter().map(|(key, _)| *key).filter(|key| !known.contains(key)));
    keys
}

/// The names of both sides, sorted.
pub(super) fn names<'a>(old: &[(&'a str, Node<'a>)], new: &[(&'a str, Node<'a>)]) -> BTreeSet<&'a str> {
    old.iter().chain(new).map(|(name, _)| *name).collect()
}

/// A value as a message shows it, cut where it is long.
pub(super) fn show(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() <= 60 { text } else { format!("{}…", text.chars().take(60).collect::<String>()) }
}
