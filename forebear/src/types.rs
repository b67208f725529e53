//! Facts about the types that typify wrote: which fields they have, of which type.
//!
//! The emitters ask here instead of guessing typify's rules from the schema a second time.

use crate::rust;
use quote::ToTokens;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit_mut::VisitMut;

/// What the emitters must know about the types that typify wrote.
#[derive(Debug, Default)]
pub struct Types {
    /// Fields of each struct with their types.
    fields: BTreeMap<String, BTreeMap<String, syn::Type>>,
    /// Every type of the models crate.
    names: BTreeSet<String>,
    /// Those that are read from text.
    parsable: BTreeSet<String>,
}

impl Types {
    /// The facts of a file.
    #[must_use]
    pub fn of(file: &syn::File) -> Self {
        let mut types = Self { parsable: implementing(file, "FromStr"), ..Self::default() };
        for item in &file.items {
            match item {
                syn::Item::Struct(s) => {
                    let fields = s.fields.iter().filter_map(|f| Some((f.ident.as_ref()?.to_string(), f.ty.clone())));
                    types.fields.insert(s.ident.to_string(), fields.collect());
                    types.names.insert(s.ident.to_string());
                }
                syn::Item::Enum(e) => {
                    types.names.insert(e.ident.to_string());
                }
                _ => {}
            }
        }
        types
    }

    /// The type of a field of component `schema`, if typify made a struct of it.
    #[must_use]
    pub fn field(&self, schema: &str, field: &str) -> Option<&syn::Type> {
        self.fields.get(&rust::pascal(schema).to_string())?.get(&rust::snake(field).to_string())
    }

    /// Whether `field` of the type of component `schema` is an `Option`.
    #[must_use]
    pub fn is_optional(&self, schema: &str, field: &str) -> bool {
        self.field(schema, field).is_some_and(is_option)
    }

    /// Whether `field` of the type of component `schema` tells absent and `null` apart.
    #[must_use]
    pub fn is_nullable(&self, schema: &str, field: &str) -> bool {
        self.field(schema, field).is_some_and(|ty| argument(ty, "Nullable").is_some())
    }

    /// Every type of the models crate.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether there is a type of component `schema`.
    #[must_use]
    pub fn has(&self, schema: &str) -> bool {
        self.names.contains(&rust::pascal(schema).to_string())
    }

    /// Whether the type of component `schema` has `FromStr`.
    #[must_use]
    pub fn is_parsable(&self, schema: &str) -> bool {
        self.parsable.contains(&rust::pascal(schema).to_string())
    }

    /// The type of a field as another crate writes it, with the models crate as `models`.
    #[must_use]
    pub fn outside(&self, ty: &syn::Type) -> syn::Type {
        let mut ty = ty.clone();
        Outside(&self.names).visit_type_mut(&mut ty);
        ty
    }
}

/// Puts `models::` before the models crate's own types.
struct Outside<'a>(&'a BTreeSet<String>);

impl VisitMut for Outside<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        syn::visit_mut::visit_path_mut(self, path);
        if path.leading_colon.is_none()
            && path.segments.len() == 1
            && self.0.contains(&path.segments[0].ident.to_string())
        {
            *path = syn::parse_quote!(models::#path);
        }
    }
}

/// What is inside an `Option` or a `Nullable`, or the type itself.
fn unwrapped(ty: &syn::Type) -> &syn::Type {
    argument(ty, "Option").or_else(|| argument(ty, "Nullable")).unwrap_or(ty)
}

/// Whether a member of a patch changes this member of the row: it has its type, or is the patch of it.
fn changes(row: &syn::Type, patch: &syn::Type) -> bool {
    let (row, patch) = (unwrapped(row), unwrapped(patch));
    let patch_of_row = || format!("{}Patch", row.to_token_stream()) == patch.to_token_stream().to_string();
    row == patch || patch_of_row()
}

/// Members whose types differ between a row and its `NewX` or `XPatch`, and patches that would overwrite what they leave out:
/// pointer and reason. Lint knows the causes; this is the net below it, so that no such document becomes code.
pub fn mismatches(document: &Value, types: &Types) -> Vec<(String, String)> {
    let mut found = vec![];
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        if schema.get("x-table").is_none() {
            continue;
        }
        for (view, is_patch) in [(format!("New{name}"), false), (format!("{name}Patch"), true)] {
            let Some(fields) = types.fields.get(&rust::pascal(&view).to_string()) else { continue };
            for (field, ty) in fields {
                let row = types.field(name, field);
                let same = |row: &syn::Type| if is_patch { changes(row, ty) } else { row == ty };
                let reason = match row {
                    Some(row) if !same(row) => "has another type there",
                    Some(_) if is_patch && unwrapped(ty) == ty => "would be overwritten by a patch that leaves it out",
                    Some(row) if is_patch && unwrapped(row) == row && !is_option(ty) => "cannot be `null` in the row",
                    Some(_) => continue,
                    None => "is not a member of the row",
                };
                let owner = if is_patch { &view } else { name };
                found.push((
                    format!("/components/schemas/{owner}/properties/{field}"),
                    format!("{view}.{field} {reason}"),
                ));
            }
        }
    }
    found
}

/// Whether the last segment of a path is `name`.
pub(crate) fn ends_with(path: &syn::Path, name: &str) -> bool {
    path.segments.last().is_some_and(|s| s.ident == name)
}

fn is_option(ty: &syn::Type) -> bool {
    argument(ty, "Option").is_some()
}

/// The last `T` of `Name<…, T>`.
pub(crate) fn argument<'a>(ty: &'a syn::Type, name: &str) -> Option<&'a syn::Type> {
    let syn::Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|_| ends_with(&path.path, name))?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.last()? {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    }
}

/// Names of the types for which a file implements `name`.
pub(crate) fn implementing(file: &syn::File, name: &str) -> BTreeSet<String> {
    let implemented = file.items.iter().filter_map(|item| match item {
        syn::Item::Impl(i) => i.trait_.as_ref().filter(|(_, path, _)| ends_with(path, name)).map(|_| &i.self_ty),
        _ => None,
    });
    implemented.map(|ty| ty.to_token_stream().to_string()).collect()
}
