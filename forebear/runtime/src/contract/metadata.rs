//! Dropshot's metadata of each operation.
//!
//! *Definitions* travel in one of two ways. Those that only parameters and headers reach travel with these: Dropshot writes them
//! after all others. The rest travel with the error responses, through the generator, which sorts them; where there is no error
//! response, one operation carries all.

use super::{
    Contract, schema,
    slot::{self, Definitions, Named},
};
use dropshot::{
    ApiEndpointBodyContentType, ApiEndpointParameter, ApiEndpointParameterLocation, ApiEndpointResponse, ExtensionMode,
    ExtractorMetadata, HttpResponse, HttpResponseUpdatedNoContent,
};
use schemars::{
    r#gen::SchemaGenerator,
    schema::{InstanceType, Schema, SchemaObject},
};
use serde_json::Value;
use std::collections::BTreeSet;

impl Contract {
    /// Parameters and body of an operation, in source order, and what Dropshot adds to it.
    pub(crate) fn request(&self, id: &str) -> ExtractorMetadata {
        let operation = self.operation(id);
        let mut parameters: Vec<ApiEndpointParameter> =
            self.parameters(id).filter_map(|p| self.named_parameter(id, p)).collect();
        parameters.extend(self.body_parameter(id, operation));
        let extension_mode = match operation.get("x-dropshot-pagination") {
            Some(first_page) => ExtensionMode::Paginated(first_page.clone()),
            None if operation.get("x-dropshot-websocket").is_some() => ExtensionMode::Websocket,
            None => ExtensionMode::None,
        };
        ExtractorMetadata { extension_mode, parameters }
    }

    fn named_parameter(&self, id: &str, p: &Value) -> Option<ApiEndpointParameter> {
        let location = match p["in"].as_str()? {
            "path" => ApiEndpointParameterLocation::Path,
            "query" => ApiEndpointParameterLocation::Query,
            "header" => ApiEndpointParameterLocation::Header,
            _ => return None,
        };
        let named = Named {
            name: p["name"].as_str()?,
            description: p["description"].as_str(),
            required: p["required"] == true,
            schema: schema::convert(&p["schema"]),
            definitions: self.scalar_definitions(id, self.parameters(id).filter(|other| other["in"] == p["in"])),
        };
        slot::parameter(&location, named)
    }

    fn body_parameter(&self, id: &str, operation: &Value) -> Option<ApiEndpointParameter> {
        let body = self.resolve_part(&operation["requestBody"]);
        let (media, content) = body["content"].as_object()?.iter().next()?;
        let media = ApiEndpointBodyContentType::from_mime_type(media).ok()?;
        let named = self.anonymous(id, &content["schema"]);
        let p = slot::parameter(&ApiEndpointParameterLocation::Query, named)?;
        Some(ApiEndpointParameter::new_body(media, true, p.schema, vec![]))
    }

    /// Success response of an operation.
    pub(crate) fn response(&self, id: &str) -> ApiEndpointResponse {
        let responses = self.operation(id)["responses"].as_object();
        let successes = responses.into_iter().flatten().filter(|(code, _)| is_success(code));
        let Some((code, response)) = successes.min_by_key(|(code, _)| *code == "default") else {
            return ApiEndpointResponse::default();
        };
        let response = self.resolve_part(response);
        let mut out = ApiEndpointResponse {
            success: code.parse().ok(),
            description: response["description"].as_str().map(Into::into),
            ..Default::default()
        };
        out.schema = match response["content"].as_object().and_then(|c| c.iter().next()) {
            None => HttpResponseUpdatedNoContent::response_metadata().schema,
            Some((media, _)) if media == "*/*" => None,
            Some((_, content)) => {
                let named = self.anonymous(id, &content["schema"]);
                slot::parameter(&ApiEndpointParameterLocation::Query, named).map(|p| p.schema)
            }
        };
        let headers = || response["headers"].as_object().into_iter().flatten();
        for (name, header) in headers() {
            let header = self.resolve_part(header);
            let named = Named {
                name,
                description: header["description"].as_str(),
                required: header["required"] == true,
                schema: schema::convert(&header["schema"]),
                definitions: self.scalar_definitions(id, headers().map(|(_, header)| header)),
            };
            slot::add_header(&mut out, named);
        }
        out
    }

    /// Name of the error response of an operation; `None` where the document declares no error.
    pub(crate) fn failure(&self, id: &str) -> Option<&str> {
        let responses = self.operation(id)["responses"].as_object()?;
        let success = responses.keys().any(|code| code != "default" && is_success(code));
        let is_error = |code: &str| code.starts_with(['4', '5']) || code == "default" && success;
        let error = responses.iter().find(|(code, _)| is_error(code))?.1;
        let named = error["$ref"].as_str().filter(|_| responses.contains_key("4XX"));
        Some(named.and_then(|r| r.rsplit('/').next()).unwrap_or(ERROR))
    }

    /// Schema of an error response. The definitions that are not a parameter's travel with it.
    pub(crate) fn error(&self, name: &str, generator: &mut SchemaGenerator) -> Schema {
        let general = self.definitions.iter().filter(|(name, _)| self.general.contains(name)).cloned();
        generator.definitions_mut().extend(general);
        let response = self.resolve_part(&self.document["components"]["responses"][name]);
        let content = response["content"].as_object().and_then(|c| c.values().next());
        content
            .map_or_else(|| Schema::new_ref("#/components/schemas/Problem".into()), |c| schema::convert(&c["schema"]))
    }

    pub(super) fn general_definitions(&self) -> BTreeSet<String> {
        let (mut by_parameter, mut by_body) = (BTreeSet::new(), BTreeSet::new());
        for id in self.operations.keys() {
            let operation = self.operation(id);
            self.parameters(id).for_each(|p| self.reachable(p, &mut by_parameter));
            self.reachable(&operation["requestBody"], &mut by_body);
            for response in operation["responses"].as_object().into_iter().flat_map(|r| r.values()) {
                let response = self.resolve_part(response);
                self.reachable(&response["content"], &mut by_body);
                self.reachable(&response["headers"], &mut by_parameter);
            }
        }
        let names = self.definitions.iter().map(|(name, _)| name);
        let travels = |n: &str| by_body.contains(n) || !by_parameter.contains(n) || self.is_list(n);
        names.filter(|n| travels(n)).cloned().collect()
    }

    /// The first operation with a schema, if none has an error response.
    pub(super) fn find_carrier(&self) -> Option<String> {
        let mut first = None;
        for item in self.document["paths"].as_object()?.values() {
            for operation in item.as_object().into_iter().flatten().map(|(_, o)| o).filter(|o| o.is_object()) {
                let Some(id) = operation["operationId"].as_str() else { continue };
                if self.failure(id).is_some() {
                    return None;
                }
                if first.is_none() && self.has_schema(id) {
                    first = Some(id.to_string());
                }
            }
        }
        first
    }

    fn has_schema(&self, id: &str) -> bool {
        let operation = self.operation(id);
        let responses = operation["responses"].as_object().into_iter().flatten();
        let mut responses = responses.map(|(code, response)| (code, self.resolve_part(response)));
        self.parameters(id).next().is_some()
            || operation.get("requestBody").is_some()
            || responses.any(|(code, r)| is_success(code) && r["content"].get("application/json").is_some())
    }

    fn anonymous(&self, id: &str, value: &Value) -> Named<'static> {
        let definitions = if self.carrier.as_deref() == Some(id) { self.definitions.clone() } else { vec![] };
        Named { name: "value", description: None, required: true, schema: schema::convert(value), definitions }
    }

    fn is_list(&self, name: &str) -> bool {
        self.component(name)["type"] == "array"
    }

    /// Components that parameters or headers refer to, which Dropshot reads as the members of one struct. Dropshot insists on scalars when it registers a parameter: it looks at these
    /// definitions, but emits those of [`Contract::error`], so a list may pass as a string here.
    fn scalar_definitions<'a>(&self, id: &str, members: impl Iterator<Item = &'a Value>) -> Definitions {
        if self.carrier.as_deref() == Some(id) {
            return self.definitions.clone();
        }
        let mut found = BTreeSet::new();
        members.for_each(|member| self.reachable(member, &mut found));
        let string = || SchemaObject { instance_type: Some(InstanceType::String.into()), ..Default::default() }.into();
        self.definitions
            .iter()
            .filter(|(name, _)| found.contains(name))
            .map(|(name, schema)| (name.clone(), if self.is_list(name) { string() } else { schema.clone() }))
            .collect()
    }

    fn reachable(&self, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                let reference = map.get("$ref").and_then(Value::as_str);
                if let Some(name) = reference.and_then(|r| r.strip_prefix("#/components/schemas/")) {
                    if found.insert(name.into()) {
                        self.reachable(self.component(name), found);
                    }
                } else if reference.is_some() {
                    self.reachable(self.resolve_part(value), found);
                }
                map.values().for_each(|v| self.reachable(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| self.reachable(v, found)),
            _ => {}
        }
    }
}

/// Name of the error response where the document names none.
pub(crate) const ERROR: &str = "Error";

/// Whether a response is the one that a handler's value becomes.
fn is_success(code: &str) -> bool {
    code == "default" || code.parse::<u16>().is_ok_and(|c| c < 400 && c != 304)
}
