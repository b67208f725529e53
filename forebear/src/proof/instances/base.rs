//! Whole instances to start from: every optional member present, every alternative of a union in one of them.

use super::Generator;
use crate::proof::{oracle::component_name, shape::Shape};
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// Most starting points of one schema.
const BASES: usize = 24;
/// How many components that contain themselves may stand inside each other.
const NESTED: usize = 4;

/// The way from the root: components that contain themselves.
type Stack = Vec<String>;

impl Generator<'_> {
    /// Instances of the schema, none of which is `null` where something else would do.
    pub(super) fn bases(&self, schema: &Value) -> Rc<Vec<Value>> {
        self.bases_in(schema, &mut vec![])
    }

    fn bases_in(&self, schema: &Value, stack: &mut Stack) -> Rc<Vec<Value>> {
        let Some(name) = schema["$ref"].as_str().and_then(component_name) else {
            return Rc::new(self.build(schema, stack));
        };
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let built = Rc::new(self.build(schema, stack));
        if self.recursive.contains(name) {
            return built; // what it holds depends on where it stands
        }
        self.known.borrow_mut().insert(name.into(), built.clone());
        built
    }

    fn build(&self, schema: &Value, stack: &mut Stack) -> Vec<Value> {
        let mut all: Vec<Value> = vec![];
        // one of each alternative first, then more of each
        let mut columns: Vec<_> = vec![];
        let before = stack.len();
        let branches = Shape::of(self.world, schema).branches(self.world);
        let alone = branches.len() == 1;
        for branch in branches {
            let nested: Vec<&String> = branch.through.intersection(&self.recursive).collect();
            if nested.is_empty() {
                columns.push(self.build_one(&branch, stack).into_iter());
            } else if stack.len() < NESTED {
                stack.extend(nested.into_iter().cloned());
                columns.push(self.build_one(&branch, stack).into_iter());
                stack.truncate(before);
            }
        }
        while all.len() < BASES {
            let round: Vec<Value> = columns.iter_mut().filter_map(Iterator::next).collect();
            if round.is_empty() {
                break;
            }
            // what is of two alternatives at once is of no `oneOf`
            let fit = round.into_iter().filter(|v| alone || self.takes(schema, v));
            all.extend(fit.take(BASES - all.len()));
        }
        all
    }

    fn build_one(&self, shape: &Shape, stack: &mut Stack) -> Vec<Value> {
        if let Some(values) = shape.word("enum").as_array() {
            let mut some = values.iter().filter(|v| !v.is_null()).chain(values);
            return some.find(|v| self.takes(&shape.schema(), v)).cloned().into_iter().collect();
        }
        let first = |values: Vec<Value>| values.into_iter().take(1).collect();
        match shape.kind() {
            "object" => self.objects(shape, stack),
            "array" => self.arrays(shape, stack),
            "string" => {
                let texts = self.texts(shape);
                if texts.is_empty() {
                    self.gap(format!("no text for {}", Value::from(shape.words.clone())));
                }
                texts.iter().take(1).map(|t| t.clone().into()).collect()
            }
            "integer" => first(self.integers(shape)),
            "number" => first(self.numbers(shape)),
            "boolean" => vec![true.into()],
            _ => vec![json!("anything")],
        }
    }

    /// The n-th object has the n-th instance of each member.
    fn objects(&self, shape: &Shape, stack: &mut Stack) -> Vec<Value> {
        let mut members: Vec<(String, Rc<Vec<Value>>)> = vec![];
        for (name, schema) in shape.properties() {
            let values = self.bases_in(schema, stack);
            if !values.is_empty() {
                members.push((name.clone(), values));
            } else if shape.requires(name) {
                return vec![];
            }
        }
        let undescribed = shape.word("required").as_array().into_iter().flatten().filter_map(Value::as_str);
        for name in undescribed.filter(|n| !shape.properties().any(|(p, _)| p == n)) {
            members.push((name.into(), Rc::new(vec![json!("anything")])));
        }
        if let Some(most) = shape.size("maxProperties").filter(|n| *n < members.len()) {
            members.sort_by_key(|(name, _)| !shape.requires(name));
            members.truncate(most);
        }
        let entry = shape.other_members();
        let values = match &entry {
            Value::Object(_) => self.bases_in(&entry, stack),
            _ => Rc::new(vec![json!("anything")]),
        };
        if entry != false && !values.is_empty() {
            let room = shape.size("maxProperties").map_or(1, |n| n - members.len().min(n)).min(1);
            let wanted = shape.size("minProperties").unwrap_or(0).saturating_sub(members.len());
            let wanted = if entry.is_object() { wanted.max(room) } else { wanted };
            members.extend((0..wanted).map(|i| (format!("entry-{}", i + 1), values.clone())));
        }
        let n = members.iter().map(|(_, v)| v.len()).max().unwrap_or(1).min(BASES);
        let at = |i: usize| -> Map<String, Value> {
            members.iter().map(|(name, values)| (name.clone(), values[i % values.len()].clone())).collect()
        };
        (0..n).map(|i| at(i).into()).collect()
    }

    /// The n-th list has the n-th instance of an item, and as many others as it needs.
    fn arrays(&self, shape: &Shape, stack: &mut Stack) -> Vec<Value> {
        let least = shape.size("minItems").unwrap_or(0);
        if shape.size("maxItems") == Some(0) {
            return vec![json!([])];
        }
        let items = self.bases_in(&items(shape), stack);
        if items.is_empty() {
            return if least == 0 { vec![json!([])] } else { vec![] };
        }
        if least <= 1 {
            return items.iter().map(|i| json!([i])).collect();
        }
        let list = self.list_of(shape, least, &items);
        if list.len() < least { vec![] } else { vec![list.into()] }
    }
}

/// Schema of the items.
pub(super) fn items(shape: &Shape) -> Value {
    shape.words.get("items").cloned().unwrap_or_else(|| json!({}))
}
