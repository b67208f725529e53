//! The server side: contract, operation markers, handler traits, the Dropshot trait, and the table mapping.

pub(crate) mod handlers;
mod operation;
mod params;
mod umbrella;

use crate::{
    api::{Answer, Body, Operation, resolve},
    lower, rust,
    shape::{self, Shape},
    store::{self, ddl, entity, list, patch},
    types::Types,
    write::Files,
};
use anyhow::Result;
use heck::ToSnakeCase;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use std::collections::BTreeMap;

/// Emits `server/`.
///
/// # Errors
/// When an emitter produced something that is not Rust.
pub(crate) fn emit(contract: &Value, source: &Source<'_>, operations: &[Operation], files: &mut Files) -> Result<()> {
    let (document, types) = (source.document, source.types);
    files.put("server/src/contract.json", format!("{}\n", serde_json::to_string(contract)?));
    files.put("server/src/api.rs", rust::file(umbrella::emit(source, operations))?);
    files.put("server/src/handlers.rs", rust::file(handlers::emit(source, operations))?);
    let tags = by_tag(operations);
    for (tag, operations) in &tags {
        files.put(&format!("server/src/op/{tag}.rs"), rust::file(operation::emit(source, operations))?);
    }
    let names: Vec<_> = tags.keys().map(|t| rust::ident(t)).collect();
    files.put(
        "server/src/op/mod.rs",
        rust::file(quote!(#![doc = " One marker per operation, with its parameters and its policies."] #(mod #names; pub use #names::*;)*
            /// Constraints beyond the shape, as the pipeline reports them.
            #[allow(dead_code)]
            fn check<T: generated_models::Validate>(body: &T) -> Vec<forebear_runtime::Violation> {
                violations(generated_models::Validate::validate(body))
            }
            #[allow(dead_code)]
            fn violations(found: Vec<generated_models::Violation>) -> Vec<forebear_runtime::Violation> {
                let one = |v: generated_models::Violation| forebear_runtime::Violation { at: v.pointer, code: v.code, detail: v.detail };
                found.into_iter().map(one).collect()
            }
        ))?,
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
            pub use api::{Document, describe, describe_stub, direct, errors, limit_classes};
            pub use generated_models as models;
        })?,
    );
    Ok(())
}

/// Emits `src/handlers/`: a stub of every handler, for people to go on from.
///
/// # Errors
/// When an emitter produced something that is not Rust.
pub(crate) fn emit_stubs(source: &Source<'_>, operations: &[Operation], files: &mut Files) -> Result<()> {
    let mut modules = String::from("//! One file per tag of the document.\n\n");
    for (tag, tokens) in handlers::stubs(source, operations) {
        let module = rust::snake(&tag);
        files.put(&format!("src/handlers/{module}.rs"), rust::formatted(tokens)?);
        modules += &format!("mod {module};\n");
    }
    files.put("src/handlers/mod.rs", modules);
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
            mod patch;
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
            use forebear_runtime::store::{Cell, Filter, Form, Test, fold};
            use generated_models as models;
            #(#lists)*
        })?,
    );
    let rows: Vec<&str> = tables.iter().map(|t| t.schema.as_str()).collect();
    files.put("server/src/store/patch.rs", rust::file(patch::module(document, types, &rows))?);
    files.put("server/ddl/sqlite.sql", ddl::script(&tables, ddl::Dialect::Sqlite));
    files.put("server/ddl/oracle.sql", ddl::script(&tables, ddl::Dialect::Oracle));
    Ok(())
}

/// Where the emitters look things up.
pub(crate) struct Source<'a> {
    /// The document, with a name for each type ([`crate::hoist::named`]).
    pub document: &'a Value,
    /// What typify made of it.
    pub types: &'a Types,
}

impl Source<'_> {
    /// The Rust type of a schema.
    pub(crate) fn ty(&self, schema: &Value) -> TokenStream {
        Shape::of(schema).map_or_else(|| quote!(models::serde_json::Value), |s| s.tokens(&shape::model))
    }

    /// The Rust type of a request body, without what only the server writes.
    fn written(&self, schema: &Value) -> TokenStream {
        let view = |name: &str| shape::model(&lower::request_view(self.document, name));
        Shape::of(schema).map_or_else(|| quote!(models::serde_json::Value), |s| s.tokens(&view))
    }

    /// The Rust type of the request body that a handler gets.
    pub(crate) fn body(&self, operation: &Operation) -> Option<TokenStream> {
        match &operation.body {
            Body::None | Body::Upgrade => None,
            Body::Json(schema) | Body::Form(schema) => Some(self.written(schema)),
            Body::Multipart(None) => Some(quote!(rt::Multipart<()>)),
            Body::Multipart(Some(schema)) => {
                let fields = self.written(schema);
                Some(quote!(rt::Multipart<#fields>))
            }
            Body::Bytes => Some(quote!(rt::Bytes)),
        }
    }

    /// What the handler of an operation returns.
    pub(crate) fn output(&self, operation: &Operation) -> TokenStream {
        let plain = match &operation.answer {
            Answer::Redirect if operation.locates() => quote!(rt::Redirect),
            Answer::Empty | Answer::Redirect => quote!(rt::NoContent),
            Answer::Stream(_) => quote!(rt::Streamed),
            Answer::Upgrade => quote!(rt::Upgrade),
            Answer::Json(schema) if operation.page => {
                let page = resolve(self.document, schema);
                let item = self.ty(&page["properties"]["items"]["items"]);
                quote!(rt::Page<#item>)
            }
            Answer::Json(schema) => {
                let ty = self.ty(schema);
                if operation.locates() { quote!(rt::Created<#ty>) } else { ty }
            }
        };
        if operation.own_headers().next().is_none() {
            return plain;
        }
        let headers = rust::pascal(&format!("{}-headers", operation.id));
        quote!(rt::WithHeaders<#plain, op::#headers>)
    }

    /// How a handler fails.
    fn failure(&self, operation: &Operation) -> TokenStream {
        match operation.failure.as_ref().and_then(|f| f.own.as_ref()) {
            Some(own) => {
                let ty = self.ty(own);
                quote!(rt::Refusal<Self::Error, #ty>)
            }
            None => quote!(Self::Error),
        }
    }
}

/// Parameters that a handler sees: all but the headers that the pipeline answers for.
pub(crate) fn visible<'a>(operation: &'a Operation, location: &'a str) -> impl Iterator<Item = &'a crate::api::Param> {
    let house = operation.value.get("x-scope").is_some();
    let theirs =
        move |name: &str| name.eq_ignore_ascii_case("idempotency-key") || name.eq_ignore_ascii_case("if-none-match");
    operation.params_in(location).filter(move |p| !(house && theirs(&p.name)))
}

/// Locations of parameters with their structs' names, where an operation has any.
pub(crate) fn parameter_structs(operation: &Operation) -> impl Iterator<Item = (&'static str, proc_macro2::Ident)> {
    ["path", "query", "header"]
        .into_iter()
        .filter(|location| visible(operation, location).next().is_some())
        .map(|location| (location, rust::pascal(&format!("{}-{location}", operation.id))))
}
