//! The Dropshot trait over all operations, and its one implementation: every method is one call into the pipeline.

use super::{Source, handlers::trait_name, operation::failure, parameter_structs};
use crate::{
    api::{Body, Operation},
    rust,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use std::collections::BTreeSet;

/// Emits `api.rs`.
pub(super) fn emit(source: &Source<'_>, operations: &[Operation]) -> TokenStream {
    let house = source.document.get("x-rate-limits").is_some();
    let declarations = operations.iter().map(|o| declaration(o, house));
    let implementations = operations.iter().map(implementation);
    let runs = operations.iter().map(|o| run(source, o));
    let arms = operations.iter().map(arm);
    let mut tags: Vec<&str> = operations.iter().map(|o| o.tag.as_str()).collect();
    tags.sort_unstable();
    tags.dedup();
    // each by itself, and not one trait over all: so the compiler names the one that is missing, in the words that stand on it
    let bounds: Vec<_> = tags.iter().map(|t| trait_name(t)).collect();
    let classes = classes(source.document);
    let (errors, templates) = errors(operations);
    quote! {
        #![doc = " The Dropshot trait of the document and its only implementation."]
        use crate::{handlers, op};
        use dropshot::{ApiDescription, RequestContext};
        use forebear_runtime as rt;
        use std::{marker::PhantomData, sync::{Arc, LazyLock}};

        /// The document that everything here was generated from.
        pub enum Document {}
        static CONTRACT: LazyLock<rt::Contract> = LazyLock::new(|| rt::Contract::parse(include_str!("contract.json")));
        impl rt::Api for Document {
            fn contract() -> &'static rt::Contract { &CONTRACT }
        }

        /// The error responses of the document.
        pub mod errors {
            #(#errors)*
        }

        /// The document's rate-limit classes.
        #[must_use]
        pub fn limit_classes() -> &'static [rt::LimitClass] { &[#(#classes),*] }

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

        /// Each operation as one call into the pipeline.
        mod run {
            use super::*;
            #(#runs)*
        }

        /// The operation of this name, for a server with an accept loop of its own (`forebear_runtime::Router`).
        #[must_use]
        pub fn direct<A: #(handlers::#bounds)+*>(operation_id: &str) -> Option<rt::Direct<A>> {
            Some(match operation_id {
                #(#arms)*
                _ => return None,
            })
        }

        /// Registers every operation under the exact metadata of the document.
        ///
        /// # Errors
        /// What Dropshot refuses to register.
        pub fn describe<A: #(handlers::#bounds)+*>() -> Result<ApiDescription<Arc<A>>, String> {
            exact(dropshot_api::api_description::<Server<A>>().map_err(|e| e.to_string())?)
        }

        /// The same without an application: for the document alone.
        ///
        /// # Errors
        /// What Dropshot refuses to register.
        pub fn describe_stub() -> Result<ApiDescription<dropshot::StubContext>, String> {
            exact(dropshot_api::stub_api_description().map_err(|e| e.to_string())?)
        }

        fn exact<C: dropshot::ServerContext>(plain: ApiDescription<C>) -> Result<ApiDescription<C>, String> {
            rt::describe::<C, Document>(plain, |name| match name {
                #(#templates)*
                _ => None,
            })
        }
    }
}

fn classes(document: &Value) -> Vec<TokenStream> {
    let classes = document["x-rate-limits"].as_object().into_iter().flatten().map(|(name, c)| {
        let n = |key: &str| c[key].as_u64().unwrap_or(1) as u32;
        let (service, user, window) = (n("service"), n("user"), n("window_seconds"));
        quote!(rt::LimitClass { name: #name, service: #service, user: #user, window_seconds: #window })
    });
    classes.collect()
}

/// A type per error response, and Dropshot's description of it by its name.
fn errors(operations: &[Operation]) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let mut names: BTreeSet<&str> = operations.iter().filter_map(|o| Some(o.failure.as_ref()?.name.as_str())).collect();
    names.insert("Error");
    let types = names.iter().map(|name| {
        let (ty, text) = (rust::pascal(name), rust::doc(&format!("`{name}`")));
        quote! {
            #text
            pub enum #ty {}
            impl forebear_runtime::ErrorDoc for #ty {
                type Api = super::Document;
                const RESPONSE: &'static str = #name;
            }
        }
    });
    let templates = names.iter().map(|name| {
        let ty = rust::pascal(name);
        quote!(#name => Some(rt::failure::<errors::#ty>()),)
    });
    (types.collect(), templates.collect())
}

fn signature(operation: &Operation, context: TokenStream) -> TokenStream {
    let (name, marker, failure) = (rust::snake(&operation.id), rust::pascal(&operation.id), failure(operation));
    quote!(async fn #name(rq: RequestContext<#context>, req: rt::Request<op::#marker>) -> Result<rt::Reply<op::#marker>, rt::Fault<#failure>>)
}

fn declaration(operation: &Operation, house: bool) -> TokenStream {
    let (id, path, tag, method) =
        (&operation.id, &operation.path, &operation.tag, format_ident!("{}", operation.method));
    let text = rust::doc(operation.value["summary"].as_str().unwrap_or_default());
    let signature = signature(operation, quote!(Self::Context));
    let bounded = house && matches!(operation.body, Body::Json(_));
    let limit = bounded.then(|| quote!(request_body_max_bytes = 65536,));
    quote!(#text #[endpoint { operation_id = #id, method = #method, path = #path, tags = [#tag], #limit }] #signature;)
}

fn implementation(operation: &Operation) -> TokenStream {
    let name = rust::snake(&operation.id);
    let signature = signature(operation, quote!(Arc<A>));
    quote!(#signature { run::#name(rq.into(), req.into()).reply().await })
}

fn arm(operation: &Operation) -> TokenStream {
    let (id, name) = (&operation.id, rust::snake(&operation.id));
    quote!(#id => |call, request| run::#name(call, request).response(),)
}

fn run(source: &Source<'_>, operation: &Operation) -> TokenStream {
    let (name, marker) = (rust::snake(&operation.id), rust::pascal(&operation.id));
    let handlers = trait_name(&operation.tag);
    let mut args: Vec<TokenStream> = vec![];
    for (location, _) in parameter_structs(operation) {
        let part = rust::ident(location);
        args.push(quote!(i.#part));
    }
    if source.body(operation).is_some() {
        args.push(quote!(i.body));
    }
    let input = if args.is_empty() { quote!(_) } else { quote!(i) };
    let own = operation.failure.as_ref().is_some_and(|f| f.own.is_some());
    let finish = own.then(|| quote!(.map_err(rt::Refusal::into_error)));
    let (stage, given) = match (operation.open, operation.writes()) {
        (true, _) => (quote!(rt::run_open), quote!(app)),
        (false, true) => (quote!(rt::run_write), quote!(app, cx, tx)),
        (false, false) => (quote!(rt::run_read), quote!(app, cx, tx)),
    };
    quote! {
        pub(super) fn #name<A: handlers::#handlers>(call: rt::Call<A>, request: rt::HttpRequest) -> rt::Run<op::#marker> {
            #stage(call, request, |#given, #input| <A as handlers::#handlers>::#name(#given, #(#args),*)#finish)
        }
    }
}
