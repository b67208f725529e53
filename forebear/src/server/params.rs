//! Structs of parameters and of response headers.

use super::{Source, visible};
use crate::{
    api::{Operation, Param, bare, resolve},
    rust,
    shape::{self, Shape},
};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The struct of an operation's parameters in one location.
pub(super) fn emit(source: &Source<'_>, name: &Ident, o: &Operation, location: &str) -> TokenStream {
    let mut fields = vec![];
    let mut inits = vec![];
    let mut checks = vec![];
    for p in visible(o, location) {
        let (field, wire) = (rust::snake(&p.name), &p.name);
        let (ty, init, optional) = reading(source, p);
        let text = rust::doc(&format!("`{wire}`"));
        fields.push(quote!(#text pub #field: #ty));
        inits.push(quote!(#field: #init));
        if Shape::of_parameter(&p.schema).is_some_and(|shape| shape.is_checked()) {
            let value = if optional { quote!(self.#field.iter()) } else { quote!(std::iter::once(&self.#field)) };
            checks.push(quote!(for v in #value { v.check(#wire, &mut found); }));
        }
    }
    let first_page = (location == "query" && !o.first_page.is_empty()).then(|| {
        let names = &o.first_page;
        quote!(p.first_page("page_token", &[#(#names),*])?;)
    });
    let names = o.params_in(location).map(|p| &p.name);
    quote! {
        #[doc = "Parameters."]
        #[derive(Clone)]
        pub struct #name { #(#fields),* }
        impl rt::Params for #name {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            fn parse(p: &rt::Pairs<'_>) -> Result<Self, rt::Problem> {
                #first_page
                Ok(Self { #(#inits),* })
            }
            fn check(&self) -> Vec<rt::Violation> {
                #[allow(unused_mut)]
                let mut found = vec![];
                #(#checks)*
                super::violations(found)
            }
        }
    }
}

/// Type of a parameter's field, how it is read, and whether it is an `Option`.
fn reading(source: &Source<'_>, p: &Param) -> (TokenStream, TokenStream, bool) {
    let (doc, wire) = (source.document, &p.name);
    let reader = reader(source, p);
    let own = &p.schema["default"];
    let default = if own.is_null() { resolve(doc, bare(&p.schema))["default"].clone() } else { own.clone() };
    let ty = &reader.ty;
    let many = if p.location == "query" { quote!(list) } else { quote!(split) };
    match &reader.how {
        How::List(item) if p.required => {
            (quote!(#ty), quote!(p.#many::<#item, _>(#wire)?.ok_or_else(|| p.missing(#wire))?), false)
        }
        How::List(item) => (quote!(Option<#ty>), quote!(p.#many::<#item, _>(#wire)?), true),
        How::Json if p.required => (quote!(#ty), quote!(p.decoded(#wire)?.ok_or_else(|| p.missing(#wire))?), false),
        How::Json => (quote!(Option<#ty>), quote!(p.decoded(#wire)?), true),
        How::Text if p.required => (quote!(#ty), quote!(p.required(#wire)?), false),
        How::Text if !default.is_null() => {
            let text = default.as_str().map_or_else(|| default.to_string(), Into::into);
            (quote!(#ty), quote!(p.or_default(#wire, #text)?), false)
        }
        How::Text => (quote!(Option<#ty>), quote!(p.optional(#wire)?), true),
    }
}

struct Reader {
    ty: TokenStream,
    how: How,
}

/// How a parameter is read.
enum How {
    /// Through `FromStr`.
    Text,
    /// As the JSON value that its text means, where the type has no `FromStr`.
    Json,
    /// A list of what `FromStr` reads.
    List(TokenStream),
}

fn reader(source: &Source<'_>, p: &Param) -> Reader {
    let shape = Shape::of_parameter(&p.schema).unwrap_or(Shape::Scalar("String"));
    let ty = shape.tokens(&shape::model);
    let resolved = resolve(source.document, bare(&p.schema));
    if resolved["type"] == "array" {
        let item = Shape::of(&resolved["items"]).unwrap_or(Shape::Scalar("String"));
        return Reader { ty, how: How::List(item.tokens(&shape::model)) };
    }
    match &shape {
        Shape::Named(name) if !source.types.is_parsable(name) => Reader { ty, how: How::Json },
        _ => Reader { ty, how: How::Text },
    }
}

/// The struct of the response headers that a handler fills.
pub(super) fn headers(o: &Operation) -> Option<TokenStream> {
    o.own_headers().next()?;
    let name = rust::pascal(&format!("{}-headers", o.id));
    let field = |h: &crate::api::Header| {
        let shape = Shape::of_parameter(&h.schema).unwrap_or(Shape::Scalar("String"));
        let (field, ty, text) =
            (rust::snake(&h.name), shape.tokens(&shape::model), rust::doc(&format!("`{}`", h.name)));
        if h.required { quote!(#text pub #field: #ty) } else { quote!(#text pub #field: Option<#ty>) }
    };
    let pair = |h: &crate::api::Header| {
        let (field, wire) = (rust::snake(&h.name), h.name.to_lowercase());
        let value = if h.required { quote!(Some(&self.#field)) } else { quote!(self.#field.as_ref()) };
        quote!(pairs.extend(#value.map(|v| (#wire, rt::header_text(v))));)
    };
    let (fields, pairs) = (o.own_headers().map(field), o.own_headers().map(pair));
    Some(quote! {
        #[doc = "Response headers."]
        #[derive(Clone)]
        pub struct #name { #(#fields),* }
        impl rt::ResponseHeaders for #name {
            fn pairs(&self) -> Vec<(&'static str, String)> {
                let mut pairs = vec![];
                #(#pairs)*
                pairs
            }
        }
    })
}
