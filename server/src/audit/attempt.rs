//! What is recorded of a request that changed nothing: that it was refused, or what it read.

use super::{Actor, Kind, Record};
use crate::app::App;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use forebear_runtime::{Access, Audit, trace_id};
use serde::Deserialize;
use serde_json::json;

/// Most bytes of a path that are recorded of a refusal: callers can write whatever they like there, and the trail is kept for ever.
const PATH: usize = 256;

/// The record of a finished request, if there is one to make beside those of its changes.
///
/// A caller who is not known has no record, and neither has one whose limit is used up: both could fill the trail at will. The access
/// log has a line for each.
pub(crate) fn attempt(a: &Access<'_, App>, now: DateTime<Utc>) -> Option<Attempt> {
    let identity = a.identity?;
    let actor = || Actor::caller(identity, a.op, now).in_request(a.request_id, trace_id(a.headers));
    let kind = match (a.status, a.op.audit) {
        (429, _) | (_, Audit::None) => return None,
        (403, _) => Kind::Denied,
        (_, Audit::Access) if a.status < 400 => {
            let reading = Reading { actor: actor(), path: a.path.into(), body: a.body.clone() };
            return Some(Attempt::Reading(reading.into()));
        }
        (409 | 412 | 428, _) => Kind::Conflict,
        (400.., _) => Kind::Failed,
        _ => return None,
    };
    let detail = json!({ "status": a.status, "error_code": a.error_code, "path": path(a) });
    Some(Attempt::Refusal(Record::with_detail(kind, &actor(), &detail).into()))
}

/// The path of a refused request. One that holds what no such path may hold is not repeated: it could be anything, also a person's name.
fn path<'a>(a: &Access<'a, App>) -> &'a str {
    if a.status == 400 { a.op.path } else { &a.path[..a.path.floor_char_boundary(PATH)] }
}

/// What is to be recorded of a request beside its changes.
pub(crate) enum Attempt {
    /// It was refused, or failed.
    Refusal(Box<Record>),
    /// It read.
    Reading(Box<Reading>),
}

/// Who read what.
pub(crate) struct Reading {
    actor: Actor,
    path: String,
    body: Bytes,
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

impl Reading {
    /// Bytes of the answer.
    pub(super) fn len(&self) -> usize {
        self.body.len()
    }

    /// The record: path, ids and count.
    pub(super) fn record(self) -> Record {
        let returned: Option<Returned> = serde_json::from_slice(&self.body).ok();
        let ids: Option<Vec<String>> = returned.and_then(|r| match r.items {
            Some(items) => Some(items.into_iter().map(|item| item.id).collect()),
            None => r.id.map(|id| vec![id]),
        });
        let detail = json!({ "path": self.path, "count": ids.as_ref().map(Vec::len), "ids": ids });
        Record::with_detail(Kind::Access, &self.actor, &detail)
    }
}
