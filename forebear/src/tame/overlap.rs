//! Alternatives of an `anyOf` that one object can follow at once.
//!
//! A type of one alternative would not keep what the others declare, so what several of them say together becomes an alternative too.

use crate::proof::{Shape, World};
use serde_json::{Value, json};

/// Most alternatives that are added to one `anyOf`.
const MOST: usize = 16;

/// What sets of these alternatives say together, the largest sets first; `None` if there are too many.
pub(crate) fn together(world: World<'_>, alternatives: &[Value]) -> Option<Vec<Value>> {
    let shapes: Vec<Shape> = alternatives.iter().map(|a| Shape::of(world, a)).collect();
    let open: Vec<usize> = (0..shapes.len()).filter(|i| is_open(&shapes[*i])).collect();
    let mut sets: Vec<Vec<usize>> = open.iter().map(|i| vec![*i]).collect();
    let mut done = 0;
    while let Some(set) = sets.get(done).cloned() {
        let last = set.last().copied().unwrap_or_default();
        let more = open.iter().filter(|i| **i > last && set.iter().all(|j| !apart(&shapes[*j], &shapes[**i])));
        sets.extend(more.map(|i| [set.as_slice(), &[*i]].concat()));
        done += 1;
        if sets.len() > open.len() + MOST {
            return None;
        }
    }
    sets.reverse();
    let schema = |set: &Vec<usize>| json!({"allOf": set.iter().map(|i| &alternatives[*i]).collect::<Vec<_>>()});
    Some(sets.iter().filter(|set| set.len() > 1).map(schema).collect())
}

/// An object that may have members that its type does not keep.
fn is_open(shape: &Shape) -> bool {
    let has_members = shape.properties().next().is_some();
    has_members && shape.kind() == "object" && shape.unions.is_empty() && shape.other_members() == true
}

/// Whether a member says that a value follows one of the two at most.
fn apart(a: &Shape, b: &Shape) -> bool {
    a.properties().any(|(name, ours)| {
        let theirs = b.properties().find(|(other, _)| *other == name).map(|(_, schema)| schema);
        let values = |schema: &Value| schema["enum"].as_array().cloned();
        let disjoint = match (values(ours), theirs.and_then(values)) {
            (Some(ours), Some(theirs)) => !ours.iter().any(|v| theirs.contains(v)),
            _ => false,
        };
        disjoint && a.requires(name) && b.requires(name)
    })
}

#[cfg(test)]
mod tests {
    use super::together;
    use crate::proof::{Direction, World};
    use serde_json::{Value, json};

    fn sets(alternatives: &[Value]) -> Option<usize> {
        let world = World { document: &Value::Null, direction: Direction::Response };
        together(world, alternatives).map(|sets| sets.len())
    }

    #[test]
    fn only_what_can_be_together() {
        let object = |name: &str| json!({"type": "object", "properties": {name: {"type": "string"}}});
        let tagged = |kind: &str| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string", "enum": [kind]}}});
        let closed = json!({"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string"}}});
        assert_eq!(sets(&[object("a"), object("b"), json!({"type": "string"}), closed]), Some(1));
        assert_eq!(sets(&[object("a"), object("b"), object("c")]), Some(4));
        assert_eq!(sets(&[tagged("a"), tagged("b")]), Some(0));
        assert_eq!(sets(&["a", "b", "c", "d", "e", "f"].map(object)), None);
    }
}
