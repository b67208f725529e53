//! Enums with values in them, read from JSON as their schemas say.
//!
//! Derived code takes a list for a tagged object, `{"a": null}` for `"a"`, and nothing beside the one key of an externally tagged
//! object or beside the tag of a variant without content, where the document leaves room.

use super::{drop_derive, drop_word, is_spelled, object};
use crate::pairs::{Pairs, Tagging, name, serde, tagging};
use proc_macro2::TokenStream;
use quote::quote;

/// Rewrites an enum; what to add beside it.
pub(super) fn rewrite(item: &mut syn::ItemEnum, pairs: &Pairs<'_>) -> Vec<syn::Item> {
    let facts = Facts::of(item, pairs);
    let Facts { units, others, closed, needed } = &facts;
    let known = closed.iter().map(|(name, members)| quote!((#name, &[#(#members),*])));
    let closed = closed.iter().map(|(name, _)| name);
    let prepared = match tagging(&item.attrs) {
        Tagging::External if others.is_empty() => return vec![],
        Tagging::External => quote!(crate::strict::external(value, &[#(#units),*], &[#(#others),*], &[#(#closed),*])),
        Tagging::Internal { tag } => {
            // serde closes all variants or none
            drop_word(&mut item.attrs, "deny_unknown_fields");
            quote!(crate::strict::internal(value, #tag, &[#(#known),*]))
        }
        Tagging::Adjacent { tag, content } => quote!(crate::strict::adjacent(
            value, [#tag, #content], &[#(#units),*], &[#(#closed),*], &[#(#needed),*]
        )),
        Tagging::Untagged => return vec![untagged(item, pairs)],
    };
    let name = &item.ident;
    item.attrs.push(syn::parse_quote!(#[serde(remote = "Self")]));
    let mut items = object(name);
    items[0] = syn::parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                use ::serde::de::Error;
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                let value = #prepared.map_err(D::Error::custom)?;
                Self::deserialize(value).map_err(D::Error::custom)
            }
        }
    };
    items
}

/// What the document says of the variants of a tagged enum.
struct Facts {
    /// Those without content.
    units: Vec<String>,
    others: Vec<String>,
    /// Those that take no other members, with the members that they have.
    closed: Vec<(String, Vec<String>)>,
    /// Those whose content must be there, be it `null`.
    needed: Vec<String>,
}

impl Facts {
    fn of(item: &syn::ItemEnum, pairs: &Pairs<'_>) -> Self {
        let mut facts = Self { units: vec![], others: vec![], closed: vec![], needed: vec![] };
        let tagging = tagging(&item.attrs);
        for group in pairs.groups(&item.ident.to_string()) {
            let Some(variant) = group.variant else { continue };
            let (name, shape) = (name(variant), pairs.shape(&group.alternative));
            if group.alternative.is_object() && shape.other_members() == false {
                facts.closed.push((name.clone(), shape.properties().map(|(name, _)| name.clone()).collect()));
            }
            if matches!(&tagging, Tagging::Adjacent { content, .. } if shape.requires(content)) {
                facts.needed.push(name.clone());
            }
            let list = if variant.fields.is_empty() { &mut facts.units } else { &mut facts.others };
            list.push(name);
        }
        facts
    }
}

/// Every alternative is tried; `oneOf` takes what exactly one of them takes.
fn untagged(item: &mut syn::ItemEnum, pairs: &Pairs<'_>) -> syn::Item {
    let name = item.ident.clone();
    drop_derive(&mut item.attrs, "Deserialize");
    let groups = pairs.groups(&name.to_string());
    let is_closed = |i: usize| groups.get(i).is_some_and(|g| pairs.shape(&g.alternative).other_members() == false);
    let tries: Vec<TokenStream> = item.variants.iter().enumerate().map(|(i, v)| attempt(v, is_closed(i))).collect();
    for field in item.variants.iter_mut().flat_map(|v| &mut v.fields) {
        field.attrs.retain(|a| !is_reading(a));
    }
    let one = pairs.shape(pairs.schema(&name.to_string())).unions.iter().any(|union| !union.any);
    syn::parse_quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let value = <::serde_json::Value as ::serde::Deserialize>::deserialize(deserializer)?;
                let value = &value;
                let read: [::std::option::Option<Self>; _] = [#(#tries),*];
                crate::strict::fitting(value, #one, read).map_err(<D::Error as ::serde::de::Error>::custom)
            }
        }
    }
}

/// Attributes that mean nothing without a derived `Deserialize`.
fn is_reading(attr: &syn::Attribute) -> bool {
    let words = serde(std::slice::from_ref(attr));
    words.contains_key("deserialize_with") || words.keys().all(|w| w == "default") && !words.is_empty()
}

fn attempt(variant: &syn::Variant, is_closed: bool) -> TokenStream {
    let name = &variant.ident;
    match &variant.fields {
        syn::Fields::Unit => quote!(value.is_null().then_some(Self::#name)),
        syn::Fields::Unnamed(fields) => {
            let types: Vec<&syn::Type> = fields.unnamed.iter().map(|f| &f.ty).collect();
            match types.as_slice() {
                [ty] if is_spelled(ty) => {
                    quote!(<#ty as crate::strict::Spelled>::read(value).ok().map(Self::#name))
                }
                [ty] => quote!(<#ty as ::serde::Deserialize>::deserialize(value).ok().map(Self::#name)),
                _ => {
                    let all = types.iter().enumerate().map(|(i, _)| {
                        let i = syn::Index::from(i);
                        quote!(v.#i)
                    });
                    quote!(<(#(#types),*) as ::serde::Deserialize>::deserialize(value).ok().map(|v| Self::#name(#(#all),*)))
                }
            }
        }
        syn::Fields::Named(fields) => {
            let named = &fields.named;
            let idents: Vec<_> = named.iter().filter_map(|f| f.ident.as_ref()).collect();
            let closed = is_closed.then(|| quote!(#[serde(deny_unknown_fields)]));
            quote!({
                #[derive(::serde::Deserialize)]
                #closed
                struct Fields { #named }
                Fields::deserialize(crate::strict::Object(value)).ok().map(|Fields { #(#idents),* }| Self::#name { #(#idents),* })
            })
        }
    }
}
