//! Objects and unions that are written inside others get names, so that no two of them become one type.
//!
//! Typify names such a schema after its `title` or the place where it stands, and takes two of one name for the same type; and it
//! has no name at all for one inside a list that may be absent. The contents of a variant stay where they are.

use super::operations::Names;
use heck::ToPascalCase;
use serde_json::{Map, Value};

/// What stays at the place where the schema stood.
const STAYS: [&str; 8] =
    ["nullable", "description", "default", "readOnly", "writeOnly", "deprecated", "example", "x-sensitive"];

/// Names every such schema in every component.
pub(super) fn hoist(names: &mut Names) {
    let mut open: Vec<String> = names.schemas.keys().cloned().collect();
    while let Some(owner) = open.pop() {
        let Some(mut schema) = names.schemas.get(&owner).cloned() else { continue };
        inside(&mut schema, &owner, names, &mut open);
        names.schemas.insert(owner, schema);
    }
}

/// Names what stands below a schema that has a name, or needs none.
fn inside(schema: &mut Value, owner: &str, names: &mut Names, open: &mut Vec<String>) {
    below(schema, owner, names, open, place);
}

/// A variant is an object around its content, or the content itself.
fn variant(part: &mut Value, owner: &str, names: &mut Names, open: &mut Vec<String>) {
    below(part, owner, names, open, inside);
}

/// Goes to every schema below; `member` takes those of properties.
fn below(
    schema: &mut Value,
    owner: &str,
    names: &mut Names,
    open: &mut Vec<String>,
    member: fn(&mut Value, &str, &mut Names, &mut Vec<String>),
) {
    let Some(map) = schema.as_object_mut() else { return };
    for (key, property) in map.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        member(property, &format!("{owner}-{key}"), names, open);
    }
    for (key, suffix) in [("items", "item"), ("additionalProperties", "value")] {
        if let Some(inner) = map.get_mut(key) {
            place(inner, &format!("{owner}-{suffix}"), names, open);
        }
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        for part in map.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            variant(part, owner, names, open);
        }
    }
}

fn place(schema: &mut Value, name: &str, names: &mut Names, open: &mut Vec<String>) {
    let Some(map) = schema.as_object_mut().filter(|m| needs_name(m)) else {
        inside(schema, name, names, open);
        return;
    };
    let (stays, mut core): (Map<_, _>, Map<_, _>) =
        std::mem::take(map).into_iter().partition(|(key, _)| STAYS.contains(&key.as_str()));
    // the text describes the type as well as the member
    core.extend(stays.get("description").map(|text| ("description".to_string(), text.clone())));
    let before = names.schemas.len();
    let reference = names.place(&[name.to_pascal_case()], Value::Object(core));
    if names.schemas.len() > before {
        open.extend(names.schemas.keys().next_back().cloned());
    }
    *schema = if stays.is_empty() {
        reference
    } else {
        let mut map = stays;
        map.insert("allOf".into(), Value::Array(vec![reference]));
        Value::Object(map)
    };
}

/// Whether typify would make a type of its own of the schema, and not of its place.
fn needs_name(map: &Map<String, Value>) -> bool {
    let list = |key: &str| map.get(key).and_then(Value::as_array);
    let null = |schema: &Value| schema["enum"] == serde_json::json!([null]);
    let union = ["oneOf", "anyOf"].iter().filter_map(|k| list(k)).any(|all| !all.iter().any(null));
    let object = map.get("properties").and_then(Value::as_object).is_some_and(|p| !p.is_empty())
        || map.get("type").is_some_and(|t| t == "object")
            && map.get("additionalProperties") == Some(&Value::Bool(false));
    object || union || list("allOf").is_some_and(|all| all.len() > 1)
}
