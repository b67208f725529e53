//! What people implement: one plain trait per tag, with synchronous functions.

use super::{body_type, output_type, visible};
use crate::{
    api::{Need, Operation},
    rust,
};
use heck::ToPascalCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

/// Emits `handlers.rs`.
pub(super) fn emit(document: &Value, operations: &[Operation]) -> TokenStream {
    let mut tags: Vec<&str> = vec![];
    for operation in operations {
        if !tags.contains(&operation.tag.as_str()) {
            tags.push(&operation.tag);
        }
    }
    let traits = tags.iter().map(|tag| {
        let name = trait_name(tag);
        let methods = operations.iter().filter(|o| o.tag == *tag).map(|o| method(document, o));
        let text = rust::doc(&format!("Handlers of the tag `{tag}`."));
        let hint =
            format!("`{name}` is not implemented: write `impl {name} for …` in the handlers file of the tag `{tag}`");
        quote!(#text #[diagnostic::on_unimplemented(message = #hint)] pub trait #name: Platform { #(#methods)* })
    });
    let names: Vec<Ident> = tags.iter().map(|t| trait_name(t)).collect();
    quote! {
        #![doc = " What people write: one trait per tag of the document."]
        use crate::op;
        use forebear_runtime::*;
        use generated_models as models;
        #(#traits)*
        /// Everything that the document asks for.
        pub trait Handlers: #(#names)+* {}
        impl<A: #(#names)+*> Handlers for A {}
    }
}

/// `PayoffApi` for the tag `payoff`.
pub(super) fn trait_name(tag: &str) -> Ident {
    format_ident!("{}Api", rust::ident(&tag.to_pascal_case()))
}

fn method(document: &Value, operation: &Operation) -> TokenStream {
    let name = rust::snake(&operation.id);
    let summary = operation.value["summary"].as_str().unwrap_or(&operation.id);
    let text = rust::doc(&format!("`{} {}`: {summary}", operation.method, operation.path));
    let output = output_type(document, operation);
    if operation.open {
        return quote!(#text fn #name(&self) -> Result<#output, Self::Error>;);
    }
    let cx = context(operation);
    let tx = if operation.writes() { quote!(Self::Write) } else { quote!(Self::Read) };
    let mut args = vec![];
    for location in ["path", "query", "header"] {
        if visible(operation, location).next().is_some() {
            let (arg, ty) = (rust::ident(location), rust::pascal(&format!("{}-{location}", operation.id)));
            args.push(quote!(#arg: op::#ty));
        }
    }
    if let Some(body) = body_type(document, operation) {
        args.push(quote!(body: #body));
    }
    quote!(#text fn #name(&self, cx: &#cx, tx: &mut #tx, #(#args),*) -> Result<#output, Self::Error>;)
}

fn context(operation: &Operation) -> TokenStream {
    let (user, location) = markers(operation);
    quote!(Cx<Self, #user, #location>)
}

/// Types that say what the context carries.
pub(super) fn markers(operation: &Operation) -> (TokenStream, TokenStream) {
    let marker = |need: Need, what: &str| {
        let prefix = match need {
            Need::Required => "With",
            Need::Optional => "Maybe",
            Need::None => "No",
        };
        let name = format_ident!("{prefix}{what}");
        quote!(#name)
    };
    (marker(operation.user, "User"), marker(operation.location, "Location"))
}
