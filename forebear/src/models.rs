//! Models and client from one Progenitor run, so that server and client share the same types.
//!
//! Progenitor writes the types into the client; here they are taken out as a crate of their own and the client re-exports
//! them. What typify does not enforce is added as `validate()` ([`crate::validate`]).

use crate::{api::Operation, client, conveniences, rust, strict, validate, write::Files};
use anyhow::{Context, Result};
use quote::quote;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
};

/// What the emitters must know about the types that typify wrote.
#[derive(Debug, Default)]
pub struct Types {
    /// For each struct, the fields that are `Option`s.
    optional: BTreeMap<String, BTreeSet<String>>,
}

impl Types {
    fn of(file: &syn::File) -> Self {
        let mut types = Self::default();
        for item in &file.items {
            let syn::Item::Struct(s) = item else { continue };
            let optional = s.fields.iter().filter(|f| is_option(&f.ty)).filter_map(|f| f.ident.as_ref());
            types.optional.insert(s.ident.to_string(), optional.map(ToString::to_string).collect());
        }
        types
    }

    /// Whether `field` of the type of component `schema` is an `Option`.
    #[must_use]
    pub fn is_optional(&self, schema: &str, field: &str) -> bool {
        let (schema, field) = (rust::pascal(schema).to_string(), rust::snake(field).to_string());
        self.optional.get(&schema).is_some_and(|fields| fields.contains(&field))
    }
}

pub(crate) fn ends_with(path: &syn::Path, name: &str) -> bool {
    path.segments.last().is_some_and(|s| s.ident == name)
}

fn is_option(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(p) if ends_with(&p.path, "Option"))
}

/// Emits `models/` and `client/`.
///
/// # Errors
/// What Progenitor refuses, with its words.
pub fn emit(low: &Value, operations: &[Operation], files: &mut Files) -> Result<Types> {
    let spec: openapiv3::OpenAPI =
        serde_json::from_value(low.clone()).context("the lowered document is not OpenAPI 3.0")?;
    let (client, types) = progenitor(&spec)?;
    let types: syn::File = syn::parse2(types)?;
    let facts = Types::of(&types);
    files.put(
        "models/src/types.rs",
        format!("{}{}", rust::HEADER, prettyplease::unparse(&strict::rewrite(conveniences::add(types), low))),
    );
    files.put("models/src/validate.rs", rust::file(validate::emit(low, &facts))?);
    files.put("models/src/strict.rs", rust::file(strict::support())?);
    files.put(
        "models/src/lib.rs",
        rust::file(quote! {
            #![doc = " Types of the document, shared by server and client."]
            #![allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports)]
            mod strict;
            mod types;
            mod validate;
            pub use types::*;
            pub use validate::{Validate, Violation};
        })?,
    );
    client::emit(client, operations, files)?;
    Ok(facts)
}

/// Progenitor panics on some documents that lint has not learned yet; that must not take forebear down.
fn progenitor(spec: &openapiv3::OpenAPI) -> Result<(proc_macro2::TokenStream, proc_macro2::TokenStream)> {
    let run = || -> Result<_> {
        let mut settings = progenitor::GenerationSettings::new();
        settings
            .with_interface(progenitor::InterfaceStyle::Builder)
            .with_map_type("::std::collections::BTreeMap")
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
