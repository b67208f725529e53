//! Operations with every kind of parameter, body and answer.

use super::types::{Even, Everything, External, Inner, Internal, Name, Simple, Tree, Untagged};
use dropshot::{
    Body, EmptyScanParams, EndpointTagPolicy, FreeformBody, Header, HttpError, HttpResponseAccepted,
    HttpResponseCreated, HttpResponseDeleted, HttpResponseError, HttpResponseFound, HttpResponseHeaders,
    HttpResponseOk, HttpResponseSeeOther, HttpResponseTemporaryRedirect, HttpResponseUpdatedNoContent, MultipartBody,
    PaginationParams, Path, Query, RequestContext, ResultsPage, StreamingBody, TypedBody, UntypedBody,
    WebsocketChannelResult, WebsocketConnection,
};
use http::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, num::NonZeroU32};
use uuid::Uuid;

/// Where something is.
#[derive(Deserialize, JsonSchema)]
pub struct Place {
    /// Its number.
    pub id: Uuid,
    /// Its name.
    pub name: Name,
    pub index: u16,
}

/// What is wanted.
#[derive(Deserialize, JsonSchema)]
pub struct Wanted {
    /// How many.
    pub many: Option<NonZeroU32>,
    #[serde(default)]
    pub verbose: bool,
    pub kind: Option<Simple>,
    #[schemars(range(min = 1, max = 31))]
    pub day: Option<u8>,
    #[schemars(length(min = 2, max = 4))]
    pub code: String,
    #[serde(rename = "type")]
    pub keyword: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
pub struct Conditions {
    /// Who asks.
    #[serde(rename = "x-who")]
    pub who: String,
    #[serde(rename = "x-count")]
    pub count: Option<u32>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Answered {
    /// The version of what is answered.
    pub version: String,
    pub remaining: u32,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Scan {
    pub sort: Option<Simple>,
    pub project: Name,
}

#[derive(Deserialize, Serialize, JsonSchema)]
pub struct Position {
    pub last: Uuid,
}

#[derive(Deserialize, JsonSchema)]
pub struct Fields {
    pub first: String,
    pub second: Option<u8>,
}

/// An error of its own.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Trouble {
    /// Nobody is there.
    Nobody,
    /// Something else.
    Other { message: String },
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl From<HttpError> for Trouble {
    fn from(error: HttpError) -> Self {
        Self::Other { message: error.external_message }
    }
}

impl HttpResponseError for Trouble {
    fn status_code(&self) -> dropshot::ErrorStatusCode {
        dropshot::ErrorStatusCode::BAD_REQUEST
    }
}

/// One of everything.
#[dropshot::api_description {
    tag_config = {
        allow_other_tags = false,
        policy = EndpointTagPolicy::AtLeastOne,
        tags = {
            "bodies" = { description = "What is sent", external_docs = { description = "More", url = "https://example.com/bodies" } },
            "answers" = { description = "What comes back", external_docs = { url = "https://example.com/answers" } },
            "parameters" = {},
        },
    }
}]
pub trait Api {
    type Context;

    /// Everything in, everything out.
    ///
    /// With a second paragraph.
    #[endpoint { method = PUT, path = "/everything", tags = ["bodies", "answers"] }]
    async fn everything(
        rqctx: RequestContext<Self::Context>,
        body: TypedBody<Everything>,
    ) -> Result<HttpResponseOk<Everything>, HttpError>;

    #[endpoint { method = GET, path = "/places/{id}/{name}/{index}", tags = ["parameters"], deprecated = true }]
    async fn place(
        rqctx: RequestContext<Self::Context>,
        path: Path<Place>,
        query: Query<Wanted>,
        headers: Header<Conditions>,
    ) -> Result<HttpResponseOk<Vec<Inner>>, HttpError>;

    #[endpoint { method = POST, path = "/forms", tags = ["bodies"], content_type = "application/x-www-form-urlencoded" }]
    async fn form(
        rqctx: RequestContext<Self::Context>,
        body: TypedBody<Fields>,
    ) -> Result<HttpResponseAccepted<Inner>, HttpError>;

    #[endpoint { method = POST, path = "/uploads", tags = ["bodies"], content_type = "multipart/form-data" }]
    async fn upload(
        rqctx: RequestContext<Self::Context>,
        body: MultipartBody,
    ) -> Result<HttpResponseCreated<Inner>, HttpError>;

    #[endpoint { method = PUT, path = "/bytes/{id}", tags = ["bodies"], operation_id = "put_the_bytes" }]
    async fn bytes(
        rqctx: RequestContext<Self::Context>,
        path: Path<OnlyId>,
        body: UntypedBody,
    ) -> Result<HttpResponseUpdatedNoContent, HttpError>;

    #[endpoint { method = POST, path = "/streams", tags = ["bodies"], request_body_max_bytes = 1048576 }]
    async fn stream_in(
        rqctx: RequestContext<Self::Context>,
        body: StreamingBody,
    ) -> Result<HttpResponseOk<u64>, HttpError>;

    #[endpoint { method = PATCH, path = "/unions", tags = ["bodies"] }]
    async fn unions(
        rqctx: RequestContext<Self::Context>,
        body: TypedBody<Vec<Internal>>,
    ) -> Result<HttpResponseOk<BTreeMap<String, External>>, HttpError>;

    #[endpoint { method = POST, path = "/text", tags = ["bodies"] }]
    async fn text(
        rqctx: RequestContext<Self::Context>,
        body: TypedBody<String>,
    ) -> Result<HttpResponseOk<Option<Even>>, HttpError>;

    #[endpoint { method = DELETE, path = "/places/{id}", tags = ["answers"] }]
    async fn delete(rqctx: RequestContext<Self::Context>, path: Path<OnlyId>)
    -> Result<HttpResponseDeleted, HttpError>;

    #[endpoint { method = GET, path = "/headers", tags = ["answers"] }]
    async fn with_headers(
        rqctx: RequestContext<Self::Context>,
    ) -> Result<HttpResponseHeaders<HttpResponseOk<Untagged>, Answered>, HttpError>;

    #[endpoint { method = GET, path = "/found", tags = ["answers"] }]
    async fn found(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseFound, HttpError>;

    #[endpoint { method = POST, path = "/see-other", tags = ["answers"] }]
    async fn see_other(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseSeeOther, HttpError>;

    #[endpoint { method = GET, path = "/temporary", tags = ["answers"] }]
    async fn temporary(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseTemporaryRedirect, HttpError>;

    #[endpoint { method = GET, path = "/raw", tags = ["answers"] }]
    async fn raw(rqctx: RequestContext<Self::Context>) -> Result<Response<Body>, HttpError>;

    #[endpoint { method = HEAD, path = "/raw", tags = ["answers"] }]
    async fn raw_head(rqctx: RequestContext<Self::Context>) -> Result<Response<Body>, HttpError>;

    #[endpoint { method = OPTIONS, path = "/raw", tags = ["answers"] }]
    async fn raw_options(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseUpdatedNoContent, HttpError>;

    #[endpoint { method = GET, path = "/freeform", tags = ["answers"] }]
    async fn freeform(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseOk<FreeformBody>, HttpError>;

    #[endpoint { method = GET, path = "/trouble", tags = ["answers"] }]
    async fn trouble(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseOk<Tree>, Trouble>;

    /// A list in pages.
    #[endpoint { method = GET, path = "/pages", tags = ["answers"] }]
    async fn pages(
        rqctx: RequestContext<Self::Context>,
        query: Query<PaginationParams<Scan, Position>>,
    ) -> Result<HttpResponseOk<ResultsPage<Inner>>, HttpError>;

    #[endpoint { method = GET, path = "/plain-pages", tags = ["answers"] }]
    async fn plain_pages(
        rqctx: RequestContext<Self::Context>,
        query: Query<PaginationParams<EmptyScanParams, Position>>,
    ) -> Result<HttpResponseOk<ResultsPage<Name>>, HttpError>;

    #[channel { protocol = WEBSOCKETS, path = "/socket/{id}", tags = ["parameters"] }]
    async fn socket(
        rqctx: RequestContext<Self::Context>,
        path: Path<OnlyId>,
        upgraded: WebsocketConnection,
    ) -> WebsocketChannelResult;

    #[endpoint { method = GET, path = "/hidden", unpublished = true, tags = ["answers"] }]
    async fn hidden(rqctx: RequestContext<Self::Context>) -> Result<HttpResponseOk<()>, HttpError>;
}

#[derive(Deserialize, JsonSchema)]
pub struct OnlyId {
    pub id: Uuid,
}

/// The document, as Dropshot prints it.
pub fn document() -> String {
    let api = api_mod::stub_api_description().expect("sound endpoints");
    let mut definition = api.openapi("Everything", semver::Version::new(1, 2, 3));
    definition
        .description("One of everything")
        .contact_url("https://example.com")
        .license("MIT", "https://example.com/mit");
    serde_json::to_string_pretty(&definition.json().expect("a document")).expect("JSON")
}
