//! Last step of lowering: what typify does not read, or reads too narrowly, said in another way.
//!
//! `uint` and `int` are 64 bits wide; `anyOf` becomes an enum as `oneOf` does, and not a struct of optional parts; an alternative
//! without a word gets a name, and so does a member that is always `null`, which would become a variant without content;
//! `additionalProperties: true` in an alternative says nothing; and several unions at one place become one union of what they
//! multiply out to.

mod overlap;

pub(crate) use overlap::together;

use crate::proof::{Direction, Shape, Union, World};
use heck::ToPascalCase;
use serde_json::{Map, Value, json};

/// Marks a `oneOf` that is an `anyOf` in the source.
pub(crate) const ANY_OF: &str = "x-forebear-any-of";

/// Rewrites every schema of a lowered document.
pub(crate) fn tame(low: &mut Value) {
    multiply(low);
    nullable(low);
    let mut new = New { anything: Component::of(low, "Anything"), null: Component::of(low, "Null") };
    let root = low.clone();
    let world = World { document: &root, direction: Direction::Response };
    schemas(low, &mut |schema| {
        number(schema);
        union(world, schema, &mut new);
    });
    let Some(all) = low.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (component, schema) in [(new.anything, json!({})), (new.null, json!({"type": "string", "enum": [null]}))] {
        if component.used {
            all.insert(component.name, schema);
        }
    }
}

/// Typify gives a component that may be `null` and what is in it one name; so the latter gets another.
fn nullable(low: &mut Value) {
    let Some(schemas) = low["components"]["schemas"].as_object() else { return };
    let wraps = |schema: &Value| schema.get("allOf").is_some() && schema.get("properties").is_none();
    let split = schemas.iter().filter(|(_, s)| s["nullable"] == true && s["type"] != "array" && !wraps(s));
    let names: Vec<String> = split.map(|(name, _)| name.clone()).collect();
    for name in names {
        let inner = Component::of(low, &format!("{name}Value")).name;
        let Some(schemas) = low["components"]["schemas"].as_object_mut() else { return };
        let wrapper = json!({"nullable": true, "allOf": [{"$ref": format!("#/components/schemas/{inner}")}]});
        let Some(mut schema) = schemas.insert(name, wrapper) else { continue };
        if let Some(map) = schema.as_object_mut() {
            map.shift_remove("nullable");
        }
        schemas.insert(inner, schema);
    }
}

/// Most schemas that are multiplied out, should they have no end.
const MOST: usize = 1000;

/// What stays where it is when a schema is put together anew.
const ANNOTATIONS: [&str; 5] = ["description", "title", "example", "default", "nullable"];

/// Typify nests the unions of an `allOf` in each other, in an order of its own, and takes a number or a text for one of its parts,
/// a member that two parts describe too.
fn multiply(low: &mut Value) {
    let root = low.clone();
    let world = World { document: &root, direction: Direction::Response };
    let mut left = MOST;
    schemas(low, &mut |schema| {
        if left == 0 || !["allOf", "oneOf", "anyOf"].iter().any(|key| schema.contains_key(*key)) {
            return;
        }
        let mut shape = Shape::of(world, &Value::Object(schema.clone()));
        let unions = std::mem::take(&mut shape.unions);
        let parts = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let parts: Vec<Shape> = parts.iter().map(|part| Shape::of(world, part)).collect();
        let own = schema.get("properties").unwrap_or(&Value::Null);
        if unions.len() < 2
            && !(unions.is_empty() && (is_scalar(&shape, &parts) || shares_members(&shape, &parts, own)))
        {
            return;
        }
        left -= 1;
        let nullable = std::mem::take(&mut shape.nullable);
        schema.retain(|key, _| ANNOTATIONS.contains(&key.as_str()));
        if nullable {
            schema.insert("nullable".into(), true.into());
        }
        shape.words.retain(|key, _| !ANNOTATIONS.contains(&key.as_str()));
        if unions.is_empty() {
            schema.extend(shape.words);
        } else {
            let any = unions.iter().all(|u| u.any);
            schema.insert(if any { "anyOf" } else { "oneOf" }.into(), product(vec![shape.schema()], &unions).into());
        }
    });
}

/// Whether the parts describe one number, text or boolean.
fn is_scalar(shape: &Shape, parts: &[Shape]) -> bool {
    let alike = |part: &Shape| part.kind() == "any" || part.kind() == shape.kind();
    matches!(shape.kind(), "string" | "integer" | "number" | "boolean") && parts.len() > 1 && parts.iter().all(alike)
}

/// Whether two parts describe one member of an open object, each in its own way.
fn shares_members(shape: &Shape, parts: &[Shape], own: &Value) -> bool {
    let said = |name: &String, schema: &Value| {
        own.get(name) == Some(schema) || parts.iter().any(|p| p.properties().any(|(n, s)| n == name && s == schema))
    };
    let is_closed = |part: &Shape| part.other_members() == false;
    !is_closed(shape) && !parts.iter().any(is_closed) && shape.properties().any(|(name, schema)| !said(name, schema))
}

/// Every way to choose one alternative of each union, beside what is there already.
fn product(parts: Vec<Value>, unions: &[Union]) -> Vec<Value> {
    let Some((first, rest)) = unions.split_first() else { return vec![json!({ "allOf": parts })] };
    let with = |alternative: &Value| product([parts.as_slice(), std::slice::from_ref(alternative)].concat(), rest);
    first.alternatives.iter().flat_map(with).collect()
}

/// Components for what has no name in the document.
struct New {
    /// Whatever has no schema.
    anything: Component,
    /// `null` and nothing else.
    null: Component,
}

struct Component {
    name: String,
    used: bool,
}

impl Component {
    fn of(low: &Value, name: &str) -> Self {
        let taken = |name: &str| {
            let schemas = low["components"]["schemas"].as_object();
            schemas.is_some_and(|s| s.keys().any(|k| k.to_pascal_case() == name.to_pascal_case()))
        };
        let mut candidates = std::iter::once(name.to_string()).chain((1..).map(|n| format!("{name}{n}")));
        Self { name: candidates.find(|n| !taken(n)).unwrap_or_default(), used: false }
    }

    fn reference(&mut self) -> Value {
        self.used = true;
        json!({"$ref": format!("#/components/schemas/{}", self.name)})
    }
}

/// Every schema of a document, each before what is in it; other objects too, which have none of the keywords.
pub(crate) fn schemas(document: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    for part in ["paths", "components"] {
        if let Some(part) = document.get_mut(part) {
            visit(part, change);
        }
    }
}

fn visit(value: &mut Value, change: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            change(map);
            for (key, inner) in map.iter_mut() {
                match (key.as_str(), inner) {
                    ("example" | "examples" | "default" | "enum", _) => {}
                    // these keys are names, not words
                    ("properties", Value::Object(members)) => members.values_mut().for_each(|v| visit(v, change)),
                    (_, inner) => visit(inner, change),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|v| visit(v, change)),
        _ => {}
    }
}

fn number(map: &mut Map<String, Value>) {
    if map.get("type").is_none_or(|t| t != "integer") {
        return;
    }
    let wide = match map.get("format").and_then(Value::as_str) {
        Some("uint") => "uint64",
        Some("int") => "int64",
        _ => return,
    };
    map.insert("format".into(), wide.into());
}

fn union(world: World<'_>, map: &mut Map<String, Value>, new: &mut New) {
    if !map.contains_key("oneOf")
        && let Some(alternatives) = map.get("anyOf").and_then(Value::as_array).cloned()
    {
        let all: Vec<Value> = together(world, &alternatives).into_iter().flatten().chain(alternatives).collect();
        map.shift_remove("anyOf");
        map.insert("oneOf".into(), all.into());
        map.insert(ANY_OF.into(), true.into());
    }
    for alternative in map.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if says_nothing(alternative) {
            *alternative = new.anything.reference();
            continue;
        }
        let Some(alternative) = alternative.as_object_mut() else { continue };
        if alternative.get("additionalProperties") == Some(&Value::Bool(true)) {
            alternative.shift_remove("additionalProperties");
        }
        for member in
            alternative.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(|p| p.values_mut())
        {
            if member["enum"] == json!([null]) {
                *member = json!({"allOf": [new.null.reference()], "nullable": member["nullable"] == true});
            }
        }
    }
}

fn says_nothing(schema: &Value) -> bool {
    let silent = |key: &str| matches!(key, "description" | "title" | "example" | "nullable") || key.starts_with("x-");
    schema.as_object().is_some_and(|map| map.keys().all(|k| silent(k)))
}

#[cfg(test)]
mod tests {
    use super::tame;
    use serde_json::json;

    #[test]
    fn what_typify_reads() {
        let mut low = json!({"components": {"schemas": {
            "Anything": {"type": "string"},
            "Size": {"type": "integer", "format": "uint", "minimum": 0},
            "Any": {"anyOf": [{"type": "string"}, {"description": "or else"}]},
            "Example": {"type": "object", "example": {"type": "integer", "format": "uint"}},
            "Done": {"oneOf": [{"type": "object", "properties": {"ok": {"type": "string", "enum": [null]}}}]},
            "Open": {"oneOf": [{"type": "object", "additionalProperties": true}]}}}});
        tame(&mut low);
        let schemas = &low["components"]["schemas"];
        assert_eq!(schemas["Size"]["format"], "uint64");
        assert_eq!(schemas["Any"]["oneOf"], json!([{"type": "string"}, {"$ref": "#/components/schemas/Anything1"}]));
        assert_eq!(schemas["Anything1"], json!({}));
        assert_eq!(schemas["Example"]["example"]["format"], "uint", "an example is no schema");
        assert_eq!(
            schemas["Done"]["oneOf"][0]["properties"]["ok"],
            json!({"allOf": [{"$ref": "#/components/schemas/Null"}], "nullable": false})
        );
        assert_eq!(schemas["Open"]["oneOf"], json!([{"type": "object"}]));
    }
}
