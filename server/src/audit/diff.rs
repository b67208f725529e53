//! What changed in a row, by its columns in the document's order. What `x-sensitive` marks is there as a keyed hash alone: who holds the
//! key can tell whether a value is the one in question, and nobody else can tell anything.

use super::Keys;
use forebear_runtime::store::{Column, Member};
use generated_server::store::Entity;
use serde_json::Value;
use std::borrow::Cow;

/// Kept by the server with each row; version and time have columns of their own.
const BOOKKEEPING: [&str; 3] = ["/version", "/created_at", "/updated_at"];

/// Members that differ, by JSON pointer: value before, value after. A row that is new has had null everywhere.
pub(crate) fn diff<E: Entity>(keys: &Keys, before: Option<&E>, after: Option<&E>) -> String {
    let (before, after) = (before.map(E::values::<Member>), after.map(E::values::<Member>));
    let mut text = String::from("{");
    for (at, column) in content::<E>() {
        let (old, new) = (json(before.as_deref(), at), json(after.as_deref(), at));
        if same(old, new) {
            continue;
        }
        if text.len() > 1 {
            text.push(',');
        }
        let pointer = Value::from(column.pointer);
        let [old, new] = [old, new].map(|value| shown(keys, E::TABLE.name, column, value));
        text.extend([&*pointer.to_string(), ":[", &old, ",", &new, "]"]);
    }
    text.push('}');
    text
}

/// Whether two rows differ in nothing but version and times.
pub(crate) fn same_content<E: Entity>(a: &E, b: &E) -> bool {
    let (a, b) = (a.values::<Member>(), b.values::<Member>());
    content::<E>().all(|(at, _)| same(json(Some(&a), at), json(Some(&b), at)))
}

/// Places and columns of what callers know, each member once: one that is stored in a second form, to be found by it, has a column
/// behind its own.
fn content<E: Entity>() -> impl Iterator<Item = (usize, &'static Column)> {
    let mut last = "";
    E::TABLE.columns.iter().enumerate().filter(move |(_, column)| {
        let again = std::mem::replace(&mut last, column.pointer) == column.pointer;
        !again && !BOOKKEEPING.contains(&column.pointer)
    })
}

fn json(row: Option<&[Member]>, at: usize) -> Option<&str> {
    row?.get(at)?.0.as_deref()
}

/// Of two objects the members may come in another order.
fn same(a: Option<&str>, b: Option<&str>) -> bool {
    let parsed = |text: Option<&str>| text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let may_hold_objects = |text: Option<&str>| text.is_some_and(|text| text.starts_with(['{', '[']));
    a == b || may_hold_objects(a) && may_hold_objects(b) && parsed(a) == parsed(b)
}

/// A value as it may be read.
fn shown<'a>(keys: &Keys, table: &str, column: &Column, value: Option<&'a str>) -> Cow<'a, str> {
    match value {
        None => "null".into(),
        Some(value) if column.sensitive => format!("\"{}\"", keys.hide(table, column.pointer, value)).into(),
        Some(value) => value.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn members_in_another_order_are_the_same() {
        assert!(
            same(None, None) && same(Some("1"), Some("1")) && !same(Some("1"), None) && !same(Some("1"), Some("2"))
        );
        let (one, other) = (r#"[{"a":1,"b":{"c":2,"d":3}}]"#, r#"[{"b":{"d":3,"c":2},"a":1}]"#);
        assert!(same(Some(one), Some(other)));
        assert!(!same(Some("[1,2]"), Some("[2,1]")), "the order of a list counts");
        assert!(!same(Some("{}"), Some("[]")) && !same(Some("{}"), None));
    }
}
