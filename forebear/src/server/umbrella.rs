//! The Dropshot trait over all operations, and its one implementation: every method is one call into the pipeline.

use super::{body_type, handlers::trait_name, visible};
use crate::{api::Operation, rust};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

/// Emits `api.rs`.
pub(super) fn emit(document: &Value, operations: &[Operation]) -> TokenStream {
    let declarations = operations.iter().map(declaration);
    let implementations = operations.iter().map(|o| implementation(document, o));
    let mut tags: Vec<&str> = operations.iter().map(|o| o.tag.as_str()).collect();
    tags.sort_unstable();
    tags.dedup();
    let bounds: Vec<_> = tags.iter().map(|t| trait_name(t)).collect();
    let classes = document["x-rate-limits"].as_object().into_iter().flatten().map(|(name, c)| {
        let n = |key: &str| c[key].as_u64().unwrap_or(1) as u32;
        let (service, user, window) = (n("service"), n("user"), n("window_seconds"));
        quote!(LimitClass { name: #name, service: #service, user: #user, window_seconds: #window })
    });
    quote! {
        #![doc = " The Dropshot trait of the document and its only implementation."]
        use crate::{handlers, op};
        use dropshot::{ApiDescription, RequestContext};
        use forebear_runtime::*;
        use std::{marker::PhantomData, sync::{Arc, LazyLock}};

        /// The document that everything here was generated from.
        pub enum Document {}
        static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::parse(include_str!("contract.json")));
        impl Api for Document {
            fn contract() -> &'static Contract { &CONTRACT }
        }

        /// The document's rate-limit classes.
        #[must_use]
        pub fn limit_classes() -> &'static [LimitClass] { &[#(#classes),*] }

        #[dropshot::api_description { module = "dropshot_api" }]
        pub trait DropshotApi {
            type Context;
            #(#declarations)*
        }

        /// The pipeline over an application that implements every handler trait.
        pub struct Server<A>(PhantomData<fn() -> A>);
        impl<A: #(handlers::#bounds)+*> DropshotApi for Server<A> {
            type Context = Arc<A>;
            #(#implementations)*
        }

        /// Registers every operation under the exact metadata of the document.
        ///
        /// # Errors
        /// What Dropshot refuses to register.
        pub fn describe<A: handlers::Handlers>() -> Result<ApiDescription<Arc<A>>, String> {
            let plain = dropshot_api::api_description::<Server<A>>().map_err(|e| e.to_string())?;
            forebear_runtime::describe::<_, Document>(plain)
        }
    }
}

fn signature(operation: &Operation, context: TokenStream) -> TokenStream {
    let (name, marker) = (rust::snake(&operation.id), rust::pascal(&operation.id));
    quote!(async fn #name(rq: RequestContext<#context>, req: Request<op::#marker>) -> Result<Reply<op::#marker>, Fault<Document>>)
}

fn declaration(operation: &Operation) -> TokenStream {
    let (id, path, tag, method) =
        (&operation.id, &operation.path, &operation.tag, format_ident!("{}", operation.method));
    let text = rust::doc(operation.value["summary"].as_str().unwrap_or_default());
    let signature = signature(operation, quote!(Self::Context));
    let limit = operation.body.as_ref().map(|_| quote!(request_body_max_bytes = 65536,));
    quote!(#text #[endpoint { operation_id = #id, method = #method, path = #path, tags = [#tag], #limit }] #signature;)
}

fn implementation(document: &Value, operation: &Operation) -> TokenStream {
    let name = rust::snake(&operation.id);
    let handlers = trait_name(&operation.tag);
    let signature = signature(operation, quote!(Arc<A>));
    if operation.open {
        return quote!(#signature { run_open(rq, req, |app| <A as handlers::#handlers>::#name(app)).await });
    }
    let run = if operation.writes() { quote!(run_write) } else { quote!(run_read) };
    let mut args: Vec<TokenStream> = vec![];
    for location in ["path", "query", "header"] {
        if visible(operation, location).next().is_some() {
            let part = rust::ident(location);
            args.push(quote!(i.#part));
        }
    }
    if body_type(document, operation).is_some() {
        args.push(quote!(i.body));
    }
    let input = if args.is_empty() { quote!(_) } else { quote!(i) };
    quote!(#signature { #run(rq, req, |app, cx, tx, #input| <A as handlers::#handlers>::#name(app, cx, tx, #(#args),*)).await })
}
