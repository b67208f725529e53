//! The trail as people and their tools read it.

use super::{Checkpoint, Record};
use crate::{
    error::Result,
    store::{Read, trail},
};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Records that are read at once.
const CHUNK: i64 = 1000;

/// Writes records as JSON lines, in order: those made from `from` on and before `to` (RFC 3339, UTC). Of one that cannot be read, whenever
/// it was made, the line has number and id, and says so.
///
/// # Errors
/// When the database cannot be read, or `out` not be written.
pub fn export(tx: &mut Read, from: Option<&str>, to: Option<&str>, out: &mut impl Write) -> Result<io::Result<()>> {
    let mut next = i64::MIN;
    loop {
        let mut chunk = vec![];
        trail::each_record(tx, (next, i64::MAX), CHUNK, |seq, record| chunk.push((seq, record)))?;
        let Some((last, _)) = chunk.last() else { return Ok(Ok(())) };
        let last = *last;
        let is_meant = |record: &Record| {
            let at = record.recorded_at.as_str();
            from.is_none_or(|from| from <= at) && to.is_none_or(|to| at < to)
        };
        for (seq, record) in chunk {
            let line = match record {
                Ok(record) if !is_meant(&record) => continue,
                Ok(record) => open(seq, &record),
                Err(id) => json!({"id": id, "seq": seq, "unreadable": true}),
            };
            if let Err(e) = writeln!(out, "{line}") {
                return Ok(Err(e));
            }
        }
        // there is none after the last of all numbers
        let Some(following) = last.checked_add(1) else { return Ok(Ok(())) };
        next = following;
    }
}

/// The record with what it holds as JSON opened up.
fn open(seq: i64, record: &Record) -> Value {
    let mut value = serde_json::to_value(record).unwrap_or_default();
    for member in ["diff", "detail"] {
        if let Some(parsed) = value[member].as_str().and_then(|text| serde_json::from_str(text).ok()) {
            value[member] = parsed;
        }
    }
    value["seq"] = json!(seq);
    value
}

/// All checkpoints in order, and the numbers of the seals that cannot be read.
///
/// # Errors
/// When the database cannot be read.
pub fn checkpoints(tx: &mut Read) -> Result<(Vec<Checkpoint>, Vec<i64>)> {
    let (mut all, mut unreadable) = (vec![], vec![]);
    trail::each_readable_seal(tx, |batch, seal| match seal {
        Ok(seal) => all.push(seal.checkpoint),
        Err(_) => unreadable.push(batch),
    })?;
    Ok((all, unreadable))
}

/// The history of one row, as a person reads it; empty when there is none. A record that cannot be read is named in its place.
///
/// # Errors
/// When the database cannot be read.
pub fn history(tx: &mut Read, table: &str, id: &str) -> Result<String> {
    let tell = |(seq, record): (i64, Result<Record, String>)| match record {
        Ok(record) => told(&record),
        Err(id) => format!(
            "record {id}, number {seq}, holds something that is no text: `lending-api audit verify` says more\n"
        ),
    };
    Ok(trail::of_row(tx, table, id)?.into_iter().map(tell).collect())
}

fn told(record: &Record) -> String {
    let Record { recorded_at, operation, service, id, .. } = record;
    let user = match (&record.user_id, &record.user_proof) {
        (Some(user), Some(proof)) => format!(" for user {user} ({proof})"),
        _ => String::new(),
    };
    let version = match (record.version_before, record.version_after) {
        (None, Some(new)) => format!("added as version {new}"),
        (Some(old), Some(new)) => format!("version {old} became {new}"),
        (Some(old), None) => format!("removed in version {old}"),
        (None, None) => String::new(),
    };
    let mut text = format!("{recorded_at}  {operation} by {service}{user}: {version}\n    record {id}");
    if let Some(request) = &record.request_id {
        text.push_str(&format!(", request {request}"));
    }
    text.push('\n');
    let diff: Value = record.diff.as_deref().and_then(|d| serde_json::from_str(d).ok()).unwrap_or_default();
    for (pointer, values) in diff.as_object().into_iter().flatten() {
        let shown = |value: &Value| if value.is_null() { "–".to_string() } else { value.to_string() };
        text.push_str(&format!("    {pointer}: {} → {}\n", shown(&values[0]), shown(&values[1])));
    }
    text
}
