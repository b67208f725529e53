//! One marker per operation: its parameters as structs, its policies as data, its encoding.

use super::{body_type, handlers::markers, output_type, visible};
use crate::{
    api::{Audit, Operation, Param, bare, ref_name, resolve},
    lower, rust,
};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// Emits the markers of one tag.
pub(super) fn emit(document: &Value, operations: &[&Operation]) -> TokenStream {
    let items = operations.iter().map(|o| one(document, o));
    quote! {
        #![doc = " Operations of one tag."]
        #[allow(unused_imports)]
        use forebear_runtime::*;
        #[allow(unused_imports)]
        use generated_models::{self as models, Validate};
        #(#items)*
    }
}

fn one(document: &Value, operation: &Operation) -> TokenStream {
    let marker = rust::pascal(&operation.id);
    let mut structs = vec![];
    let mut types = vec![];
    for location in ["path", "query", "header"] {
        let params: Vec<&Param> = visible(operation, location).collect();
        if params.is_empty() {
            types.push(quote!(NoParams));
            continue;
        }
        let name = rust::pascal(&format!("{}-{location}", operation.id));
        structs.push(params_struct(document, &name, operation, location, &params));
        types.push(quote!(#name));
    }
    let [path, query, header] = &types[..] else { return quote!() };
    let body = body_type(document, operation);
    let check = body.as_ref().map(|_| {
        quote!(
            fn check(body: &Self::Body) -> Vec<Violation> {
                body.validate()
                    .into_iter()
                    .map(|v| Violation { at: v.pointer, code: v.code, detail: v.detail })
                    .collect()
            }
        )
    });
    let body = body.unwrap_or_else(|| quote!(()));
    let output = output_type(document, operation);
    let (user, location) = markers(operation);
    let (meta, encode) = (meta(document, operation), encode(document, operation));
    let text = rust::doc(&format!("`{} {}`", operation.method, operation.path));
    quote! {
        #(#structs)*
        #text
        pub enum #marker {}
        impl Operation for #marker {
            type Api = crate::Document;
            type Path = #path;
            type Query = #query;
            type Header = #header;
            type Body = #body;
            type Output = #output;
            type User = #user;
            type Location = #location;
            const META: OpMeta = #meta;
            #check
            fn encode(output: Self::Output) -> Result<Encoded, Problem> { #encode }
        }
    }
}

fn meta(document: &Value, o: &Operation) -> TokenStream {
    let (id, method, path, tag, status) = (&o.id, &o.method, &o.path, &o.tag, o.status);
    let (scope, limit) = (&o.scope, &o.rate_limit);
    let audit = match o.audit {
        Audit::None => quote!(Audit::None),
        Audit::Access => quote!(Audit::Access),
        Audit::Change => quote!(Audit::Change),
    };
    let cache = o.cache.map_or(quote!(None), |n| quote!(Some(#n)));
    let body = o.body.as_ref().map_or(quote!(None), |b| quote!(Some(#b)));
    let read_only = o.body.as_ref().map(|b| lower::read_only(document, b)).unwrap_or_default();
    let idempotent = o.params_in("header").any(|p| p.name.eq_ignore_ascii_case("idempotency-key"));
    let open = o.open;
    quote!(OpMeta {
        id: #id, method: #method, path: #path, tag: #tag, status: #status, open: #open, scope: #scope, limit: #limit,
        audit: #audit, cache: #cache, idempotent: #idempotent, body: #body, read_only: &[#(#read_only),*],
    })
}

fn encode(document: &Value, o: &Operation) -> TokenStream {
    let Some(response) = o.response.as_deref() else {
        return quote!({
            let _ = output;
            Ok(Encoded::empty(Self::META.status))
        });
    };
    let schema = &document["components"]["schemas"][response];
    let versioned = schema.get("x-table").is_some() && schema["properties"].get("version").is_some();
    let created = !o.page && o.headers.iter().any(|h| h == "location");
    let row = if created { quote!(&output.body) } else { quote!(&output) };
    let version = if versioned { quote!(Some((#row).version)) } else { quote!(None) };
    let location = if created { quote!(Some(output.location.as_str())) } else { quote!(None) };
    quote!(Encoded::json(Self::META.status, #row, #version, #location))
}

fn params_struct(
    doc: &Value,
    name: &proc_macro2::Ident,
    o: &Operation,
    location: &str,
    params: &[&Param],
) -> TokenStream {
    let mut fields = vec![];
    let mut inits = vec![];
    let mut checks = vec![];
    for p in params {
        let (field, wire) = (rust::snake(&p.name), &p.name);
        let (ty, read, many) = reader(doc, p);
        let own = &p.schema["default"];
        let default = if own.is_null() { resolve(doc, bare(&p.schema))["default"].clone() } else { own.clone() };
        let (ty, init, optional) = match (p.required, default) {
            (true, _) if many => (ty, quote!(p.list::<#read, _>(#wire)?.ok_or_else(|| p.missing(#wire))?), false),
            (true, _) => (ty, quote!(p.required(#wire)?), false),
            (false, d) if !d.is_null() && !many => {
                let text = d.as_str().map_or_else(|| d.to_string(), Into::into);
                (ty, quote!(p.or_default(#wire, #text)?), false)
            }
            _ if many => (quote!(Option<#ty>), quote!(p.list::<#read, _>(#wire)?), true),
            _ => (quote!(Option<#ty>), quote!(p.optional(#wire)?), true),
        };
        let text = rust::doc(&format!("`{wire}`"));
        fields.push(quote!(#text pub #field: #ty));
        inits.push(quote!(#field: #init));
        if ref_name(&p.schema).is_some() {
            let value = if optional { quote!(self.#field.iter()) } else { quote!(std::iter::once(&self.#field)) };
            checks.push(quote!(for v in #value { v.check(#wire, &mut found); }));
        }
    }
    let names = o.params_in(location).map(|p| &p.name);
    quote! {
        #[doc = "Parameters."]
        #[derive(Clone)]
        pub struct #name { #(#fields),* }
        impl Params for #name {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            fn parse(p: &Pairs<'_>) -> Result<Self, Problem> { Ok(Self { #(#inits),* }) }
            fn check(&self) -> Vec<Violation> {
                #[allow(unused_mut)]
                let mut found = vec![];
                #(#checks)*
                found.into_iter().map(|v: models::Violation| Violation { at: v.pointer, code: v.code, detail: v.detail }).collect()
            }
        }
    }
}

/// Type of a parameter, type of one item on the wire, and whether it repeats.
fn reader(doc: &Value, p: &Param) -> (TokenStream, TokenStream, bool) {
    let resolved = resolve(doc, bare(&p.schema));
    let scalar = |s: &Value| match ref_name(s) {
        Some(name) => {
            let name = rust::pascal(name);
            quote!(models::#name)
        }
        None => match (s["type"].as_str(), s["format"].as_str()) {
            (Some("integer"), Some("int32")) => quote!(i32),
            (Some("integer"), _) => quote!(i64),
            (Some("number"), _) => quote!(f64),
            (Some("boolean"), _) => quote!(bool),
            _ => quote!(String),
        },
    };
    if resolved["type"] == "array" {
        let item = scalar(&resolved["items"]);
        let ty = if ref_name(&p.schema).is_some() { scalar(&p.schema) } else { quote!(Vec<#item>) };
        return (ty, item, true);
    }
    let ty = scalar(&p.schema);
    (ty.clone(), ty, false)
}
