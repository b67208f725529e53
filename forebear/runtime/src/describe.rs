//! Registers what `#[api_description]` collected a second time, under the exact metadata of the document.
//!
//! The attribute macro re-flows doc comments, so that line breaks and descriptions without a summary are lost. The handlers are
//! shared, nothing is compiled twice.

use crate::{Api, Contract, ErrorDoc, Fault};
use async_trait::async_trait;
use dropshot::{
    ApiDescription, ApiEndpoint, ApiEndpointBodyContentType, ApiEndpointResponse, ApiEndpointVersions, Body,
    EndpointTagPolicy, ExclusiveExtractor, ExtensionMode, ExtractorMetadata, HttpError, HttpResponse, RequestContext,
    ServerContext, StubContext, TagConfig, TagDetails, TagExternalDocs,
};

/// An endpoint with the error response of this name, whose description can be moved but not named.
pub type Failures = fn(&str) -> Option<ApiEndpoint<StubContext>>;

/// An endpoint that fails with `D`.
#[must_use]
pub fn failure<D: ErrorDoc>() -> ApiEndpoint<StubContext> {
    ApiEndpoint::<StubContext>::new_for_types::<(AnyRequest,), Result<AnyReply, Fault<D>>>(
        String::new(),
        http::Method::GET,
        "application/json",
        "/",
        ApiEndpointVersions::All,
    )
}

/// The same API with the document's metadata.
///
/// # Errors
/// What Dropshot refuses to register, with the operation.
pub fn describe<C: ServerContext, A: Api>(
    plain: ApiDescription<C>,
    failure: Failures,
) -> Result<ApiDescription<C>, String> {
    let contract = A::contract();
    let mut exact = ApiDescription::new().tag_config(tags(contract));
    let router = plain.into_router();
    for (_, _, endpoint) in router.endpoints(None) {
        let id = endpoint.operation_id.clone();
        exact.register(rewrite(contract, endpoint, failure)).map_err(|e| format!("{id}: {e}"))?;
    }
    Ok(exact)
}

fn rewrite<C: ServerContext>(contract: &Contract, endpoint: &ApiEndpoint<C>, failure: Failures) -> ApiEndpoint<C> {
    let id = &endpoint.operation_id;
    let (operation, request) = (contract.operation(id), contract.request(id));
    let text = |key: &str| operation[key].as_str().map(Into::into);
    // a template of the same route, for the types that cannot be cloned
    let template = ApiEndpoint::<StubContext>::new_for_types::<(AnyRequest,), Result<AnyReply, HttpError>>(
        String::new(),
        endpoint.method.clone(),
        "application/json",
        &endpoint.path,
        ApiEndpointVersions::All,
    );
    ApiEndpoint {
        operation_id: id.clone(),
        handler: endpoint.handler.clone(),
        method: template.method,
        path: template.path,
        parameters: request.parameters,
        body_content_type: endpoint.body_content_type.clone(),
        request_body_max_bytes: endpoint.request_body_max_bytes,
        response: contract.response(id),
        error: contract.failure(id).and_then(failure).and_then(|e| e.error),
        summary: text("summary"),
        description: text("description"),
        tags: operation["tags"].as_array().into_iter().flatten().filter_map(|t| t.as_str().map(Into::into)).collect(),
        extension_mode: request.extension_mode,
        visible: endpoint.visible,
        deprecated: operation["deprecated"] == true,
        versions: ApiEndpointVersions::All,
    }
}

fn tags(contract: &Contract) -> TagConfig {
    let tags = contract.document()["tags"].as_array().into_iter().flatten();
    let details = |t: &serde_json::Value| TagDetails {
        description: t["description"].as_str().map(Into::into),
        external_docs: t.get("externalDocs").map(|e| TagExternalDocs {
            description: e["description"].as_str().map(Into::into),
            url: e["url"].as_str().unwrap_or_default().into(),
        }),
    };
    TagConfig {
        allow_other_tags: true,
        policy: EndpointTagPolicy::Any,
        tags: tags.filter_map(|t| Some((t["name"].as_str()?.into(), details(t)))).collect(),
    }
}

struct AnyRequest;

#[async_trait]
impl ExclusiveExtractor for AnyRequest {
    async fn from_request<C: ServerContext>(_: &RequestContext<C>, _: http::Request<Body>) -> Result<Self, HttpError> {
        Ok(Self)
    }
    fn metadata(_: ApiEndpointBodyContentType) -> ExtractorMetadata {
        ExtractorMetadata { extension_mode: ExtensionMode::None, parameters: vec![] }
    }
}

struct AnyReply;

impl HttpResponse for AnyReply {
    fn to_result(self) -> Result<http::Response<Body>, HttpError> {
        Ok(http::Response::new(Body::empty()))
    }
    fn response_metadata() -> ApiEndpointResponse {
        ApiEndpointResponse::default()
    }
    fn status_code(&self) -> http::StatusCode {
        http::StatusCode::OK
    }
}
