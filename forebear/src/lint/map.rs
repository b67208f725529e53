//! What stands where: the document taken apart, as every rule reads it.

use super::keys::Kind;
use serde_json::Value;

/// An object of the specification, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Site<'a> {
    pub kind: Kind,
    pub pointer: String,
    pub value: &'a Value,
}

/// A `$ref`.
#[derive(Debug, Clone)]
pub(super) struct Reference<'a> {
    pub kind: Kind,
    /// Pointer to the object that is a reference.
    pub pointer: String,
    pub target: &'a str,
}

/// An `x-` key.
#[derive(Debug, Clone)]
pub(super) struct Extension<'a> {
    /// What it stands on.
    pub kind: Kind,
    /// Pointer to what it stands on.
    pub owner: String,
    pub key: &'a str,
    pub value: &'a Value,
}

/// The document, taken apart.
#[derive(Debug)]
pub(super) struct Map<'a> {
    pub root: &'a Value,
    pub sites: Vec<Site<'a>>,
    pub references: Vec<Reference<'a>>,
    pub extensions: Vec<Extension<'a>>,
}

impl<'a> Map<'a> {
    /// Sites of one kind, in document order.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Site<'a>> {
        self.sites.iter().filter(move |s| s.kind == kind)
    }

    /// Every schema, in document order.
    pub fn schemas(&self) -> impl Iterator<Item = &Site<'a>> {
        self.sites.iter().filter(|s| s.kind.is_schema())
    }
}
