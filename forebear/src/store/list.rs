//! Filters of paged lists: which query parameter tests which indexed column.
//!
//! A filter is named as its column in kebab-case; `x-prefix` tests the beginning of `x`. What names no index is a lint error,
//! so every branch of a list rests on an index by construction.

use super::{Column, Index, Kind, Side, Table};
use crate::{
    api::{Operation, Param, ref_name},
    rust,
};
use heck::ToKebabCase;
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

/// What a filter rests on.
#[derive(Debug, Clone)]
pub enum Target<'a> {
    /// Equality with an indexed column.
    Equal(&'a Column),
    /// Beginning of an indexed text, as it is stored.
    Prefix(&'a Column),
    /// Beginning of an indexed text, ignoring case and accents.
    Fold(&'a Column),
    /// Words of a text.
    Words(&'a Side),
    /// Values in a list.
    Side(&'a Side),
}

/// Whether `name` is a paging parameter and not a filter.
#[must_use]
pub fn is_paging(name: &str) -> bool {
    matches!(name, "limit" | "page-token")
}

/// The table whose rows a paged operation lists.
#[must_use]
pub fn table_of<'a>(operation: &Operation, document: &Value, tables: &'a [Table]) -> Option<&'a Table> {
    let page = &document["components"]["schemas"][operation.response()?];
    let row = ref_name(&page["properties"]["items"]["items"])?;
    tables.iter().find(|t| t.schema == row)
}

/// The index behind a filter parameter.
#[must_use]
pub fn target<'a>(param: &str, table: &'a Table) -> Option<Target<'a>> {
    for column in &table.columns {
        let leaf = column.path.last().map(|l| l.to_kebab_case()).unwrap_or_default();
        let names = [leaf, column.name.to_kebab_case()];
        match column.index {
            Some(Index::Prefix) if names.iter().any(|n| n == param) => return Some(Target::Fold(column)),
            Some(Index::Words) if names.iter().any(|n| n == param) => {
                return table.sides.iter().find(|s| s.item.is_none() && s.path == column.path).map(Target::Words);
            }
            Some(Index::Equal) | None if column.key || column.unique || column.index.is_some() => {
                if names.iter().any(|n| n == param) {
                    return Some(Target::Equal(column));
                }
                if names.iter().any(|n| Some(n.as_str()) == param.strip_suffix("-prefix")) {
                    return Some(Target::Prefix(column));
                }
            }
            _ => {}
        }
    }
    table.sides.iter().find(|s| s.item.as_ref().is_some_and(|i| i.to_kebab_case() == param)).map(Target::Side)
}

/// Names of everything that a list of `table` may be filtered by.
#[must_use]
pub fn filterable(table: &Table) -> Vec<String> {
    let columns = table.columns.iter().filter(|c| c.key || c.unique || c.index.is_some());
    let lists = table.sides.iter().filter_map(|s| s.item.as_ref());
    columns.filter_map(|c| c.path.last()).chain(lists).map(|n| n.to_kebab_case()).collect()
}

/// `impl List` for the query of one paged operation.
#[must_use]
pub fn implementation(operation: &Operation, document: &Value, tables: &[Table]) -> Option<TokenStream> {
    let table = table_of(operation, document, tables)?;
    let (query, row) = (rust::pascal(&format!("{}-query", operation.id)), rust::pascal(&table.schema));
    let filters =
        operation.params_in("query").filter(|p| !is_paging(&p.name)).filter_map(|p| filter(p, document, table));
    Some(quote! {
        impl List for crate::op::#query {
            type Row = models::#row;
            fn filters(&self) -> Vec<Filter> {
                let mut filters = vec![];
                #(#filters)*
                filters
            }
            fn limit(&self) -> u32 { self.limit.to_string().parse().unwrap_or(50) }
            fn page_token(&self) -> Option<&str> { self.page_token.as_deref().map(String::as_str) }
        }
    })
}

fn filter(param: &Param, document: &Value, table: &Table) -> Option<TokenStream> {
    let field = rust::snake(&param.name);
    let is_list = crate::api::resolve(document, &param.schema)["type"] == "array";
    let (test, cell) = match target(&param.name, table)? {
        Target::Equal(c) => {
            let name = &c.name;
            (quote!(Test::In(#name)), cell(&c.kind))
        }
        Target::Prefix(c) => {
            let name = &c.name;
            (quote!(Test::Prefix(#name)), quote!(Cell::text(Some(v))))
        }
        Target::Fold(c) => {
            let name = format!("{}_fold", c.name);
            (quote!(Test::Prefix(#name)), quote!(Cell::text(Some(fold(&v.to_string())))))
        }
        Target::Words(s) => {
            let name = &s.name;
            (quote!(Test::Words(#name)), quote!(Cell::text(Some(v))))
        }
        Target::Side(s) => {
            let name = &s.name;
            (quote!(Test::Side(#name)), quote!(Cell::text(Some(v))))
        }
    };
    let values = if is_list {
        quote!(values.iter().map(|v| #cell).collect())
    } else {
        quote!({
            let v = values;
            vec![#cell]
        })
    };
    let name = &param.name;
    Some(quote! {
        if let Some(values) = &self.#field {
            filters.push(Filter { name: #name, test: #test, values: #values });
        }
    })
}

fn cell(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Int => quote!(Cell::int(Some(v))),
        Kind::Bool => quote!(Cell::flag(Some(v))),
        Kind::Timestamp => quote!(Cell::stamp(Some(v))),
        _ => quote!(Cell::text(Some(v))),
    }
}
