//! Which members marked `x-sensitive` a body can hold, wherever they lie in it.

use crate::api::{bare, resolve};
use serde_json::Value;

/// Schemas looked at per body. References that fan out could make more of them than anybody could read.
const MOST: usize = 10_000;

struct Walk<'a> {
    document: &'a Value,
    /// Which keyword keeps a member out of this direction.
    hidden: &'a str,
    /// Schemas that enclose the current one, so that a circle ends.
    inside: Vec<*const Value>,
    found: Vec<String>,
    left: usize,
}

/// Paths of the sensitive members of a component, such as `items[].email`; `…` at the end says that there may be more.
pub(super) fn paths(document: &Value, component: Option<&str>, hidden: &str) -> Vec<String> {
    let Some(schema) = component.and_then(|name| document["components"]["schemas"].get(name)) else { return vec![] };
    let mut walk = Walk { document, hidden, inside: vec![], found: vec![], left: MOST };
    walk.schema(schema, "");
    if walk.left == 0 {
        walk.found.push("…".into());
    }
    walk.found
}

impl<'a> Walk<'a> {
    fn schema(&mut self, schema: &'a Value, path: &str) {
        let target = resolve(self.document, bare(schema));
        if self.left == 0 || self.inside.iter().any(|outer| std::ptr::eq(*outer, target)) {
            return;
        }
        self.left -= 1;
        self.inside.push(target);
        for (key, property) in target["properties"].as_object().into_iter().flatten() {
            self.property(property, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") });
        }
        for list in ["allOf", "oneOf", "anyOf"] {
            target[list].as_array().into_iter().flatten().for_each(|part| self.schema(part, path));
        }
        if target["items"].is_object() {
            self.schema(&target["items"], &format!("{path}[]"));
        }
        if target["additionalProperties"].is_object() {
            self.schema(&target["additionalProperties"], &format!("{path}.*"));
        }
        self.inside.pop();
    }

    fn property(&mut self, property: &'a Value, path: &str) {
        let target = resolve(self.document, bare(property));
        let says = |key: &str| property[key] == true || property.get(key).is_none() && target[key] == true;
        if says(self.hidden) {
            return;
        }
        if says("x-sensitive") {
            self.found.push(path.into()); // and with it everything below
        } else {
            self.schema(property, path);
        }
    }
}
