//! The Progenitor client as a crate: types come from the models crate, credentials from a hook, lists page by a trait.

use crate::{
    api::{METHODS, Operation},
    rust,
    write::Files,
};
use anyhow::Result;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

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
    for item in &mut parsed.items {
        if matches!(item, syn::Item::Mod(m) if m.ident == "types") {
            *item = syn::parse_quote!(
                #[doc = "Types of the document."]
                pub use ::generated_models as types;
            );
        }
    }
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
            #![allow(clippy::all, clippy::unwrap_used, missing_docs, mismatched_lifetime_syntaxes)]
            mod api;
            mod credentials;
            #paged_mod
            pub use api::*;
            pub use credentials::{Credentials, CredentialsError};
            pub(crate) use credentials::authorise;
            #paged_use
        })?,
    );
    Ok(())
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
    for item in low["paths"].as_object_mut().into_iter().flat_map(|p| p.values_mut()) {
        let Some(item) = item.as_object_mut() else { continue };
        item.retain(|method, operation| {
            let reason = METHODS.contains(&method.as_str()).then(|| unwritable(operation)).flatten();
            let id = operation["operationId"].as_str().unwrap_or_default().to_string();
            found.extend(reason.iter().map(|r| (id.clone(), (*r).to_string())));
            reason.is_none()
        });
    }
    found
}

fn unwritable(operation: &Value) -> Option<&'static str> {
    let id = operation["operationId"].as_str().unwrap_or_default();
    if operation.pointer("/requestBody/content/multipart~1form-data").is_some() {
        return Some("Progenitor writes no multipart bodies");
    }
    OWN.contains(&rust::snake(id).to_string().as_str()).then_some("the client has a method of this name itself")
}

fn credentials() -> TokenStream {
    quote! {
        //! How a request gets its `Authorization` header.
        use reqwest::header::{AUTHORIZATION, HeaderValue};
        use std::{fmt, sync::Arc};

        /// No credentials could be made for a request.
        #[derive(Debug, Clone)]
        pub struct CredentialsError(pub String);
        impl fmt::Display for CredentialsError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }
        impl std::error::Error for CredentialsError {}

        type Mint = dyn Fn() -> Result<HeaderValue, CredentialsError> + Send + Sync;

        /// Makes the `Authorization` header of each request.
        #[derive(Clone)]
        pub struct Credentials(Option<Arc<Mint>>);
        impl Credentials {
            /// For documents or operations without authentication.
            pub fn none() -> Self { Self(None) }
            /// Calls `mint` once per request.
            pub fn per_request(mint: impl Fn() -> Result<HeaderValue, CredentialsError> + Send + Sync + 'static) -> Self {
                Self(Some(Arc::new(mint)))
            }
        }
        impl fmt::Debug for Credentials {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("Credentials") }
        }

        pub(crate) async fn authorise(credentials: &Credentials, request: &mut reqwest::Request) -> Result<(), String> {
            if let Some(mint) = &credentials.0 {
                request.headers_mut().insert(AUTHORIZATION, mint().map_err(|e| e.to_string())?);
            }
            Ok(())
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
