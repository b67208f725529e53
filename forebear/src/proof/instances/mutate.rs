//! Values for one place that break one thing that its schema says.

use super::{Constraint, Generator};
use crate::proof::shape::Shape;
use serde_json::{Map, Value, json};

/// Longest list that is made to exceed a `maxItems`.
const LONGEST: usize = 1000;
/// A member that no schema has.
const UNKNOWN: &str = "no_such_member";

/// A value to put in place of another, and where in it the fault is.
pub(super) struct Break {
    pub constraint: Constraint,
    /// Pointer of the fault below the place, empty for the place itself.
    pub below: String,
    pub value: Value,
}

impl Generator<'_> {
    /// Everything that can be broken at a place.
    pub(super) fn breaks(&self, shape: &Shape, value: &Value) -> Vec<Break> {
        let mut all = types(shape, value);
        if let Some(values) = shape.word("enum").as_array() {
            all.extend(foreign(values).into_iter().map(|v| here(Constraint::Enum, v)));
            return all;
        }
        match value {
            Value::Object(members) => {
                all.extend(self.broken_members(shape, members));
                all.extend(self.counted_members(shape, members));
            }
            Value::Array(items) => all.extend(self.broken_lists(shape, items)),
            Value::String(text) => {
                all.extend(self.broken_texts(shape, text).into_iter().map(|(c, t)| here(c, t.into())));
            }
            Value::Number(_) => all.extend(self.broken_numbers(shape).into_iter().map(|(c, v)| here(c, v))),
            _ => {}
        }
        all
    }

    /// Values between the alternatives of the union at a place: none of them, and two at once.
    pub(super) fn between(&self, schema: &Value, value: &Value) -> Vec<Break> {
        let mut all = vec![json!({}), json!({ UNKNOWN: null }), json!(UNKNOWN)];
        let bases = self.bases(schema);
        if let Value::Object(members) = value {
            let others = bases.iter().filter_map(Value::as_object).filter(|o| *o != members);
            all.extend(others.take(8).map(|other| {
                let both = members.iter().chain(other.iter().filter(|(k, _)| !members.contains_key(*k)));
                Value::Object(both.map(|(k, v)| (k.clone(), v.clone())).collect())
            }));
        }
        all.retain(|v| v != value);
        all.into_iter().map(|v| here(Constraint::Union, v)).collect()
    }

    fn broken_members(&self, shape: &Shape, members: &Map<String, Value>) -> Vec<Break> {
        let mut all = vec![];
        for name in members.keys().filter(|n| shape.requires(n)) {
            let mut less = members.clone();
            less.shift_remove(name);
            all.push(Break { constraint: Constraint::Required, below: below(name), value: less.into() });
        }
        let mut with = |constraint: Constraint, name: &str, value: Value| {
            let mut more = members.clone();
            more.insert(name.into(), value);
            all.push(Break { constraint, below: below(name), value: more.into() });
        };
        if shape.other_members() == false {
            with(Constraint::Unknown, UNKNOWN, json!(1));
            let other_case = members.keys().map(|k| k.to_uppercase()).find(|k| !members.contains_key(k));
            if let Some((name, value)) = other_case.zip(members.values().next()) {
                with(Constraint::Unknown, &name, value.clone());
            }
        }
        for (name, schema) in &shape.refused {
            let value = self.bases(schema).first().cloned().unwrap_or_else(|| json!("assigned"));
            with(Constraint::ReadOnly, name, value);
        }
        all
    }

    fn counted_members(&self, shape: &Shape, members: &Map<String, Value>) -> Vec<Break> {
        let mut all = vec![];
        if let Some(least) = shape.size("minProperties").filter(|n| *n > 0) {
            let mut some = members.iter().filter(|(k, _)| shape.requires(k)).chain(members).take(least - 1);
            let few: Map<String, Value> = some.by_ref().map(|(k, v)| (k.clone(), v.clone())).collect();
            all.push(here(Constraint::MinProperties, few.into()));
        }
        let entry =
            members.values().next().cloned().or_else(|| (shape.other_members() != false).then(|| json!("anything")));
        if let (Some(most), Some(entry)) = (shape.size("maxProperties").filter(|n| *n < LONGEST), entry) {
            let mut many = members.clone();
            let missing = (most + 1).saturating_sub(many.len());
            many.extend((0..missing).map(|i| (format!("more-{i}"), entry.clone())));
            all.push(here(Constraint::MaxProperties, many.into()));
        }
        all
    }

    fn broken_lists(&self, shape: &Shape, items: &[Value]) -> Vec<Break> {
        let mut all = vec![];
        if let Some(least) = shape.size("minItems").filter(|n| *n > 0) {
            all.push(here(Constraint::MinItems, self.list(shape, least - 1).into()));
        }
        if let Some(most) = shape.size("maxItems").filter(|n| *n < LONGEST) {
            let many = self.list(shape, most + 1);
            if many.len() > most {
                all.push(here(Constraint::MaxItems, many.into()));
            }
        }
        if let (true, Some(first)) = (shape.word("uniqueItems") == true, items.first()) {
            let mut twice = items.to_vec();
            // an item more, or one in place of the last where no more fit
            if shape.size("maxItems").is_some_and(|n| n <= twice.len()) {
                twice.pop();
            }
            twice.push(first.clone());
            let last = twice.len() - 1;
            all.push(Break { constraint: Constraint::UniqueItems, below: format!("/{last}"), value: twice.into() });
        }
        all
    }
}

fn here(constraint: Constraint, value: Value) -> Break {
    Break { constraint, below: String::new(), value }
}

fn below(name: &str) -> String {
    format!("/{}", super::escape(name))
}

/// Values of every other type, among them what a lenient reader takes for the right one.
fn types(shape: &Shape, value: &Value) -> Vec<Break> {
    let kind = shape.kind();
    if kind == "any" {
        return vec![];
    }
    let mut all = vec![json!(true), json!(1), json!("text"), json!([]), json!({})];
    match value {
        Value::Object(members) => {
            all.extend([json!([value]), members.values().cloned().collect()]);
        }
        Value::Array(items) => all.extend(items.first().cloned()),
        Value::String(text) => all.extend([json!([text]), json!({ text: null })]),
        Value::Number(n) => all.extend([n.to_string().into(), json!([n])]),
        Value::Bool(b) => all.extend([b.to_string().into(), json!(0)]),
        Value::Null => {}
    }
    if kind == "integer" {
        all.push(json!(1.5));
    }
    if !shape.nullable {
        all.insert(0, Value::Null);
    }
    let right = |v: &Value| match v {
        Value::Object(_) => kind == "object",
        Value::Array(_) => kind == "array",
        Value::String(_) => kind == "string",
        Value::Bool(_) => kind == "boolean",
        Value::Number(n) => kind == "number" || kind == "integer" && (n.is_i64() || n.is_u64()),
        Value::Null => false,
    };
    all.retain(|v| !right(v));
    all.into_iter().map(|v| here(Constraint::Type, v)).collect()
}

/// Values near those of the list.
fn foreign(values: &[Value]) -> Vec<Value> {
    let mut all = vec![];
    for value in values.iter().filter(|v| !v.is_null()).take(1) {
        match value {
            Value::String(text) => {
                let other = if text.to_uppercase() == *text { text.to_lowercase() } else { text.to_uppercase() };
                all.extend([other, format!("{text} "), "no-such-value".into(), String::new()].map(Value::from));
            }
            Value::Number(_) => all.extend([json!(-7_919), json!(7_919)]),
            _ => {}
        }
    }
    all.retain(|v| !values.contains(v));
    all
}
