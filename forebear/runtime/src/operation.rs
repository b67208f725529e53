//! What the generator emits for one operation of the document.

use crate::{Api, Encoded, ErrorDoc, Need, Params, Problem, body::Raw};
use async_trait::async_trait;
use dropshot::{
    ApiEndpointBodyContentType, Body, ExclusiveExtractor, ExtractorMetadata, HttpError, RequestContext, ServerContext,
};
use std::marker::PhantomData;

/// `x-audit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audit {
    /// Only the access log knows of it.
    None,
    /// Reading is recorded.
    Access,
    /// Every changed row is recorded in its own transaction.
    Change,
}

/// How a request body comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// There is none.
    None,
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// `application/octet-stream`: any bytes under any label.
    Bytes,
    /// The request asks for a websocket (RFC 6455).
    Upgrade,
}

/// Whether an operation takes an `Idempotency-Key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// It takes none.
    None,
    /// A request may have one.
    Optional,
    /// A request without one is refused.
    Required,
}

/// The policies of an operation, as data.
#[derive(Debug)]
pub struct OpMeta {
    /// `operationId`.
    pub id: &'static str,
    /// HTTP method, upper case.
    pub method: &'static str,
    /// Path template.
    pub path: &'static str,
    /// First tag.
    pub tag: &'static str,
    /// Success status; 200 where the document leaves it to the handler (`default`).
    pub status: u16,
    /// No caller, no limit, no database: `security: []`.
    pub open: bool,
    /// `x-scope`.
    pub scope: &'static str,
    /// `x-rate-limit`.
    pub limit: &'static str,
    /// `x-audit`.
    pub audit: Audit,
    /// `x-cache.max_age_seconds`.
    pub cache: Option<u64>,
    /// Whether the operation takes an `Idempotency-Key`.
    pub key: KeyUse,
    /// How the request body comes.
    pub body: BodyKind,
    /// Pointers into the body of what it does not take, though the row has it: only the server assigns it, or it stays as it is.
    pub read_only: &'static [&'static str],
}

/// One class of `x-rate-limits`: requests per window for a service and for each of its users.
#[derive(Debug, Clone, Copy)]
pub struct LimitClass {
    /// Name of the class.
    pub name: &'static str,
    /// Requests of one service per window.
    pub service: u32,
    /// Requests of one user of a service per window.
    pub user: u32,
    /// Length of the window in seconds.
    pub window_seconds: u32,
}

/// A constraint that a decoded value breaks; `at` is a JSON pointer, or `parameter[/index]`.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Where.
    pub at: String,
    /// Which rule.
    pub code: &'static str,
    /// What would have been right.
    pub detail: String,
}

/// One operation.
pub trait Operation: Send + Sync + 'static {
    /// The document.
    type Api: Api;
    /// Path parameters.
    type Path: Params;
    /// Query parameters.
    type Query: Params;
    /// Header parameters that the handler sees.
    type Header: Params;
    /// Request body; `()` without one.
    type Body: Clone + Send + Sync + 'static;
    /// What the handler returns.
    type Output;
    /// The error response that the document declares.
    type Failure: ErrorDoc;
    /// `x-context.user`.
    type User: Need;
    /// `x-context.location`.
    type Location: Need;
    /// Policies.
    const META: OpMeta;
    /// The body from its bytes: decoded and validated.
    ///
    /// # Errors
    /// 400 for bytes that are not what their label says, 422 with pointers for what breaks the schema.
    fn decode(raw: &Raw<'_>) -> Result<Self::Body, Problem>;
    /// The answer in bytes.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    fn encode(output: Self::Output) -> Result<Encoded, Problem>;
}

/// The decoded and validated input of one operation.
pub struct Input<O: Operation> {
    /// Path parameters.
    pub path: O::Path,
    /// Query parameters.
    pub query: O::Query,
    /// Header parameters.
    pub header: O::Header,
    /// Body.
    pub body: O::Body,
}

impl<O: Operation> Clone for Input<O> {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            query: self.query.clone(),
            header: self.header.clone(),
            body: self.body.clone(),
        }
    }
}

/// The raw request of operation `O`. Nothing of it is read before the pipeline says so; its metadata documents what will be.
pub struct Request<O> {
    request: http::Request<Body>,
    marker: PhantomData<fn() -> O>,
}

impl<O> From<Request<O>> for http::Request<Body> {
    fn from(request: Request<O>) -> Self {
        request.request
    }
}

#[async_trait]
impl<O: Operation> ExclusiveExtractor for Request<O> {
    async fn from_request<C: ServerContext>(
        _: &RequestContext<C>,
        request: http::Request<Body>,
    ) -> Result<Self, HttpError> {
        Ok(Self { request, marker: PhantomData })
    }

    fn metadata(_: ApiEndpointBodyContentType) -> ExtractorMetadata {
        O::Api::contract().request(O::META.id)
    }
}
