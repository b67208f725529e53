//! `multipart/form-data` (RFC 7578): text parts that the schema declares become the typed fields, the rest stay parts.

use super::{Raw, json::typed, text};
use crate::{Problem, Violation};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One part that is not a field: a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `name` of its `Content-Disposition`.
    pub name: String,
    /// `filename`, as the client calls it. Never a path to write to.
    pub file_name: Option<String>,
    /// `Content-Type`.
    pub media: Option<String>,
    /// Content.
    pub bytes: Bytes,
}

/// A multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multipart<T> {
    /// The fields of the schema that are not `format: binary`; `()` where the document describes none.
    pub fields: T,
    /// Every other part, in the order of the request.
    pub parts: Vec<Part>,
}

impl<T> Multipart<T> {
    /// The first part of this name.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|p| p.name == name)
    }
}

/// A body without described fields.
///
/// # Errors
/// Never: what cannot be split into parts was refused before.
pub fn parts(raw: &Raw<'_>) -> Result<Multipart<()>, Problem> {
    Ok(Multipart { fields: (), parts: raw.parts.clone() })
}

/// Decodes and validates the fields, and sees that each required file is there.
///
/// # Errors
/// 422 with pointers for fields that break the schema and for files that are missing.
pub fn multipart<T: DeserializeOwned>(raw: &Raw<'_>, check: fn(&T) -> Vec<Violation>) -> Result<Multipart<T>, Problem> {
    let schema = raw.contract.resolve(raw.contract.body(raw.operation));
    let is_file = |name: &str| {
        let field = raw.contract.resolve(&schema["properties"][name]);
        let item = raw.contract.resolve(&field["items"]);
        field.is_null() || field["format"] == "binary" || item["format"] == "binary"
    };
    let (files, fields): (Vec<&Part>, Vec<&Part>) = raw.parts.iter().partition(|p| is_file(&p.name));
    let mut pairs = vec![];
    for part in fields {
        let content = std::str::from_utf8(&part.bytes);
        let content =
            content.map_err(|_| Problem::body(&format!("/{}", part.name), "utf8", "must be text in UTF-8"))?;
        pairs.push((part.name.clone(), content.to_string()));
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for name in required.filter(|n| schema["properties"].get(*n).is_some() && is_file(n)) {
        if !files.iter().any(|p| p.name == name) {
            return Err(Problem::body(&format!("/{name}"), "required", "is required: a part with a file"));
        }
    }
    let fields = typed(raw, text::object(raw.contract, schema, &pairs)?, check)?;
    Ok(Multipart { fields, parts: files.into_iter().cloned().collect() })
}

/// Splits a body into its parts.
///
/// # Errors
/// 400 when it is not what its label says.
pub(crate) async fn split(headers: &HeaderMap, bytes: Bytes) -> Result<Vec<Part>, Problem> {
    let malformed = |e: &dyn std::fmt::Display| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "malformed_multipart",
            format!("the body is not multipart/form-data: {e}"),
        )
    };
    let label = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(label).map_err(|e| malformed(&e))?;
    let stream = futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(bytes) });
    let mut body = multer::Multipart::new(stream, boundary);
    let mut found = vec![];
    while let Some(field) = body.next_field().await.map_err(|e| malformed(&e))? {
        let part = Part {
            name: field.name().ok_or_else(|| malformed(&"a part has no name"))?.into(),
            file_name: field.file_name().map(Into::into),
            media: field.content_type().map(ToString::to_string),
            bytes: Bytes::new(),
        };
        found.push(Part { bytes: field.bytes().await.map_err(|e| malformed(&e))?, ..part });
    }
    Ok(found)
}
