//! JSON bodies: decoded, and on failure read a second time to find the place.

use super::{Raw, checked};
use crate::{Contract, Problem, Violation, expect};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// Decodes and validates a body.
///
/// # Errors
/// 400 for text that is not JSON, 422 with pointers for JSON that breaks the schema.
pub fn json<T: DeserializeOwned>(raw: &Raw<'_>, check: fn(&T) -> Vec<Violation>) -> Result<T, Problem> {
    // the happy path does not track paths; only a refused body is read again to find the place
    match serde_json::from_slice(&raw.bytes) {
        Ok(body) => checked(body, check),
        Err(_) => Err(explain::<T>(raw, &raw.bytes)),
    }
}

/// A value that was put together from texts, as its type.
pub(super) fn typed<T: DeserializeOwned>(
    raw: &Raw<'_>,
    value: Value,
    check: fn(&T) -> Vec<Violation>,
) -> Result<T, Problem> {
    let text = value.to_string();
    match serde_json::from_value(value) {
        Ok(body) => checked(body, check),
        Err(_) => Err(explain::<T>(raw, text.as_bytes())),
    }
}

fn explain<T: DeserializeOwned>(raw: &Raw<'_>, bytes: &[u8]) -> Problem {
    let malformed = |e: &dyn std::fmt::Display| {
        Problem::new(StatusCode::BAD_REQUEST, "malformed_json", format!("the body is not JSON: {e}"))
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => return malformed(&e),
    };
    if let Err(e) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        return malformed(&e);
    }
    let reader = &mut serde_json::Deserializer::from_str(text);
    let Err(e) = serde_path_to_error::deserialize::<_, T>(reader) else { return Problem::internal() };
    if e.inner().is_syntax() {
        return malformed(e.inner()); // a lone surrogate, a number out of range
    }
    let message = e.inner().to_string();
    place(raw, pointer(e.path()), &message)
}

/// Turns serde's words and the path into pointer, code and remedy.
fn place(raw: &Raw<'_>, at: String, message: &str) -> Problem {
    let contract: &Contract = raw.contract;
    let schema = contract.body(raw.operation);
    if let Some(field) = quoted(message, "missing field `") {
        let at = format!("{at}/{field}");
        let wanted = expect::of(contract, contract.inside(schema, &at));
        return Problem::body(&at, "required", format!("is required: {wanted}"));
    }
    if let Some(field) = quoted(message, "unknown field `") {
        // serde's path ends in the field already; a name with a backtick cannot be read from the message
        let at = if message.starts_with("unknown field") && is_member(&at, field) {
            at
        } else {
            format!("{at}/{}", escape(field))
        };
        if raw.read_only.contains(&at.as_str()) {
            let why = if raw.patch { "cannot be changed here" } else { "is assigned by the server" };
            return Problem::body(&at, "read_only", format!("{why}; leave it out"));
        }
        return Problem::body(
            &at,
            "unknown_field",
            "is not a field of this resource; leave it out or correct its name",
        );
    }
    if let Some(field) = quoted(message, "duplicate field `") {
        return Problem::body(&format!("{at}/{field}"), "duplicate_field", "is given twice");
    }
    let wanted = expect::of(contract, contract.inside(schema, &at));
    if message.starts_with("invalid type: null") {
        return Problem::body(&at, "type", format!("must be {wanted}; `null` is not allowed: leave it out instead"));
    }
    let code = if message.starts_with("invalid type") { "type" } else { "invalid" };
    Problem::body(&at, code, format!("must be {wanted}"))
}

/// Whether a pointer ends in a member whose name begins with `field` up to its first backtick.
fn is_member(pointer: &str, field: &str) -> bool {
    pointer.rsplit_once('/').is_some_and(|(_, last)| last.starts_with(&escape(field)))
}

fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

fn quoted<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before)?.split('`').next()
}

fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escape(key)),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}
