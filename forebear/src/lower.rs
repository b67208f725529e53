//! The internal document that Progenitor reads. The published document stays the source.
//!
//! Six changes: inline constrained strings get names (`hoist`); a request body whose schema has `readOnly` properties refers to a
//! derived `NewX` without them, down to a fixpoint; `application/problem+json` becomes `application/json`, because Progenitor leaves
//! every other media type as bytes; `304` responses go, since Progenitor knows only success and error; the errors of an operation get
//! one type, under `4XX` and `5XX`; and what typify cannot read is said in another way (`tame`).

use crate::{
    api::{ERROR_UNION, METHODS, is_error, ref_name},
    hoist,
    source::join,
    tame,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Derives the internal document from the source.
#[must_use]
pub fn lower(document: &Value) -> Value {
    let mut low = document.clone();
    hoist::hoist(&mut low);
    split(&mut low);
    fold_errors(&mut low);
    tame::tame(&mut low);
    for part in ["paths", "components"] {
        if let Some(part) = low.get_mut(part) {
            relabel(part);
        }
    }
    low
}

/// Name of the request view of component `name`: `NewX` where `X` or something in it is assigned by the server.
#[must_use]
pub fn request_view(document: &Value, name: &str) -> String {
    if split_set(document).contains(name) { format!("New{name}") } else { name.into() }
}

/// JSON pointers, relative to a request body of component `name`, of what only the server may write.
#[must_use]
pub fn read_only(document: &Value, name: &str) -> Vec<String> {
    let mut found = vec![];
    collect_read_only(document, name, "", &mut BTreeSet::new(), &mut found);
    found
}

fn collect_read_only(doc: &Value, name: &str, at: &str, seen: &mut BTreeSet<String>, found: &mut Vec<String>) {
    // a component that a body reaches by two ways is explained at the first
    if !seen.insert(name.into()) {
        return;
    }
    for (key, property) in doc["components"]["schemas"][name]["properties"].as_object().into_iter().flatten() {
        let pointer = format!("{at}/{key}");
        if property["readOnly"] == true {
            found.push(pointer);
        } else if let Some(inner) = ref_name(property) {
            collect_read_only(doc, inner, &pointer, seen, found);
        }
    }
}

/// JSON pointers, relative to the body of a PATCH, of what its answer shows and the body does not take.
#[must_use]
pub fn fixed(document: &Value, patch: &str, row: &str) -> Vec<String> {
    let mut found = vec![];
    collect_fixed(document, [patch, row], "", &mut BTreeSet::new(), &mut found);
    found
}

fn collect_fixed(doc: &Value, [patch, row]: [&str; 2], at: &str, seen: &mut BTreeSet<String>, found: &mut Vec<String>) {
    if patch == row || !seen.insert(row.into()) {
        return;
    }
    let properties = |name: &str| doc["components"]["schemas"][name]["properties"].as_object();
    let Some(taken) = properties(patch) else { return };
    for (key, property) in properties(row).into_iter().flatten() {
        let pointer = join(at, key);
        match taken.get(key) {
            None => found.push(pointer),
            Some(member) => {
                if let (Some(inner), Some(whole)) = (ref_name(member), ref_name(property)) {
                    collect_fixed(doc, [inner, whole], &pointer, seen, found);
                }
            }
        }
    }
}

/// Components that have a `readOnly` property, or refer to one that has, as far as request bodies reach.
fn split_set(document: &Value) -> BTreeSet<String> {
    let empty = Map::new();
    let schemas = document["components"]["schemas"].as_object().unwrap_or(&empty);
    let mut marked: BTreeSet<String> =
        schemas.iter().filter(|(_, s)| has_read_only(s)).map(|(n, _)| n.clone()).collect();
    loop {
        let before = marked.len();
        for (name, schema) in schemas {
            let mut inner = BTreeSet::new();
            writable_refs(schema, &mut inner);
            if inner.iter().any(|i| marked.contains(i)) {
                marked.insert(name.clone());
            }
        }
        if marked.len() == before {
            return marked;
        }
    }
}

fn has_read_only(schema: &Value) -> bool {
    schema["properties"].as_object().is_some_and(|p| p.values().any(|v| v["readOnly"] == true))
}

fn writable_refs(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) if map.get("readOnly") != Some(&Value::Bool(true)) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next()) {
                found.insert(name.into());
            }
            map.values().for_each(|v| writable_refs(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| writable_refs(v, found)),
        _ => {}
    }
}

fn split(low: &mut Value) {
    let marked = split_set(low);
    let mut used = BTreeSet::new();
    for operation in operations_mut(low) {
        let content = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
        for media in content.into_iter().flat_map(|c| c.values_mut()) {
            if let Some(schema) = media.get_mut("schema") {
                point_to_views(schema, &marked, &mut used);
            }
        }
    }
    let mut done = BTreeSet::new();
    while let Some(name) = used.iter().find(|n| !done.contains(*n)).cloned() {
        let mut view = low["components"]["schemas"][&name].clone();
        drop_read_only(&mut view);
        point_to_views(&mut view, &marked, &mut used);
        if let Some(schemas) = low["components"]["schemas"].as_object_mut() {
            schemas.insert(format!("New{name}"), view);
        }
        done.insert(name);
    }
}

/// Rewrites every `$ref` to a marked component to its view and notes which views are needed.
fn point_to_views(value: &mut Value, marked: &BTreeSet<String>, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) =
                map.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/components/schemas/"))
                && marked.contains(name)
            {
                used.insert(name.into());
                let view = format!("#/components/schemas/New{name}");
                map.insert("$ref".into(), json!(view));
            }
            map.iter_mut().filter(|(k, _)| *k != "example").for_each(|(_, v)| point_to_views(v, marked, used));
        }
        Value::Array(items) => items.iter_mut().for_each(|v| point_to_views(v, marked, used)),
        _ => {}
    }
}

fn drop_read_only(view: &mut Value) {
    let Some(properties) = view.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let gone: Vec<String> = properties.iter().filter(|(_, p)| p["readOnly"] == true).map(|(k, _)| k.clone()).collect();
    properties.retain(|k, _| !gone.contains(k));
    if let Some(required) = view.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|r| !gone.iter().any(|g| r == g));
    }
    if let Some(example) = view.get_mut("example").and_then(Value::as_object_mut) {
        example.retain(|k, _| !gone.contains(k));
    }
}

/// Progenitor takes one type for the errors of an operation, under `4XX` and `5XX`, and `default` for success too.
fn fold_errors(low: &mut Value) {
    for operation in operations_mut(low) {
        let union = operation.get(ERROR_UNION).cloned();
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { continue };
        let all = responses.clone();
        let error = |code: &String| is_error(code, &all);
        if let Some(union) = union {
            let one = json!({"description": "error", "content": {"application/json": {"schema": union}}});
            responses.retain(|code, _| !error(code));
            responses.extend(["4XX", "5XX"].map(|code| (code.to_string(), one.clone())));
        } else if error(&"default".to_string())
            && let Some(default) = responses.shift_remove("default")
        {
            for code in ["4XX", "5XX"] {
                responses.entry(code).or_insert_with(|| default.clone());
            }
        }
    }
}

fn operations_mut(low: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = low["paths"].as_object_mut().into_iter().flat_map(|p| p.values_mut());
    items.filter_map(Value::as_object_mut).flatten().filter(|(m, _)| METHODS.contains(&m.as_str())).map(|(_, o)| o)
}

fn relabel(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(problem) = map.shift_remove("application/problem+json") {
                map.insert("application/json".into(), problem);
            }
            if let Some(responses) = map.get_mut("responses").and_then(Value::as_object_mut) {
                responses.shift_remove("304");
            }
            map.values_mut().for_each(relabel);
        }
        Value::Array(items) => items.iter_mut().for_each(relabel),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{fixed, lower, read_only, request_view};
    use serde_json::json;

    fn document() -> serde_json::Value {
        let body = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
        json!({
            "paths": {"/a": {"post": {"requestBody": body("Outer"), "responses": {
                "200": body("Outer"), "304": {"description": "same"},
                "400": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}}}}},
            "components": {"schemas": {
                "Outer": {"type": "object", "required": ["inner"], "properties": {"inner": {"$ref": "#/components/schemas/Inner"}}},
                "Inner": {"type": "object", "required": ["id", "name"], "properties": {
                    "id": {"type": "string", "readOnly": true}, "name": {"type": "string"}}},
                "Problem": {"type": "object"}}}
        })
    }

    #[test]
    fn splits_to_a_fixpoint() {
        let low = lower(&document());
        let body = &low["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(body, "#/components/schemas/NewOuter");
        assert_eq!(
            low["components"]["schemas"]["NewOuter"]["properties"]["inner"]["$ref"],
            "#/components/schemas/NewInner"
        );
        assert_eq!(low["components"]["schemas"]["NewInner"]["required"], json!(["name"]));
        assert_eq!(low["components"]["schemas"]["Inner"]["required"], json!(["id", "name"]), "the read view stays");
        assert_eq!(request_view(&document(), "Problem"), "Problem");
        assert_eq!(read_only(&document(), "Outer"), ["/inner/id"]);
    }

    #[test]
    fn what_a_patch_leaves_as_it_is() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let part = json!({"name": {}});
        let document = json!({"components": {"schemas": {
            "Row": {"properties": {"id": {}, "name": {}, "inner": reference("Inner")}},
            "Inner": {"properties": {"name": {}, "no/te": {}}},
            "RowPatch": {"properties": {"name": {}, "inner": {"allOf": [reference("InnerPatch")]}}},
            "InnerPatch": {"properties": part}}}});
        assert_eq!(fixed(&document, "RowPatch", "Row"), ["/id", "/inner/no~1te"]);
        assert_eq!(fixed(&document, "Row", "Row"), [] as [&str; 0]);
    }

    #[test]
    fn keeps_what_progenitor_types() {
        let low = lower(&document());
        let responses = &low["paths"]["/a"]["post"]["responses"];
        assert!(responses.get("304").is_none());
        assert!(responses["400"]["content"].get("application/json").is_some());
    }
}
