//! Request bodies: read up to the limit, then decoded as the operation says, and on failure explained with a pointer.

mod form;
mod json;
mod multipart;
mod text;

pub use form::form;
pub use json::json;
pub use multipart::{Multipart, Part, multipart, parts};

pub(crate) use multipart::split;
pub(crate) use text::{is_percent_encoded_utf8, value};

use crate::{BodyKind, Contract, OpMeta, Place, Problem, Violation};
use bytes::{Bytes, BytesMut};
use dropshot::Body;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use std::time::Duration;

/// Longest time that a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(10);

/// A body as it came, for the decoder that the operation names.
pub struct Raw<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) operation: &'static str,
    /// Members of what is changed that a body does not take.
    pub(crate) read_only: &'static [&'static str],
    /// Whether the body changes a part and leaves the rest.
    pub(crate) patch: bool,
    /// The bytes; empty without a body.
    pub bytes: Bytes,
    /// Parts of a multipart body.
    pub(crate) parts: Vec<Part>,
}

/// No body.
///
/// # Errors
/// Never; the signature is that of the other decoders.
pub fn none(_: &Raw<'_>) -> Result<(), Problem> {
    Ok(())
}

/// The bytes themselves.
///
/// # Errors
/// Never; the signature is that of the other decoders.
pub fn bytes(raw: &Raw<'_>) -> Result<Bytes, Problem> {
    Ok(raw.bytes.clone())
}

/// Reads the whole body.
///
/// # Errors
/// 415 unless it is labelled as the operation wants it, 413 beyond `limit` bytes, 400 when it breaks off or is too slow.
pub(crate) async fn read(op: &OpMeta, headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Problem> {
    let media: Option<&[&str]> = match op.body {
        BodyKind::None | BodyKind::Upgrade => return Ok(Bytes::new()),
        // a PATCH of JSON is a merge patch, under either label
        BodyKind::Json if op.method == "PATCH" => Some(&["application/json", "application/merge-patch+json"]),
        BodyKind::Json => Some(&["application/json"]),
        BodyKind::Form => Some(&["application/x-www-form-urlencoded"]),
        BodyKind::Multipart => Some(&["multipart/form-data"]),
        BodyKind::Bytes => None,
    };
    if let Some(media) = media {
        labelled(media, headers)?;
    }
    match tokio::time::timeout(BODY_TIME, collect(body, limit)).await {
        Ok(bytes) => bytes,
        Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "body", "the body did not arrive in time")),
    }
}

/// One of these media types, no other charset, no compression.
fn labelled(media: &[&str], headers: &HeaderMap) -> Result<(), Problem> {
    let label = headers.get(header::CONTENT_TYPE).map(|v| v.as_bytes()).unwrap_or_default();
    let given = label.split(|b| *b == b';').next().unwrap_or_default().trim_ascii();
    if media.iter().any(|m| given.eq_ignore_ascii_case(m.as_bytes())) && is_plain_utf8(label, headers) {
        return Ok(());
    }
    let detail = format!("send the body as {}, in UTF-8 and not compressed", media.join(" or "));
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", detail))
}

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

/// The body, if it breaks no constraint.
fn checked<T>(body: T, check: fn(&T) -> Vec<Violation>) -> Result<T, Problem> {
    refuse(&check(&body))?;
    Ok(body)
}

fn refuse(violations: &[Violation]) -> Result<(), Problem> {
    let Some(first) = violations.first() else { return Ok(()) };
    let mut problem = Problem::body(&first.at, first.code, first.detail.clone());
    for Violation { at, code, detail } in &violations[1..] {
        problem = problem.item(Place::Pointer(at.clone()), code, detail.clone());
    }
    Err(problem)
}
