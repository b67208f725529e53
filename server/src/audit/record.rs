//! One record: its columns, and the form in which it is sealed.

use super::{Actor, Keys, diff, keys::sha256};
use forebear_runtime::{Api, hex, store::Cell};
use generated_server::{Document, store::Entity};
use serde::Serialize;
use serde_json::Value;
use std::sync::OnceLock;

/// What a record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A row was added, changed or removed.
    Change,
    /// The caller was not allowed to.
    Denied,
    /// The row was in another version or state than the caller thought.
    Conflict,
    /// It could not be done.
    Failed,
    /// Rows were read.
    Access,
}

impl Kind {
    /// As it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Denied => "denied",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
            Self::Access => "access",
        }
    }
}

/// One record. The members are in the order of their names, in which they are sealed (RFC 8785: nothing here is a fraction, and no name
/// is other than ASCII).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Version of the server.
    pub build: String,
    /// JSON: of an attempt or a reading, what it was of and what came of it.
    pub detail: Option<String>,
    /// JSON: of a change, the members that differ, each with value before and after.
    pub diff: Option<String>,
    /// UUID, version 7.
    pub id: String,
    /// Key of the service.
    pub key_id: Option<String>,
    /// [`Kind::name`].
    pub kind: String,
    /// Location at which the user worked.
    pub location_id: Option<String>,
    /// HMAC-SHA-256 (RFC 2104) of the other members, by a key that is not in the database; base64. None before it is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
    /// Operation of the document, or what the operator did.
    pub operation: String,
    /// RFC 3339, UTC, microseconds.
    pub recorded_at: String,
    /// Id of the request.
    pub request_id: Option<String>,
    /// Key of the row.
    pub row_id: Option<String>,
    /// Calling service.
    pub service: String,
    /// SHA-256 of the OpenAPI document, its first 16 hexadecimal digits.
    pub spec: String,
    /// Table of the row.
    pub table_name: Option<String>,
    /// Trace of the caller.
    pub trace_id: Option<String>,
    /// User.
    pub user_id: Option<String>,
    /// How the user was proven.
    pub user_proof: Option<String>,
    /// Version of the row afterwards; none when it was removed.
    pub version_after: Option<i64>,
    /// Version of the row before; none when it is new.
    pub version_before: Option<i64>,
}

/// Columns, in the order of the cells.
macro_rules! columns {
    () => {
        "build, detail, diff, id, key_id, kind, location_id, mac, operation, recorded_at, request_id, row_id, service, spec, table_name, \
         trace_id, user_id, user_proof, version_after, version_before"
    };
}

/// Columns, in the order of the cells.
pub(crate) const COLUMNS: &str = columns!();

/// Adds one record; the cells are those of [`Record::cells`].
pub(crate) const INSERT: &str = concat!(
    "INSERT INTO audit_record (",
    columns!(),
    ") VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12, :13, :14, :15, :16, :17, :18, :19, :20)"
);

impl Record {
    /// The record of a change.
    pub(crate) fn of_change<E: Entity>(keys: &Keys, actor: &Actor, before: Option<&E>, after: Option<&E>) -> Self {
        Self {
            diff: Some(diff(keys, before, after)),
            row_id: after.or(before).map(Entity::key),
            table_name: Some(E::TABLE.name.into()),
            version_before: before.map(Entity::version),
            version_after: after.map(Entity::version),
            ..Self::of(Kind::Change, actor)
        }
    }

    /// The record of an attempt or a reading.
    pub(crate) fn with_detail(kind: Kind, actor: &Actor, detail: &Value) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::of(kind, actor) }
    }

    fn of(kind: Kind, actor: &Actor) -> Self {
        Self {
            build: env!("CARGO_PKG_VERSION").into(),
            detail: None,
            diff: None,
            id: uuid::Uuid::now_v7().to_string(),
            key_id: actor.key_id.clone(),
            kind: kind.name().into(),
            location_id: actor.location.clone(),
            mac: None,
            operation: actor.operation.clone(),
            recorded_at: actor.at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            request_id: actor.request_id.clone(),
            row_id: None,
            service: actor.service.clone(),
            spec: spec().into(),
            table_name: None,
            trace_id: actor.trace_id.clone(),
            user_id: actor.user.clone(),
            user_proof: actor.proof.map(Into::into),
            version_after: None,
            version_before: None,
        }
    }

    /// Whether the code is that of the record, which it is no part of.
    pub(super) fn is_genuine(&mut self, keys: &Keys) -> bool {
        let mac = self.mac.take();
        let fits = mac.as_deref().is_some_and(|mac| keys.has_made(mac, self));
        self.mac = mac;
        fits
    }

    /// The record as it is stored, with its code.
    pub(crate) fn cells(&self, keys: &Keys) -> [Cell; 20] {
        let text = |text: &str| Cell::Text(text.into());
        let some = |text: &Option<String>| text.as_ref().map_or(Cell::Null, |t| Cell::Text(t.clone()));
        let number = |n: Option<i64>| n.map_or(Cell::Null, Cell::Int);
        [
            text(&self.build),
            some(&self.detail),
            some(&self.diff),
            text(&self.id),
            some(&self.key_id),
            text(&self.kind),
            some(&self.location_id),
            text(&keys.mac(self)),
            text(&self.operation),
            text(&self.recorded_at),
            some(&self.request_id),
            some(&self.row_id),
            text(&self.service),
            text(&self.spec),
            some(&self.table_name),
            some(&self.trace_id),
            some(&self.user_id),
            some(&self.user_proof),
            number(self.version_after),
            number(self.version_before),
        ]
    }
}

/// The record's canonical JSON (RFC 8785).
pub(super) fn canonical(record: &Record) -> Vec<u8> {
    serde_json::to_vec(record).unwrap_or_default()
}

/// SHA-256 of the document that this build serves.
fn spec() -> &'static str {
    static SPEC: OnceLock<String> = OnceLock::new();
    SPEC.get_or_init(|| hex(&sha256(Document::contract().document().to_string().as_bytes())[..8]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sealed_form_is_canonical() {
        let actor = Actor::system("load", chrono::DateTime::UNIX_EPOCH);
        let detail = serde_json::json!({"b": "\u{7f}ü\n", "a": 1});
        let record = Record { mac: Some("code".into()), ..Record::with_detail(Kind::Failed, &actor, &detail) };
        let text = serde_json::to_string(&record).unwrap();
        let parsed: std::collections::BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&parsed).unwrap(), text, "members in the order of their names, no blanks");
        let names: Vec<&str> = COLUMNS.split(", ").map(str::trim).collect();
        assert_eq!(parsed.keys().collect::<Vec<_>>(), names);
    }
}
