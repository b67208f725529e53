//! Conversions that typify leaves out and callers miss: `.limit(50)`, `.shop_id("5")`, `{order_number}`.

use crate::types::implementing;
use quote::quote;
use std::collections::BTreeSet;

/// Adds them to the types of a document.
pub(crate) fn add(mut file: syn::File) -> syn::File {
    let displays = implementing(&file, "Display");
    let parsable = implementing(&file, "FromStr");
    let more: Vec<syn::Item> = file
        .items
        .iter()
        .filter_map(|item| match item {
            syn::Item::Struct(s) => Some((&s.ident, newtype(s)?)),
            _ => None,
        })
        .flat_map(|(name, inner)| match inner {
            Inner::String if !displays.contains(&name.to_string()) => vec![display(name)],
            Inner::Integer(ty) if parsable.contains(&name.to_string()) => {
                ["i32", "u32"].into_iter().filter(|t| *t != ty).map(|t| integer(name, t)).collect()
            }
            // a list of itself is converted from its list alone
            Inner::List(syn::Type::Path(item)) if item.path.is_ident(name) => vec![],
            Inner::List(item) => list(name, item, &parsable),
            // an integer with a list of values: typify gives it neither
            Inner::Integer(ty) => vec![display(name), from_str(name, &ty)],
            Inner::String => vec![],
        })
        .collect();
    file.items.extend(more);
    file
}

enum Inner<'a> {
    String,
    Integer(String),
    List(&'a syn::Type),
}

fn newtype(item: &syn::ItemStruct) -> Option<Inner<'_>> {
    let syn::Fields::Unnamed(fields) = &item.fields else { return None };
    let syn::Type::Path(ty) = &fields.unnamed.first()?.ty else { return None };
    let last = ty.path.segments.last()?;
    let name = last.ident.to_string();
    let digits = name.trim_start_matches("NonZero").trim_start_matches(['u', 'i', 'U', 'I']);
    match (name.as_str(), &last.arguments) {
        ("String", _) => Some(Inner::String),
        ("Vec", syn::PathArguments::AngleBracketed(arguments)) => match arguments.args.first()? {
            syn::GenericArgument::Type(item) => Some(Inner::List(item)),
            _ => None,
        },
        _ if matches!(digits, "8" | "16" | "32" | "64") => Some(Inner::Integer(name)),
        _ => None,
    }
}

fn display(name: &syn::Ident) -> syn::Item {
    syn::parse_quote! {
        impl ::std::fmt::Display for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { self.0.fmt(f) }
        }
    }
}

fn from_str(name: &syn::Ident, inner: &str) -> syn::Item {
    let inner = quote::format_ident!("{inner}");
    syn::parse_quote! {
        impl ::std::str::FromStr for #name {
            type Err = ::std::string::String;
            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                let value: #inner = text.parse().map_err(|_| format!("{text:?} is no whole number"))?;
                Self::try_from(value).map_err(|_| format!("{value} is not one of the values"))
            }
        }
    }
}

fn integer(name: &syn::Ident, from: &str) -> syn::Item {
    let from = quote::format_ident!("{from}");
    syn::parse_quote! {
        impl ::std::convert::TryFrom<#from> for #name {
            type Error = ::std::string::String;
            fn try_from(value: #from) -> ::std::result::Result<Self, Self::Error> {
                value.to_string().parse().map_err(|_| format!("{value} is out of range"))
            }
        }
    }
}

fn list(name: &syn::Ident, item: &syn::Type, parsable: &BTreeSet<String>) -> Vec<syn::Item> {
    let mut items = vec![syn::parse_quote! {
        impl ::std::convert::From<#item> for #name {
            fn from(value: #item) -> Self { Self(vec![value]) }
        }
    }];
    if parsable.contains(&quote!(#item).to_string()) {
        items.push(syn::parse_quote! {
            impl ::std::convert::TryFrom<&str> for #name {
                type Error = ::std::string::String;
                fn try_from(value: &str) -> ::std::result::Result<Self, Self::Error> {
                    value.parse().map(|item: #item| Self(vec![item])).map_err(|_| format!("{value:?} is not valid here"))
                }
            }
        });
    }
    items
}
