//! What changed in a row, by its columns in the document's order. What `x-sensitive` marks is there as a keyed hash alone: who holds the
//! key can tell whether a value is the one in question, and nobody else can tell anything.

use super::Keys;
use generated_server::store::Entity;
use serde_json::{Map, Value, json};

/// Kept by the server with each row; version and time have columns of their own.
const BOOKKEEPING: [&str; 3] = ["/version", "/created_at", "/updated_at"];

/// Members that differ, by JSON pointer: value before, value after. A row that is new has had null everywhere.
pub(crate) fn diff<E: Entity>(keys: &Keys, before: Option<&E>, after: Option<&E>) -> String {
    let (before, after) = (value(before), value(after));
    let mut changed = Map::new();
    for column in E::TABLE.columns.iter().filter(|c| !BOOKKEEPING.contains(&c.pointer)) {
        let at = |row: &Value| row.pointer(column.pointer).cloned().unwrap_or_default();
        let (old, new) = (at(&before), at(&after));
        if old != new {
            let shown = |value: Value| {
                if column.sensitive && !value.is_null() {
                    keys.hide(E::TABLE.name, column.pointer, &value).into()
                } else {
                    value
                }
            };
            changed.insert(column.pointer.into(), json!([shown(old), shown(new)]));
        }
    }
    Value::Object(changed).to_string()
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
