//! The program that does what needs a document's compiled code: emits its document, reads its types, calls its server.

use crate::{
    Rendered,
    api::{Answer, Body, Operation},
    layout, rust,
    server::{Source, handlers, parameter_structs, visible},
    write::Files,
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::BTreeMap;

/// The part that is the same for every document.
const COMMON: &str = include_str!("probe_main.rs.txt");

/// Adds the crate `probe-<i>`.
pub(super) fn put(files: &mut Files, i: usize, output: &Rendered) {
    let needs = [
        "bytes",
        "chrono",
        "dropshot",
        "futures-util",
        "http",
        "reqwest",
        "serde",
        "serde_json",
        "slog",
        "tokio",
        "uuid",
    ];
    let (models, server, client) =
        (format!("generated-models-{i}"), format!("generated-server-{i}"), format!("generated-client-{i}"));
    let paths = [
        ("generated-models", models.as_str(), "../models"),
        ("generated-server", server.as_str(), "../server"),
        ("generated-client", client.as_str(), "../client"),
        ("forebear-runtime", "forebear-runtime", "../../runtime"),
    ];
    let manifest = layout::manifest(&format!("probe-{i}"), &needs, &paths);
    files.put(&format!("d{i}/probe/Cargo.toml"), manifest.replace("\n[lib]\ndoctest = false\n", ""));
    files.put(&format!("d{i}/probe/src/main.rs"), COMMON.into());
    let generated = rust::file(emit(output)).unwrap_or_else(|e| format!("compile_error!({:?});", e.to_string()));
    files.put(&format!("d{i}/probe/src/document.rs"), generated);
}

fn emit(output: &Rendered) -> TokenStream {
    let source = Source { document: &output.named, types: &output.types };
    let types = output.types.names().map(|name| {
        let ty = rust::ident(name);
        quote!(#name => crate::judge::<models::#ty>(text))
    });
    let app = quote!(App);
    let answers = handlers::implement(&source, &output.operations, &app, &|o| handler(&source, o));
    let traits = answers.iter().map(|(_, tokens)| tokens);
    let methods = methods(output);
    let calls = output.operations.iter().filter_map(|o| Some(call(o, methods.get(&rust::pascal(&o.id).to_string())?)));
    let (calls, arms): (Vec<TokenStream>, Vec<TokenStream>) = calls.unzip();
    quote! {
        use crate::{App, arg, give};
        use forebear_runtime as rt;
        use generated_client::{self as client, types};
        use generated_server::{handlers, models, op};
        use serde_json::{Value, json};

        pub fn judge(ty: &str, text: &str) -> Value {
            match ty { #(#types,)* _ => json!({"error": "no such type"}) }
        }
        #(#traits)*
        #(#calls)*
        pub async fn call(client: &client::Client, sent: &Value) -> Result<Value, String> {
            match sent["op"].as_str().unwrap_or_default() {
                #(#arms)*
                other => Err(format!("no client method for {other}")),
            }
        }
    }
}

/// Keeps what it was given and answers what it was told to.
fn handler(source: &Source<'_>, o: &Operation) -> TokenStream {
    let id = &o.id;
    let mut params = vec![];
    for (location, _) in parameter_structs(o) {
        let arg = rust::ident(location);
        for p in visible(o, location) {
            let (wire, field) = (&p.name, rust::snake(&p.name));
            params.push(quote!(#wire: #arg.#field));
        }
    }
    let body = match (&o.body, source.body(o)) {
        (crate::api::Body::Json(_) | crate::api::Body::Form(_), Some(_)) => quote!(json!(body)),
        (_, Some(_)) => quote!(crate::drained(body)),
        _ => quote!(Value::Null),
    };
    let plain = match &o.answer {
        Answer::Redirect if o.locates() => quote!(rt::Redirect::to("/elsewhere")),
        Answer::Empty | Answer::Redirect => quote!(rt::NoContent),
        Answer::Stream(_) => quote!(rt::Streamed::bytes("application/octet-stream", "stream")),
        Answer::Upgrade => quote!(rt::Upgrade::new(|_| async { Ok(()) })),
        Answer::Json(_) if o.page => quote!(rt::Page {
            items: give(&self.answer(#id)["items"])?,
            next_page: give(&self.answer(#id)["next_page"])?,
        }),
        Answer::Json(_) if o.locates() => quote!(rt::Created::at("/there", give(&self.answer(#id))?)),
        Answer::Json(_) => quote!(give(&self.answer(#id))?),
    };
    let headers: Vec<TokenStream> = o
        .own_headers()
        .map(|h| {
            let (field, wire) = (rust::snake(&h.name), &h.name);
            quote!(#field: give(&self.header(#id, #wire))?)
        })
        .collect();
    let ty = rust::pascal(&format!("{}-headers", o.id));
    let answer = if headers.is_empty() {
        plain
    } else {
        quote!(rt::WithHeaders { headers: op::#ty { #(#headers),* }, body: #plain })
    };
    quote!(self.keep(#id, json!({"params": {#(#params),*}, "body": #body})); Ok(#answer))
}

/// Setters of each request builder with the types that they want, and what `send` returns.
#[derive(Default)]
struct Method {
    setters: Vec<(String, Option<syn::Type>)>,
    returns: String,
}

/// Reads them from the client itself, so that nothing about Progenitor's choices is guessed.
fn methods(output: &Rendered) -> BTreeMap<String, Method> {
    let mut found: BTreeMap<String, Method> = BTreeMap::new();
    let text = output.files.iter().find(|(path, _)| *path == "client/src/api.rs").map_or("", |(_, text)| text);
    let Ok(file) = syn::parse_file(text) else { return found };
    let builder = file.items.iter().find_map(|item| match item {
        syn::Item::Mod(m) if m.ident == "builder" => m.content.as_ref().map(|(_, items)| items),
        _ => None,
    });
    for item in builder.into_iter().flatten() {
        let syn::Item::Impl(i) = item else { continue };
        let syn::Type::Path(ty) = &*i.self_ty else { continue };
        let Some(name) = ty.path.segments.last().map(|s| s.ident.to_string()) else { continue };
        for part in &i.items {
            let syn::ImplItem::Fn(f) = part else { continue };
            let method = found.entry(name.clone()).or_default();
            match f.sig.ident.to_string().as_str() {
                "new" | "body_map" => {}
                "send" => method.returns = f.sig.output.to_token_stream().to_string(),
                setter => method.setters.push((setter.into(), wanted(f))),
            }
        }
    }
    found
}

/// `T` of `V: TryInto<T>`.
fn wanted(f: &syn::ImplItemFn) -> Option<syn::Type> {
    let predicates = f.sig.generics.where_clause.as_ref()?.predicates.iter();
    let bounds = predicates.filter_map(|p| match p {
        syn::WherePredicate::Type(t) => Some(&t.bounds),
        _ => None,
    });
    bounds.flatten().find_map(|bound| {
        let syn::TypeParamBound::Trait(t) = bound else { return None };
        let last = t.path.segments.last().filter(|s| s.ident == "TryInto")?;
        let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        arguments.args.iter().find_map(|a| match a {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        })
    })
}

fn call(o: &Operation, method: &Method) -> (TokenStream, TokenStream) {
    let (id, name) = (&o.id, rust::snake(&o.id));
    let function = rust::ident(&format!("call_{}", heck::ToSnakeCase::to_snake_case(o.id.as_str())));
    let sets = method.setters.iter().map(|(setter, ty)| {
        let ident = rust::ident(setter);
        let wire = o.params.iter().find(|p| rust::snake(&p.name) == setter.as_str()).map(|p| &p.name);
        match (wire, ty) {
            (Some(wire), Some(ty)) => quote!(
                if let Some(value) = sent["params"].get(#wire) { request = request.#ident(arg::<#ty>(value)?); }
            ),
            (None, Some(ty)) if setter == "body" && o.body != Body::Bytes => {
                quote!(request = request.body(arg::<#ty>(&sent["body"])?);)
            }
            (None, _) if setter == "body" => quote!(request = request.body("bytes");),
            _ => quote!(),
        }
    });
    let end = if method.returns.contains("ByteStream") {
        quote!(crate::collect(answer.into_inner()).await)
    } else if method.returns.contains("Upgraded") {
        quote!({
            let _ = answer;
            Ok(Value::Null)
        })
    } else {
        quote!(serde_json::to_value(answer.into_inner()).map_err(|e| e.to_string()))
    };
    let function_tokens = quote! {
        #[allow(unused_mut, unused_variables)]
        async fn #function(client: &client::Client, sent: &Value) -> Result<Value, String> {
            let mut request = client.#name();
            #(#sets)*
            let answer = request.send().await.map_err(crate::failed)?;
            #end
        }
    };
    (function_tokens, quote!(#id => #function(client, sent).await,))
}
