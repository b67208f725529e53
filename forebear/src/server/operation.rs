//! One marker per operation: its policies as data, its decoding and its encoding.

use super::{Source, handlers::markers, parameter_structs, params};
use crate::{
    api::{Answer, Audit, Body, Operation, bare, ref_name},
    lower, rust,
};
use proc_macro2::TokenStream;
use quote::quote;

/// Emits the markers of one tag.
pub(super) fn emit(source: &Source<'_>, operations: &[&Operation]) -> TokenStream {
    let items = operations.iter().map(|o| one(source, o));
    quote! {
        #![doc = " Operations of one tag."]
        #[allow(unused_imports)]
        use super::check;
        #[allow(unused_imports)]
        use crate::op;
        #[allow(unused_imports)]
        use forebear_runtime::{self as rt, Params as _, ResponseHeaders as _};
        #[allow(unused_imports)]
        use generated_models::{self as models, Validate as _};
        #(#items)*
    }
}

/// The type that stands for the error response of an operation.
pub(super) fn failure(operation: &Operation) -> TokenStream {
    let name = rust::pascal(operation.failure.as_ref().map_or("Error", |f| &f.name));
    quote!(crate::errors::#name)
}

fn one(source: &Source<'_>, operation: &Operation) -> TokenStream {
    let marker = rust::pascal(&operation.id);
    let structs = parameter_structs(operation).map(|(location, name)| params::emit(source, &name, operation, location));
    let headers = params::headers(operation);
    let part = |location: &str| {
        let mut found = parameter_structs(operation);
        found.find(|(l, _)| *l == location).map_or_else(|| quote!(rt::NoParams), |(_, name)| quote!(#name))
    };
    let (path, query, header) = (part("path"), part("query"), part("header"));
    let body = source.body(operation).unwrap_or_else(|| quote!(()));
    let (output, failure) = (source.output(operation), failure(operation));
    let (user, location) = markers(operation);
    let (meta, decode, encode) = (meta(source, operation), decode(operation), encode(source, operation));
    let text = rust::doc(&format!("`{} {}`", operation.method, operation.path));
    quote! {
        #(#structs)*
        #headers
        #text
        pub enum #marker {}
        impl rt::Operation for #marker {
            type Api = crate::Document;
            type Path = #path;
            type Query = #query;
            type Header = #header;
            type Body = #body;
            type Output = #output;
            type Failure = #failure;
            type User = #user;
            type Location = #location;
            const META: rt::OpMeta = #meta;
            fn decode(raw: &rt::body::Raw<'_>) -> Result<Self::Body, rt::Problem> { #decode }
            fn encode(output: Self::Output) -> Result<rt::Encoded, rt::Problem> { #encode }
        }
    }
}

fn meta(source: &Source<'_>, o: &Operation) -> TokenStream {
    let (id, method, path, tag, status) = (&o.id, &o.method, &o.path, &o.tag, o.status);
    let (scope, limit) = (&o.scope, &o.rate_limit);
    let audit = match o.audit {
        Audit::None => quote!(rt::Audit::None),
        Audit::Access => quote!(rt::Audit::Access),
        Audit::Change => quote!(rt::Audit::Change),
    };
    let cache = o.cache.map_or(quote!(None), |n| quote!(Some(#n)));
    let body = match &o.body {
        Body::None => quote!(None),
        Body::Json(_) => quote!(Json),
        Body::Form(_) => quote!(Form),
        Body::Multipart(_) => quote!(Multipart),
        Body::Bytes => quote!(Bytes),
        Body::Upgrade => quote!(Upgrade),
    };
    let component = o.body.schema().and_then(ref_name);
    let mut read_only = component.map(|name| lower::read_only(source.document, name)).unwrap_or_default();
    if let (true, Some(patch), Answer::Json(row)) = (o.method == "PATCH", component, &o.answer) {
        read_only.extend(ref_name(row).map(|row| lower::fixed(source.document, patch, row)).unwrap_or_default());
    }
    let key = match o.params_in("header").find(|p| p.name.eq_ignore_ascii_case("idempotency-key")) {
        Some(p) if p.required => quote!(Required),
        Some(_) => quote!(Optional),
        None => quote!(None),
    };
    let open = o.open;
    quote!(rt::OpMeta {
        id: #id, method: #method, path: #path, tag: #tag, status: #status, open: #open, scope: #scope, limit: #limit,
        audit: #audit, cache: #cache, key: rt::KeyUse::#key, body: rt::BodyKind::#body, read_only: &[#(#read_only),*],
    })
}

fn decode(o: &Operation) -> TokenStream {
    match &o.body {
        Body::None | Body::Upgrade => quote!(rt::body::none(raw)),
        Body::Json(_) => quote!(rt::body::json(raw, check)),
        Body::Form(_) => quote!(rt::body::form(raw, check)),
        Body::Multipart(Some(_)) => quote!(rt::body::multipart(raw, check)),
        Body::Multipart(None) => quote!(rt::body::parts(raw)),
        Body::Bytes => quote!(rt::body::bytes(raw)),
    }
}

fn encode(source: &Source<'_>, o: &Operation) -> TokenStream {
    let plain = match &o.answer {
        Answer::Redirect if o.locates() => quote!(rt::Encoded::redirect(Self::META.status, &output)),
        Answer::Empty | Answer::Redirect => quote!({
            let rt::NoContent = output;
            Ok(rt::Encoded::empty(Self::META.status))
        }),
        Answer::Stream(_) => quote!(rt::Encoded::streamed(Self::META.status, output)),
        Answer::Upgrade => quote!(rt::Encoded::upgrade(output)),
        Answer::Json(schema) => json(source, o, schema),
    };
    if o.own_headers().next().is_none() {
        return plain;
    }
    quote!({
        let rt::WithHeaders { headers, body: output } = output;
        let encoded: Result<rt::Encoded, rt::Problem> = #plain;
        encoded?.with(&headers)
    })
}

fn json(source: &Source<'_>, o: &Operation, schema: &serde_json::Value) -> TokenStream {
    let row = crate::api::resolve(source.document, bare(schema));
    let versioned = row.get("x-table").is_some() && row["properties"].get("version").is_some();
    let created = !o.page && o.locates();
    let value = if created { quote!(&output.body) } else { quote!(&output) };
    let version = if versioned { quote!(Some((#value).version)) } else { quote!(None) };
    let location = if created { quote!(Some(output.location.as_str())) } else { quote!(None) };
    quote!(rt::Encoded::json(Self::META.status, #value, #version, #location))
}
