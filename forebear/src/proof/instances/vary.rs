//! Other values for one place that the schema takes as well.

use super::{Generator, base::items};
use crate::proof::{same::difference, shape::Shape};
use serde_json::{Value, json};

/// Longest list that is made to reach a `maxItems`.
const LONGEST: usize = 200;

impl Generator<'_> {
    /// What may stand in place of `value`, most telling first.
    pub(super) fn alternatives(&self, shape: &Shape, value: &Value) -> Vec<Value> {
        let mut all = match shape.kind() {
            _ if shape.word("enum").is_array() => shape.word("enum").as_array().cloned().unwrap_or_default(),
            "object" => self.other_objects(shape, value),
            "array" => self.other_lists(shape, value),
            "string" => self.texts(shape).iter().map(|t| t.clone().into()).collect(),
            "integer" => self.integers(shape),
            "number" => self.numbers(shape),
            "boolean" => vec![false.into(), true.into()],
            _ => vec![json!(1), json!([]), json!({"any": [null, 0.5]})],
        };
        all.extend(shape.words.get("default").cloned());
        if shape.nullable {
            all.insert(0, Value::Null);
        }
        all.retain(|v| v != value);
        all
    }

    fn other_objects(&self, shape: &Shape, value: &Value) -> Vec<Value> {
        let Some(members) = value.as_object() else { return vec![] };
        let optional: Vec<&String> = members.keys().filter(|k| !shape.requires(k)).collect();
        let mut all = vec![];
        if !optional.is_empty() {
            let mut least = members.clone();
            least.retain(|name, _| shape.requires(name));
            all.push(least.into());
        }
        let other = shape.other_members();
        if other != false {
            let mut more = members.clone();
            let extra = self.bases(&if other.is_object() { other } else { json!({}) });
            more.extend(extra.first().map(|e| ("extra member / ~ é".to_string(), e.clone())));
            all.push(more.into());
        }
        // one optional member is the same as none
        if optional.len() > 1 {
            all.extend(optional.iter().map(|name| {
                let mut less = members.clone();
                less.shift_remove(*name);
                Value::from(less)
            }));
        }
        all
    }

    fn other_lists(&self, shape: &Shape, value: &Value) -> Vec<Value> {
        let least = shape.size("minItems").unwrap_or(0);
        let most = shape.size("maxItems").unwrap_or(least.max(1) + 2);
        let sizes = [least, most.min(LONGEST), least + 1];
        let lists = sizes.into_iter().map(|n| Value::from(self.list(shape, n)));
        lists.filter(|l| l != value).collect()
    }

    /// A list of `n` items, or of fewer where there are not so many different ones.
    pub(super) fn list(&self, shape: &Shape, n: usize) -> Vec<Value> {
        self.list_of(shape, n, &self.bases(&items(shape)))
    }

    /// The same, beginning with these items.
    pub(super) fn list_of(&self, shape: &Shape, n: usize, first: &[Value]) -> Vec<Value> {
        let mut found = self.different(&items(shape), n, first);
        if shape.word("uniqueItems") != true && !found.is_empty() {
            found = found.into_iter().cycle().take(n).collect();
        }
        found
    }

    /// Up to `n` different instances of a schema, `bases` among them.
    fn different(&self, schema: &Value, n: usize, bases: &[Value]) -> Vec<Value> {
        let mut found: Vec<Value> = vec![];
        let mut keep = |value: Value| {
            // two spellings of one value are not different
            let same = |other: &Value| difference(self.oracle, schema, self.world.direction, other, &value).is_none();
            if found.len() < n && !found.iter().any(same) && self.takes(schema, &value) {
                found.push(value);
            }
        };
        bases.iter().for_each(|b| keep(b.clone()));
        if let Some(base) = bases.first() {
            for site in self.sites(schema, base, 0) {
                let at = base.pointer(&site.pointer).unwrap_or(&Value::Null);
                for other in self.alternatives_of_scalar(&site.shape, at) {
                    keep(super::put(base, &site.pointer, other));
                }
            }
        }
        found
    }

    /// Alternatives of anything but lists and objects, so that a list of lists ends.
    fn alternatives_of_scalar(&self, shape: &Shape, value: &Value) -> Vec<Value> {
        if matches!(shape.kind(), "object" | "array") { vec![] } else { self.alternatives(shape, value) }
    }
}
