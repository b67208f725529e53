//! What is recorded of a request that changed nothing: that it was refused, or what it read.

use super::{Actor, Kind, Record};
use crate::app::App;
use chrono::{DateTime, Utc};
use forebear_runtime::{Access, Audit, trace_id};
use serde::Deserialize;
use serde_json::{Value, json};

/// The record of a finished request, if there is one to make beside those of its changes.
///
/// A caller who is not known has no record, and neither has one whose limit is used up: both could fill the trail at will. The access
/// log has a line for each.
pub(crate) fn attempt(a: &Access<'_, App>, now: DateTime<Utc>) -> Option<Record> {
    let identity = a.identity?;
    let (kind, detail) = match (a.status, a.op.audit) {
        (429, _) | (_, Audit::None) => return None,
        (403, _) => (Kind::Denied, refusal(a)),
        (_, Audit::Access) if a.status < 400 => (Kind::Access, reading(a)),
        (409 | 412 | 428, Audit::Change) => (Kind::Conflict, refusal(a)),
        (400.., Audit::Change) => (Kind::Failed, refusal(a)),
        _ => return None,
    };
    let actor = Actor::caller(identity, a.op, now).in_request(a.request_id, trace_id(a.headers));
    Some(Record::with_detail(kind, &actor, &detail))
}

fn refusal(a: &Access<'_, App>) -> Value {
    json!({ "status": a.status, "error_code": a.error_code, "path": a.path })
}

/// A single row, or a page of them; of the rows their ids alone.
#[derive(Deserialize)]
struct Returned {
    id: Option<String>,
    items: Option<Vec<Item>>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
}

fn reading(a: &Access<'_, App>) -> Value {
    let returned: Option<Returned> = serde_json::from_slice(a.body).ok();
    let ids: Option<Vec<String>> = returned.and_then(|r| match r.items {
        Some(items) => Some(items.into_iter().map(|item| item.id).collect()),
        None => r.id.map(|id| vec![id]),
    });
    json!({ "path": a.path, "count": ids.as_ref().map(Vec::len), "ids": ids })
}
