//! Names that a Rust file defines twice, which no parser notices.

use quote::ToTokens;
use std::collections::HashSet;

/// Whether every name is defined once.
pub fn none(file: &syn::File) -> Result<(), String> {
    items(&file.items)
}

fn items(all: &[syn::Item]) -> Result<(), String> {
    let (mut types, mut values, mut impls) = (Names::default(), Names::default(), Names::default());
    for item in all {
        match item {
            syn::Item::Struct(s) => {
                types.add(&s.ident)?;
                fields(&s.fields)?;
            }
            syn::Item::Enum(e) => {
                types.add(&e.ident)?;
                let mut variants = Names::default();
                for variant in &e.variants {
                    variants.add(&variant.ident)?;
                    fields(&variant.fields)?;
                }
            }
            syn::Item::Trait(t) => {
                types.add(&t.ident)?;
                let mut members = Names::default();
                for member in &t.items {
                    if let syn::TraitItem::Fn(f) = member {
                        members.add(&f.sig.ident)?;
                        arguments(&f.sig)?;
                    }
                }
            }
            syn::Item::Type(t) => types.add(&t.ident)?,
            syn::Item::Mod(m) => {
                types.add(&m.ident)?;
                m.content.iter().try_for_each(|(_, inner)| items(inner))?;
            }
            syn::Item::Fn(f) => {
                values.add(&f.sig.ident)?;
                arguments(&f.sig)?;
            }
            syn::Item::Const(c) => values.add(&c.ident)?,
            syn::Item::Static(s) => values.add(&s.ident)?,
            syn::Item::Impl(i) => implementation(i, &mut impls)?,
            _ => {}
        }
    }
    Ok(())
}

fn implementation(item: &syn::ItemImpl, seen: &mut Names) -> Result<(), String> {
    if let Some((_, path, _)) = &item.trait_ {
        seen.add(&format!("{} for {}", path.to_token_stream(), item.self_ty.to_token_stream()))?;
    }
    let mut members = Names::default();
    for member in &item.items {
        if let syn::ImplItem::Fn(f) = member {
            members.add(&f.sig.ident)?;
            arguments(&f.sig)?;
        }
    }
    Ok(())
}

fn fields(fields: &syn::Fields) -> Result<(), String> {
    let mut names = Names::default();
    fields.iter().filter_map(|f| f.ident.as_ref()).try_for_each(|ident| names.add(ident))
}

fn arguments(signature: &syn::Signature) -> Result<(), String> {
    let mut names = Names::default();
    for argument in &signature.inputs {
        if let syn::FnArg::Typed(typed) = argument
            && let syn::Pat::Ident(pattern) = &*typed.pat
        {
            names.add(&pattern.ident)?;
        }
    }
    Ok(())
}

#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    fn add(&mut self, name: &impl ToString) -> Result<(), String> {
        let name = name.to_string();
        if name == "_" || self.0.insert(name.clone()) { Ok(()) } else { Err(format!("`{name}` is defined twice")) }
    }
}
