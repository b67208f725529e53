//! Random schemas that are nearly always sound, so that the stages behind lint are reached.

use crate::{random::Random, values};
use serde_json::{Map, Value, json};

const FORMATS: &[&str] = &[
    "date",
    "date-time",
    "uuid",
    "ip",
    "ipv4",
    "ipv6",
    "byte",
    "binary",
    "uri",
    "email",
    "password",
    "odd",
    "time",
    "duration",
];
const INTEGERS: &[&str] = &["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "uint", "odd"];
const PATTERNS: &[&str] =
    &["^[a-z]+$", "^\\d{2}$", "^(a|b)$", "^.*$", "[0-9]", "^$", "^[^/]+$", "^\\S+$", "^é+$", "\"'\\\\"];
const MEMBERS: &[&str] = &[
    "id", "name", "type", "self", "value", "items", "a-b", "aB", "ref", "kind", "x", "status", "new", "0", "_a", "$b",
    "@c", "default", "é",
];
const VALUES: &[&str] = &[
    "a", "b", "A", "a-b", "a_b", "", " ", "+1", "-1", "1", "true", "null", "self", "Self", "é", "日本", "*", "a b",
    "Ok", "Unknown",
];
const NAMES: &[&str] = &["Thing", "Problem", "Colour", "Key", "Loop", "Tree", "Wide", "Shape", "Name"];

/// A schema, with others inside down to `depth`.
pub fn schema(random: &mut Random, depth: usize) -> Value {
    let mut schema = match random.below(if depth == 0 { 6 } else { 13 }) {
        0 => text(random),
        1 => whole(random),
        2 => json!({"type": "number", "minimum": random.below(9)}),
        3 => json!({"type": "boolean"}),
        4 => json!({"type": "string", "enum": values(random)}),
        5 => json!({"$ref": format!("#/components/schemas/{}", random.pick(NAMES))}),
        6 => list(random, depth),
        7 | 8 => object(random, depth),
        9 => map(random, depth),
        10 => choice(random, depth),
        11 => json!({"allOf": [schema(random, depth - 1)], "description": values::text(random)}),
        _ => json!({"allOf": [schema(random, depth - 1), schema(random, depth - 1)]}),
    };
    if let Some(entries) = schema.as_object_mut().filter(|m| !m.contains_key("$ref")) {
        annotate(random, entries);
    }
    schema
}

fn annotate(random: &mut Random, entries: &mut Map<String, Value>) {
    for (key, value) in [
        ("nullable", json!(true)),
        ("title", json!(values::text(random))),
        ("readOnly", json!(true)),
        ("deprecated", json!(true)),
    ] {
        if random.once_in(12) {
            entries.insert(key.into(), value);
        }
    }
    if random.once_in(8) {
        entries.insert("default".into(), fitting(random, entries));
    }
}

/// Something that the schema may well accept.
fn fitting(random: &mut Random, schema: &Map<String, Value>) -> Value {
    if let Some(first) = schema.get("enum").and_then(|e| e.get(0)) {
        return first.clone();
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => json!(values::text(random)),
        Some("integer") => json!(random.below(20)),
        Some("number") => json!(1.5),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("object") => json!({}),
        _ => values::any(random),
    }
}

fn text(random: &mut Random) -> Value {
    match random.below(4) {
        0 => json!({"type": "string"}),
        1 => json!({"type": "string", "format": random.pick(FORMATS)}),
        2 => json!({"type": "string", "pattern": random.pick(PATTERNS)}),
        _ => json!({"type": "string", "minLength": random.below(3), "maxLength": 3 + random.below(90)}),
    }
}

fn whole(random: &mut Random) -> Value {
    let mut schema = json!({"type": "integer"});
    if random.once_in(2) {
        schema["format"] = json!(random.pick(INTEGERS));
    }
    for (key, value) in
        [("minimum", random.below(3)), ("maximum", 3 + random.below(300)), ("multipleOf", 1 + random.below(3))]
    {
        if random.once_in(3) {
            schema[key] = json!(value);
        }
    }
    if random.once_in(6) {
        schema["enum"] = json!([random.below(3), 3 + random.below(3)]);
    }
    schema
}

fn values(random: &mut Random) -> Vec<&'static str> {
    (0..=random.below(4)).map(|_| *random.pick(VALUES)).collect()
}

fn list(random: &mut Random, depth: usize) -> Value {
    let mut list = json!({"type": "array", "items": schema(random, depth - 1)});
    for (key, value) in
        [("minItems", json!(random.below(2))), ("maxItems", json!(2 + random.below(5))), ("uniqueItems", json!(true))]
    {
        if random.once_in(4) {
            list[key] = value;
        }
    }
    list
}

fn object(random: &mut Random, depth: usize) -> Value {
    let mut properties = Map::new();
    for _ in 0..random.below(5) {
        properties.insert((*random.pick(MEMBERS)).into(), schema(random, depth - 1));
    }
    let required: Vec<&String> = properties.keys().filter(|_| random.once_in(2)).collect();
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    match random.below(4) {
        0 => object["additionalProperties"] = json!(false),
        1 => object["additionalProperties"] = schema(random, depth - 1),
        _ => {}
    }
    object
}

fn map(random: &mut Random, depth: usize) -> Value {
    let values = if random.once_in(3) { json!(true) } else { schema(random, depth - 1) };
    json!({"type": "object", "additionalProperties": values})
}

fn choice(random: &mut Random, depth: usize) -> Value {
    let key = if random.once_in(3) { "anyOf" } else { "oneOf" };
    let tagged = random.once_in(2);
    let cases: Vec<Value> = (0..=random.below(4))
        .map(|i| if tagged { case(random, i, depth) } else { schema(random, depth - 1) })
        .collect();
    json!({key: cases})
}

/// One alternative of a union that a member tells apart.
fn case(random: &mut Random, i: usize, depth: usize) -> Value {
    let mut properties = Map::from_iter([("kind".to_string(), json!({"type": "string", "enum": [VALUES[i]]}))]);
    if random.once_in(2) {
        properties.insert("value".into(), schema(random, depth - 1));
    }
    let required: Vec<&String> = properties.keys().collect();
    json!({"type": "object", "required": required, "properties": properties})
}
