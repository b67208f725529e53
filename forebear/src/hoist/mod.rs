//! First step of lowering: what is written in place and needs a type of its own becomes a component.
//!
//! [`named`] does so for operations and for inline objects and unions, before anything else reads them; [`hoist`] for inline constrained strings of properties.
//!
//! Typify names a type for every inline constrained string after the struct it stands in. Without this step `Resource.name`,
//! `NewResource.name` and `ResourcePatch.name` would be three types that cannot be assigned to each other.

mod inline;
mod operations;

pub use operations::named;

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

const CONSTRAINTS: [&str; 4] = ["enum", "pattern", "minLength", "maxLength"];
/// Formats for which typify takes a type of another crate.
const TYPED: [&str; 6] = ["date", "date-time", "uuid", "ip", "ipv4", "ipv6"];

/// Hoists every inline constrained string in a property of every component, also in its lists and maps: typify has no name for those of one
/// that may be absent.
pub(crate) fn hoist(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object().cloned() else { return };
    let mut out = schemas.clone();
    let mut owners: Vec<&String> = schemas.keys().collect();
    owners.sort_by_key(|n| n.ends_with("Patch")); // a patch reuses what its resource was given
    for owner in owners {
        for (key, property) in schemas[owner]["properties"].as_object().into_iter().flatten() {
            out[owner]["properties"][key] = inside(&mut out, owner, key, property);
        }
    }
    document["components"]["schemas"] = Value::Object(out);
}

/// A property, or what is in a list or map of it, with names in the place of its constraints.
fn inside(out: &mut Map<String, Value>, owner: &str, key: &str, schema: &Value) -> Value {
    if let Some(core) = core(schema) {
        let name = place(out, owner, key, core);
        return reference(schema, &name);
    }
    let mut schema = schema.clone();
    for (word, suffix) in [("items", "item"), ("additionalProperties", "value")] {
        if schema[word].is_object() {
            schema[word] = inside(out, owner, &format!("{key}-{suffix}"), &schema[word]);
        }
    }
    schema
}

/// The constraint part of an inline constrained string, unless its `format` is a type of its own.
fn core(schema: &Value) -> Option<Map<String, Value>> {
    let map = schema.as_object()?;
    let typed = map.get("format").and_then(Value::as_str).is_some_and(|f| TYPED.contains(&f));
    let constrained =
        map.get("type")?.as_str()? == "string" && !typed && CONSTRAINTS.iter().any(|k| map.contains_key(*k));
    let keep = |k: &String| k == "type" || k == "format" || CONSTRAINTS.contains(&k.as_str());
    constrained.then(|| map.iter().filter(|(k, _)| keep(k)).map(|(k, v)| (k.clone(), v.clone())).collect())
}

fn place(out: &mut Map<String, Value>, owner: &str, key: &str, core: Map<String, Value>) -> String {
    let base = format!("{}{}", owner.strip_suffix("Patch").unwrap_or(owner), key.to_pascal_case());
    let core = Value::Object(core);
    let candidates = std::iter::once(base.clone()).chain((1..).map(|n| format!("{base}Value{n}")));
    for name in candidates {
        // names that differ in their spelling alone would be one Rust type
        let taken = out.keys().find(|k| k.to_pascal_case() == name.to_pascal_case()).cloned();
        match taken {
            None => {
                out.insert(name.clone(), core);
                return name;
            }
            Some(key) if out[&key] == core => return key,
            Some(_) => {}
        }
    }
    base
}

/// The property with its constraint replaced by a reference; annotations stay.
fn reference(property: &Value, name: &str) -> Value {
    let mut map: Map<String, Value> = property.as_object().cloned().unwrap_or_default();
    map.retain(|k, _| k != "type" && k != "format" && !CONSTRAINTS.contains(&k.as_str()));
    map.insert("allOf".into(), json!([{"$ref": format!("#/components/schemas/{name}")}]));
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use super::hoist;
    use serde_json::json;

    #[test]
    fn a_patch_shares_the_type_of_its_resource() {
        let name = json!({"type": "string", "minLength": 1, "description": "d"});
        let mut document = json!({"components": {"schemas": {
            "ThingPatch": {"type": "object", "properties": {"name": name}},
            "Thing": {"type": "object", "properties": {"name": name, "free": {"type": "string"}}}}}});
        hoist(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["ThingName"], json!({"type": "string", "minLength": 1}));
        assert_eq!(schemas["ThingPatch"]["properties"]["name"], schemas["Thing"]["properties"]["name"]);
        assert_eq!(schemas["Thing"]["properties"]["free"], json!({"type": "string"}));
    }
}
