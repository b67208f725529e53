//! Dropshot's metadata of each operation.

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
    /// Parameters and body of an operation, in source order.
    pub(crate) fn request(&self, id: &str) -> ExtractorMetadata {
        let operation = self.operation(id);
        let mut parameters: Vec<ApiEndpointParameter> =
            operation["parameters"].as_array().into_iter().flatten().filter_map(|p| self.named_parameter(p)).collect();
        parameters.extend(self.body_parameter(operation));
        ExtractorMetadata { extension_mode: ExtensionMode::None, parameters }
    }

    fn named_parameter(&self, p: &Value) -> Option<ApiEndpointParameter> {
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
            definitions: self.scalar_definitions(&p["schema"]),
        };
        slot::parameter(&location, named)
    }

    fn body_parameter(&self, operation: &Value) -> Option<ApiEndpointParameter> {
        let (media, content) = operation["requestBody"]["content"].as_object()?.iter().next()?;
        let media = ApiEndpointBodyContentType::from_mime_type(media).ok()?;
        let named = anonymous(&content["schema"]);
        let p = slot::parameter(&ApiEndpointParameterLocation::Query, named)?;
        Some(ApiEndpointParameter::new_body(media, true, p.schema, vec![]))
    }

    /// Success response of an operation.
    pub(crate) fn response(&self, id: &str) -> ApiEndpointResponse {
        let responses = self.operation(id)["responses"].as_object();
        let success = |code: &str| code.parse::<u16>().ok().filter(|c| (200..300).contains(c));
        let Some((code, response)) = responses.into_iter().flatten().find_map(|(c, r)| success(c).map(|c| (c, r)))
        else {
            return ApiEndpointResponse::default();
        };
        let mut out = ApiEndpointResponse {
            success: http::StatusCode::from_u16(code).ok(),
            description: response["description"].as_str().map(Into::into),
            ..Default::default()
        };
        out.schema = match response["content"].as_object().and_then(|c| c.values().next()) {
            None => HttpResponseUpdatedNoContent::response_metadata().schema,
            Some(content) => {
                slot::parameter(&ApiEndpointParameterLocation::Query, anonymous(&content["schema"])).map(|p| p.schema)
            }
        };
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let named = Named {
                name,
                description: header["description"].as_str(),
                required: header["required"] == true,
                schema: schema::convert(&header["schema"]),
                definitions: self.scalar_definitions(&header["schema"]),
            };
            slot::add_header(&mut out, named);
        }
        out
    }

    /// Schema of the error body. Every component travels with it, so that all are emitted.
    pub(crate) fn error(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.definitions_mut().extend(self.definitions.iter().cloned());
        Schema::new_ref("#/components/schemas/Problem".into())
    }

    /// Components that a parameter refers to. Dropshot insists on scalars when it registers a parameter: it looks at these
    /// definitions, but emits those of [`Contract::error`], so an array may pass as a string here.
    fn scalar_definitions(&self, schema: &Value) -> Definitions {
        let mut found = BTreeSet::new();
        self.reachable(schema, &mut found);
        let string = || SchemaObject { instance_type: Some(InstanceType::String.into()), ..Default::default() }.into();
        let is_array = |name: &str| self.component(name)["type"] == "array";
        self.definitions
            .iter()
            .filter(|(name, _)| found.contains(name))
            .map(|(name, schema)| (name.clone(), if is_array(name) { string() } else { schema.clone() }))
            .collect()
    }

    fn reachable(&self, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(|r| r.rsplit('/').next())
                    && found.insert(name.into())
                {
                    self.reachable(self.component(name), found);
                }
                map.values().for_each(|v| self.reachable(v, found));
            }
            Value::Array(items) => items.iter().for_each(|v| self.reachable(v, found)),
            _ => {}
        }
    }
}

fn anonymous(value: &Value) -> Named<'static> {
    Named { name: "value", description: None, required: true, schema: schema::convert(value), definitions: vec![] }
}
