//! Models and client from one Progenitor run, so that server and client share the same types.
//!
//! Progenitor writes the types into the client; here they are taken out as a crate of their own and the client re-exports
//! them. What typify does not enforce is added as `validate()` ([`crate::validate`]).

use crate::{
    absent, api::Operation, client, conveniences, defaults, matcher, pairs::Pairs, progenitor, rust, strict,
    told::told, twice, types::Types, validate, write::Files,
};
use anyhow::Result;
use quote::quote;
use serde_json::Value;

/// Emits `models/` and `client/`.
///
/// # Errors
/// What Progenitor refuses, with its words.
pub fn emit(
    low: &Value,
    operations: &[Operation],
    omitted: &mut Vec<(String, String)>,
    files: &mut Files,
) -> Result<Types> {
    let progenitor::Written { client, types } = progenitor::run(&told(low), omitted)?;
    let mut types: syn::File = syn::parse2(types)?;
    absent::resolve(&mut types);
    let types = conveniences::add(types);
    if let Some(what) = twice::declared(&types) {
        anyhow::bail!("two schemas would both become {what}");
    }
    let facts = Types::of(&types);
    let pairs = Pairs::of(&types, low);
    if let Some(name) = pairs.unmatched() {
        anyhow::bail!("the type `{name}` would not say all that its schema says");
    }
    let mut written = strict::rewrite(types.clone(), &pairs);
    defaults::rewrite(&mut written, &pairs);
    let written = prettyplease::unparse(&written).replace("::regress::Regex", "crate::pattern::Pattern");
    files.put("models/src/types.rs", format!("{}{written}", rust::HEADER));
    files.put("models/src/pattern.rs", format!("{}{}", rust::HEADER, matcher::SOURCE));
    files.put("models/src/validate.rs", rust::file(validate::emit(&pairs))?);
    files.put("models/src/nullable.rs", rust::file(absent::support())?);
    files.put("models/src/strict.rs", rust::file(strict::support())?);
    files.put(
        "models/src/lib.rs",
        rust::file(quote! {
            #![doc = " Types of the document, shared by server and client."]
            #![allow(clippy::all, clippy::unwrap_used, missing_docs, unused_imports)]
            mod nullable;
            mod pattern;
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
