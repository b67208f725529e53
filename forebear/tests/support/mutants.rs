//! Documents that differ in one node from a sound one: what every stage must survive.

use forebear::source::Document;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A path relative to this crate.
pub fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Parses under a name without folders, so that snapshots are the same everywhere.
pub fn parse(path: &Path) -> Document {
    let name = path.file_name().unwrap().to_str().unwrap();
    Document::parse(name, &fs::read_to_string(path).unwrap()).unwrap()
}

/// Every document that differs from `value` in one node.
pub fn mutants(value: &Value) -> Vec<(String, Value)> {
    let mut pointers = vec![];
    collect(value, String::new(), &mut pointers);
    let mut found = vec![];
    for pointer in &pointers {
        for new in [json!(null), json!(true), json!(7), json!("x"), json!([]), json!({})] {
            let mut mutant = value.clone();
            let node = mutant.pointer_mut(pointer).unwrap();
            if *node != new {
                *node = new.clone();
                found.push((format!("{pointer} = {new}"), mutant));
            }
        }
        if let Some((parent, token)) = pointer.rsplit_once('/') {
            let mut mutant = value.clone();
            match mutant.pointer_mut(parent).unwrap() {
                Value::Object(map) => _ = map.shift_remove(&token.replace("~1", "/").replace("~0", "~")),
                Value::Array(list) => _ = list.remove(token.parse().unwrap()),
                _ => continue,
            }
            found.push((format!("{pointer} deleted"), mutant));
        }
    }
    found
}

fn collect(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| {
            collect(v, format!("{pointer}/{}", k.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| collect(v, format!("{pointer}/{i}"), found)),
        _ => {}
    }
    found.push(pointer);
}

/// Documents in which one node stands where another was, in a fixed order that looks random.
pub fn transplants(value: &Value, count: usize) -> Vec<(String, Value)> {
    let mut pointers = vec![];
    collect(value, String::new(), &mut pointers);
    let mut state: u64 = 0x2545_F491_4F6C_DD1D;
    let mut pick = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        &pointers[(state >> 33) as usize % pointers.len()]
    };
    let one = |_| {
        let (from, to) = (pick(), pick());
        let mut mutant = value.clone();
        *mutant.pointer_mut(to).unwrap() = value.pointer(from).unwrap().clone();
        (format!("{from} at {to}"), mutant)
    };
    (0..count).map(one).filter(|(_, mutant)| mutant != value).collect()
}
