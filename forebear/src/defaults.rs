//! Defaults that are objects, as the document writes them.
//!
//! Typify writes them as struct literals, which no longer fit where a member tells absent from `null`
//! ([`crate::absent`]); so they are read from their JSON instead.

use crate::{
    pairs::{Group, Pairs, serde},
    types::ends_with,
};
use quote::ToTokens;
use serde_json::Value;
use std::collections::BTreeMap;
use syn::visit_mut::VisitMut;

/// Rewrites the default values of a file.
pub(crate) fn rewrite(file: &mut syn::File, pairs: &Pairs<'_>) {
    let values = values(pairs);
    for item in &mut file.items {
        match item {
            syn::Item::Mod(module) if module.ident == "defaults" => {
                for item in module.content.iter_mut().flat_map(|(_, items)| items) {
                    if let syn::Item::Fn(f) = item
                        && let Some(value) = values.get(&f.sig.ident.to_string())
                    {
                        read_json(&mut f.block, value);
                    }
                }
            }
            syn::Item::Impl(i) if i.trait_.as_ref().is_some_and(|(_, path, _)| ends_with(path, "Default")) => {
                let schema = pairs.schema(&i.self_ty.to_token_stream().to_string());
                if let (Some(value), [syn::ImplItem::Fn(f)]) = (schema.get("default"), i.items.as_mut_slice()) {
                    read_json(&mut f.block, value);
                }
            }
            _ => {}
        }
    }
}

/// The default behind each function of the module `defaults`.
fn values(pairs: &Pairs<'_>) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let names: Vec<&str> = pairs.names().collect();
    for Group { parts, .. } in names.iter().flat_map(|name| pairs.groups(name)) {
        for part in parts {
            let function = serde(part.attrs).remove("default").unwrap_or_default();
            if let (Some(name), Some(value)) = (function.strip_prefix("defaults::"), part.schema.get("default")) {
                found.insert(name.to_string(), value.clone());
            }
        }
    }
    found
}

fn read_json(block: &mut syn::Block, value: &Value) {
    let mut literals = Literals(false);
    literals.visit_block_mut(block);
    if literals.0 {
        let text = value.to_string();
        *block = syn::parse_quote!({ ::serde_json::from_str(#text).expect("a default is a value of its schema") });
    }
}

/// Whether there is a struct literal.
struct Literals(bool);

impl VisitMut for Literals {
    fn visit_expr_struct_mut(&mut self, _: &mut syn::ExprStruct) {
        self.0 = true;
    }
}
