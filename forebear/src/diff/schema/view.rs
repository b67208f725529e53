//! A schema as one thing, seen through references and through an `allOf` with one element.
//!
//! OpenAPI 3.0 allows nothing beside a `$ref`, so documents wrap it in an `allOf` to say `readOnly`, `nullable` or a
//! description. The wrapper and what it wraps are the layers of one schema.

use super::super::node::Node;

/// The layers of a schema, the outermost first.
pub(super) struct View<'a> {
    origin: Node<'a>,
    layers: Vec<Node<'a>>,
}

impl<'a> View<'a> {
    pub fn of(node: &Node<'a>) -> Self {
        let mut layers = vec![node.resolved()];
        while let Some(inner) = wrapped(&layers[layers.len() - 1]).filter(|_| layers.len() < 16) {
            layers.push(inner.resolved());
        }
        Self { origin: node.clone(), layers }
    }

    /// Where the schema is used.
    pub fn origin(&self) -> &Node<'a> {
        &self.origin
    }

    /// The schema itself, without what wraps it.
    pub fn base(&self) -> &Node<'a> {
        &self.layers[self.layers.len() - 1]
    }

    /// The outermost layer.
    pub fn top(&self) -> &Node<'a> {
        &self.layers[0]
    }

    /// A keyword of the outermost layer that has it. An `allOf` is one only where it does not wrap.
    pub fn find(&self, key: &str) -> Option<Node<'a>> {
        if key == "allOf" { self.base().get(key) } else { self.layers.iter().find_map(|layer| layer.get(key)) }
    }

    pub fn is(&self, key: &str) -> bool {
        self.find(key).is_some_and(|node| *node.value == serde_json::Value::Bool(true))
    }

    pub fn keys(&self) -> Vec<&'a str> {
        self.layers.iter().flat_map(|layer| layer.members()).map(|(key, _)| key).collect()
    }
}

/// What a schema wraps, if it says nothing more about values than whether `null` is one.
fn wrapped<'a>(node: &Node<'a>) -> Option<Node<'a>> {
    const BESIDE: [&str; 11] = [
        "allOf",
        "nullable",
        "readOnly",
        "writeOnly",
        "description",
        "title",
        "default",
        "example",
        "deprecated",
        "externalDocs",
        "discriminator",
    ];
    let all = node.get("allOf")?.elements();
    let bare = node.members().iter().all(|(key, _)| BESIDE.contains(key) || key.starts_with("x-"));
    match all.as_slice() {
        [only] if bare => Some(only.clone()),
        _ => None,
    }
}
