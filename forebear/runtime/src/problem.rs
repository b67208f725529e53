//! The one error body: RFC 9457 problem details, with Dropshot's three fields beside them.

use crate::Api;
use bytes::Bytes;
use dropshot::{ErrorStatusCode, HttpError, HttpResponseError};
use http::{HeaderName, HeaderValue, StatusCode};
use schemars::{JsonSchema, r#gen::SchemaGenerator, schema::Schema};
use serde::Serialize;
use std::{borrow::Cow, fmt, marker::PhantomData};

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// RFC 6901 pointer into the request body.
    Pointer(String),
    /// Name of a query, path or header parameter.
    Parameter(String),
}

/// One thing that is wrong.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// Which rule, in snake case.
    pub code: &'static str,
    /// What would have been right.
    pub detail: String,
}

/// A refusal: status, code, and what is wrong where. Never holds internal text.
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable machine-readable code (`error_code` in the body).
    pub code: &'static str,
    /// One sentence for people.
    pub detail: Cow<'static, str>,
    /// Each wrong part.
    pub errors: Vec<Item>,
    /// Extra headers, such as `Retry-After`.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem without items.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, detail: detail.into(), errors: vec![], headers: vec![] }
    }

    /// 500 without a word about the cause.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server could not complete the request")
    }

    /// 400: a parameter is wrong.
    pub fn parameter(name: &str, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self::new(StatusCode::BAD_REQUEST, "invalid_parameter", format!("parameter `{name}` {detail}")).item(
            Place::Parameter(name.into()),
            code,
            detail,
        )
    }

    /// 422: a part of a well-formed body is wrong.
    pub fn body(pointer: &str, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let at = if pointer.is_empty() { "the body".to_string() } else { format!("`{pointer}`") };
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", format!("{at} {detail}")).item(
            Place::Pointer(pointer.into()),
            code,
            detail,
        )
    }

    /// Adds an item.
    #[must_use]
    pub fn item(mut self, place: Place, code: &'static str, detail: impl Into<String>) -> Self {
        self.errors.push(Item { place, code, detail: detail.into() });
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn encode(&self, request_id: &str, path: &str) -> Bytes {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: &'static str,
            title: &'a str,
            status: u16,
            detail: &'a str,
            instance: &'a str,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            errors: &'a [Item],
            request_id: &'a str,
            error_code: &'a str,
            message: &'a str,
        }
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            instance: path,
            errors: &self.errors,
            request_id,
            error_code: self.code,
            message: &self.detail,
        };
        serde_json::to_vec(&body).unwrap_or_default().into()
    }
}

impl From<HttpError> for Problem {
    fn from(e: HttpError) -> Self {
        Self::new(e.status_code.as_status(), "malformed", e.external_message)
    }
}

/// Error type of the Dropshot trait. Documentation only: the pipeline always answers `Ok(Reply)`, because Dropshot's error
/// responses carry neither a media type of their own nor headers.
pub struct Fault<A> {
    problem: Problem,
    marker: PhantomData<fn() -> A>,
}

impl<A> fmt::Display for Fault<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.detail)
    }
}
impl<A> From<HttpError> for Fault<A> {
    fn from(e: HttpError) -> Self {
        Self { problem: e.into(), marker: PhantomData }
    }
}
impl<A> Serialize for Fault<A> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.problem.detail.serialize(serializer)
    }
}
impl<A: Api> JsonSchema for Fault<A> {
    fn is_referenceable() -> bool {
        false
    }
    fn schema_name() -> String {
        "Error".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        A::contract().error(generator)
    }
}
impl<A: Api> HttpResponseError for Fault<A> {
    fn status_code(&self) -> ErrorStatusCode {
        ErrorStatusCode::from_status(self.problem.status).unwrap_or(ErrorStatusCode::INTERNAL_SERVER_ERROR)
    }
}
