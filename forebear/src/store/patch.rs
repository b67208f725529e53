//! JSON Merge Patch (RFC 7396) with types: `XPatch` changes `X`, and an object inside is changed by a patch of its own.

use crate::{
    api::{bare, ref_name},
    rust,
    types::Types,
};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;
use std::collections::BTreeMap;

/// The traits that every patch implements.
pub(super) fn traits() -> TokenStream {
    quote! {
        /// A partial change of a model.
        pub trait Patch {
            /// What it changes.
            type Row;
            /// Changes what the patch holds, and leaves the rest as it is.
            ///
            /// # Errors
            /// When an object that was absent is not sent whole.
            fn apply(self, row: &mut Self::Row) -> Result<(), Missing>;
        }

        /// A partial change of an object inside a model.
        pub trait Part: Patch {
            /// The object where there was none.
            ///
            /// # Errors
            /// When a member that it needs is left out.
            fn make(self) -> Result<Self::Row, Missing>;
        }

        /// JSON pointer of a member that something new needs.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Missing(pub String);

        impl Missing {
            /// The pointer as seen from the object around.
            #[must_use]
            pub fn under(self, member: &str) -> Self { Self(format!("/{member}{}", self.0)) }
        }
    }
}

/// Every patch of a table, and the patches inside.
pub(crate) fn module(document: &Value, types: &Types, rows: &[&str]) -> TokenStream {
    let mut patches = BTreeMap::new();
    for row in rows {
        find(document, row, false, &mut patches);
    }
    let impls = patches.iter().map(|(row, is_part)| Pair { document, types, row }.emit(*is_part));
    quote! {
        #![doc = " Partial changes, as RFC 7396 merges them."]
        #[allow(unused_imports)]
        use super::{Missing, Part, Patch};
        #[allow(unused_imports)]
        use generated_models as models;
        #(#impls)*
    }
}

fn properties<'a>(document: &'a Value, schema: &str) -> Option<&'a serde_json::Map<String, Value>> {
    document["components"]["schemas"][schema]["properties"].as_object()
}

fn find(document: &Value, row: &str, is_part: bool, patches: &mut BTreeMap<String, bool>) {
    let Some(members) = properties(document, &format!("{row}Patch")) else { return };
    if patches.insert(row.into(), is_part).is_none() {
        members.values().filter_map(inside).for_each(|part| find(document, part, true, patches));
    }
}

/// The object that a member changes, where it is a patch itself.
fn inside(member: &Value) -> Option<&str> {
    ref_name(bare(member))?.strip_suffix("Patch")
}

/// `X` and `XPatch`.
struct Pair<'a> {
    document: &'a Value,
    types: &'a Types,
    row: &'a str,
}

impl Pair<'_> {
    fn emit(&self, is_part: bool) -> TokenStream {
        let patch_name = format!("{}Patch", self.row);
        let (row, patch) = (rust::pascal(self.row), rust::pascal(&patch_name));
        let Some(members) = properties(self.document, &patch_name) else { return quote!() };
        let moves = members.iter().map(|(key, member)| self.member(&patch_name, key, member));
        let part = is_part.then(|| self.part(&patch_name));
        quote! {
            impl Patch for models::#patch {
                type Row = models::#row;
                fn apply(self, row: &mut models::#row) -> Result<(), Missing> {
                    #(#moves)*
                    Ok(())
                }
            }
            #part
        }
    }

    fn member(&self, patch: &str, key: &str, member: &Value) -> TokenStream {
        let field = rust::snake(key);
        let (optional, nullable) = (self.types.is_optional(self.row, key), self.types.is_nullable(self.row, key));
        let set = match (inside(member), optional) {
            (Some(_), true) => quote!(match &mut row.#field {
                Some(old) => value.apply(old),
                None => value.make().map(|new| row.#field = Some(new)),
            }.map_err(|m| m.under(#key))?;),
            (Some(_), false) => quote!(value.apply(&mut row.#field).map_err(|m| m.under(#key))?;),
            (None, true) => quote!(row.#field = Some(value);),
            (None, false) if nullable => quote!(row.#field = models::Nullable::Value(value);),
            (None, false) => quote!(row.#field = value;),
        };
        if !self.types.is_nullable(patch, key) {
            return quote!(if let Some(value) = self.#field { #set });
        }
        let clear = if nullable { quote!(models::Nullable::Null) } else { quote!(None) };
        quote!(match self.#field {
            models::Nullable::Absent => {}
            models::Nullable::Null => row.#field = #clear,
            models::Nullable::Value(value) => { #set }
        })
    }

    fn part(&self, patch_name: &str) -> TokenStream {
        let (row, patch) = (rust::pascal(self.row), rust::pascal(patch_name));
        let Some(members) = properties(self.document, self.row) else { return quote!() };
        let fields = members.keys().map(|key| {
            let (field, value) = (rust::snake(key), self.made(patch_name, key));
            quote!(#field: #value)
        });
        quote! {
            impl Part for models::#patch {
                fn make(self) -> Result<models::#row, Missing> { Ok(models::#row { #(#fields),* }) }
            }
        }
    }

    /// The value of a member where there was none.
    fn made(&self, patch: &str, key: &str) -> TokenStream {
        let field = rust::snake(key);
        let (optional, nullable) = (self.types.is_optional(self.row, key), self.types.is_nullable(self.row, key));
        let missing = quote!(Missing(String::new()).under(#key));
        let Some(member) = properties(self.document, patch).and_then(|p| p.get(key)) else {
            return match (optional, nullable) {
                (true, _) => quote!(None),
                (_, true) => quote!(models::Nullable::Absent),
                _ => quote!(return Err(#missing)),
            };
        };
        if nullable && self.types.is_nullable(patch, key) {
            return quote!(self.#field);
        }
        let given =
            if self.types.is_nullable(patch, key) { quote!(self.#field.into_value()) } else { quote!(self.#field) };
        let given = match inside(member) {
            Some(_) => quote!(#given.map(Part::make).transpose().map_err(|m| m.under(#key))?),
            None => given,
        };
        match (optional, nullable) {
            (true, _) => given,
            (_, true) => quote!(#given.map_or(models::Nullable::Absent, models::Nullable::Value)),
            _ => quote!(#given.ok_or_else(|| #missing)?),
        }
    }
}
