//! What handlers return, and how it becomes bytes: once, and for changes inside the transaction.

use crate::{Api, Operation, Problem};
use bytes::Bytes;
use dropshot::{ApiEndpointResponse, Body, HttpError, HttpResponse};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use std::marker::PhantomData;

/// A finished answer, small enough to be stored for an idempotency key.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// HTTP status.
    pub status: StatusCode,
    /// Strong validator.
    pub etag: Option<HeaderValue>,
    /// `Location` of a created row.
    pub location: Option<HeaderValue>,
    /// JSON, or nothing.
    pub body: Bytes,
}

impl Encoded {
    /// An answer without content.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status: code(status), etag: None, location: None, body: Bytes::new() }
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
        let body = serde_json::to_vec(value).map_err(|_| Problem::internal())?;
        Ok(Self {
            status: code(status),
            etag: version.and_then(|v| HeaderValue::try_from(format!("\"{v}\"")).ok()),
            location: location.and_then(|l| HeaderValue::try_from(l).ok()),
            body: body.into(),
        })
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
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

/// The response of operation `O`; the only thing that the Dropshot trait can return.
pub struct Reply<O> {
    response: http::Response<Body>,
    marker: PhantomData<fn() -> O>,
}

impl<O> Reply<O> {
    pub(crate) fn new(status: StatusCode, media: &'static str, body: Bytes, headers: HeaderMap) -> Self {
        let empty = body.is_empty();
        let mut response = http::Response::new(if empty { Body::empty() } else { body.into() });
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        if !empty {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        }
        Self { response, marker: PhantomData }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.response.status()
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
