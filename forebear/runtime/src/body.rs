//! Request bodies: read up to the limit, decoded, and on failure explained with a pointer.

use crate::{Contract, OpMeta, Operation, Place, Problem, Violation, expect};
use bytes::{Bytes, BytesMut};
use dropshot::Body;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use std::time::Duration;

/// Longest time that a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// Reads the whole body.
///
/// # Errors
/// 415 unless it is labelled as plain JSON, 413 beyond `limit` bytes, 400 when it breaks off or is too slow.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let label = headers.get(header::CONTENT_TYPE).map(|v| v.as_bytes()).unwrap_or_default();
    let media = label.split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
    if !media.eq_ignore_ascii_case(b"application/json") || !is_plain_utf8(label, headers) {
        let detail = "send the body as application/json, in UTF-8 and not compressed";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail));
    }
    match tokio::time::timeout(BODY_TIME, collect(body, limit)).await {
        Ok(bytes) => bytes,
        Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "body", "the body did not arrive in time")),
    }
}

/// No other charset, no compression.
fn is_plain_utf8(label: &[u8], headers: &HeaderMap) -> bool {
    let label = String::from_utf8_lossy(label).to_ascii_lowercase();
    let mut charset = label.split(';').skip(1).filter_map(|p| p.trim().strip_prefix("charset="));
    let utf8 = charset.all(|c| matches!(c.trim_matches('"'), "utf-8" | "utf8"));
    let encoding = headers.get(header::CONTENT_ENCODING).map(|v| v.as_bytes());
    utf8 && encoding.is_none_or(|e| e.eq_ignore_ascii_case(b"identity"))
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "body", "the body ended early"))?;
        let Ok(data) = frame.into_data() else { continue };
        if all.len() + data.len() > limit {
            let detail = format!("the body may have {limit} bytes");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail));
        }
        all.extend_from_slice(&data);
    }
    Ok(all.freeze())
}

/// Decodes and validates a body.
///
/// # Errors
/// 400 for text that is not JSON, 422 with pointers for JSON that breaks the schema.
pub(crate) fn decode<O: Operation>(contract: &Contract, bytes: &[u8]) -> Result<O::Body, Problem> {
    // the happy path does not track paths; only a refused body is read again to find the place
    let body: O::Body = match serde_json::from_slice(bytes) {
        Ok(body) => body,
        Err(_) => return Err(explain::<O::Body>(contract, &O::META, bytes)),
    };
    let violations = O::check(&body);
    let Some(first) = violations.first() else { return Ok(body) };
    let mut problem = Problem::body(&first.at, first.code, first.detail.clone());
    for Violation { at, code, detail } in &violations[1..] {
        problem = problem.item(Place::Pointer(at.clone()), code, detail.clone());
    }
    Err(problem)
}

fn explain<T: DeserializeOwned>(contract: &Contract, meta: &OpMeta, bytes: &[u8]) -> Problem {
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
    place(contract, meta, pointer(e.path()), &message)
}

/// Turns serde's words and the path into pointer, code and remedy.
fn place(contract: &Contract, meta: &OpMeta, at: String, message: &str) -> Problem {
    let schema = contract.component(meta.body.unwrap_or_default());
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
        if meta.read_only.contains(&at.as_str()) {
            return Problem::body(&at, "read_only", "is assigned by the server; leave it out");
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
