//! `allOf`: typify merges its parts, which must come to an end, stay small, and lose nothing that two of them say.

use super::super::{
    follow::Spot,
    map::{Map, Site},
    report::Report,
};
use crate::source::join;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Most alternatives that the unions of one schema may multiply out to.
const MOST: u64 = 256;

/// Most merges that one schema may take.
const STEPS: usize = 2_000;

/// Keywords of which the merged schema has room for one.
const SINGLE: [&str; 6] = ["multipleOf", "pattern", "format", "items", "uniqueItems", "additionalProperties"];

/// Checks what the parts of an `allOf` become together.
pub(super) fn check(map: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    if site.value.get("allOf").is_none() {
        return;
    }
    let pointer = join(&site.pointer, "allOf");
    let spot = Spot { pointer: site.pointer.clone(), value: site.value };
    let count = Unions { root: map.root, known: BTreeMap::new() }.product(&spot);
    if count > MOST {
        let message = format!("the unions in it multiply out to {count} alternatives, at most {MOST} are carried");
        report.block(&pointer, message, "write the alternatives that there are as one `oneOf`");
        return;
    }
    let mut merge = Merge { root: map.root, stack: vec![], steps: 0 };
    if let Err((message, remedy)) = merge.unions(&spot).and_then(|()| merge.parts(vec![spot])) {
        report.block(&pointer, message, remedy);
    }
}

/// How many alternatives schemas have.
struct Unions<'a> {
    root: &'a Value,
    known: BTreeMap<String, u64>,
}

impl<'a> Unions<'a> {
    /// The product over the parts of a schema and its own unions.
    fn product(&mut self, spot: &Spot<'a>) -> u64 {
        if let Some(known) = self.known.get(&spot.pointer) {
            return *known;
        }
        // a schema within itself is named, not multiplied out
        self.known.insert(spot.pointer.clone(), 1);
        let mut product = 1_u64;
        for key in ["oneOf", "anyOf"] {
            let sum = spot.items(key).into_iter().map(|s| self.of(s)).fold(0, u64::saturating_add);
            product = product.saturating_mul(sum.max(1));
        }
        for part in spot.items("allOf") {
            product = product.saturating_mul(self.of(part));
        }
        self.known.insert(spot.pointer.clone(), product);
        product
    }

    fn of(&mut self, spot: Spot<'a>) -> u64 {
        spot.follow(self.root).map_or(1, |s| self.product(&s))
    }
}

type Problem = (String, &'static str);

/// The merge that typify will make, without its result.
struct Merge<'a> {
    root: &'a Value,
    stack: Vec<BTreeSet<String>>,
    steps: usize,
}

impl<'a> Merge<'a> {
    /// Merges schemas, and after them the members that several of them describe.
    fn parts(&mut self, schemas: Vec<Spot<'a>>) -> Result<(), Problem> {
        let mut flat = BTreeMap::new();
        schemas.into_iter().for_each(|s| self.flatten(s, &mut flat));
        let names: BTreeSet<String> = flat.keys().cloned().collect();
        self.steps += 1;
        if self.stack.contains(&names) || self.steps > STEPS {
            let places: Vec<&str> = names.iter().map(String::as_str).collect();
            let message = format!("merging {} has no end", places.join(" and "));
            return Err((message, "describe the member that holds the schema itself in one part only"));
        }
        let all: Vec<&Spot<'a>> = flat.values().collect();
        single(&all)?;
        let mut members: BTreeMap<&String, Vec<Spot<'a>>> = BTreeMap::new();
        for (name, member) in all.iter().flat_map(|s| s.entries("properties")) {
            let same = members.entry(name).or_default();
            if !same.iter().any(|s| s.value == member.value) {
                same.push(member);
            }
        }
        self.stack.push(names);
        let merged: Result<(), Problem> =
            members.into_values().filter(|m| m.len() > 1).try_for_each(|member| self.parts(member));
        self.stack.pop();
        merged
    }

    /// Several unions become one only if they are of one kind, and of objects.
    fn unions(&self, spot: &Spot<'a>) -> Result<(), Problem> {
        let mut flat = BTreeMap::new();
        self.flatten(spot.clone(), &mut flat);
        let count = |key| flat.values().filter(|s| s.value.get(key).is_some()).count();
        let (one, any) = (count("oneOf"), count("anyOf"));
        let mut alternatives = flat.values().flat_map(|s| [s.items("oneOf"), s.items("anyOf")].concat());
        let composed = |s: &Spot<'_>| ["allOf", "oneOf", "anyOf"].iter().any(|key| s.value.get(key).is_some());
        let is_object = |s: Spot<'a>| s.follow(self.root).is_none_or(|s| s.value["type"] == "object" || composed(&s));
        if one + any > 1 && (one > 0 && any > 0 || !alternatives.all(is_object)) {
            let message = "the unions in it cannot be multiplied out: they are of two kinds, or not of objects alone";
            return Err((message.into(), "write the alternatives that there are as one `oneOf`"));
        }
        Ok(())
    }

    /// A schema after its `$ref`s and all parts of its `allOf`, each once.
    fn flatten(&self, spot: Spot<'a>, found: &mut BTreeMap<String, Spot<'a>>) {
        let Some(spot) = spot.follow(self.root).filter(|s| !found.contains_key(&s.pointer)) else { return };
        found.insert(spot.pointer.clone(), spot.clone());
        spot.items("allOf").into_iter().for_each(|part| self.flatten(part, found));
    }
}

/// Nothing that has room for one value is said in two ways.
fn single(parts: &[&Spot<'_>]) -> Result<(), Problem> {
    for key in SINGLE {
        let said: Vec<&Spot<'_>> = parts
            .iter()
            .copied()
            .filter(|s| s.value.get(key).is_some_and(|v| !v.is_boolean() || key == "uniqueItems"))
            .collect();
        differ(key, &said, |s| &s.value[key])?;
    }
    for (bound, open) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let said: Vec<&Spot<'_>> = parts.iter().copied().filter(|s| s.value.get(bound).is_some()).collect();
        if said.iter().any(|s| s.value[open] == true) {
            differ(bound, &said, |s| &s.value[bound])?;
        }
    }
    Ok(())
}

fn differ<'s>(key: &str, said: &[&'s Spot<'_>], value: impl Fn(&'s Spot<'_>) -> &'s Value) -> Result<(), Problem> {
    let [first, rest @ ..] = said else { return Ok(()) };
    match rest.iter().find(|s| value(s) != value(first)) {
        Some(other) => {
            let message = format!(
                "`{key}` is said in {} and in {}, and one of the two would be lost",
                first.pointer, other.pointer
            );
            Err((message, "say it once, in a way that means both"))
        }
        None => Ok(()),
    }
}
