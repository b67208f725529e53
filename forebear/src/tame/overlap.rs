//! Alternatives of an `anyOf` that one object can follow at once.
//!
//! A type of one alternative would not keep what the others declare, so what several of them say together becomes an alternative too.

use crate::proof::{Shape, World};
use serde_json::{Value, json};

/// Most alternatives that are added to one `anyOf`.
const MOST: usize = 16;

/// What sets of these alternatives say together, the largest sets first; `None` if there are too many, or if they differ on a member.
pub(crate) fn together(world: World<'_>, alternatives: &[Value]) -> Option<Vec<Value>> {
    let shapes: Vec<Shape> = alternatives.iter().map(|a| Shape::of(world, a)).collect();
    let open: Vec<usize> = (0..shapes.len()).filter(|i| is_open(&shapes[*i])).collect();
    let mut sets: Vec<Vec<usize>> = open.iter().map(|i| vec![*i]).collect();
    let mut done = 0;
    while let Some(set) = sets.get(done).cloned() {
        let last = set.last().copied().unwrap_or_default();
        for i in open.iter().copied().filter(|i| *i > last) {
            let all: Vec<Between> = set.iter().map(|j| between(world, &shapes[*j], &shapes[i])).collect();
            if all.contains(&Between::Clash) {
                return None;
            }
            if !all.contains(&Between::Apart) {
                sets.push([set.as_slice(), &[i]].concat());
            }
        }
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

/// What a value can do with two alternatives.
#[derive(PartialEq)]
enum Between {
    /// Follow one of them at most.
    Apart,
    /// Follow both.
    Together,
    /// Follow both as long as it lacks a member that they describe in two ways.
    Clash,
}

fn between(world: World<'_>, a: &Shape, b: &Shape) -> Between {
    let mut found = Between::Together;
    for (name, ours) in a.properties() {
        let Some((_, theirs)) = b.properties().find(|(other, _)| *other == name) else { continue };
        if !differ(&Shape::of(world, ours), &Shape::of(world, theirs)) {
            continue;
        }
        if a.requires(name) && b.requires(name) {
            return Between::Apart;
        }
        found = Between::Clash;
    }
    found
}

/// Whether no value is of both.
fn differ(a: &Shape, b: &Shape) -> bool {
    let number = |kind: &str| matches!(kind, "integer" | "number");
    let kinds =
        a.kind() != b.kind() && a.kind() != "any" && b.kind() != "any" && !(number(a.kind()) && number(b.kind()));
    let disjoint = match (a.word("enum").as_array(), b.word("enum").as_array()) {
        (Some(ours), Some(theirs)) => !ours.iter().any(|v| theirs.contains(v)),
        _ => false,
    };
    kinds || disjoint
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
        let clash = json!({"type": "object", "properties": {"a": {"type": "integer"}}});
        assert_eq!(sets(&[object("a"), clash]), None);
        assert_eq!(sets(&["a", "b", "c", "d", "e", "f"].map(object)), None);
    }
}
