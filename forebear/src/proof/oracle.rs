//! The judge: which JSON a schema of the document takes, in the eyes of the `jsonschema` crate.

use super::{formats, translate::translate};
use crate::number::is_multiple;
use jsonschema::{
    Draft, Keyword, ValidationError, Validator,
    paths::{LazyLocation, Location},
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

/// Which way a value travels; `readOnly` and `writeOnly` members go one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From the caller to the server.
    Request,
    /// From the server to the caller.
    Response,
}

type Compiled = Result<Arc<Validator>, String>;

/// The schemas of one document as validators, each compiled when it is first asked for.
pub struct Oracle {
    document: Value,
    compiled: Mutex<BTreeMap<(Direction, String), Compiled>>,
}

impl Oracle {
    /// An oracle for an OpenAPI 3.0 document.
    #[must_use]
    pub fn new(document: &Value) -> Self {
        Self { document: document.clone(), compiled: Mutex::default() }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Whether `schema`, any schema object of the document or a `$ref` to one, takes `instance`.
    ///
    /// A whole number may be spelled `1.0`. `null` is taken wherever `nullable` stands, also beside `enum` and `allOf`, which is
    /// what Dropshot means by it.
    ///
    /// # Errors
    /// The schema cannot be compiled: a dangling `$ref`, or a pattern that is none.
    pub fn accepts(&self, schema: &Value, direction: Direction, instance: &Value) -> Result<bool, String> {
        Ok(self.validator(schema, direction)?.is_valid(instance))
    }

    /// What is wrong with `instance`, for messages: each pointer with the validator's words.
    ///
    /// # Errors
    /// As [`Oracle::accepts`].
    pub fn complaints(&self, schema: &Value, direction: Direction, instance: &Value) -> Result<Vec<String>, String> {
        let validator = self.validator(schema, direction)?;
        Ok(validator.iter_errors(instance).map(|e| format!("{}: {e}", e.instance_path)).collect())
    }

    fn validator(&self, schema: &Value, direction: Direction) -> Compiled {
        let key = (direction, schema.to_string());
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        compiled.entry(key).or_insert_with(|| self.compile(schema, direction).map(Arc::new)).clone()
    }

    #[allow(clippy::result_large_err, reason = "a custom keyword answers with the error of the crate")]
    fn compile(&self, schema: &Value, direction: Direction) -> Result<Validator, String> {
        let mut names = BTreeSet::new();
        self.reach(schema, &mut names);
        let component = |name: &String| {
            let component = &self.document["components"]["schemas"][name];
            (name.clone(), translate(&self.document, direction, component))
        };
        let components: Map<String, Value> = names.iter().map(component).collect();
        let root = json!({
            "allOf": [translate(&self.document, direction, schema)],
            "components": {"schemas": components},
        });
        jsonschema::options()
            .with_draft(Draft::Draft7)
            .should_validate_formats(true)
            .with_format("uuid", formats::is_uuid)
            .with_format("ip", formats::is_ip)
            .with_keyword("multipleOf", |_, step, at| Ok(Box::new(MultipleOf { step: step.clone(), at })))
            .build(&root)
            .map_err(|e| format!("{schema}: {e}"))
    }

    /// Components that `value` refers to, and what these refer to.
    fn reach(&self, value: &Value, names: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                let name = map.get("$ref").and_then(Value::as_str).and_then(component_name);
                if let Some((name, component)) =
                    name.and_then(|n| Some((n, self.document.get("components")?.get("schemas")?.get(n)?)))
                    && names.insert(name.into())
                {
                    self.reach(component, names);
                }
                map.values().for_each(|v| self.reach(v, names));
            }
            Value::Array(items) => items.iter().for_each(|v| self.reach(v, names)),
            _ => {}
        }
    }
}

/// `multipleOf` without rounding: the crate divides doubles, and takes no negative number for a multiple.
struct MultipleOf {
    step: Value,
    at: Location,
}

impl Keyword for MultipleOf {
    fn validate<'i>(&self, instance: &'i Value, path: &LazyLocation<'_, '_>) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            return Ok(());
        }
        let message = format!("{instance} is not a multiple of {}", self.step);
        Err(ValidationError::custom(self.at.clone(), path.into(), instance, message))
    }

    fn is_valid(&self, instance: &Value) -> bool {
        !instance.is_number() || is_multiple(instance, &self.step)
    }
}

/// Name of the component that a `$ref` leads to, or into.
pub(crate) fn component_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")?.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::{Direction, Oracle};
    use serde_json::{Value, json};

    fn takes(schema: Value, instance: Value) -> bool {
        let document = json!({"components": {"schemas": {
            "Name": {"type": "string", "nullable": true, "maxLength": 3},
            "Node": {"type": "object", "additionalProperties": false, "properties": {"next": {"$ref": "#/components/schemas/Node"}}},
            "Row": {"type": "object", "additionalProperties": false, "required": ["id", "secret"], "properties": {
                "id": {"type": "integer", "readOnly": true}, "secret": {"type": "string", "writeOnly": true}}},
        }}});
        Oracle::new(&document).accepts(&schema, Direction::Request, &instance).unwrap()
    }

    fn name() -> Value {
        json!({"$ref": "#/components/schemas/Name"})
    }

    #[test]
    fn null_by_every_way() {
        assert!(takes(name(), Value::Null));
        assert!(takes(json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/Node"}]}), Value::Null));
        assert!(takes(json!({"nullable": true, "type": "string", "enum": ["a"]}), Value::Null));
        assert!(
            !takes(json!({"$ref": "#/components/schemas/Node", "nullable": true}), Value::Null),
            "a sibling of $ref"
        );
        assert!(!takes(json!({"type": "string"}), Value::Null));
    }

    #[test]
    fn length_counts_code_points() {
        assert!(takes(name(), json!("😀😀😀")));
        assert!(!takes(name(), json!("abcd")));
    }

    #[test]
    fn each_direction_has_its_members() {
        let row = json!({"$ref": "#/components/schemas/Row"});
        assert!(takes(row.clone(), json!({"secret": "s"})));
        assert!(!takes(row, json!({"secret": "s", "id": 1})));
    }

    #[test]
    fn recursion_ends() {
        assert!(takes(json!({"$ref": "#/components/schemas/Node"}), json!({"next": {"next": {}}})));
        assert!(!takes(json!({"$ref": "#/components/schemas/Node"}), json!({"next": {"next": 1}})));
    }

    #[test]
    fn formats_assert() {
        let text = |format: &str, text: &str| takes(json!({"type": "string", "format": format}), json!(text));
        for t in super::formats::TEXTS {
            assert!(t.good.iter().all(|g| text(t.name, g)), "{}: a good text is refused", t.name);
            let taken: Vec<_> = t.bad.iter().filter(|b| text(t.name, b)).collect();
            assert!(taken.is_empty(), "{} takes {taken:?}", t.name);
        }
        assert!(text("hex string (32 bytes)", "x"), "an unknown name asserts nothing");
        assert!(!takes(json!({"type": "integer", "format": "int32"}), json!(2_147_483_648_u64)));
        assert!(!takes(json!({"type": "integer", "format": "uint64"}), json!(1.8446744073709552e19)));
        assert!(!takes(json!({"type": "number", "format": "float"}), json!(1e300)));
    }

    #[test]
    fn patterns_are_searched_and_look_around() {
        let name =
            json!({"type": "string", "pattern": "^(?![0-9a-f]{8}-[0-9a-f]{4}$)^[a-z]([a-zA-Z0-9-]*[a-zA-Z0-9]+)?$"});
        assert!(takes(name.clone(), json!("web-1")));
        assert!(!takes(name.clone(), json!("abcdef01-abcd")));
        assert!(!takes(name, json!("web-1\n")));
        assert!(takes(json!({"type": "string", "pattern": "b"}), json!("abc")));
        assert!(!takes(json!({"type": "string", "pattern": "^\\d$"}), json!("٣")), "ECMA-262 digits are ASCII");
    }

    #[test]
    fn a_dangling_reference_is_an_error() {
        let oracle = Oracle::new(&json!({}));
        let schema = json!({"$ref": "#/components/schemas/Gone"});
        assert!(oracle.accepts(&schema, Direction::Response, &json!(1)).is_err());
    }
}
