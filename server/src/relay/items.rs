//! What a sealed batch is shipped as. A record that is not as it was sealed is told of, and shipped as it is now, with both digests.

use crate::audit::{Checkpoint, Record, Seal, UNPROVEN, digest_of};
use chrono::DateTime;
use lending_api_relay::{Batch, Item};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Most bytes of an id: DynamoDB refuses a longer key, and an empty one, for ever.
const KEY: usize = 2048;

/// The batch of a seal, with the records that are there by their numbers; and how much of it is not as it was sealed, or not signed with
/// the key of the trail. A record that cannot be read or shipped must not keep the others back.
pub(super) fn batch(seal: &Seal, rows: &HashMap<i64, Result<Record, String>>, public_key: &str) -> (Batch, u64) {
    let own = &seal.checkpoint;
    let mut wrong = 0;
    let mut tell = |id: &str, seq: i64, what: &str| {
        wrong += 1;
        tracing::error!(id, seq, batch = own.batch, "{what}; run `lending-api audit verify`");
    };
    let digest = seal.digest();
    let found = (own.digest != digest).then_some(digest);
    if found.is_some() {
        tell(&seal_id(own), own.last_seq, "a seal was altered");
    } else if !own.is_signed_with(public_key) {
        tell(&seal_id(own), own.last_seq, "a seal is not signed with the key of this trail");
    }
    let mut records = vec![];
    for entry in seal.entries() {
        if entry.id.is_empty() || entry.id.len() > KEY {
            tell("", entry.seq, "a sealed record has an id that no item can have, and is not shipped");
            continue;
        }
        let Some(Ok(record)) = rows.get(&entry.seq) else {
            tell(&entry.id, entry.seq, "a sealed record is missing or cannot be read, and is not shipped");
            continue;
        };
        let digest = digest_of(record);
        let found = (digest != entry.digest).then_some(digest);
        if entry.digest == UNPROVEN {
            tell(&entry.id, entry.seq, "a record was inserted, or altered before its seal; it is shipped as it is now");
        } else if found.is_some() {
            tell(&entry.id, entry.seq, "a record is not as it was sealed; it is shipped as it is now");
        }
        let item = Item {
            id: entry.id,
            digest: entry.digest,
            found,
            made_at: seconds(&record.recorded_at),
            members: members_of(record, entry.seq, own.batch),
        };
        records.push(item);
    }
    (Batch { number: own.batch, records, checkpoint: checkpoint(own, found) }, wrong)
}

fn members_of(record: &Record, seq: i64, batch: i64) -> Map<String, Value> {
    let mut members = members(record);
    members.insert("seq".into(), seq.into());
    members.insert("batch".into(), batch.into());
    if let (Some(table), Some(id)) = (&record.table_name, &record.row_id) {
        members.insert("row".into(), format!("{table}#{id}").into());
    }
    members
}

fn checkpoint(own: &Checkpoint, found: Option<String>) -> Item {
    let made_at = seconds(&own.sealed_at);
    Item { id: seal_id(own), digest: own.digest.clone(), found, made_at, members: members(own) }
}

fn seal_id(own: &Checkpoint) -> String {
    format!("seal-{}", own.batch)
}

/// What has a value.
fn members(row: &impl Serialize) -> Map<String, Value> {
    let Ok(Value::Object(mut members)) = serde_json::to_value(row) else { return Map::new() };
    members.retain(|_, value| !value.is_null());
    members
}

/// A time that is none counts as long ago: such a record was altered, and may go first.
fn seconds(time: &str) -> i64 {
    DateTime::parse_from_rfc3339(time).map_or(0, |time| time.timestamp())
}
