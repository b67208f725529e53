//! The server side: contract, operation markers, handler traits, the Dropshot trait, and the table mapping.

mod handlers;
mod operation;
mod umbrella;

use crate::{
    api::Operation,
    lower, rust,
    store::{self, ddl, entity, list},
    types::Types,
    write::Files,
};
use anyhow::Result;
use heck::ToSnakeCase;
use quote::quote;
use serde_json::Value;
use std::collections::BTreeMap;

/// Emits `server/`.
///
/// # Errors
/// When an emitter produced something that is not Rust.
pub fn emit(document: &Value, operations: &[Operation], types: &Types, files: &mut Files) -> Result<()> {
    files.put("server/src/contract.json", format!("{}\n", serde_json::to_string(document)?));
    files.put("server/src/api.rs", rust::file(umbrella::emit(document, operations))?);
    files.put("server/src/handlers.rs", rust::file(handlers::emit(document, operations))?);
    let tags = by_tag(operations);
    for (tag, operations) in &tags {
        files.put(&format!("server/src/op/{tag}.rs"), rust::file(operation::emit(document, operations))?);
    }
    let names: Vec<_> = tags.keys().map(|t| rust::ident(t)).collect();
    files.put(
        "server/src/op/mod.rs",
        rust::file(quote!(#![doc = " One marker per operation, with its parameters and its policies."] #(mod #names; pub use #names::*;)*))?,
    );
    emit_store(document, operations, types, files)?;
    files.put(
        "server/src/lib.rs",
        rust::file(quote! {
            #![doc = " Dropshot trait, handler traits, operation metadata and table mapping of the document."]
            #![allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports, unused_mut)]
            pub mod api;
            pub mod handlers;
            pub mod op;
            pub mod store;
            pub use api::{Document, describe, limit_classes};
            pub use generated_models as models;
        })?,
    );
    Ok(())
}

fn by_tag(operations: &[Operation]) -> BTreeMap<String, Vec<&Operation>> {
    let mut tags: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        tags.entry(operation.tag.to_snake_case()).or_default().push(operation);
    }
    tags
}

fn emit_store(document: &Value, operations: &[Operation], types: &Types, files: &mut Files) -> Result<()> {
    let tables = store::tables(document, types);
    for table in &tables {
        let mapping = entity::Mapping { document, types, table };
        files.put(&format!("server/src/store/{}.rs", table.name), rust::file(entity::module(&mapping))?);
    }
    let names: Vec<_> = tables.iter().map(|t| rust::ident(&t.name)).collect();
    let (traits, ddl) = (entity::traits(), entity::ddl_constants(&tables));
    let exports = names.iter().map(|n| quote!(pub use #n::*;));
    let tables_list = tables.iter().map(|t| rust::pascal(&t.schema));
    files.put(
        "server/src/store/mod.rs",
        rust::file(quote! {
            #![doc = " The table mapping: one module per table."]
            #(mod #names;)*
            mod list;
            #(#[allow(unused_imports)] #exports)*
            #traits
            /// Every table of the document.
            pub const TABLES: &[&Table] = &[#(<generated_models::#tables_list as Entity>::TABLE),*];
            #ddl
        })?,
    );
    let lists = operations.iter().filter(|o| o.page).filter_map(|o| list::implementation(o, document, &tables));
    files.put(
        "server/src/store/list.rs",
        rust::file(quote! {
            #![doc = " Which filter of which list rests on which index."]
            use super::List;
            #[allow(unused_imports)]
            use forebear_runtime::store::{Cell, Filter, Test, fold};
            use generated_models as models;
            #(#lists)*
        })?,
    );
    files.put("server/ddl/sqlite.sql", ddl::script(&tables, ddl::Dialect::Sqlite));
    files.put("server/ddl/oracle.sql", ddl::script(&tables, ddl::Dialect::Oracle));
    Ok(())
}

/// The Rust type of a request body.
fn body_type(document: &Value, operation: &Operation) -> Option<proc_macro2::TokenStream> {
    let view = rust::pascal(&lower::request_view(document, operation.body.as_deref()?));
    Some(quote!(models::#view))
}

/// What the handler of an operation returns.
fn output_type(document: &Value, operation: &Operation) -> proc_macro2::TokenStream {
    let Some(response) = operation.response.as_deref() else { return quote!(NoContent) };
    let ty = rust::pascal(response);
    if operation.page {
        let items = &document["components"]["schemas"][response]["properties"]["items"]["items"];
        let item = rust::pascal(crate::api::ref_name(items).unwrap_or_default());
        return quote!(Page<models::#item>);
    }
    if operation.headers.iter().any(|h| h == "location") { quote!(Created<models::#ty>) } else { quote!(models::#ty) }
}

/// Parameters that a handler sees: all but the headers that the pipeline answers for.
fn visible<'a>(operation: &'a Operation, location: &'a str) -> impl Iterator<Item = &'a crate::api::Param> {
    operation
        .params_in(location)
        .filter(|p| !matches!(p.name.to_lowercase().as_str(), "idempotency-key" | "if-none-match"))
}
