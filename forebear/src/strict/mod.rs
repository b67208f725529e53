//! Makes the types that typify wrote as strict as their schemas when they are read from JSON.
//!
//! Derived `Deserialize` takes a list for a struct, `{"active": null}` for an enum, `null` for whatever may be absent, and dates
//! and UUIDs in every spelling that their crates know. A validator of the document refuses all of these. `x-sensitive` also
//! ends here: what it marks does not show in `Debug`.

mod enums;
mod support;

pub(crate) use support::support;

use crate::{
    pairs::{Group, Pairs, Tagging, serde, tagging},
    types::{argument, ends_with, implementing},
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use serde_json::Value;
use std::collections::BTreeMap;

/// What the document says of one field.
#[derive(Default, Clone)]
struct Facts {
    nullable: bool,
    sensitive: bool,
}

type Fields = BTreeMap<String, Facts>;

/// Rewrites the types of a document.
pub(crate) fn rewrite(mut file: syn::File, pairs: &Pairs<'_>) -> syn::File {
    let parsable = implementing(&file, "FromStr");
    let mut more: Vec<syn::Item> = vec![];
    for item in &mut file.items {
        match item {
            syn::Item::Struct(s) => {
                let fields = facts(pairs, &pairs.groups(&s.ident.to_string()), None);
                more.extend(structure(s, &fields));
            }
            syn::Item::Enum(e) if derives(&e.attrs, "Deserialize") => {
                if parsable.contains(&e.ident.to_string()) {
                    simple(e);
                }
                let groups = pairs.groups(&e.ident.to_string());
                for variant in &mut e.variants {
                    let fields = facts(pairs, &groups, Some(&variant.ident));
                    for field in &mut variant.fields {
                        mark(field, &fields);
                        spell(field);
                    }
                }
                more.extend(enums::rewrite(e, pairs));
            }
            syn::Item::Impl(i) => from_str(i),
            syn::Item::Mod(m) if m.ident == "builder" => builders(m, pairs),
            _ => {}
        }
    }
    file.items.extend(more);
    file
}

/// Facts about the fields of a struct or of a variant.
fn facts(pairs: &Pairs<'_>, groups: &[Group<'_>], variant: Option<&syn::Ident>) -> Fields {
    let parts = groups.iter().filter(|g| g.variant.map(|v| &v.ident) == variant).flat_map(|g| &g.parts);
    let fact = |schema: &Value| Facts { nullable: pairs.takes_null(schema), sensitive: schema["x-sensitive"] == true };
    parts.filter_map(|part| Some((part.field?.to_string(), fact(&part.schema)))).collect()
}

fn structure(item: &mut syn::ItemStruct, fields: &Fields) -> Vec<syn::Item> {
    let name = item.ident.clone();
    if let syn::Fields::Unnamed(inner) = &mut item.fields {
        inner.unnamed.iter_mut().for_each(open);
    }
    match &mut item.fields {
        syn::Fields::Unnamed(inner) if inner.unnamed.first().is_some_and(|f| spelled(&f.ty).is_some()) => {
            drop_derive(&mut item.attrs, "Deserialize");
            for field in inner.unnamed.iter_mut().filter(|f| spelled(&f.ty) == Some("date_time")) {
                field.attrs.push(syn::parse_quote!(#[serde(serialize_with = "crate::strict::write_moment")]));
            }
            vec![syn::parse_quote! {
                impl<'de> ::serde::Deserialize<'de> for #name {
                    fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                        let text = <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                        text.parse().map_err(<D::Error as ::serde::de::Error>::custom)
                    }
                }
            }]
        }
        syn::Fields::Unnamed(inner) if derives(&item.attrs, "Deserialize") => {
            inner.unnamed.iter_mut().for_each(spell);
            vec![]
        }
        syn::Fields::Named(named) if derives(&item.attrs, "Deserialize") => {
            for field in &mut named.named {
                mark(field, fields);
                spell(field);
            }
            item.attrs.push(syn::parse_quote!(#[serde(remote = "Self")]));
            let mut items = object(&name);
            items.extend(redacted(&name, &mut item.attrs, named, fields));
            items
        }
        _ => vec![],
    }
}

/// `validate()` looks into what only typify's constructors may fill.
fn open(field: &mut syn::Field) {
    if matches!(field.vis, syn::Visibility::Inherited) {
        field.vis = syn::parse_quote!(pub(crate));
    }
}

/// An object and nothing else: `remote` makes the derived functions inherent, and these call them through `Object`.
fn object(name: &syn::Ident) -> Vec<syn::Item> {
    vec![
        syn::parse_quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                    Self::deserialize(crate::strict::Object(deserializer))
                }
            }
        },
        syn::parse_quote! {
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                    Self::serialize(self, serializer)
                }
            }
        },
    ]
}

/// One spelling also for dates, times and UUIDs that have no name.
fn spell(field: &mut syn::Field) {
    if !is_spelled(&field.ty) {
        return;
    }
    let words = serde(&field.attrs);
    let reads = words.get("deserialize_with").map(String::as_str);
    if reads == Some("crate::strict::present") {
        drop_word(&mut field.attrs, "deserialize_with");
        field.attrs.push(syn::parse_quote!(#[serde(deserialize_with = "crate::strict::present_spelled")]));
    } else if reads.is_none()
        || reads.is_some_and(|r| r.contains("Option")) && !words.contains_key("skip_serializing_if")
    {
        drop_word(&mut field.attrs, "deserialize_with");
        field.attrs.push(syn::parse_quote!(#[serde(deserialize_with = "crate::strict::spelled")]));
    }
    if words.contains_key("skip_serializing_if") && !words.contains_key("default") {
        field.attrs.push(syn::parse_quote!(#[serde(default)]));
    }
}

/// Whether the type is one of those, or holds nothing else.
fn is_spelled(ty: &syn::Type) -> bool {
    let holds = |name: &&str| argument(ty, name).is_some_and(is_spelled);
    is_lax(ty) || ["Option", "Vec", "BTreeMap", "Nullable"].iter().any(holds)
}

/// `null` only where the document allows it.
fn mark(field: &mut syn::Field, fields: &Fields) {
    let Some(facts) = field.ident.as_ref().and_then(|i| fields.get(&i.to_string())) else { return };
    let is_option = matches!(&field.ty, syn::Type::Path(p) if ends_with(&p.path, "Option"));
    let words = serde(&field.attrs);
    if words.contains_key("deserialize_with") {
        return;
    }
    if !is_option {
        if facts.nullable && !words.contains_key("default") && !words.contains_key("flatten") {
            field.attrs.push(syn::parse_quote!(#[serde(deserialize_with = "crate::strict::required")]));
        }
        return;
    }
    // typify reads a required member strictly itself, and leaves `skip_serializing_if` away there
    // what may be `null` here and is no `Nullable` is of a type that holds `null` itself, unless it has a default
    let has_default = words.get("default").is_some_and(|function| !function.is_empty());
    if words.contains_key("skip_serializing_if") && !(facts.nullable && has_default) {
        field.attrs.push(syn::parse_quote!(#[serde(deserialize_with = "crate::strict::present")]));
        if !words.contains_key("default") {
            field.attrs.push(syn::parse_quote!(#[serde(default)]));
        }
    }
}

fn simple(item: &mut syn::ItemEnum) {
    let is_text = matches!(tagging(&item.attrs), Tagging::External);
    if is_text && item.variants.iter().all(|v| v.fields.is_empty()) {
        item.attrs.push(syn::parse_quote!(#[serde(try_from = "::std::string::String")]));
    }
}

/// `Debug` without what `x-sensitive` marks.
fn redacted(
    name: &syn::Ident,
    attrs: &mut [syn::Attribute],
    named: &syn::FieldsNamed,
    fields: &Fields,
) -> Option<syn::Item> {
    let secret = |i: &syn::Ident| fields.get(&i.to_string()).is_some_and(|f| f.sensitive);
    let idents: Vec<&syn::Ident> = named.named.iter().filter_map(|f| f.ident.as_ref()).collect();
    if !idents.iter().any(|i| secret(i)) {
        return None;
    }
    drop_derive(attrs, "Debug");
    let parts = idents.iter().map(|i| {
        let text = i.to_string();
        let value: TokenStream = if secret(i) { quote!(&"[redacted]") } else { quote!(&self.#i) };
        quote!(.field(#text, #value))
    });
    let text = name.to_string();
    Some(syn::parse_quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(#text)#(#parts)*.finish()
            }
        }
    })
}

/// The builders hold the same values.
fn builders(module: &mut syn::ItemMod, pairs: &Pairs<'_>) {
    let Some((_, items)) = &mut module.content else { return };
    let mut more: Vec<syn::Item> = vec![];
    for item in items.iter_mut() {
        let syn::Item::Struct(s) = item else { continue };
        if let syn::Fields::Named(named) = &s.fields {
            more.extend(redacted(
                &s.ident.clone(),
                &mut s.attrs,
                named,
                &facts(pairs, &pairs.groups(&s.ident.to_string()), None),
            ));
        }
    }
    items.extend(more);
}

/// Which spelling a type of another crate must have in JSON.
fn spelled(ty: &syn::Type) -> Option<&'static str> {
    let syn::Type::Path(path) = ty else { return None };
    match path.path.segments.last()?.ident.to_string().as_str() {
        "NaiveDate" => Some("full_date"),
        "DateTime" => Some("date_time"),
        "Uuid" => Some("uuid"),
        _ => None,
    }
}

/// Whether `serde` reads more into a type than its schema says: dates, times, UUIDs, numbers too big for an `f32`, and an empty
/// object for `null`.
fn is_lax(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Path(path) => spelled(ty).is_some() || ends_with(&path.path, "f32"),
        syn::Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

/// Lets the newtype's `FromStr` see only the one spelling.
fn from_str(item: &mut syn::ItemImpl) {
    if !item.trait_.as_ref().is_some_and(|(_, path, _)| ends_with(path, "FromStr")) {
        return;
    }
    let text = item.to_token_stream().to_string();
    let inner = [("NaiveDate as", "full_date"), ("DateTime <", "date_time"), ("Uuid as", "uuid")];
    let Some((_, spelling)) = inner.iter().find(|(ty, _)| text.contains(ty)) else { return };
    let spelling = quote::format_ident!("{spelling}");
    for part in &mut item.items {
        if let syn::ImplItem::Fn(f) = part {
            f.block = if spelling == "date_time" {
                syn::parse_quote!({ Ok(Self(crate::strict::moment(value)?)) })
            } else {
                syn::parse_quote!({ Ok(Self(crate::strict::#spelling(value).parse()?)) })
            };
        }
    }
}

fn derives(attrs: &[syn::Attribute], name: &str) -> bool {
    attrs.iter().any(|a| a.path().is_ident("derive") && a.to_token_stream().to_string().contains(name))
}

/// Takes one word out of the `#[serde(…)]` attributes.
fn drop_word(attrs: &mut [syn::Attribute], word: &str) {
    type Words = syn::punctuated::Punctuated<syn::Meta, syn::Token![,]>;
    for attr in attrs.iter_mut().filter(|a| serde(std::slice::from_ref(a)).contains_key(word)) {
        let words = attr.parse_args_with(Words::parse_terminated).unwrap_or_default();
        let kept = words.iter().filter(|w| !w.path().is_ident(word));
        *attr = syn::parse_quote!(#[serde(#(#kept),*)]);
    }
}

fn drop_derive(attrs: &mut [syn::Attribute], name: &str) {
    for attr in attrs.iter_mut().filter(|a| a.path().is_ident("derive")) {
        let Ok(paths) =
            attr.parse_args_with(syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated)
        else {
            continue;
        };
        let kept = paths.into_iter().filter(|p| !ends_with(p, name));
        *attr = syn::parse_quote!(#[derive(#(#kept),*)]);
    }
}
