//! `validate()`: the constraints that typify parses but does not enforce.
//!
//! Numeric bounds, `multipleOf`, item counts, uniqueness, property counts, lists of values that are no texts, and `pattern` beside a
//! `format` that typify maps to a type of its own. Everything else is refused while deserialising already.

mod plain;
mod support;

use crate::{
    pairs::{Group, Node, Pairs, Part},
    proof::Shape,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};

/// Emits the module with the trait, its helpers and one implementation per type.
#[must_use]
pub(crate) fn emit(pairs: &Pairs<'_>) -> TokenStream {
    let groups: BTreeMap<&str, Vec<Group<'_>>> = pairs.names().map(|name| (name, pairs.groups(name))).collect();
    let loaded = loaded(pairs, &groups);
    let checks = Checks { pairs, loaded: &loaded };
    let impls = groups.iter().map(|(name, groups)| checks.implementation(name, groups));
    let support = support::support();
    quote! {
        #![doc = " Constraints that deserialising does not enforce."]
        use crate::types::*;
        use std::fmt::Display;
        #support
        #(#impls)*
    }
}

/// Types with anything to check in them.
fn loaded(pairs: &Pairs<'_>, groups: &BTreeMap<&str, Vec<Group<'_>>>) -> BTreeSet<String> {
    let mut loaded = BTreeSet::new();
    loop {
        let checks = Checks { pairs, loaded: &loaded };
        let more: Vec<String> = groups
            .iter()
            .filter(|(name, groups)| !loaded.contains(**name) && checks.any(groups))
            .map(|(name, _)| (*name).to_string())
            .collect();
        if more.is_empty() {
            return loaded;
        }
        loaded.extend(more);
    }
}

struct Checks<'a> {
    pairs: &'a Pairs<'a>,
    loaded: &'a BTreeSet<String>,
}

impl Checks<'_> {
    fn any(&self, groups: &[Group<'_>]) -> bool {
        groups.iter().any(|g| !self.members(g).is_empty() || g.parts.iter().any(|part| !self.part(part).is_empty()))
    }

    fn implementation(&self, name: &str, groups: &[Group<'_>]) -> TokenStream {
        let ty = format_ident!("{name}");
        let checks = match groups {
            [group @ Group { variant: None, parts, .. }] => {
                let (members, parts) = (self.members(group), parts.iter().map(|part| self.of_struct(part)));
                quote!(#members #(#parts)*)
            }
            _ => self.of_enum(groups),
        };
        if checks.is_empty() {
            return quote! {
                impl Validate for #ty {
                    fn check(&self, _: &str, _: &mut Vec<Violation>) {}
                }
            };
        }
        quote! {
            impl Validate for #ty {
                fn check(&self, pointer: &str, found: &mut Vec<Violation>) { #checks }
            }
        }
    }

    /// How many members an object with members of its own may have.
    fn members(&self, group: &Group<'_>) -> TokenStream {
        let shape = self.pairs.shape(&group.schema);
        let named = group.parts.iter().any(|p| p.field.is_some());
        if !named || shape.size("minProperties").is_none() && shape.size("maxProperties").is_none() {
            return quote!();
        }
        let (low, high) = (size(&shape, "minProperties"), size(&shape, "maxProperties"));
        let (below, at) = (&group.pointer, place(&group.pointer));
        quote!({ #at count(members(self, #below), #low, #high, "properties", at, found); })
    }

    fn of_struct(&self, part: &Part<'_>) -> TokenStream {
        let body = self.part(part);
        if body.is_empty() {
            return body;
        }
        let value = part.field.map_or_else(|| quote!(self.0), |field| quote!(self.#field));
        let at = place(&part.pointer);
        quote!({ let value = &#value; #at #body })
    }

    fn of_enum(&self, groups: &[Group<'_>]) -> TokenStream {
        let arms: Vec<TokenStream> = groups.iter().filter_map(|group| self.arm(group)).collect();
        match arms.len() {
            0 => quote!(),
            n if n == groups.len() => quote!(match self { #(#arms)* }),
            _ => quote!(match self { #(#arms)* _ => {} }),
        }
    }

    fn arm(&self, group: &Group<'_>) -> Option<TokenStream> {
        let variant = &group.variant?.ident;
        let bodies: Vec<(&Part<'_>, TokenStream)> =
            group.parts.iter().map(|p| (p, self.part(p))).filter(|(_, body)| !body.is_empty()).collect();
        let members = self.members(group);
        let names: Vec<&syn::Ident> = bodies.iter().filter_map(|(part, _)| part.field).collect();
        let pattern = match (bodies.len(), names.is_empty()) {
            (0, _) if members.is_empty() => return None,
            (1.., true) => quote!(Self::#variant(value)),
            _ => quote!(Self::#variant { #(#names,)* .. }),
        };
        let checks = bodies.iter().map(|(part, body)| {
            let value = part.field.map(|field| quote!(let value = #field;));
            let at = place(&part.pointer);
            quote!({ #value #at #body })
        });
        Some(quote!(#pattern => { #members #(#checks)* }))
    }

    fn part(&self, part: &Part<'_>) -> TokenStream {
        self.value(&quote!(value), self.pairs.node(part.ty, &part.schema))
    }

    /// Checks of one value, a reference; `at` is its pointer in the emitted code.
    fn value(&self, expr: &TokenStream, node: Node<'_>) -> TokenStream {
        match node {
            Node::Optional(ty, schema) => {
                let inner = self.value(&quote!(value), self.pairs.node(ty, &schema));
                when(&inner, quote!(if let Some(value) = #expr { #inner }))
            }
            Node::Nullable(ty, schema) => {
                let inner = self.value(&quote!(value), self.pairs.node(ty, &schema));
                when(&inner, quote!(if let Some(value) = (#expr).value() { #inner }))
            }
            Node::Boxed(ty, schema) => {
                let inner = self.value(&quote!(value), self.pairs.node(ty, &schema));
                when(&inner, quote!({ let value = &**#expr; #inner }))
            }
            Node::List(item, shape) => self.list(expr, item, &shape),
            Node::Map(value, shape) => self.map(expr, value, &shape),
            Node::Local(name, _) if self.loaded.contains(&name) => quote!(Validate::check(#expr, at, found);),
            Node::Local(..) => quote!(),
            Node::Plain(shape) => plain::checks(expr, &shape),
        }
    }

    fn list(&self, expr: &TokenStream, item: &syn::Type, shape: &Shape) -> TokenStream {
        let counts = counts(expr, shape, ["minItems", "maxItems"], "items");
        let unique = if shape.word("uniqueItems") == true { quote!(distinct(#expr, at, found);) } else { quote!() };
        let inner = self.value(&quote!(item), self.pairs.node(item, shape.word("items")));
        let each =
            when(&inner, quote!(for (i, item) in (#expr).iter().enumerate() { let at = &format!("{at}/{i}"); #inner }));
        quote!(#counts #unique #each)
    }

    fn map(&self, expr: &TokenStream, value: &syn::Type, shape: &Shape) -> TokenStream {
        let counts = counts(expr, shape, ["minProperties", "maxProperties"], "properties");
        let inner = self.value(&quote!(item), self.pairs.node(value, &shape.other_members()));
        let each = when(
            &inner,
            quote!(for (key, item) in (#expr).iter() { let at = &format!("{at}/{}", escape(key)); #inner }),
        );
        quote!(#counts #each)
    }
}

fn place(pointer: &str) -> TokenStream {
    match pointer {
        "" => quote!(let at = pointer;),
        below => quote!(let at = &format!("{pointer}{}", #below);),
    }
}

/// The code around `inner`, if there is anything inside.
fn when(inner: &TokenStream, code: TokenStream) -> TokenStream {
    if inner.is_empty() { quote!() } else { code }
}

fn size(shape: &Shape, key: &str) -> TokenStream {
    shape.size(key).map_or(quote!(None), |n| quote!(Some(#n)))
}

fn counts(expr: &TokenStream, shape: &Shape, [low, high]: [&str; 2], what: &str) -> TokenStream {
    if shape.size(low).is_none() && shape.size(high).is_none() {
        return quote!();
    }
    let (low, high) = (size(shape, low), size(shape, high));
    quote!(count((#expr).len(), #low, #high, #what, at, found);)
}
