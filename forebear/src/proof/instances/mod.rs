//! Instances of a schema: valid ones from the plainest to the extremes, and mutants that break exactly one constraint.
//!
//! Everything follows from a seed. What the generator claims is checked with the oracle: a valid instance that it refuses is a gap
//! that is reported, and a mutant that it takes is handed back as a valid instance.

mod base;
mod mutate;
mod number;
mod pattern;
mod random;
mod site;
mod text;
mod vary;

use super::{
    oracle::{Direction, Oracle, component_name},
    shape::World,
};
use random::Random;
use serde_json::Value;
use site::Site;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// What a mutant breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Constraint {
    /// Another JSON type, or `null` where it is not allowed.
    Type,
    /// A required member is missing.
    Required,
    /// A member that the closed object does not have.
    Unknown,
    /// A `readOnly` member in a request, a `writeOnly` one in a response.
    ReadOnly,
    /// Less than `minimum`.
    Minimum,
    /// More than `maximum`.
    Maximum,
    /// Equal to an exclusive `minimum`.
    ExclusiveMinimum,
    /// Equal to an exclusive `maximum`.
    ExclusiveMaximum,
    /// Between two multiples.
    MultipleOf,
    /// Too short.
    MinLength,
    /// Too long.
    MaxLength,
    /// Off the pattern.
    Pattern,
    /// None of the values.
    Enum,
    /// Against the format, which for integers is a range.
    Format,
    /// Too few items.
    MinItems,
    /// Too many items.
    MaxItems,
    /// An item twice.
    UniqueItems,
    /// Too few members.
    MinProperties,
    /// Too many members.
    MaxProperties,
    /// No alternative of a union, or more than one.
    Union,
}

/// An instance that its schema refuses, for one reason.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// The whole instance.
    pub instance: Value,
    /// JSON pointer of the broken place; of a missing or superfluous member, the member's own.
    pub pointer: String,
    /// What is broken.
    pub constraint: Constraint,
    /// Pointer of the nearest union that the place is in, where a reader may not know which alternative was meant.
    pub union: Option<String>,
}

/// What [`Generator::valid`] made.
#[derive(Debug, Default)]
pub struct Instances {
    /// Instances that the oracle takes.
    pub values: Vec<Value>,
    /// How many more there would have been.
    pub left_out: usize,
    /// What could not be made, each in a sentence.
    pub gaps: Vec<String>,
}

/// What [`Generator::mutants`] made.
#[derive(Debug, Default)]
pub struct Mutants {
    /// Instances that the oracle refuses.
    pub mutants: Vec<Mutant>,
    /// Would-be mutants that the oracle takes, for instance because another alternative of a union fits.
    pub accepted: Vec<Value>,
    /// How many more there would have been.
    pub left_out: usize,
}

/// How much is made.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Valid instances of a schema.
    pub valid: usize,
    /// Mutants of a schema.
    pub mutants: usize,
    /// Where chance begins.
    pub seed: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { valid: 60, mutants: 200, seed: 1 }
    }
}

/// Makes instances of the schemas of one document.
pub struct Generator<'a> {
    oracle: &'a Oracle,
    world: World<'a>,
    limits: Limits,
    pins: Vec<(String, Value)>,
    recursive: BTreeSet<String>,
    random: RefCell<Random>,
    texts: RefCell<BTreeMap<String, Rc<Vec<String>>>>,
    known: RefCell<BTreeMap<String, Rc<Vec<Value>>>>,
    gaps: RefCell<BTreeSet<String>>,
}

impl<'a> Generator<'a> {
    /// A generator for values that travel in `direction`.
    #[must_use]
    pub fn new(oracle: &'a Oracle, direction: Direction, limits: Limits) -> Self {
        let document = oracle.document();
        Self {
            oracle,
            world: World { document, direction },
            limits,
            pins: vec![],
            recursive: recursive(document),
            random: RefCell::new(Random::new(limits.seed)),
            texts: RefCell::default(),
            known: RefCell::default(),
            gaps: RefCell::default(),
        }
    }

    /// The same, with a fixed value at a pointer wherever the pointer leads to something: for rules that no schema can say. Mutants
    /// of the place itself are still made.
    #[must_use]
    pub fn pin(mut self, pointer: &str, value: Value) -> Self {
        self.pins.push((pointer.into(), value));
        self
    }

    /// Instances that `schema` takes.
    ///
    /// # Errors
    /// The schema cannot be compiled.
    pub fn valid(&self, schema: &Value) -> Result<Instances, String> {
        self.oracle.accepts(schema, self.world.direction, &Value::Null)?;
        let bases = self.starts(schema);
        let mut found = Instances::default();
        let mut seen = BTreeSet::new();
        let mut keep = |value: Value, found: &mut Instances| {
            if found.values.len() >= self.limits.valid {
                found.left_out += 1;
            } else if self.takes(schema, &value) && seen.insert(value.to_string()) {
                found.values.push(value);
            }
        };
        bases.iter().for_each(|b| keep(b.clone(), &mut found));
        // the first alternative of every place, then the second of each
        let mut queues: Vec<(Site, std::vec::IntoIter<Value>)> = vec![];
        for site in self.places(schema, &bases).into_iter().filter(|s| !self.is_pinned(&s.pointer)) {
            let at = bases[site.base].pointer(&site.pointer).unwrap_or(&Value::Null);
            let others = self.alternatives(&site.shape, at).into_iter();
            queues.push((site, others));
        }
        while !queues.is_empty() && found.values.len() < self.limits.valid {
            queues.retain_mut(|(site, others)| {
                let Some(other) = others.next() else { return false };
                keep(put(&bases[site.base], &site.pointer, other), &mut found);
                true
            });
        }
        found.left_out += queues.iter().map(|(_, others)| others.len()).sum::<usize>();
        if found.values.is_empty() {
            self.gap(format!("no instance of {schema}"));
        }
        // each is told once
        found.gaps = self.gaps.take().into_iter().collect();
        Ok(found)
    }

    /// Instances that `schema` refuses, each for one reason, at every place that a valid instance reaches.
    ///
    /// # Errors
    /// The schema cannot be compiled.
    pub fn mutants(&self, schema: &Value) -> Result<Mutants, String> {
        self.oracle.accepts(schema, self.world.direction, &Value::Null)?;
        let bases = self.starts(schema);
        let mut kinds: BTreeMap<Constraint, std::collections::VecDeque<(Site, mutate::Break)>> = BTreeMap::new();
        for site in self.places(schema, &bases) {
            let at = bases[site.base].pointer(&site.pointer).unwrap_or(&Value::Null);
            let between = site.begins.as_ref().map(|union| self.between(union, at));
            for b in self.breaks(&site.shape, at).into_iter().chain(between.into_iter().flatten()) {
                kinds.entry(b.constraint).or_default().push_back((site.clone(), b));
            }
        }
        let mut found = Mutants::default();
        // one of each kind in turn, the shallow places first
        while found.mutants.len() < self.limits.mutants && !kinds.is_empty() {
            kinds.retain(|_, queue| {
                let Some((site, b)) = queue.pop_front() else { return false };
                self.judge(schema, &bases, &site, b, &mut found);
                true
            });
        }
        found.left_out = kinds.values().map(std::collections::VecDeque::len).sum();
        Ok(found)
    }

    fn judge(&self, schema: &Value, bases: &[Value], site: &Site, b: mutate::Break, found: &mut Mutants) {
        let instance = put(&bases[site.base], &site.pointer, b.value);
        if self.takes(schema, &instance) {
            found.accepted.push(instance);
            return;
        }
        let pointer = format!("{}{}", site.pointer, b.below);
        found.mutants.push(Mutant { instance, pointer, constraint: b.constraint, union: site.union.clone() });
    }

    /// Starting points that the oracle takes, with the pinned values.
    fn starts(&self, schema: &Value) -> Vec<Value> {
        let mut all = self.bases(schema).as_ref().clone();
        for (pointer, value) in &self.pins {
            for at in all.iter_mut().filter_map(|b| b.pointer_mut(pointer)) {
                *at = value.clone();
            }
        }
        all.retain(|b| {
            let taken = self.takes(schema, b);
            if !taken {
                self.gap(format!("a starting point of {schema} is refused: {b}"));
            }
            taken
        });
        all
    }

    /// Places of all starting points, each shape at a pointer once, the shallow ones first.
    fn places(&self, schema: &Value, bases: &[Value]) -> Vec<Site> {
        let mut seen = BTreeSet::new();
        let mut all = vec![];
        for (i, base) in bases.iter().enumerate() {
            let new = self.sites(schema, base, i).into_iter();
            all.extend(
                new.filter(|s| seen.insert((s.pointer.clone(), Value::from(s.shape.words.clone()).to_string()))),
            );
        }
        all.sort_by_key(|s: &Site| s.pointer.matches('/').count());
        all
    }

    fn is_pinned(&self, pointer: &str) -> bool {
        self.pins
            .iter()
            .any(|(p, _)| pointer == p || pointer.strip_prefix(p.as_str()).is_some_and(|r| r.starts_with('/')))
    }

    fn takes(&self, schema: &Value, value: &Value) -> bool {
        self.oracle.accepts(schema, self.world.direction, value).unwrap_or(false)
    }

    fn gap(&self, what: String) {
        self.gaps.borrow_mut().insert(what);
    }
}

/// `root` with another value at `pointer`.
fn put(root: &Value, pointer: &str, value: Value) -> Value {
    let mut root = root.clone();
    if let Some(at) = root.pointer_mut(pointer) {
        *at = value;
    }
    root
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Components that contain themselves.
fn recursive(document: &Value) -> BTreeSet<String> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let direct: BTreeMap<&str, BTreeSet<&str>> = schemas
        .map(|(name, schema)| {
            let mut refs = BTreeSet::new();
            references(schema, &mut refs);
            (name.as_str(), refs)
        })
        .collect();
    let reaches_itself = |name: &&str| {
        let mut seen = BTreeSet::new();
        let mut todo: Vec<&str> = direct[name].iter().copied().collect();
        while let Some(next) = todo.pop() {
            if seen.insert(next) {
                todo.extend(direct.get(next).into_iter().flatten());
            }
        }
        seen.contains(name)
    };
    direct.keys().filter(|n| reaches_itself(n)).map(ToString::to_string).collect()
}

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).and_then(component_name));
            map.values().for_each(|v| references(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
