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
    quote! {
        #![doc = " What people write: one trait per tag of the document."]
        use crate::op;
        use forebear_runtime as rt;
        use generated_models as models;
        #(#traits)*
    }
}

/// `OrderApi` for the tag `order`.
pub(super) fn trait_name(tag: &str) -> Ident {
    format_ident!("{}Api", rust::ident(&tag.to_pascal_case()))
}

fn method(source: &Source<'_>, operation: &Operation) -> TokenStream {
    let (text, signature) = (text(operation), signature(source, operation));
    quote!(#text #signature;)
}

/// What the handler is for.
fn text(operation: &Operation) -> TokenStream {
    let summary = operation.value["summary"].as_str().unwrap_or(&operation.id);
    rust::doc(&format!("`{} {}`: {summary}", operation.method, operation.path))
}

/// The implementation of every handler trait for `ty`; `body` writes each function's block.
pub(crate) fn implement(
    source: &Source<'_>,
    operations: &[Operation],
    ty: &TokenStream,
    body: &dyn Fn(&Operation) -> TokenStream,
) -> Vec<(String, TokenStream)> {
    let mut tags: Vec<&str> = operations.iter().map(|o| o.tag.as_str()).collect();
    tags.sort_unstable();
    tags.dedup();
    let of = |tag: &str| {
        let name = trait_name(tag);
        let methods = operations.iter().filter(|o| o.tag == tag).map(|o| {
            let (text, signature, body) = (text(o), signature(source, o), body(o));
            quote!(#text #signature { #body })
        });
        quote!(impl handlers::#name for #ty { #(#methods)* })
    };
    tags.into_iter().map(|tag| (tag.to_string(), of(tag))).collect()
}

/// The signature of one handler.
fn signature(source: &Source<'_>, operation: &Operation) -> TokenStream {
    let name = rust::snake(&operation.id);
    let (output, failure) = (source.output(operation), source.failure(operation));
    let mut args = vec![];
    if !operation.open {
        let (user, location) = markers(operation);
        let tx = if operation.writes() { quote!(Self::Write) } else { quote!(Self::Read) };
        args.push(quote!(cx: &rt::Cx<Self, #user, #location>));
        args.push(quote!(tx: &mut #tx));
    }
    for (location, ty) in parameter_structs(operation) {
        let arg = rust::ident(location);
        args.push(quote!(#arg: op::#ty));
    }
    if let Some(body) = source.body(operation) {
        args.push(quote!(body: #body));
    }
    quote!(fn #name(&self, #(#args),*) -> Result<#output, #failure>)
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

/// The handlers of each tag, for people to go on from; each answers 501 until it is written.
pub(super) fn stubs(source: &Source<'_>, operations: &[Operation]) -> Vec<(String, TokenStream)> {
    let answer = |o: &Operation| {
        let (id, own) = (&o.id, o.failure.as_ref().is_some_and(|f| f.own.is_some()));
        let into = own.then(|| quote!(.into()));
        quote!(Err(not_implemented(#id) #into))
    };
    let file = |(tag, tokens): (String, TokenStream)| {
        let text = format!(" Handlers of the tag `{tag}`. Each answers 501 until it is written.");
        let allow = quote!(#![allow(unused_variables, reason = "of stubs; goes with the last of them")]);
        (tag, quote!(#![doc = #text] #allow use crate::prelude::*; #tokens))
    };
    implement(source, operations, &quote!(App), &answer).into_iter().map(file).collect()
}
