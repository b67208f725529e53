//! Types that typify names alike although they are not the same. Lint knows the causes it can see; this is the net below it.

use quote::ToTokens;
use std::collections::BTreeSet;

/// What a file declares twice, if anything.
pub(crate) fn declared(file: &syn::File) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut items = file.items.iter().filter_map(name);
    items.find(|name| !seen.insert(name.clone())).or_else(|| file.items.iter().find_map(inside))
}

fn name(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Struct(i) => Some(format!("the type `{}`", i.ident)),
        syn::Item::Enum(i) => Some(format!("the type `{}`", i.ident)),
        syn::Item::Type(i) => Some(format!("the type `{}`", i.ident)),
        syn::Item::Mod(i) => Some(format!("the module `{}`", i.ident)),
        syn::Item::Impl(i) => {
            let (_, path, _) = i.trait_.as_ref()?;
            Some(format!("`{}` of `{}`", path.to_token_stream(), i.self_ty.to_token_stream()))
        }
        _ => None,
    }
}

/// A field or variant that is there twice.
fn inside(item: &syn::Item) -> Option<String> {
    let (owner, names): (_, Vec<_>) = match item {
        syn::Item::Struct(i) => (&i.ident, i.fields.iter().filter_map(|f| f.ident.as_ref()).collect()),
        syn::Item::Enum(i) => (&i.ident, i.variants.iter().map(|v| &v.ident).collect()),
        _ => return None,
    };
    let mut seen = BTreeSet::new();
    names.into_iter().find(|n| !seen.insert(*n)).map(|n| format!("`{n}` of the type `{owner}`"))
}
