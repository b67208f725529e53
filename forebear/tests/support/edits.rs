//! One small edit to a sound document after the other.

use forebear::source::Document;
use serde_json::Value;
use std::{fs, path::Path};

/// What is done to `data/shop.yaml`: a value is set or added (`/-` appends), or taken out where there is none.
pub type Edit = (&'static str, Option<Value>);

pub fn set(pointer: &'static str, value: Value) -> Edit {
    (pointer, Some(value))
}

pub fn drop(pointer: &'static str) -> Edit {
    (pointer, None)
}

pub fn apply(document: &Value, (pointer, value): &Edit) -> Value {
    let mut edited = document.clone();
    let (parent, token) = pointer.rsplit_once('/').unwrap();
    let key = token.replace("~1", "/").replace("~0", "~");
    let parent = edited.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not there"));
    match (parent, value) {
        (Value::Object(map), Some(value)) => _ = map.insert(key, value.clone()),
        (Value::Object(map), None) => assert!(map.shift_remove(&key).is_some(), "{pointer} is not there"),
        (Value::Array(list), Some(value)) if key == "-" => list.push(value.clone()),
        (Value::Array(list), Some(value)) => list[key.parse::<usize>().unwrap()] = value.clone(),
        (Value::Array(list), None) => _ = list.remove(key.parse().unwrap()),
        _ => panic!("{pointer} has no members"),
    }
    edited
}

pub fn document(value: &Value) -> Document {
    Document::parse("shop.json", &value.to_string()).unwrap()
}

pub fn shop() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/shop.yaml");
    Document::parse("shop.yaml", &fs::read_to_string(path).unwrap()).unwrap().value
}
