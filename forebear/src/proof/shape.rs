//! A schema as the instance generator walks it: without `$ref` and `allOf`, and with its alternatives apart.

use super::oracle::{Direction, component_name};
use crate::{api::resolve, tame::ANY_OF};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Deepest nesting of `allOf` and unions that is followed, and most alternatives that are kept.
const DEPTH: usize = 16;
const ALTERNATIVES: usize = 256;

/// A document and a direction.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub document: &'a Value,
    pub direction: Direction,
}

/// The keywords that hold at one place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    /// Merged keywords; `properties` without those that the direction refuses.
    pub words: Map<String, Value>,
    pub nullable: bool,
    /// Each `oneOf` and `anyOf`.
    pub unions: Vec<Union>,
    /// Properties that the direction refuses.
    pub refused: Map<String, Value>,
    /// Components that it was put together from.
    pub through: BTreeSet<String>,
}

/// A `oneOf` or an `anyOf`.
#[derive(Debug, Clone)]
pub(crate) struct Union {
    pub alternatives: Vec<Value>,
    /// Whether more than one of them may fit.
    pub any: bool,
}

impl Union {
    fn of(schema: &Value, key: &str, alternatives: &Value) -> Option<Self> {
        let any = key == "anyOf" || schema[ANY_OF] == true;
        Some(Self { alternatives: alternatives.as_array()?.clone(), any })
    }
}

impl Shape {
    pub(crate) fn of(world: World<'_>, schema: &Value) -> Self {
        flat(world, schema, DEPTH, &mut BTreeMap::new())
    }

    /// Every alternative of the unions, or the shape itself.
    pub(crate) fn branches(&self, world: World<'_>) -> Vec<Self> {
        let mut found = vec![];
        expand(world, self.clone(), DEPTH, &mut found);
        found
    }

    /// What both shapes say.
    pub(crate) fn and(self, other: Self) -> Self {
        merge(self, other)
    }

    /// `type`, or what the other keywords say of it.
    pub(crate) fn kind(&self) -> &str {
        match self.words.get("type").and_then(Value::as_str) {
            Some(kind) => kind,
            None if self.words.contains_key("properties") => "object",
            None if self.words.contains_key("items") => "array",
            None => "any",
        }
    }

    pub(crate) fn word(&self, name: &str) -> &Value {
        self.words.get(name).unwrap_or(&Value::Null)
    }

    pub(crate) fn size(&self, name: &str) -> Option<usize> {
        self.word(name).as_u64().and_then(|n| usize::try_from(n).ok())
    }

    pub(crate) fn properties(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.word("properties").as_object().into_iter().flatten()
    }

    pub(crate) fn requires(&self, name: &str) -> bool {
        self.word("required").as_array().is_some_and(|r| r.iter().any(|n| n == name))
    }

    /// Schema of members without a property: `false` where there can be none.
    pub(crate) fn other_members(&self) -> Value {
        self.words.get("additionalProperties").cloned().unwrap_or(Value::Bool(true))
    }

    /// The shape as a schema again.
    pub(crate) fn schema(&self) -> Value {
        let mut words = self.words.clone();
        if !self.refused.is_empty()
            && let Some(all) = words.entry("properties").or_insert_with(|| json!({})).as_object_mut()
        {
            all.extend(self.refused.clone());
        }
        if self.nullable {
            words.insert("nullable".into(), true.into());
        }
        words.into()
    }
}

/// `seen` are the components that were merged already, and whether they take `null`: a second time they add nothing more, and
/// references that fan out would take for ever.
fn flat(world: World<'_>, schema: &Value, depth: usize, seen: &mut BTreeMap<String, bool>) -> Shape {
    let through = schema["$ref"].as_str().and_then(component_name).map(String::from);
    let schema = resolve(world.document, schema);
    let mut own = Shape { through: through.into_iter().collect(), ..Shape::default() };
    let parts = schema["allOf"].as_array().map(Vec::as_slice).unwrap_or_default();
    for (key, value) in schema.as_object().into_iter().flatten() {
        match key.as_str() {
            "allOf" | "nullable" | "description" | "title" | "example" => {}
            "oneOf" | "anyOf" => own.unions.extend(Union::of(schema, key, value)),
            _ => _ = own.words.insert(key.clone(), value.clone()),
        }
    }
    let asserts = own.words.contains_key("type") || own.words.contains_key("enum") || !own.unions.is_empty();
    own.nullable = !asserts;
    refuse(world, &mut own);
    if depth > 0 {
        own = parts.iter().fold(own, |own, part| merge(own, once(world, part, depth - 1, seen)));
    }
    own.nullable |= schema["nullable"] == true;
    own
}

/// As [`flat`], unless the part is a component that was merged already.
fn once(world: World<'_>, part: &Value, depth: usize, seen: &mut BTreeMap<String, bool>) -> Shape {
    let Some(name) = part["$ref"].as_str().and_then(component_name) else { return flat(world, part, depth, seen) };
    if let Some(nullable) = seen.get(name) {
        return Shape { nullable: *nullable, ..Shape::default() };
    }
    seen.insert(name.into(), true);
    let shape = flat(world, part, depth, seen);
    seen.insert(name.into(), shape.nullable);
    shape
}

/// Takes apart what the direction refuses.
fn refuse(world: World<'_>, shape: &mut Shape) {
    let refused: Map<String, Value> = shape
        .properties()
        .filter(|(_, p)| world.direction.refuses(world.document, p))
        .map(|(n, p)| (n.clone(), p.clone()))
        .collect();
    if let Some(properties) = shape.words.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !refused.contains_key(name));
    }
    if let Some(required) = shape.words.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !name.as_str().is_some_and(|n| refused.contains_key(n)));
    }
    shape.refused = refused;
}

fn expand(world: World<'_>, mut shape: Shape, depth: usize, found: &mut Vec<Shape>) {
    if found.len() >= ALTERNATIVES {
        return;
    }
    if shape.unions.is_empty() || depth == 0 {
        return found.push(shape);
    }
    for branch in shape.unions.remove(0).alternatives {
        let mut merged = merge(shape.clone(), Shape::of(world, &branch));
        // `null` is taken where the union or the branch takes it
        merged.nullable = shape.nullable || Shape::of(world, &branch).nullable;
        expand(world, merged, depth - 1, found);
    }
}

/// Both hold.
fn merge(mut a: Shape, b: Shape) -> Shape {
    for (key, theirs) in b.words {
        let ours = a.words.get(&key).cloned();
        let new =
            match (key.as_str(), ours) {
                (_, None) => theirs,
                ("properties", Some(Value::Object(ours))) => both_members(ours, theirs),
                ("required", Some(Value::Array(ours))) => {
                    let more = theirs.as_array().into_iter().flatten().filter(|n| !ours.contains(n));
                    ours.iter().chain(more).cloned().collect()
                }
                ("enum", Some(Value::Array(ours))) => {
                    ours.into_iter().filter(|v| theirs.as_array().is_some_and(|t| t.contains(v))).collect()
                }
                ("minimum" | "minLength" | "minItems" | "minProperties", Some(ours)) => {
                    if theirs.as_f64() > ours.as_f64() { theirs } else { ours }
                }
                ("maximum" | "maxLength" | "maxItems" | "maxProperties", Some(ours)) => {
                    if theirs.as_f64() < ours.as_f64() { theirs } else { ours }
                }
                ("additionalProperties", Some(ours)) => {
                    if ours == true || theirs == false {
                        theirs
                    } else {
                        ours
                    }
                }
                (_, Some(ours)) => ours,
            };
        a.words.insert(key, new);
    }
    a.nullable &= b.nullable;
    a.unions.extend(b.unions);
    a.refused.extend(b.refused);
    a.through.extend(b.through);
    a
}

fn both_members(mut ours: Map<String, Value>, theirs: Value) -> Value {
    for (name, schema) in theirs.as_object().into_iter().flatten() {
        let both = match ours.get(name) {
            Some(mine) if mine != schema => json!({"allOf": [mine, schema]}),
            _ => schema.clone(),
        };
        ours.insert(name.clone(), both);
    }
    ours.into()
}
