//! Mutations of a document: of its nodes, mostly such as leave it sound, and of its text.

use super::{
    chance::Chance,
    keywords::{atom, keyword, name, schema},
};
use forebear::source::Document;
use serde_json::{Map, Value, json};

/// The text of a mutated document, and what was done.
pub fn document(source: &Document, chance: &mut Chance) -> (String, String) {
    if chance.once_in(12) {
        return text(&source.text, chance);
    }
    let mut value = source.value.clone();
    let done: Vec<String> = (0..=chance.below(3)).map(|_| node(&mut value, chance)).collect();
    (value.to_string(), done.join(", "))
}

fn node(root: &mut Value, chance: &mut Chance) -> String {
    let pointers = pointers(root);
    let pointer = chance.of(&pointers);
    match chance.below(10) {
        0 => replace(root, &pointer, atom(chance)),
        1 => delete(root, &pointer),
        2 => {
            let other = root.pointer(&chance.of(&pointers)).cloned().unwrap_or_default();
            replace(root, &pointer, other)
        }
        3 => insert(root, &pointer, name(chance), atom(chance)),
        4 | 5 => rename(root, &pointer, name(chance)),
        6 => say_name(root, chance),
        7 => {
            let new = schema(chance, 2);
            at_schema(root, chance, |_| new)
        }
        8 => add_component(root, chance),
        _ => {
            let (key, value) = keyword(chance);
            at_schema(root, chance, |mut schema| {
                schema[key] = value;
                schema
            })
        }
    }
}

fn pointers(value: &Value) -> Vec<String> {
    fn collect(value: &Value, pointer: String, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, inner)| {
                collect(inner, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }),
            Value::Array(list) => {
                list.iter().enumerate().for_each(|(i, inner)| collect(inner, format!("{pointer}/{i}"), found));
            }
            _ => {}
        }
        found.push(pointer);
    }
    let mut found = vec![];
    collect(value, String::new(), &mut found);
    found
}

fn replace(root: &mut Value, pointer: &str, new: Value) -> String {
    let shown: String = new.to_string().chars().take(60).collect();
    if let Some(node) = root.pointer_mut(pointer) {
        *node = new;
    }
    format!("{pointer} = {shown}")
}

/// The parent of a node and the key in it.
fn parent<'a>(root: &'a mut Value, pointer: &str) -> Option<(&'a mut Value, String)> {
    let (parent, token) = pointer.rsplit_once('/')?;
    Some((root.pointer_mut(parent)?, token.replace("~1", "/").replace("~0", "~")))
}

fn delete(root: &mut Value, pointer: &str) -> String {
    match parent(root, pointer) {
        Some((Value::Object(map), key)) => _ = map.shift_remove(&key),
        Some((Value::Array(list), key)) => _ = key.parse().map(|i: usize| list.remove(i)),
        _ => {}
    }
    format!("{pointer} deleted")
}

fn insert(root: &mut Value, pointer: &str, key: &str, new: Value) -> String {
    match root.pointer_mut(pointer) {
        Some(Value::Object(map)) => _ = map.insert(key.into(), new),
        Some(Value::Array(list)) => list.push(new),
        _ => {}
    }
    format!("{key:?} in {pointer}")
}

fn rename(root: &mut Value, pointer: &str, new: &str) -> String {
    if let Some((Value::Object(map), key)) = parent(root, pointer) {
        let renamed: Map<String, Value> = std::mem::take(map)
            .into_iter()
            .map(|(k, v)| if k == key { (new.to_string(), v) } else { (k, v) })
            .collect();
        *map = renamed;
    }
    format!("{pointer} renamed to {new:?}")
}

/// Another name for an operation, a tag or a parameter.
fn say_name(root: &mut Value, chance: &mut Chance) -> String {
    let named = |p: &String| ["/operationId", "/tags/0", "/name"].iter().any(|end| p.ends_with(end));
    let pointers: Vec<String> = pointers(root).into_iter().filter(named).collect();
    if pointers.is_empty() {
        return String::new();
    }
    let (pointer, new) = (chance.of(&pointers), name(chance));
    replace(root, &pointer, new.into())
}

fn at_schema(root: &mut Value, chance: &mut Chance, change: impl FnOnce(Value) -> Value) -> String {
    let is_schema = |p: &String| {
        root.pointer(p).is_some_and(|v| v.get("type").is_some_and(Value::is_string) || v.get("allOf").is_some())
    };
    let pointers: Vec<String> = pointers(root).into_iter().filter(is_schema).collect();
    if pointers.is_empty() {
        return String::new();
    }
    let pointer = chance.of(&pointers);
    let new = root.pointer(&pointer).cloned().map(change).unwrap_or_default();
    replace(root, &pointer, new)
}

/// A new component, and a use of it.
fn add_component(root: &mut Value, chance: &mut Chance) -> String {
    let (name, new) = (chance.of(&["Fresh", "fresh", "FreshValue", "New", "A1", "a_1"]), schema(chance, 3));
    let Some(schemas) = root.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return String::new();
    };
    schemas.insert(name.into(), new);
    let used = at_schema(root, chance, |_| json!({"$ref": format!("#/components/schemas/{name}")}));
    format!("component {name}, {used}")
}

fn text(text: &str, chance: &mut Chance) -> (String, String) {
    let mut cut = chance.below(text.len());
    while !text.is_char_boundary(cut) {
        cut -= 1;
    }
    let (head, tail) = text.split_at(cut);
    match chance.below(8) {
        0 => (head.into(), format!("cut at {cut}")),
        1 => (format!("{head}{tail}{text}"), "twice".into()),
        2 => (
            format!("{head}{}{tail}", chance.of(&["\u{0}", "\t", "\u{feff}", "{", "]", "&a ", "*a ", "!!x ", "---\n"])),
            format!("a letter at {cut}"),
        ),
        3 => (bomb(chance.below(12)), "aliases".into()),
        4 => ("[".repeat(chance.below(200_000)), "brackets".into()),
        5 => ("{\"a\":".repeat(chance.below(200_000)), "braces".into()),
        6 => (format!("openapi: 3.0.3\ninfo: {}", "- ".repeat(chance.below(5000))), "dashes".into()),
        _ => (format!("{head}{}", tail.replacen(':', ": &x", 1)), format!("an anchor at {cut}")),
    }
}

/// Aliases of aliases.
fn bomb(levels: usize) -> String {
    let line = |i: usize| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i.saturating_sub(1)); 9].join(", "));
    format!("a0: &a0 [x]\n{}", (1..levels + 1).map(line).collect::<String>())
}
