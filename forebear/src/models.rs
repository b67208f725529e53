//! Models and client from one Progenitor run, so that server and client share the same types.
//!
//! Progenitor writes the types into the client; here they are taken out as a crate of their own and the client re-exports
//! them. What typify does not enforce is added as `validate()` ([`crate::validate`]).

use crate::{absent, api::Operation, client, conveniences, rust, strict, types::Types, validate, write::Files};
use anyhow::{Context, Result};
use quote::quote;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Emits `models/` and `client/`.
///
/// # Errors
/// What Progenitor refuses, with its words.
pub fn emit(low: &Value, operations: &[Operation], omitted: &[(String, String)], files: &mut Files) -> Result<Types> {
    let spec: openapiv3::OpenAPI =
        serde_json::from_value(low.clone()).context("the lowered document is not OpenAPI 3.0")?;
    let (client, types) = progenitor(&spec)?;
    let mut types: syn::File = syn::parse2(types)?;
    absent::resolve(&mut types);
    let types = conveniences::add(types);
    let facts = Types::of(&types);
    files
        .put("models/src/types.rs", format!("{}{}", rust::HEADER, prettyplease::unparse(&strict::rewrite(types, low))));
    files.put("models/src/validate.rs", rust::file(validate::emit(low, &facts))?);
    files.put("models/src/nullable.rs", rust::file(absent::support())?);
    files.put("models/src/strict.rs", rust::file(strict::support())?);
    files.put(
        "models/src/lib.rs",
        rust::file(quote! {
            #![doc = " Types of the document, shared by server and client."]
            #![allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports)]
            mod nullable;
            mod strict;
            mod types;
            mod validate;
            pub use nullable::Nullable;
            pub use serde_json;
            pub use types::*;
            pub use validate::{Validate, Violation};
        })?,
    );
    client::emit(client, operations, omitted, files)?;
    Ok(facts)
}

/// Progenitor panics on some documents that lint has not learned yet; that must not take forebear down.
fn progenitor(spec: &openapiv3::OpenAPI) -> Result<(proc_macro2::TokenStream, proc_macro2::TokenStream)> {
    let run = || -> Result<_> {
        let mut settings = progenitor::GenerationSettings::new();
        settings
            .with_interface(progenitor::InterfaceStyle::Builder)
            .with_map_type("::std::collections::BTreeMap")
            .with_crate(absent::CRATE, progenitor::CrateVers::Any, None)
            .with_inner_type(quote!(crate::Credentials))
            .with_pre_hook_async(quote!(crate::authorise));
        let mut generator = progenitor::Generator::new(&settings);
        let client = generator.generate_tokens(spec)?;
        Ok((client, generator.get_type_space().to_stream()))
    };
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = catch_unwind(AssertUnwindSafe(run));
    std::panic::set_hook(hook);
    outcome.unwrap_or_else(|cause| {
        let text =
            cause.downcast_ref::<String>().cloned().or_else(|| cause.downcast_ref::<&str>().map(ToString::to_string));
        anyhow::bail!("Progenitor cannot carry this document: {}", text.unwrap_or_default())
    })
}
