//! What handlers return, and how it becomes bytes: once, and for changes inside the transaction.

use crate::{Api, Operation, Problem, Streamed, Upgrade};
use bytes::Bytes;
use dropshot::{ApiEndpointResponse, Body, HttpError, HttpResponse};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use std::{cell::RefCell, marker::PhantomData, pin::Pin};

thread_local! {
    /// Where bodies are written, so that they are made in one piece of the right size.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(vec![]) };
}
/// Bytes that stay with a thread for its next body.
const KEPT: usize = 64 * 1024;

/// A finished answer.
#[derive(Debug)]
pub struct Encoded {
    /// HTTP status.
    pub status: StatusCode,
    /// Strong validator.
    pub etag: Option<HeaderValue>,
    /// `Location` of a created row, or of where to go on.
    pub location: Option<HeaderValue>,
    /// Headers that the document declares and the handler fills.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// JSON, or nothing.
    pub body: Bytes,
    /// What cannot be kept for an idempotency key: a body that is still being made, or a websocket.
    pub(crate) live: Option<Live>,
    /// The handler asked neither who calls nor when, so that every caller would get this answer.
    pub(crate) common: bool,
}

/// An answer that is more than bytes.
#[derive(Debug)]
pub(crate) enum Live {
    Stream(Option<HeaderValue>, Body),
    Upgrade(Upgrade),
}

impl Encoded {
    /// An answer without content.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self {
            status: code(status),
            etag: None,
            location: None,
            headers: vec![],
            body: Bytes::new(),
            live: None,
            common: false,
        }
    }

    /// Whether the answer tells of something done and is all there, so that it can be given a second time.
    #[must_use]
    pub fn can_be_kept(&self) -> bool {
        self.status.is_success() && self.live.is_none()
    }

    /// A JSON answer; the version of the row becomes the entity tag.
    ///
    /// # Errors
    /// 500 when the value cannot be written as JSON.
    pub fn json(
        status: u16,
        value: &impl Serialize,
        version: Option<i64>,
        location: Option<&str>,
    ) -> Result<Self, Problem> {
        let body = SCRATCH.with_borrow_mut(|scratch| {
            scratch.clear();
            serde_json::to_writer(&mut *scratch, value).map_err(|_| Problem::internal())?;
            let body = Bytes::copy_from_slice(scratch);
            scratch.shrink_to(KEPT);
            Ok::<_, Problem>(body)
        })?;
        Ok(Self {
            etag: version.and_then(|v| HeaderValue::try_from(format!("\"{v}\"")).ok()),
            location: location.and_then(|l| HeaderValue::try_from(l).ok()),
            body,
            ..Self::empty(status)
        })
    }

    /// A redirection.
    ///
    /// # Errors
    /// 500 when the target cannot stand in a header.
    pub fn redirect(status: u16, to: &Redirect) -> Result<Self, Problem> {
        let location = HeaderValue::try_from(to.location.as_str()).map_err(|_| Problem::internal())?;
        Ok(Self { location: Some(location), ..Self::empty(status) })
    }

    /// A body of any media type, which may still be in the making.
    ///
    /// # Errors
    /// 500 when the media type cannot stand in a header.
    pub fn streamed(status: u16, answer: Streamed) -> Result<Self, Problem> {
        let Streamed { status: own, media, headers, body } = answer;
        let media = media.map(HeaderValue::try_from).transpose().map_err(|_| Problem::internal())?;
        let headers = headers.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
        let status = own.map_or(status, |s| s.as_u16());
        Ok(Self { headers, live: Some(Live::Stream(media, body)), ..Self::empty(status) })
    }

    /// 101: the connection becomes a websocket.
    ///
    /// # Errors
    /// None; the signature is that of the other answers.
    pub fn upgrade(to: Upgrade) -> Result<Self, Problem> {
        Ok(Self { live: Some(Live::Upgrade(to)), ..Self::empty(101) })
    }

    /// Adds the headers that the document declares.
    ///
    /// # Errors
    /// 500 when a value cannot stand in a header.
    pub fn with(mut self, headers: &impl ResponseHeaders) -> Result<Self, Problem> {
        for (name, text) in headers.pairs() {
            let name = HeaderName::try_from(name).map_err(|_| Problem::internal())?;
            let value = HeaderValue::try_from(text).map_err(|_| Problem::internal())?;
            self.headers.push((name, value));
        }
        Ok(self)
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A generated struct of response headers.
pub trait ResponseHeaders {
    /// Names and texts of those that are there.
    fn pairs(&self) -> Vec<(&'static str, String)>;
}

/// An answer with the headers that the document declares for it.
#[derive(Debug, Clone)]
pub struct WithHeaders<T, H> {
    /// The headers.
    pub headers: H,
    /// The answer.
    pub body: T,
}

/// A value as a header carries it: text as it is, anything else as JSON.
#[must_use]
pub fn header_text(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Where to go on: 302, 303 or 307 as the document says.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// `Location`: a URI reference (RFC 9110, section 10.2.2).
    pub location: String,
}

impl Redirect {
    /// To a URI reference.
    pub fn to(location: impl Into<String>) -> Self {
        Self { location: location.into() }
    }
}

/// 201 with the `Location` of what was created.
#[derive(Debug, Clone)]
pub struct Created<M> {
    /// Path of the new row.
    pub location: String,
    /// The new row.
    pub body: M,
}

impl<M> Created<M> {
    /// A row at its path.
    pub fn at(location: impl Into<String>, body: M) -> Self {
        Self { location: location.into(), body }
    }
}

impl<M: Serialize> Serialize for Created<M> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body.serialize(serializer)
    }
}

/// 204.
#[derive(Debug, Clone, Copy)]
pub struct NoContent;

/// One page of a list; `next_page` is absent on the last one.
#[derive(Debug, Clone, Serialize)]
pub struct Page<M> {
    /// Rows in the order of the list.
    pub items: Vec<M>,
    /// Token of the page after this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page: Option<String>,
}

/// The answer to come, of a type that does not depend on the operation.
pub type Pending = Pin<Box<dyn Future<Output = http::Response<Body>> + Send>>;

/// The response of operation `O`; the only thing that the Dropshot trait can return.
pub struct Reply<O> {
    response: http::Response<Body>,
    marker: PhantomData<fn() -> O>,
}

impl<O> Reply<O> {
    /// What the pipeline put together for an operation.
    pub(crate) fn of(response: http::Response<Body>) -> Self {
        Self { response, marker: PhantomData }
    }
}

impl<O: Operation> HttpResponse for Reply<O> {
    fn to_result(self) -> Result<http::Response<Body>, HttpError> {
        Ok(self.response)
    }
    fn response_metadata() -> ApiEndpointResponse {
        O::Api::contract().response(O::META.id)
    }
    fn status_code(&self) -> StatusCode {
        self.response.status()
    }
}
