//! What people implement: one plain trait per tag, with synchronous functions.

use super::{Source, parameter_structs};
use crate::{
    api::{Need, Operation},
    rust,
};
use heck::ToPascalCase;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// Emits `handlers.rs`.
pub(super) fn emit(source: &Source<'_>, operations: &[Operation]) -> TokenStream {
    let mut tags: Vec<&str> = vec![];
    for operation in operations {
        if !tags.contains(&operation.tag.as_str()) {
            tags.push(&operation.tag);
        }
    }
    let traits = tags.iter().map(|tag| {
        let name = trait_name(tag);
        let methods = operations.iter().filter(|o| o.tag == *tag).map(|o| method(source, o));
        let text = rust::doc(&format!("Handlers of the tag `{tag}`."));
        let hint =
            format!("`{name}` is not implemented: write `impl {name} for …` in the handlers file of the tag `{tag}`");
        quote!(#text #[diagnostic::on_unimplemented(message = #hint)] pub trait #name: rt::Platform { #(#methods)* })
    });
    let names: Vec<Ident> = tags.iter().map(|t| trait_name(t)).collect();
    quote! {
        #![doc = " What people write: one trait per tag of the document."]
        use crate::op;
        use forebear_runtime as rt;
        use generated_models as models;
        #(#traits)*
        /// Everything that the document asks for.
        pub trait Handlers: #(#names)+* {}
        impl<A: #(#names)+*> Handlers for A {}
    }
}

/// `OrderApi` for the tag `order`.
pub(super) fn trait_name(tag: &str) -> Ident {
    format_ident!("{}Api", rust::ident(&tag.to_pascal_case()))
}

fn method(source: &Source<'_>, operation: &Operation) -> TokenStream {
    let summary = operation.value["summary"].as_str().unwrap_or(&operation.id);
    let text = rust::doc(&format!("`{} {}`: {summary}", operation.method, operation.path));
    let signature = signature(source, operation, "");
    quote!(#text #signature;)
}

/// The head of a handler; `prefix` goes before the names of its arguments.
fn signature(source: &Source<'_>, operation: &Operation, prefix: &str) -> TokenStream {
    let name = rust::snake(&operation.id);
    let (output, failure) = (source.output(operation), source.failure(operation));
    let arg = |name: &str| rust::ident(&format!("{prefix}{name}"));
    let (cx, tx, content) = (arg("cx"), arg("tx"), arg("body"));
    let mut args = vec![];
    if !operation.open {
        let (user, location) = markers(operation);
        let handle = if operation.writes() { quote!(Self::Write) } else { quote!(Self::Read) };
        args.push(quote!(#cx: &rt::Cx<Self, #user, #location>));
        args.push(quote!(#tx: &mut #handle));
    }
    for (location, ty) in parameter_structs(operation) {
        let arg = arg(location);
        args.push(quote!(#arg: op::#ty));
    }
    if let Some(body) = source.body(operation) {
        args.push(quote!(#content: #body));
    }
    quote!(fn #name(&self, #(#args),*) -> Result<#output, #failure>)
}

/// The handlers of one tag, each a stub that compiles and answers 501.
pub(super) fn stubs(source: &Source<'_>, tag: &str, operations: &[&Operation]) -> TokenStream {
    let name = trait_name(tag);
    let methods = operations.iter().map(|o| {
        let (text, id) = (rust::doc(&format!("`{} {}`", o.method, o.path)), &o.id);
        let (signature, own) = (signature(source, o, "_"), o.failure.as_ref().is_some_and(|f| f.own.is_some()));
        let into = own.then(|| quote!(.into()));
        quote!(#text #signature { Err(not_implemented(#id) #into) })
    });
    let text = format!(" Handlers of the tag `{tag}`. Each stub answers 501 until you write it.");
    quote!(#![doc = #text] use crate::prelude::*; impl #name for App { #(#methods)* })
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
        quote!(rt::#name)
    };
    (marker(operation.user, "User"), marker(operation.location, "Location"))
}
