//! Mutations of documents, of the tree and of the text.

use crate::{random::Random, schema::schema, values};
use serde_json::{Map, Value, json};

/// What one case feeds to the generator.
pub struct Case {
    /// Name of the file, which decides whether it is read as JSON or YAML.
    pub file: &'static str,
    pub text: String,
}

/// The case of a seed: a document, and one to four things done to it.
pub fn case(seed: u64, documents: &[(String, Value)]) -> Case {
    let mut random = Random::new(seed);
    let (text, value) = random.pick(documents);
    if random.once_in(8) {
        let file = random.pick(&["case.yaml", "case.json"]);
        return Case { file, text: garble(text, &mut random) };
    }
    let mut value = value.clone();
    for _ in 0..=*random.pick(&[0, 0, 0, 1, 1, 2, 3]) {
        mutate(&mut value, &mut random);
    }
    let mut text =
        if random.once_in(2) { value.to_string() } else { serde_json::to_string_pretty(&value).unwrap_or_default() };
    text = unquote(&text);
    if random.once_in(30) {
        text = garble(&text, &mut random);
    }
    let file = random.pick(&["case.yaml", "case.json", "case.json"]);
    Case { file, text }
}

/// Takes the quotes off raw words.
fn unquote(text: &str) -> String {
    let mark = format!("\"{}", values::RAW);
    let mut parts = text.split(&mark);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        // the word ends at the quote that is not escaped
        let mut end = part.len();
        let bytes = part.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            match bytes[i] {
                b'\\' => i += 1,
                b'"' => {
                    end = i;
                    break;
                }
                _ => {}
            }
            i += 1;
        }
        out += &part[..end].replace("\\\"", "\"");
        out += part.get(end + 1..).unwrap_or_default();
    }
    out
}

fn mutate(value: &mut Value, random: &mut Random) {
    let pointers = pointers(value);
    let at = random.pick(&pointers).clone();
    match random.below(16) {
        0 | 1 => delete(value, &at),
        2 | 3 => set(value, &at, values::any(random)),
        4..=7 => reschema(value, &pointers, random),
        8 => swap(value, &at, random.pick::<String>(&pointers)),
        9 => {
            let copy = value.pointer(random.pick::<String>(&pointers)).cloned().unwrap_or_default();
            set(value, &at, copy);
        }
        10 => rename(value, &at, &values::text(random)),
        11 => retext(value, &pointers, random),
        12 => insert(value, &pointers, random),
        13 => circle(value, random),
        14 => widen(value, random),
        _ => operation(value, random),
    }
}

/// Every place of the document.
fn pointers(value: &Value) -> Vec<String> {
    let mut found = vec![];
    let mut open = vec![(String::new(), value)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(map) => open.extend(map.iter().map(|(k, v)| (join(&pointer, k), v))),
            Value::Array(list) => open.extend(list.iter().enumerate().map(|(i, v)| (format!("{pointer}/{i}"), v))),
            _ => {}
        }
        found.push(pointer);
    }
    found
}

fn join(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn split(pointer: &str) -> Option<(&str, String)> {
    let (parent, token) = pointer.rsplit_once('/')?;
    Some((parent, token.replace("~1", "/").replace("~0", "~")))
}

fn set(value: &mut Value, at: &str, new: Value) {
    if let Some(node) = value.pointer_mut(at) {
        *node = new;
    }
}

fn delete(value: &mut Value, at: &str) {
    let Some((parent, key)) = split(at) else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(map)) => _ = map.shift_remove(&key),
        Some(Value::Array(list)) => _ = key.parse().ok().filter(|i| *i < list.len()).map(|i: usize| list.remove(i)),
        _ => {}
    }
}

fn swap(value: &mut Value, one: &str, other: &str) {
    let (Some(first), Some(second)) = (value.pointer(one).cloned(), value.pointer(other).cloned()) else { return };
    set(value, one, second);
    set(value, other, first);
}

fn rename(value: &mut Value, at: &str, name: &str) {
    let Some((parent, key)) = split(at) else { return };
    if let Some(Value::Object(map)) = value.pointer_mut(parent) {
        *map = std::mem::take(map).into_iter().map(|(k, v)| (if k == key { name.to_string() } else { k }, v)).collect();
    }
}

/// Another schema where there is one.
fn reschema(value: &mut Value, pointers: &[String], random: &mut Random) {
    let is_schema = |p: &&String| {
        let tail: Vec<&str> = p.rsplit('/').take(2).collect();
        matches!(
            tail.as_slice(),
            ["schema" | "items" | "additionalProperties", ..]
                | [_, "schemas" | "properties" | "allOf" | "oneOf" | "anyOf"]
        )
    };
    let places: Vec<&String> = pointers.iter().filter(is_schema).collect();
    if !places.is_empty() {
        let depth = random.below(4);
        set(value, random.pick::<&String>(&places), schema(random, depth));
    }
}

/// Another text where there is one.
fn retext(value: &mut Value, pointers: &[String], random: &mut Random) {
    let texts: Vec<&String> = pointers.iter().filter(|p| value.pointer(p).is_some_and(Value::is_string)).collect();
    if !texts.is_empty() {
        let at = (*random.pick(&texts)).clone();
        set(value, &at, json!(values::text(random)));
    }
}

const KEYS: &[&str] = &[
    "nullable",
    "default",
    "readOnly",
    "writeOnly",
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "uniqueItems",
    "minItems",
    "maxItems",
    "minProperties",
    "required",
    "not",
    "allOf",
    "oneOf",
    "anyOf",
    "items",
    "properties",
    "additionalProperties",
    "description",
    "title",
    "example",
    "deprecated",
    "discriminator",
    "x-table",
    "x-column",
    "x-index",
    "x-unique",
    "x-sensitive",
    "x-scope",
    "x-page",
    "x-cache",
    "x-audit",
    "x-context",
    "x-rate-limit",
    "headers",
    "content",
    "requestBody",
    "parameters",
    "security",
    "tags",
    "x-dropshot-websocket",
    "x-dropshot-pagination",
    "summary",
    "$ref",
];

/// A key that was not there.
fn insert(value: &mut Value, pointers: &[String], random: &mut Random) {
    let maps: Vec<&String> = pointers.iter().filter(|p| value.pointer(p).is_some_and(Value::is_object)).collect();
    if maps.is_empty() {
        return;
    }
    let (at, key) = ((*random.pick(&maps)).clone(), *random.pick(KEYS));
    let new = match random.below(4) {
        0 => schema(random, 2),
        1 => json!(true),
        2 => json!(random.below(9)),
        _ => values::any(random),
    };
    if let Some(map) = value.pointer_mut(&at).and_then(Value::as_object_mut) {
        map.insert(key.into(), new);
    }
}

fn schemas(value: &mut Value) -> Option<&mut Map<String, Value>> {
    value.get_mut("components")?.get_mut("schemas")?.as_object_mut()
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Schemas that contain themselves, soundly or not.
fn circle(value: &mut Value, random: &mut Random) {
    let Some(schemas) = schemas(value) else { return };
    let to = reference("Loop");
    let schema = match random.below(9) {
        0 => to,
        1 => json!({"allOf": [to]}),
        2 => json!({"oneOf": [to, {"type": "string"}]}),
        3 => json!({"type": "array", "items": to}),
        4 => json!({"type": "object", "required": ["next"], "properties": {"next": to}}),
        5 => json!({"type": "object", "properties": {"next": to, "all": {"type": "array", "items": to}}}),
        6 => json!({"type": "object", "additionalProperties": to}),
        7 => {
            json!({"allOf": [{"type": "object", "properties": {"a": to}}, {"type": "object", "properties": {"b": to}}]})
        }
        _ => reference("Loop2"),
    };
    schemas.insert("Loop".into(), schema);
    let back = if random.once_in(2) {
        reference("Loop")
    } else {
        json!({"type": "object", "properties": {"back": reference("Loop")}})
    };
    schemas.insert("Loop2".into(), back);
    let names: Vec<String> = schemas.keys().cloned().collect();
    let owner = random.pick(&names).clone();
    if let Some(properties) = schemas[&owner].get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("circle".into(), reference("Loop"));
    }
}

/// References that fan out with every level, or very many members.
fn widen(value: &mut Value, random: &mut Random) {
    let Some(schemas) = schemas(value) else { return };
    if random.once_in(2) {
        let members: Map<String, Value> = (0..300).map(|i| (format!("m{i}"), schema(random, 0))).collect();
        schemas.insert("Wide".into(), json!({"type": "object", "properties": members}));
        return;
    }
    let key = *random.pick(&["properties", "oneOf", "allOf", "items"]);
    for level in 0..24 {
        let next = reference(&format!("Tree{}", level + 1));
        let tree = match key {
            "properties" => json!({"type": "object", "properties": {"a": next, "b": next, "c": next}}),
            "items" => json!({"type": "array", "items": next}),
            _ => json!({key: [next, next]}),
        };
        schemas.insert(if level == 0 { "Tree".into() } else { format!("Tree{level}") }, tree);
    }
    schemas.insert("Tree24".into(), if random.once_in(2) { reference("Tree") } else { json!({"type": "string"}) });
}

/// A new operation with random parameters, body and answer.
fn operation(value: &mut Value, random: &mut Random) {
    let Some(paths) = value.get_mut("paths").and_then(Value::as_object_mut) else { return };
    let media = *random.pick(&[
        "application/json",
        "application/json",
        "application/json",
        "*/*",
        "application/octet-stream",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "text/plain",
    ]);
    let parameter = |random: &mut Random| {
        let place = *random.pick(&["query", "query", "header", "path", "cookie"]);
        json!({"name": values::text(random), "in": place, "required": place == "path" || random.once_in(2), "schema": schema(random, 1)})
    };
    let parameters: Vec<Value> = (0..random.below(3)).map(|_| parameter(random)).collect();
    let code = *random.pick(&["200", "201", "204", "302", "101", "default", "200", "200"]);
    let answer = match random.below(4) {
        0 => json!({"description": values::text(random)}),
        _ => {
            json!({"description": "d", "content": {(*random.pick(&["application/json", "*/*"])): {"schema": schema(random, 3)}},
            "headers": {(*random.pick(&["X-A", "x_b", "Location", "ETag", "type"])): {"schema": schema(random, 0)}}})
        }
    };
    let mut operation = json!({"operationId": format!("op_{}", values::text(random)), "parameters": parameters, "responses": {code: answer}});
    if random.once_in(2) {
        operation["requestBody"] =
            json!({"required": random.once_in(2), "content": {media: {"schema": schema(random, 3)}}});
    }
    for code in ["400", "4XX", "5XX", "default"] {
        if random.once_in(4) {
            operation["responses"][code] =
                json!({"description": "e", "content": {"application/json": {"schema": schema(random, 2)}}});
        }
    }
    if random.once_in(4) {
        operation["tags"] = json!([values::text(random)]);
    }
    let method = *random.pick(&["get", "put", "post", "delete", "options", "head", "patch"]);
    paths.insert(format!("/new{}", random.below(3)), json!({method: operation}));
}

/// Damage to the text itself.
fn garble(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.lines().map(Into::into).collect();
    let line = random.below(lines.len());
    match random.below(12) {
        0 => text.chars().take(random.below(text.len())).collect(),
        1 => insert_at(text, random, "\t"),
        2 => {
            let word = values::text(random);
            insert_at(text, random, &word)
        }
        3 => (0..random.below(400)).map(|_| char::from_u32(random.below(0x250) as u32).unwrap_or('?')).collect(),
        4 => bomb(),
        5 => format!("{}{}", "[".repeat(100_000), text),
        6 => format!("{}a: 1", "a:\n ".repeat(2000)),
        7 => format!("{text}\n---\n{text}"),
        8 => text.replace('\n', "\r\n"),
        9 => {
            // a key twice
            let copy = lines.get(line).cloned().unwrap_or_default();
            lines.insert(line, copy);
            lines.join("\n")
        }
        10 => {
            // another scalar on a line
            if let Some((key, _)) =
                lines.get(line).and_then(|l| l.split_once(": ")).map(|(k, v)| (k.to_string(), v.to_string()))
            {
                let word = values::word(random).as_str().unwrap_or_default().replace(values::RAW, "");
                lines[line] = format!("{key}: {word}");
            }
            lines.join("\n")
        }
        _ => {
            if !lines.is_empty() {
                let gone = lines.remove(line);
                let to = random.below(lines.len());
                lines.insert(to, gone);
            }
            lines.join("\n")
        }
    }
}

fn insert_at(text: &str, random: &mut Random, what: &str) -> String {
    let at = random.below(text.chars().count());
    text.chars().take(at).chain(what.chars()).chain(text.chars().skip(at)).collect()
}

/// A billion laughs.
fn bomb() -> String {
    let levels = (1..12).map(|i| format!("a{i}: &a{i} [{}]\n", format!("*a{},", i - 1).repeat(10)));
    format!("a0: &a0 lol\n{}", levels.collect::<String>())
}
