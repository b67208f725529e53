//! What the compiler would refuse and a syntax check does not see: names that are there twice, and names that are not there.

use quote::ToTokens;
use std::collections::BTreeSet;
use syn::{
    Attribute, Fields, File, ImplItem, Item, TraitItem,
    visit::{self, Visit},
};

/// Types that a file declares at its top.
pub fn types(file: &File) -> BTreeSet<String> {
    let name = |item: &Item| match item {
        Item::Struct(i) => Some(i.ident.to_string()),
        Item::Enum(i) => Some(i.ident.to_string()),
        Item::Type(i) => Some(i.ident.to_string()),
        _ => None,
    };
    file.items.iter().filter_map(name).collect()
}

/// Every name that is declared twice in one place.
pub fn duplicates(file: &File) -> Vec<String> {
    let mut finder = Finder::default();
    finder.items("", &file.items);
    finder.visit_file(file);
    finder.found
}

/// Types that stand after `qualifier::`.
pub fn used(file: &File, qualifier: &str) -> BTreeSet<String> {
    let mut names = Names { qualifier, found: BTreeSet::new() };
    names.visit_file(file);
    names.found.into_iter().filter(|n| n.starts_with(char::is_uppercase)).collect()
}

struct Names<'a> {
    qualifier: &'a str,
    found: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        if let Some(i) = names.iter().position(|n| n == self.qualifier)
            && let Some(next) = names.get(i + 1)
        {
            self.found.insert(next.clone());
        }
        visit::visit_path(self, path);
    }
}

#[derive(Default)]
struct Finder {
    found: Vec<String>,
}

impl Finder {
    fn note(&mut self, seen: &mut BTreeSet<String>, what: String) {
        if !seen.insert(what.clone()) {
            self.found.push(what);
        }
    }

    fn items(&mut self, place: &str, items: &[Item]) {
        let mut seen = BTreeSet::new();
        for item in items {
            for what in names(item) {
                self.note(&mut seen, format!("{place}: {what}"));
            }
            if let Item::Mod(module) = item {
                let inner = module.content.as_ref().map_or(&[][..], |c| &c.1);
                self.items(&format!("{place}::{}", module.ident), inner);
            }
        }
    }
}

/// What one item declares, with its name space.
fn names(item: &Item) -> Vec<String> {
    match item {
        Item::Struct(i) => {
            // a tuple struct is a function too
            let value = matches!(i.fields, Fields::Unnamed(_) | Fields::Unit).then(|| format!("value {}", i.ident));
            [Some(format!("type {}", i.ident)), value].into_iter().flatten().collect()
        }
        Item::Enum(i) => vec![format!("type {}", i.ident)],
        Item::Type(i) => vec![format!("type {}", i.ident)],
        Item::Trait(i) => vec![format!("type {}", i.ident)],
        Item::Mod(i) => vec![format!("type {}", i.ident)],
        Item::Fn(i) => vec![format!("value {}", i.sig.ident)],
        Item::Const(i) if i.ident != "_" => vec![format!("value {}", i.ident)],
        Item::Static(i) => vec![format!("value {}", i.ident)],
        Item::Impl(i) => {
            let owner = i.self_ty.to_token_stream();
            match &i.trait_ {
                Some((_, path, _)) => vec![format!("impl {} for {owner}", path.to_token_stream())],
                None => i.items.iter().filter_map(|f| Some(format!("method {owner}::{}", method(f)?))).collect(),
            }
        }
        _ => vec![],
    }
}

fn method(item: &ImplItem) -> Option<String> {
    match item {
        ImplItem::Fn(f) => Some(f.sig.ident.to_string()),
        ImplItem::Const(c) => Some(c.ident.to_string()),
        _ => None,
    }
}

/// The name by which serde knows a field or variant.
fn renamed(attributes: &[Attribute]) -> Option<String> {
    let serde = attributes.iter().find(|a| a.path().is_ident("serde"))?.to_token_stream().to_string();
    Some(serde.split("rename = \"").nth(1)?.split('"').next()?.to_string())
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        let (mut seen, mut wire) = (BTreeSet::new(), BTreeSet::new());
        for variant in &item.variants {
            self.note(&mut seen, format!("variant {}::{}", item.ident, variant.ident));
            if let Some(name) = renamed(&variant.attrs) {
                self.note(&mut wire, format!("variant of {} called {name}", item.ident));
            }
        }
        visit::visit_item_enum(self, item);
    }

    fn visit_fields_named(&mut self, fields: &'ast syn::FieldsNamed) {
        let mut seen = BTreeSet::new();
        for name in fields.named.iter().filter_map(|f| f.ident.as_ref()) {
            self.note(&mut seen, format!("field {name}"));
        }
        visit::visit_fields_named(self, fields);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        let mut seen = BTreeSet::new();
        for part in &item.items {
            if let TraitItem::Fn(f) = part {
                self.note(&mut seen, format!("method {}::{}", item.ident, f.sig.ident));
            }
        }
        visit::visit_item_trait(self, item);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        let mut seen = BTreeSet::new();
        for input in &signature.inputs {
            if let syn::FnArg::Typed(typed) = input
                && let syn::Pat::Ident(name) = &*typed.pat
                && name.ident != "_"
            {
                self.note(&mut seen, format!("argument {} of {}", name.ident, signature.ident));
            }
        }
        visit::visit_signature(self, signature);
    }
}
