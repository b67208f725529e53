//! Registers what `#[api_description]` collected a second time, under the exact metadata of the document.
//!
//! The attribute macro re-flows doc comments, so that line breaks and descriptions without a summary are lost. The handlers are
//! shared, nothing is compiled twice.

use crate::{Api, Contract, Fault};
use async_trait::async_trait;
use dropshot::{
    ApiDescription, ApiEndpoint, ApiEndpointBodyContentType, ApiEndpointResponse, ApiEndpointVersions, Body,
    EndpointTagPolicy, ExclusiveExtractor, ExtensionMode, ExtractorMetadata, HttpError, HttpResponse, RequestContext,
    ServerContext, TagConfig, TagDetails,
};

/// The same API with the document's metadata.
///
/// # Errors
/// What Dropshot refuses to register, with the operation.
pub fn describe<C: ServerContext, A: Api>(plain: ApiDescription<C>) -> Result<ApiDescription<C>, String> {
    let contract = A::contract();
    let mut exact = ApiDescription::new().tag_config(tags(contract));
    let router = plain.into_router();
    for (_, _, endpoint) in router.endpoints(None) {
        let id = endpoint.operation_id.clone();
        exact.register(rewrite::<C, A>(contract, endpoint)).map_err(|e| format!("{id}: {e}"))?;
    }
    Ok(exact)
}

fn rewrite<C: ServerContext, A: Api>(contract: &Contract, endpoint: &ApiEndpoint<C>) -> ApiEndpoint<C> {
    let id = &endpoint.operation_id;
    let operation = contract.operation(id);
    let text = |key: &str| operation[key].as_str().map(Into::into);
    // a template of the same route, for the types that cannot be cloned
    let template = ApiEndpoint::<dropshot::StubContext>::new_for_types::<(AnyRequest,), Result<AnyReply, Fault<A>>>(
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
        parameters: contract.request(id).parameters,
        body_content_type: endpoint.body_content_type.clone(),
        request_body_max_bytes: endpoint.request_body_max_bytes,
        response: contract.response(id),
        error: template.error,
        summary: text("summary"),
        description: text("description"),
        tags: operation["tags"].as_array().into_iter().flatten().filter_map(|t| t.as_str().map(Into::into)).collect(),
        extension_mode: ExtensionMode::None,
        visible: endpoint.visible,
        deprecated: operation["deprecated"] == true,
        versions: ApiEndpointVersions::All,
    }
}

fn tags(contract: &Contract) -> TagConfig {
    let tags = contract.document()["tags"].as_array().into_iter().flatten();
    let details = |t: &serde_json::Value| TagDetails {
        description: t["description"].as_str().map(Into::into),
        ..TagDetails::default()
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
