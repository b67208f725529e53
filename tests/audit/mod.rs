//! The audit trail: what is recorded of changes, of what was refused, and of what was read.

/// What was tried and what was read.
mod attempts;
/// What was changed.
mod changes;
/// What an older version left.
mod older;
/// What auditors read.
mod reading;
/// What is found when somebody changes the seals.
mod seals;
/// What is found when somebody changes the tables.
mod tables;
/// What is found when somebody changes sealed records.
mod tampering;
/// What the others tamper with.
mod trail;
/// What is found of records before they are sealed.
mod unsealed;

use crate::support::Server;
use serde_json::{Map, Value};
use std::time::{Duration, Instant};

/// The records for which a condition holds, in order, each as an object of its columns.
pub fn records(server: &Server, condition: &str) -> Vec<Map<String, Value>> {
    let db = server.database();
    let mut query = db.prepare(&format!("SELECT * FROM audit_record WHERE {condition} ORDER BY seq")).unwrap();
    let names: Vec<String> = query.column_names().map(Into::into).collect();
    let row = |row: &rusqlite::Row<'_>| {
        let value = |i: usize| match row.get_ref(i).unwrap() {
            rusqlite::types::ValueRef::Integer(n) => n.into(),
            rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
            _ => Value::Null,
        };
        Ok(names.iter().enumerate().map(|(i, name)| (name.clone(), value(i))).collect())
    };
    query.query_map([], row).unwrap().map(Result::unwrap).collect()
}

/// Waits for records that nobody waited for.
pub async fn eventually(server: &Server, condition: &str, count: usize) -> Vec<Map<String, Value>> {
    let begin = Instant::now();
    loop {
        let found = records(server, condition);
        if found.len() >= count {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(5), "{} of {count} records where {condition}", found.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// JSON in a column.
pub fn json(record: &Map<String, Value>, column: &str) -> Value {
    serde_json::from_str(record[column].as_str().unwrap()).unwrap()
}
