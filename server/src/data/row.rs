//! A row of text becomes a model through JSON, so that the document's own rules check it.

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use forebear_runtime::{Api, Contract};
use generated_server::{Document, models::Validate, store::Entity};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The reason for a value that is not there.
pub const REQUIRED: &str = "is required";

/// A value that breaks the document: JSON pointer and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// JSON pointer into the model.
    pub pointer: String,
    /// What is wrong.
    pub reason: String,
    /// Whether the schema is broken, and can say better what the value should have been.
    pub broken: bool,
}

impl Invalid {
    /// A value that is wrong for a reason of its own.
    pub fn new(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), reason: reason.into(), broken: false }
    }
}

/// Turns the text of a cell into JSON of the property at `pointer`.
///
/// # Errors
/// When the text is no number, boolean or JSON where one is wanted.
pub fn value(schema: &str, pointer: &str, text: &str) -> Result<Value, Invalid> {
    let contract: &Contract = Document::contract();
    let invalid = |reason: &str| Invalid::new(pointer, reason);
    match contract.kind(schema, pointer) {
        Some("integer") => text.parse::<i64>().map(Value::from).map_err(|_| invalid("must be a whole number")),
        Some("boolean") => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" => Ok(Value::Bool(true)),
            "false" | "f" | "no" | "n" | "0" => Ok(Value::Bool(false)),
            _ => Err(invalid("must be true or false")),
        },
        Some("array" | "object") => serde_json::from_str(text).map_err(|_| invalid("must be JSON")),
        Some(_) => Ok(Value::String(text.into())),
        None => Err(invalid("is not a property of this resource")),
    }
}

/// Puts a value at a pointer, making the objects on the way.
pub fn put(map: &mut Map<String, Value>, pointer: &str, value: Value) {
    let mut at = map;
    let mut tokens = pointer.trim_start_matches('/').split('/').peekable();
    while let Some(token) = tokens.next() {
        if tokens.peek().is_none() {
            at.insert(token.into(), value);
            return;
        }
        let inner = at.entry(token).or_insert_with(|| Value::Object(Map::new()));
        let Some(next) = inner.as_object_mut() else { return };
        at = next;
    }
}

/// The model, in its first version.
///
/// # Errors
/// [`Invalid`] with the place that breaks the document.
pub fn model<E: Entity + DeserializeOwned + Validate>(
    mut map: Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<E, Invalid> {
    let stamp = Value::String(now.to_rfc3339());
    for (key, value) in [("version", Value::from(1)), ("created_at", stamp.clone()), ("updated_at", stamp)] {
        map.insert(key.into(), value);
    }
    typed(map)
}

/// A value of the document.
///
/// # Errors
/// [`Invalid`] with the place that breaks the document.
pub fn typed<T: DeserializeOwned + Validate>(map: Map<String, Value>) -> Result<T, Invalid> {
    let value: T = serde_path_to_error::deserialize(Value::Object(map)).map_err(|e| misfit(&e))?;
    match value.validate().into_iter().next() {
        Some(v) => Err(Invalid::new(v.pointer, v.detail)),
        None => Ok(value),
    }
}

fn misfit(e: &serde_path_to_error::Error<serde_json::Error>) -> Invalid {
    let path: String = e.path().iter().map(|s| format!("/{}", s.to_string().trim_matches(['[', ']']))).collect();
    let pointer = if path == "/." { String::new() } else { path };
    let reason = e.inner().to_string();
    let field = |before| reason.strip_prefix(before).and_then(|r| r.split('`').next());
    if let Some(field) = field("missing field `") {
        return Invalid::new(format!("{pointer}/{field}"), REQUIRED);
    }
    let broken = !pointer.is_empty() && field("unknown field `").is_none();
    Invalid { pointer, reason, broken }
}

/// As [`model`], for data that this build carries: a broken row is a fault.
///
/// # Errors
/// [`Error::Database`] that names the row.
pub fn carried<E: Entity + DeserializeOwned + Validate>(map: Value, now: DateTime<Utc>) -> Result<E> {
    let text = map.to_string();
    let Value::Object(map) = map else { return Err(Error::Database(format!("not an object: {text}"))) };
    model(map, now).map_err(|e| Error::Database(format!("carried row {text} at {}: {}", e.pointer, e.reason)))
}
