//! Values for Dropshot types that cannot be named from outside.
//!
//! `ApiSchemaGenerator`, `ApiEndpointHeader` and `ApiEndpointParameterMetadata` are not exported, but their values can be moved. A
//! type whose `JsonSchema` reads a thread-local slot, pushed through Dropshot's own `Query` and `HttpResponseHeaders`, yields any
//! schema that is wanted. Dropshot is pinned (`=0.18.0`) because of this file.

use dropshot::{
    ApiEndpointBodyContentType, ApiEndpointParameter, ApiEndpointParameterLocation, ApiEndpointResponse, HttpResponse,
    HttpResponseHeaders, HttpResponseUpdatedNoContent, Query, SharedExtractor,
};
use schemars::{
    JsonSchema,
    r#gen::SchemaGenerator,
    schema::{InstanceType, Schema, SchemaObject},
};
use std::cell::RefCell;

/// Component schemas by name.
pub(super) type Definitions = Vec<(String, Schema)>;

thread_local!(static SLOT: RefCell<Option<(Schema, Definitions)>> = const { RefCell::new(None) });

#[derive(serde::Serialize, serde::Deserialize)]
struct Slot {}

impl JsonSchema for Slot {
    fn is_referenceable() -> bool {
        false
    }
    fn schema_name() -> String {
        "Slot".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (schema, definitions) = SLOT.take().unwrap_or((Schema::Bool(true), vec![]));
        generator.definitions_mut().extend(definitions);
        schema
    }
}

/// What goes through the slot.
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) required: bool,
    pub(super) schema: Schema,
    pub(super) definitions: Definitions,
}

fn fill(named: Named<'_>) {
    let mut property = SchemaObject::default();
    // Dropshot peels a one-element `allOf` off; inside it, the schema keeps its metadata and its `default`
    property.subschemas().all_of = Some(vec![named.schema]);
    if let Some(description) = named.description {
        property.metadata().description = Some(description.into());
    }
    let mut object = SchemaObject { instance_type: Some(InstanceType::Object.into()), ..Default::default() };
    object.object().properties.insert(named.name.into(), property.into());
    if named.required {
        object.object().required.insert(named.name.into());
    }
    SLOT.set(Some((object.into(), named.definitions)));
}

/// A parameter with exactly this schema.
pub(super) fn parameter(location: &ApiEndpointParameterLocation, named: Named<'_>) -> Option<ApiEndpointParameter> {
    let name = named.name.to_string();
    fill(named);
    let p = <Query<Slot> as SharedExtractor>::metadata(ApiEndpointBodyContentType::Json).parameters.pop()?;
    Some(ApiEndpointParameter::new_named(location, name, p.description, p.required, p.schema, vec![]))
}

/// Adds a response header with exactly this schema.
pub(super) fn add_header(response: &mut ApiEndpointResponse, named: Named<'_>) {
    fill(named);
    response.headers.extend(HttpResponseHeaders::<HttpResponseUpdatedNoContent, Slot>::response_metadata().headers);
}
