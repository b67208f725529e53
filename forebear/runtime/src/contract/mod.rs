//! The embedded document, and Dropshot's metadata made from it.
//!
//! Deriving schemas from Rust types loses patterns, bounds and names; so every piece of metadata that Dropshot asks for is looked
//! up in the document by `operationId`. `slot` says how values get into types that Dropshot does not export.

mod metadata;
mod schema;
mod slot;
mod spelling;

use schemars::schema::Schema;
use serde_json::Value;
use spelling::Spelling;
use std::collections::{BTreeSet, HashMap};

/// The document behind a generated server.
pub trait Api: Send + Sync + 'static {
    /// The parsed document.
    fn contract() -> &'static Contract;
}

/// A parsed document.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    /// Path and method by `operationId`.
    operations: HashMap<String, (String, String)>,
    /// How each parameter of an operation is spelled.
    spellings: HashMap<String, Vec<(String, Spelling)>>,
    definitions: Vec<(String, Schema)>,
    /// Which definitions travel with the error responses ([`metadata`] says why).
    general: BTreeSet<String>,
    /// The operation that carries every definition, where no operation has an error response.
    carrier: Option<String>,
}

impl Contract {
    /// Parses the text that the generator embedded.
    ///
    /// # Panics
    /// When it is not JSON; the generator writes it, and a test reads it.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).expect("the embedded document is JSON");
        let mut operations = HashMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if let Some(id) = operation["operationId"].as_str() {
                    operations.insert(id.into(), (path.clone(), method.clone()));
                }
            }
        }
        let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
        let definitions = schemas.map(|(name, schema)| (name.clone(), schema::convert(schema))).collect();
        let mut contract = Self {
            document,
            operations,
            spellings: HashMap::new(),
            definitions,
            general: BTreeSet::new(),
            carrier: None,
        };
        contract.spellings = contract.operations.keys().map(|id| (id.clone(), contract.spellings(id))).collect();
        contract.general = contract.general_definitions();
        contract.carrier = contract.find_carrier();
        contract
    }

    /// The published document.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The operation object.
    pub(crate) fn operation(&self, id: &str) -> &Value {
        match self.operations.get(id) {
            Some((path, method)) => &self.document["paths"][path][method],
            None => &Value::Null,
        }
    }

    /// A component schema.
    pub(crate) fn component(&self, name: &str) -> &Value {
        &self.document["components"]["schemas"][name]
    }

    /// Schema of a parameter of an operation.
    pub(crate) fn parameter(&self, operation: &str, name: &str) -> &Value {
        let mut parameters = self.parameters(operation);
        let found = parameters.find(|p| p["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name)));
        found.map_or(&Value::Null, |p| &p["schema"])
    }

    /// Parameters of an operation after `$ref`s, those of its path first.
    pub(crate) fn parameters(&self, id: &str) -> impl Iterator<Item = &Value> {
        let path =
            self.operations.get(id).map_or(&Value::Null, |(path, _)| &self.document["paths"][path]["parameters"]);
        let own = &self.operation(id)["parameters"];
        path.as_array().into_iter().chain(own.as_array()).flatten().map(|p| self.resolve_part(p))
    }

    /// JSON type of the part of a component that `pointer` names.
    #[must_use]
    pub fn kind(&self, component: &str, pointer: &str) -> Option<&str> {
        self.inside(self.component(component), pointer)["type"].as_str()
    }

    /// What a part of a component must be, in words.
    #[must_use]
    pub fn expectation(&self, component: &str, pointer: &str) -> String {
        crate::expect::of(self, self.inside(self.component(component), pointer))
    }

    /// Schema of the request body of an operation.
    pub(crate) fn body(&self, operation: &str) -> &Value {
        let content = self.resolve_part(&self.operation(operation)["requestBody"])["content"].as_object();
        content.and_then(|c| c.values().next()).map_or(&Value::Null, |media| &media["schema"])
    }

    /// Follows the `$ref`s of a response, parameter or header.
    pub(crate) fn resolve_part<'a>(&'a self, part: &'a Value) -> &'a Value {
        let mut at = part;
        for _ in 0..16 {
            let Some(pointer) = at["$ref"].as_str().and_then(|r| r.strip_prefix('#')) else { break };
            at = self.document.pointer(pointer).unwrap_or(&Value::Null);
        }
        at
    }

    /// Follows `$ref` and one-element `allOf`.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut at = schema;
        for _ in 0..16 {
            let inner = match at["allOf"].as_array().map(Vec::as_slice) {
                Some([only]) => only,
                _ => at,
            };
            let Some(name) = inner["$ref"].as_str().and_then(|r| r.rsplit('/').next()) else { return inner };
            at = self.component(name);
        }
        at
    }

    /// Schema of the part of a value of `schema` that `pointer` names; `null` where the schema has no such part.
    pub(crate) fn inside<'a>(&'a self, schema: &'a Value, pointer: &str) -> &'a Value {
        let mut at = self.resolve(schema);
        for token in pointer.split('/').skip(1) {
            let key = token.replace("~1", "/").replace("~0", "~");
            let next = if at["type"] == "array" { &at["items"] } else { &at["properties"][&key] };
            at = self.resolve(next);
        }
        at
    }
}
