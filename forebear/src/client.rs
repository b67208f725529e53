//! The Progenitor client as a crate: types come from the models crate, credentials from a hook, lists page by a trait.

use crate::{
    api::{Answer, METHODS, Operation, bare, resolve},
    rust,
    write::Files,
};
use anyhow::Result;
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use serde_json::Value;
use std::collections::BTreeMap;
use syn::visit_mut::VisitMut;

/// Emits `client/src/`.
///
/// # Errors
/// When Progenitor's output is not a Rust file.
pub fn emit(
    client: TokenStream,
    operations: &[Operation],
    omitted: &[(String, String)],
    files: &mut Files,
) -> Result<()> {
    let mut parsed: syn::File = syn::parse2(client)?;
    parsed.items.iter_mut().for_each(own_types);
    parsed.items.iter_mut().for_each(own_sending);
    Repairs { redirects: redirects(operations), method: None }.visit_file_mut(&mut parsed);
    let without = omitted.iter().map(|(id, why)| format!(" No method for `{id}`: {why}."));
    let without: TokenStream = without.map(|line| quote!(#![doc = #line])).collect();
    files.put("client/src/api.rs", format!("{}{}", rust::HEADER, prettyplease::unparse(&parsed)));
    files.put("client/src/credentials.rs", rust::file(credentials())?);
    let pages = operations.iter().any(|o| o.page);
    if pages {
        files.put("client/src/paged.rs", rust::file(paged(operations))?);
    }
    let (paged_mod, paged_use) = if pages {
        (
            quote!(
                mod paged;
            ),
            quote!(
                pub use paged::Paged;
            ),
        )
    } else {
        (quote!(), quote!())
    };
    files.put(
        "client/src/lib.rs",
        rust::file(quote! {
            #![doc = " Progenitor client of the document."]
            #without
            #![allow(clippy::all, clippy::unwrap_used, missing_docs, mismatched_lifetime_syntaxes, unused_imports)]
            mod api;
            mod credentials;
            #paged_mod
            pub use api::*;
            pub use credentials::{Credentials, CredentialsError, Pending, Transport};
            pub(crate) use credentials::{authorise, execute};

            /// A value as one segment of a path: everything but the unreserved characters of RFC 3986 is encoded.
            #[allow(dead_code)]
            pub(crate) fn encode_path(text: &str) -> String {
                const RESERVED: percent_encoding::AsciiSet =
                    percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
                percent_encoding::utf8_percent_encode(text, &RESERVED).to_string()
            }
            #paged_use
        })?,
    );
    Ok(())
}

/// The types are a crate of their own.
fn own_types(item: &mut syn::Item) {
    if matches!(item, syn::Item::Mod(m) if m.ident == "types") {
        *item = syn::parse_quote!(
            #[doc = "Types of the document."]
            pub use ::generated_models as types;
        );
    }
}

/// Requests go out through the credentials, which may send them again.
fn own_sending(item: &mut syn::Item) {
    let syn::Item::Impl(hooks) = item else { return };
    let of = |path: &syn::Path| path.segments.last().is_some_and(|s| s.ident == "ClientHooks");
    if hooks.trait_.as_ref().is_some_and(|(_, path, _)| of(path)) {
        hooks.items.push(syn::parse_quote! {
            async fn exec(&self, request: reqwest::Request, info: &OperationInfo) -> reqwest::Result<reqwest::Response> {
                crate::execute(&self.inner, &self.client, request, info.operation_id).await
            }
        });
    }
}

/// Request builders of operations that answer with a redirect, and its status.
fn redirects(operations: &[Operation]) -> BTreeMap<String, u16> {
    let redirects = operations.iter().filter(|o| matches!(o.answer, Answer::Redirect));
    redirects.map(|o| (rust::pascal(&o.id).to_string(), o.status)).collect()
}

/// Mends three things in Progenitor's methods: a redirect is a success where the document says so; a backslash in a path is
/// encoded, because the URL standard reads it as a slash; and `reqwest` has no method `options`.
struct Repairs {
    redirects: BTreeMap<String, u16>,
    method: Option<u16>,
}

impl VisitMut for Repairs {
    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        let name = match &*item.self_ty {
            syn::Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
            _ => None,
        };
        self.method = name.and_then(|name| self.redirects.get(&name).copied());
        syn::visit_mut::visit_item_impl_mut(self, item);
        self.method = None;
    }

    fn visit_expr_match_mut(&mut self, expr: &mut syn::ExprMatch) {
        syn::visit_mut::visit_expr_match_mut(self, expr);
        let success = expr.arms.iter().position(|arm| arm.pat.to_token_stream().to_string().starts_with("200"));
        if let (Some(status), Some(success)) = (self.method, success) {
            let pattern = expr.arms[success].pat.clone();
            expr.arms[success].pat = syn::parse_quote!(#status | #pattern);
        }
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        syn::visit_mut::visit_expr_method_call_mut(self, call);
        if call.method == "options" && call.receiver.to_token_stream().to_string() == "client . client" {
            call.method = syn::parse_quote!(request);
            call.args.insert(0, syn::parse_quote!(::reqwest::Method::OPTIONS));
        }
    }

    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        call.tokens = own_encoding(call.tokens.clone());
    }
}

/// `encode_path` of this crate, in what is formatted.
fn own_encoding(tokens: TokenStream) -> TokenStream {
    let own = |tree| match tree {
        TokenTree::Ident(ident) if ident == "encode_path" => quote!(crate::encode_path),
        TokenTree::Group(group) => {
            let inner = own_encoding(group.stream());
            TokenTree::from(Group::new(group.delimiter(), inner)).into()
        }
        other => other.into(),
    };
    tokens.into_iter().map(own).collect()
}

/// Methods that Progenitor's client, its traits and its requests have themselves.
const OWN: [&str; 12] = [
    "api_version",
    "baseurl",
    "client",
    "exec",
    "inner",
    "new",
    "new_with_client",
    "post",
    "pre",
    "on_error",
    "clone",
    "types",
];

/// Removes what Progenitor cannot write a method for: the operation and the reason.
pub(crate) fn leave_out(low: &mut Value) -> Vec<(String, String)> {
    let mut found = vec![];
    let document = low.clone();
    for item in low["paths"].as_object_mut().into_iter().flat_map(|p| p.values_mut()) {
        let Some(item) = item.as_object_mut() else { continue };
        item.retain(|method, operation| {
            let reason = METHODS.contains(&method.as_str()).then(|| unwritable(&document, operation)).flatten();
            let id = operation["operationId"].as_str().unwrap_or_default().to_string();
            found.extend(reason.iter().map(|r| (id.clone(), (*r).to_string())));
            reason.is_none()
        });
    }
    found
}

fn unwritable(document: &Value, operation: &Value) -> Option<&'static str> {
    let id = operation["operationId"].as_str().unwrap_or_default();
    if operation.pointer("/requestBody/content/multipart~1form-data").is_some() {
        return Some("Progenitor writes no multipart bodies");
    }
    let form = operation.pointer("/requestBody/content/application~1x-www-form-urlencoded/schema");
    let members = form.and_then(|schema| resolve(document, bare(schema))["properties"].as_object());
    let nested = |member: &Value| matches!(resolve(document, bare(member))["type"].as_str(), Some("array" | "object"));
    if members.is_some_and(|m| m.values().any(nested)) {
        return Some("Progenitor writes no lists and no objects into a form");
    }
    OWN.contains(&rust::snake(id).to_string().as_str()).then_some("the client has a method of this name itself")
}

fn credentials() -> TokenStream {
    quote! {
        //! How a request gets its `Authorization` header, and how it is sent.
        use reqwest::header::{AUTHORIZATION, HeaderValue};
        use std::{fmt, pin::Pin, sync::Arc};

        /// No credentials could be made for a request.
        #[derive(Debug, Clone)]
        pub struct CredentialsError(pub String);
        impl fmt::Display for CredentialsError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl std::error::Error for CredentialsError {}

        /// Something to wait for.
        pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

        /// The way of a request to the server.
        pub trait Transport: Send + Sync {
            /// Adds what proves the caller, before the request is sent for the first time.
            fn authorise<'a>(&'a self, request: &'a mut reqwest::Request) -> Pending<'a, Result<(), CredentialsError>>;
            /// Sends the request of an operation, perhaps more than once.
            fn execute<'a>(
                &'a self,
                http: &'a reqwest::Client,
                request: reqwest::Request,
                operation_id: &'static str,
            ) -> Pending<'a, reqwest::Result<reqwest::Response>>;
        }

        /// Makes the `Authorization` header of each request.
        #[derive(Clone)]
        pub struct Credentials(Option<Arc<dyn Transport>>);
        impl Credentials {
            /// For documents or operations without authentication.
            pub fn none() -> Self { Self(None) }
            /// Calls `mint` once per request.
            pub fn per_request(mint: impl Fn() -> Result<HeaderValue, CredentialsError> + Send + Sync + 'static) -> Self {
                Self::through(Arc::new(Once(mint)))
            }
            /// Sends every request through `transport`.
            pub fn through(transport: Arc<dyn Transport>) -> Self { Self(Some(transport)) }
        }
        impl fmt::Debug for Credentials {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("Credentials") }
        }

        struct Once<F>(F);
        impl<F: Fn() -> Result<HeaderValue, CredentialsError> + Send + Sync> Transport for Once<F> {
            fn authorise<'a>(&'a self, request: &'a mut reqwest::Request) -> Pending<'a, Result<(), CredentialsError>> {
                Box::pin(async move {
                    request.headers_mut().insert(AUTHORIZATION, (self.0)()?);
                    Ok(())
                })
            }
            fn execute<'a>(
                &'a self,
                http: &'a reqwest::Client,
                request: reqwest::Request,
                _: &'static str,
            ) -> Pending<'a, reqwest::Result<reqwest::Response>> {
                Box::pin(http.execute(request))
            }
        }

        pub(crate) async fn authorise(credentials: &Credentials, request: &mut reqwest::Request) -> Result<(), String> {
            match &credentials.0 {
                Some(transport) => transport.authorise(request).await.map_err(|e| e.to_string()),
                None => Ok(()),
            }
        }

        pub(crate) async fn execute(
            credentials: &Credentials,
            http: &reqwest::Client,
            request: reqwest::Request,
            operation_id: &'static str,
        ) -> reqwest::Result<reqwest::Response> {
            match &credentials.0 {
                Some(transport) => transport.execute(http, request, operation_id).await,
                None => http.execute(request).await,
            }
        }
    }
}

fn paged(operations: &[Operation]) -> TokenStream {
    let impls = operations.iter().filter(|o| o.page).filter_map(|o| {
        let (builder, page) = (rust::pascal(&o.id), rust::pascal(o.response()?));
        let item = rust::pascal(o.response()?.strip_suffix("Page")?);
        Some(quote! {
            impl Paged for crate::builder::#builder<'_> {
                type Item = types::#item;
                fn page(self, token: Option<String>) -> impl Future<Output = Result<(Vec<Self::Item>, Option<String>), Error<types::Problem>>> + Send {
                    let request = match token { Some(token) => self.page_token(token), None => self };
                    async move {
                        let types::#page { items, next_page, .. } = request.send().await?.into_inner();
                        Ok((items, next_page.map(|t| t.to_string())))
                    }
                }
            }
        })
    });
    quote! {
        //! Lists that can be walked page by page.
        use crate::{Error, types};
        use std::future::Future;

        /// A list request: the same filters, one page after the other.
        pub trait Paged: Clone + Send {
            /// What the list holds.
            type Item: Send;
            /// Fetches the page that `token` names, or the first one, and the token of the page after it.
            fn page(self, token: Option<String>) -> impl Future<Output = Result<(Vec<Self::Item>, Option<String>), Error<types::Problem>>> + Send;
        }
        #(#impls)*
    }
}
