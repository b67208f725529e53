//! What a mutation puts into a document.

use super::chance::Chance;
use serde_json::{Value, json};

/// Names that languages, routers and files trip over.
pub const NAMES: [&str; 44] = [
    "",
    " ",
    "type",
    "self",
    "Self",
    "crate",
    "super",
    "async",
    "fn",
    "r#type",
    "_",
    "__",
    "1",
    "9lives",
    "a-b",
    "a_b",
    "aB",
    "AB",
    "a b",
    "a.b",
    "a/b",
    "a~b",
    "a\"b",
    "a'b",
    "a\\b",
    "a{b}",
    "{}",
    "$ref",
    "é",
    "日本",
    "\u{202e}b",
    "a\u{0}b",
    "a\nb",
    "Error",
    "Option",
    "String",
    "Vec",
    "Result",
    "Box",
    "Problem",
    "body",
    "limit",
    "client",
    "value",
];

/// Scalars and shapes of every kind.
pub fn atom(chance: &mut Chance) -> Value {
    match chance.below(16) {
        0 => Value::Null,
        1 => chance.once_in(2).into(),
        2 => json!([]),
        3 => json!({}),
        4 => json!(0),
        5 => json!(-1),
        6 => json!(u64::MAX),
        7 => json!(i64::MIN),
        8 => json!(1e308),
        9 => json!(-0.5),
        10 => json!([null]),
        11 => json!("x".repeat(10_000)),
        12 => json!({"$ref": reference(chance)}),
        13 => deep(chance.below(120)),
        14 => schema(chance, 2),
        _ => name(chance).into(),
    }
}

pub fn name(chance: &mut Chance) -> &'static str {
    chance.of(&NAMES)
}

fn reference(chance: &mut Chance) -> &'static str {
    chance.of(&[
        "#",
        "",
        "#/",
        "#/components/schemas/Inner",
        "#/components/schemas/Tree",
        "#/components/schemas/Problem",
        "#/components/schemas/nowhere",
        "#/components/responses/Error",
        "#/paths/~1everything",
        "other.yaml#/a",
        "https://example.com/a.json",
        "#/components/schemas/a~1b",
        "#/components/schemas/%41",
        "#/info/title",
    ])
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!({"type": "string"}), |inner, i| match i % 3 {
        0 => json!({"type": "array", "items": inner}),
        1 => json!({"type": "object", "properties": {"a": inner}}),
        _ => json!({"oneOf": [inner, {"type": "integer"}]}),
    })
}

/// A schema that might be sound.
pub fn schema(chance: &mut Chance, depth: usize) -> Value {
    let inner = |chance: &mut Chance| if depth == 0 { json!({"type": "string"}) } else { schema(chance, depth - 1) };
    let mut schema = match chance.below(11) {
        0 => json!({"type": "string"}),
        1 => json!({"type": "integer", "format": chance.of(&["int32", "int64", "uint8", "uint64", "uint", "odd"])}),
        2 => json!({"type": "number"}),
        3 => json!({"type": "boolean"}),
        4 => json!({"type": "array", "items": inner(chance)}),
        5 => json!({"type": "object", "additionalProperties": inner(chance)}),
        6 => {
            let (a, b) = (name(chance), name(chance));
            json!({"type": "object", "properties": {a: inner(chance), b: inner(chance)}, "required": [a]})
        }
        7 => json!({"oneOf": [inner(chance), inner(chance)]}),
        8 => json!({"anyOf": [inner(chance), inner(chance)]}),
        9 => json!({"allOf": [inner(chance), inner(chance)]}),
        _ => json!({}),
    };
    if chance.once_in(3) {
        let (key, value) = keyword(chance);
        schema[key] = value;
    }
    schema
}

/// A keyword of schemas with a value that might fit.
pub fn keyword(chance: &mut Chance) -> (&'static str, Value) {
    match chance.below(24) {
        0 => ("nullable", true.into()),
        1 => {
            ("format", json!(chance.of(&["date", "date-time", "uuid", "ip", "uri", "binary", "byte", "float", "int8"])))
        }
        2 => ("minimum", json!(chance.of(&[0.0, 1.0, -1.5, 1e300]))),
        3 => ("maximum", json!(chance.of(&[0.0, 255.0, -1.5, 1e300]))),
        4 => ("exclusiveMinimum", chance.once_in(2).into()),
        5 => ("multipleOf", json!(chance.of(&[2.0, 0.1, 0.0, -1.0]))),
        6 => ("minLength", json!(chance.of(&[0_i64, 1, 5, -1]))),
        7 => ("maxLength", json!(chance.of(&[0_i64, 1, 5, 1 << 40]))),
        8 => ("pattern", json!(chance.of(&["^a+$", "(", "\\d", "(?=a)", "^(a+)+$", "[", "\\p{L}", ""]))),
        9 => ("enum", json!(chance.of(&[&["a", "b"][..], &["a", "A"], &["", " "], &["1", "type"], &[], &["a", "a"]]))),
        10 => ("enum", json!([1, 2])),
        11 => ("enum", json!([null])),
        12 => ("default", atom_small(chance)),
        13 => ("example", atom_small(chance)),
        14 => ("minItems", json!(chance.of(&[0, 1, 3]))),
        15 => ("maxItems", json!(chance.of(&[0, 1, 3]))),
        16 => ("uniqueItems", true.into()),
        17 => ("minProperties", json!(1)),
        18 => ("additionalProperties", chance.once_in(2).into()),
        19 => ("title", json!(name(chance))),
        20 => ("description", json!(chance.of(&["*/ end", "```\nfn x() {}\n```", "\"quoted\"", "日本\u{0}"]))),
        21 => ("readOnly", true.into()),
        22 => ("deprecated", true.into()),
        _ => ("x-rust-type", json!({"crate": "std", "version": "*", "path": "std::string::String"})),
    }
}

fn atom_small(chance: &mut Chance) -> Value {
    chance.of(&[json!(null), json!("a"), json!(1), json!([]), json!({}), json!(true), json!(-0.0)])
}
