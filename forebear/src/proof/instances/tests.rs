//! Every schema has instances, and every kind of mutant comes up.

use super::{Constraint, Generator, Limits};
use crate::{
    proof::oracle::{Direction, Oracle},
    source::Document,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path};

fn component(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Instances and mutants of each component; every claim checked again.
fn all_kinds(document: &Value, direction: Direction) -> BTreeSet<Constraint> {
    let oracle = Oracle::new(document);
    let generator = Generator::new(&oracle, direction, Limits::default());
    let mut kinds = BTreeSet::new();
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        let schema = component(name);
        let valid = generator.valid(&schema).unwrap();
        assert!(!valid.values.is_empty(), "{name} has no instance");
        assert_eq!(valid.gaps, [""; 0], "{name}");
        for value in &valid.values {
            assert!(oracle.accepts(&schema, direction, value).unwrap(), "{name} refuses {value}");
        }
        for mutant in generator.mutants(&schema).unwrap().mutants {
            assert!(!oracle.accepts(&schema, direction, &mutant.instance).unwrap(), "{name} takes {mutant:?}");
            kinds.insert(mutant.constraint);
        }
    }
    kinds
}

#[test]
fn the_documents_of_the_tests() {
    let (mut kinds, folder) = (BTreeSet::new(), Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data"));
    for name in ["minimal.yaml", "shop.yaml", "wide.yaml"] {
        let document = Document::load(&folder.join(name)).unwrap().value;
        kinds.extend(all_kinds(&document, Direction::Request));
        all_kinds(&document, Direction::Response);
    }
    use Constraint::*;
    let wanted = [
        Type,
        Required,
        Unknown,
        ReadOnly,
        Minimum,
        Maximum,
        MinLength,
        MaxLength,
        Pattern,
        Enum,
        Format,
        MinItems,
        MaxItems,
        UniqueItems,
    ];
    let missing: Vec<_> = wanted.iter().filter(|k| !kinds.contains(k)).collect();
    assert!(missing.is_empty(), "no mutants of {missing:?}");
}

/// What they have none of, in the shapes in which Dropshot writes it.
fn zoo() -> Value {
    let tagged = |tag: &str, value: Value| {
        json!({"type": "object", "required": ["type", "value"], "properties": {
            "type": {"type": "string", "enum": [tag]}, "value": value}})
    };
    json!({"components": {"schemas": {
        "Number": {"type": "number", "format": "double", "minimum": 0.5, "exclusiveMinimum": true, "maximum": 2.0, "exclusiveMaximum": true},
        "Float": {"type": "number", "format": "float"},
        "Even": {"type": "integer", "format": "uint16", "multipleOf": 2, "minimum": 3},
        "Map": {"type": "object", "minProperties": 2, "maxProperties": 3, "additionalProperties": {"type": "integer", "format": "uint64", "minimum": 0}},
        "Name": {"type": "string", "minLength": 1, "maxLength": 63,
            "pattern": "^(?![0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$)^[a-z]([a-zA-Z0-9-]*[a-zA-Z0-9]+)?$"},
        "Names": {"type": "array", "uniqueItems": true, "minItems": 2, "maxItems": 3, "items": {"$ref": "#/components/schemas/Name"}},
        "Tree": {"type": "object", "required": ["name", "children"], "properties": {
            "name": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/Name"}]},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
        "Union": {"oneOf": [tagged("ip", json!({"type": "string", "format": "ip"})), tagged("tree", component("Tree")),
            {"type": "string", "enum": ["none"]}]},
        "Flattened": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}},
            "oneOf": [tagged("a", json!({"type": "boolean"})), tagged("b", json!({"type": "string", "format": "date-time"}))]},
        "Any": {}
    }}})
}

#[test]
fn shapes_of_other_documents() {
    let kinds = all_kinds(&zoo(), Direction::Response);
    use Constraint::*;
    let wanted =
        [ExclusiveMinimum, ExclusiveMaximum, MultipleOf, MinProperties, MaxProperties, Union, UniqueItems, Format];
    let missing: Vec<_> = wanted.iter().filter(|k| !kinds.contains(k)).collect();
    assert!(missing.is_empty(), "no mutants of {missing:?}");
}

fn valid(name: &str) -> Vec<Value> {
    let (document, limits) = (zoo(), Limits { valid: 500, ..Limits::default() });
    let oracle = Oracle::new(&document);
    Generator::new(&oracle, Direction::Response, limits).valid(&component(name)).unwrap().values
}

#[test]
fn extremes_are_there() {
    let even = valid("Even");
    assert!(even.contains(&json!(4)) && even.contains(&json!(65534)), "{even:?}");
    assert!(valid("Map").iter().any(|m| m["entry-1"] == json!(u64::MAX)));
    assert!(valid("Name").iter().any(|n| n.as_str().unwrap().len() == 63), "the longest name");
    let tree = valid("Tree");
    assert!(tree.iter().any(|t| t["name"].is_null()), "null where nullable");
    assert!(tree.iter().any(|t| t["children"] == json!([])), "an empty list");
    assert!(tree.iter().any(|t| t.pointer("/children/0/children/0").is_some()), "one inside another");
}

#[test]
fn every_alternative_is_there() {
    let union = valid("Union");
    assert!(union.contains(&json!("none")));
    assert!(["ip", "tree"].iter().all(|tag| union.iter().any(|u| u["type"] == *tag)));
    assert!(union.iter().any(|u| u["value"] == "2001:DB8:0:0:0:0:0:1"), "another spelling inside an alternative");
}

#[test]
fn mutants_name_the_broken_place() {
    let schema = json!({"type": "object", "additionalProperties": false, "required": ["a"], "properties": {
        "a": {"type": "array", "items": {"type": "string", "format": "date"}}}});
    let document = json!({});
    let oracle = Oracle::new(&document);
    let mutants = Generator::new(&oracle, Direction::Request, Limits::default()).mutants(&schema).unwrap().mutants;
    let found: BTreeSet<(Constraint, &str)> = mutants.iter().map(|m| (m.constraint, m.pointer.as_str())).collect();
    let wanted = [
        (Constraint::Type, ""),
        (Constraint::Type, "/a"),
        (Constraint::Type, "/a/0"),
        (Constraint::Required, "/a"),
        (Constraint::Unknown, "/no_such_member"),
        (Constraint::Unknown, "/A"),
        (Constraint::Format, "/a/0"),
    ];
    assert_eq!(found, wanted.into());
}

#[test]
fn what_cannot_be_made_is_named() {
    let document = json!({});
    let oracle = Oracle::new(&document);
    let generator = Generator::new(&oracle, Direction::Request, Limits::default());
    let valid = generator.valid(&json!({"type": "string", "pattern": "^a$", "minLength": 2})).unwrap();
    assert!(valid.values.is_empty());
    assert_eq!(valid.gaps.len(), 2, "{:?}", valid.gaps);
}

#[test]
fn pinned_places_keep_their_value() {
    let schema = json!({"type": "object", "required": ["day"], "properties": {
        "day": {"type": "string", "format": "date"}, "n": {"type": "integer"}}});
    let document = json!({});
    let oracle = Oracle::new(&document);
    let generator = Generator::new(&oracle, Direction::Request, Limits::default()).pin("/day", json!("2026-06-10"));
    let valid = generator.valid(&schema).unwrap().values;
    assert!(valid.len() > 4 && valid.iter().all(|v| v["day"] == "2026-06-10"), "{valid:?}");
    let mutants = generator.mutants(&schema).unwrap().mutants;
    assert!(mutants.iter().any(|m| m.constraint == Constraint::Format && m.pointer == "/day"));
}
