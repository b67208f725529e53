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
    /// JSON of the error type that the document declares, where that is not a problem.
    pub(crate) answer: Option<Box<Bytes>>,
}

impl Problem {
    /// A problem without items.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code, detail: detail.into(), errors: vec![], headers: vec![], answer: None }
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

    /// An answer of the error type that the document declares.
    #[must_use]
    pub fn answer(status: StatusCode, body: &impl Serialize) -> Self {
        let Ok(json) = serde_json::to_vec(body) else { return Self::internal() };
        Self {
            answer: Some(Box::new(json.into())),
            ..Self::new(status, "declared", "an error that the document declares")
        }
    }

    /// Media type of the body.
    pub(crate) fn media(&self) -> &'static str {
        if self.answer.is_some() { "application/json" } else { "application/problem+json" }
    }

    pub(crate) fn encode(&self, request_id: &str, path: &str) -> Bytes {
        if let Some(answer) = &self.answer {
            return Bytes::clone(answer);
        }
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

/// How a handler fails whose operation declares an error type of its own.
#[derive(Debug, Clone)]
pub enum Refusal<E, B> {
    /// The domain's error, as everywhere else.
    Error(E),
    /// The declared type, under a 4xx or 5xx status.
    Answer(StatusCode, B),
}

impl<E, B> From<E> for Refusal<E, B> {
    fn from(error: E) -> Self {
        Self::Error(error)
    }
}

impl<E: From<Problem>, B: Serialize> Refusal<E, B> {
    /// As the pipeline carries it.
    pub fn into_error(self) -> E {
        match self {
            Self::Error(error) => error,
            Self::Answer(status, body) => Problem::answer(status, &body).into(),
        }
    }
}

/// An error response of the document; one type per entry of `components/responses`.
pub trait ErrorDoc: Send + Sync + 'static {
    /// The document.
    type Api: Api;
    /// Name of the response.
    const RESPONSE: &'static str;
}

/// Error type of the Dropshot trait. Documentation only: the pipeline always answers `Ok(Reply)`, because Dropshot's error
/// responses carry neither a media type of their own nor headers.
pub struct Fault<D> {
    problem: Problem,
    marker: PhantomData<fn() -> D>,
}

impl<D> fmt::Display for Fault<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.detail)
    }
}
impl<D> From<HttpError> for Fault<D> {
    fn from(e: HttpError) -> Self {
        Self { problem: e.into(), marker: PhantomData }
    }
}
impl<D> Serialize for Fault<D> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.problem.detail.serialize(serializer)
    }
}
impl<D: ErrorDoc> JsonSchema for Fault<D> {
    fn is_referenceable() -> bool {
        false
    }
    fn schema_name() -> String {
        D::RESPONSE.into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        D::Api::contract().error(D::RESPONSE, generator)
    }
}
impl<D: ErrorDoc> HttpResponseError for Fault<D> {
    fn status_code(&self) -> ErrorStatusCode {
        ErrorStatusCode::from_status(self.problem.status).unwrap_or(ErrorStatusCode::INTERNAL_SERVER_ERROR)
    }
}
