//! The audit trail: who changed which row from what to what, in the transaction that changed it.
//!
//! The table only grows: triggers refuse to change or remove a record.

use crate::app::App;
use chrono::{DateTime, Utc};
use forebear_runtime::{Base, store::Cell};
use generated_server::store::Entity;
use serde_json::Value;

/// Adds one record; the cells are those of [`record`].
pub(crate) const INSERT: &str = "INSERT INTO audit_log (id, recorded_at, service, key_id, user_id, user_proof, location_id, \
     operation, request_id, table_name, row_id, version_before, version_after, before_json, after_json, build) \
     VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11, :12, :13, :14, :15, :16)";

/// Stands for every value that `x-sensitive` marks.
const REDACTED: &str = "[redacted]";

/// Who makes a change.
#[derive(Debug, Clone)]
pub struct Actor {
    at: DateTime<Utc>,
    service: String,
    key_id: String,
    user: Option<String>,
    proof: Option<&'static str>,
    location: Option<String>,
    operation: String,
    request_id: String,
}

impl Actor {
    /// The caller of a request.
    #[must_use]
    pub fn of(base: &Base<App>) -> Self {
        let identity = &base.identity;
        Self {
            at: base.now,
            service: identity.service.name().into(),
            key_id: identity.service.key_id().into(),
            user: identity.user.as_ref().map(|u| u.id.clone()),
            proof: identity.user.as_ref().map(|u| u.proof),
            location: identity.location.as_ref().map(|l| l.0.clone()),
            operation: base.op.id.into(),
            request_id: base.request_id.clone(),
        }
    }

    /// The server itself, or its operator at the command line.
    #[must_use]
    pub fn system(operation: &str, now: DateTime<Utc>) -> Self {
        Self {
            at: now,
            service: "lending-api".into(),
            key_id: String::new(),
            user: None,
            proof: None,
            location: None,
            operation: operation.into(),
            request_id: String::new(),
        }
    }
}

/// Cells of one record.
pub(crate) fn record<E: Entity>(actor: &Actor, before: Option<&E>, after: Option<&E>) -> Vec<Cell> {
    let key = after.or(before).map(Entity::key).unwrap_or_default();
    let json = |row: Option<&E>| Cell::text(row.map(|r| redacted(r).to_string()));
    let or_null = |text: &str| if text.is_empty() { Cell::Null } else { Cell::Text(text.into()) };
    vec![
        Cell::Text(uuid::Uuid::now_v7().to_string()),
        Cell::stamp(Some(&actor.at)),
        Cell::Text(actor.service.clone()),
        or_null(&actor.key_id),
        Cell::text(actor.user.as_ref()),
        Cell::text(actor.proof),
        Cell::text(actor.location.as_ref()),
        Cell::Text(actor.operation.clone()),
        or_null(&actor.request_id),
        Cell::Text(E::TABLE.name.into()),
        Cell::Text(key),
        Cell::int(before.map(Entity::version)),
        Cell::int(after.map(Entity::version)),
        json(before),
        json(after),
        Cell::Text(env!("CARGO_PKG_VERSION").into()),
    ]
}

fn redacted<E: Entity>(row: &E) -> Value {
    let mut value = serde_json::to_value(row).unwrap_or_default();
    for column in E::TABLE.columns.iter().filter(|c| c.sensitive) {
        if let Some(part) = value.pointer_mut(column.pointer).filter(|p| !p.is_null()) {
            *part = REDACTED.into();
        }
    }
    value
}

/// Whether two rows differ in nothing but version and times.
pub(crate) fn same_content<E: Entity>(a: &E, b: &E) -> bool {
    let content = |row: &E| {
        let mut value = serde_json::to_value(row).unwrap_or_default();
        if let Some(map) = value.as_object_mut() {
            map.retain(|k, _| !matches!(k.as_str(), "version" | "created_at" | "updated_at"));
        }
        value
    };
    content(a) == content(b)
}
