//! The places of an instance, each with the shape that holds there.

use super::Generator;
use crate::proof::{instances::base::items, shape::Shape};
use serde_json::Value;
use std::rc::Rc;

/// Most places of one instance that are looked at; the shallow ones come first.
const PLACES: usize = 400;

/// One place.
#[derive(Clone)]
pub(super) struct Site {
    /// Which starting point the place is in.
    pub base: usize,
    pub pointer: String,
    pub shape: Rc<Shape>,
    /// Schema of a union that begins here.
    pub begins: Option<Value>,
    /// Pointer of the nearest union around or at the place.
    pub union: Option<String>,
}

impl Generator<'_> {
    /// Every place of `value`, breadth first.
    pub(super) fn sites(&self, schema: &Value, value: &Value, base: usize) -> Vec<Site> {
        let mut found: Vec<Site> = vec![];
        let mut queue = std::collections::VecDeque::from([(schema.clone(), String::new(), None)]);
        while let Some((schema, pointer, union)) = queue.pop_front() {
            let Some(at) = value.pointer(&pointer).filter(|_| found.len() < PLACES) else { continue };
            let Some((shape, chosen)) = self.branch(&schema, at) else { continue };
            let union = if chosen { Some(pointer.clone()) } else { union };
            for (name, inner) in inside(&shape, at) {
                queue.push_back((inner, format!("{pointer}/{name}"), union.clone()));
            }
            let begins = chosen.then_some(schema);
            found.push(Site { base, pointer, shape: Rc::new(shape), begins, union });
        }
        found
    }

    /// The alternative that `value` follows, and whether there are others.
    pub(super) fn branch(&self, schema: &Value, value: &Value) -> Option<(Shape, bool)> {
        let mut branches = Shape::of(self.world, schema).branches(self.world);
        if branches.len() == 1 {
            return branches.pop().map(|b| (b, false));
        }
        branches.into_iter().find(|b| self.takes(&b.schema(), value)).map(|b| (b, true))
    }
}

/// Members or items, with their schemas.
fn inside(shape: &Shape, value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Array(all) => {
            let schema = items(shape);
            // items of one list differ in what they are, not in where they stand
            (0..all.len().min(8)).map(|i| (i.to_string(), schema.clone())).collect()
        }
        Value::Object(all) => {
            let of = |name: &String| match shape.properties().find(|(p, _)| *p == name) {
                Some((_, schema)) => Some(schema.clone()),
                None => Some(shape.other_members()).filter(Value::is_object),
            };
            all.keys().filter_map(|name| Some((super::escape(name), of(name)?))).collect()
        }
        _ => vec![],
    }
}
