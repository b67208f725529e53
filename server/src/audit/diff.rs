//! What changed in a row, by its columns in the document's order. What `x-sensitive` marks is there as a keyed hash alone: who holds the
//! key can tell whether a value is the one in question, and nobody else can tell anything.

use super::Keys;
use forebear_runtime::store::Column;
use generated_server::store::Entity;
use serde::{Serialize, Serializer as _};
use serde_json::{Serializer, Value};

/// Kept by the server with each row; version and time have columns of their own.
const BOOKKEEPING: [&str; 3] = ["/version", "/created_at", "/updated_at"];

/// Members that differ, by JSON pointer: value before, value after. A row that is new has had null everywhere.
pub(crate) fn diff<E: Entity>(keys: &Keys, before: Option<&E>, after: Option<&E>) -> String {
    let (before, after) = (value(before), value(after));
    let mut last = "";
    let columns = E::TABLE.columns.iter().filter(|column| {
        // a member that is stored in a second form, to be found by it, has a column behind its own
        let again = std::mem::replace(&mut last, column.pointer) == column.pointer;
        !again && !BOOKKEEPING.contains(&column.pointer)
    });
    let both = columns.map(|column| (column, at(&before, column.pointer), at(&after, column.pointer)));
    let shown = |column, value| Shown { keys, table: E::TABLE.name, column, value };
    let differ = both.filter(|(_, old, new)| old != new);
    let mut text = vec![];
    // to a buffer in memory, of strings and JSON: nothing here can fail
    drop(Serializer::new(&mut text).collect_map(differ.map(|(column, old, new)| {
        let change = (shown(column, old), shown(column, new));
        (column.pointer, change)
    })));
    String::from_utf8(text).unwrap_or_default()
}

/// A value as it may be read.
struct Shown<'a> {
    keys: &'a Keys,
    table: &'a str,
    column: &'a Column,
    value: &'a Value,
}

impl Serialize for Shown<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { keys, table, column, value } = self;
        match column.sensitive && !value.is_null() {
            true => serializer.serialize_str(&keys.hide(table, column.pointer, value)),
            false => value.serialize(serializer),
        }
    }
}

/// The value at a pointer, or null. [`Value::pointer`] would copy each name, in case that it is escaped.
fn at<'a>(row: &'a Value, pointer: &str) -> &'a Value {
    const NULL: &Value = &Value::Null;
    if pointer.contains('~') {
        return row.pointer(pointer).unwrap_or(NULL);
    }
    pointer.split('/').skip(1).try_fold(row, |value, name| value.get(name)).unwrap_or(NULL)
}

/// Whether two rows differ in nothing but version and times.
pub(crate) fn same_content<E: Entity>(a: &E, b: &E) -> bool {
    let content = |row: &E| {
        let mut value = value(Some(row));
        if let Some(map) = value.as_object_mut() {
            map.retain(|k, _| !BOOKKEEPING.iter().any(|b| b.trim_start_matches('/') == k));
        }
        value
    };
    content(a) == content(b)
}

fn value<E: Entity>(row: Option<&E>) -> Value {
    row.and_then(|row| serde_json::to_value(row).ok()).unwrap_or_default()
}
