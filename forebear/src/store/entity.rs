//! The Rust side of the mapping: `from_row`, `values`, and how a row is made from a request.

use super::{Index, Kind, Table, ddl::Dialect};
use crate::{
    api::{ref_name, resolve},
    lower::request_view,
    rust,
    types::Types,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

/// What the emitters of one table need.
pub struct Mapping<'a> {
    /// The source document.
    pub document: &'a Value,
    /// Facts about the model types.
    pub types: &'a Types,
    /// The table.
    pub table: &'a Table,
}

/// The trait and the structs that every mapping implements.
#[must_use]
pub fn traits() -> TokenStream {
    let patches = super::patch::traits();
    quote! {
        use forebear_runtime::store::{CellError, Cells, Filter, Form, SideRows, Table};

        /// A model with a table.
        pub trait Entity: serde::Serialize + Clone + Send + Sync + 'static {
            /// Its table.
            const TABLE: &'static Table;
            /// Reads a row whose cells are in the order of the table's columns.
            ///
            /// # Errors
            /// When a cell breaks its type, or the row a constraint of the document.
            fn from_row(cells: &Cells<'_>) -> Result<Self, CellError>;
            /// The values of the columns, in the order of the table.
            fn values<F: Form>(&self) -> Vec<F>;
            /// Primary key.
            fn key(&self) -> String;
            /// Counts the changes of the row, from 1.
            fn version(&self) -> i64;
            /// Sets version and time of the last change.
            fn touch(&mut self, version: i64, now: chrono::DateTime<chrono::Utc>);
            /// Takes over what a row keeps from its first version on.
            fn inherit(&mut self, before: &Self);
            /// Rows of the side tables.
            fn sides(&self) -> Vec<SideRows> { vec![] }
        }

        /// The query of a paged list.
        pub trait List {
            /// What the list holds.
            type Row: Entity;
            /// The filters that were given; a row must pass all of them.
            fn filters(&self) -> Vec<Filter>;
            /// Most rows on the page.
            fn limit(&self) -> u32;
            /// Where the page begins.
            fn page_token(&self) -> Option<&str>;
        }

        #patches
    }
}

/// One table's module.
#[must_use]
pub fn module(m: &Mapping<'_>) -> TokenStream {
    let row = rust::pascal(&m.table.schema);
    let (table, from, to, sides) = (table(m), m.read(), m.write(), m.sides());
    let key = m.access(&m.table.key().path);
    let assigned = m.assigned();
    quote! {
        use super::Entity;
        use forebear_runtime::store::{CellError, Cells, Column, Form, SideRows, Table, fold, words};
        use generated_models as models;

        impl Entity for models::#row {
            const TABLE: &'static Table = &#table;
            fn from_row(cells: &Cells<'_>) -> Result<Self, CellError> {
                let row = #from;
                match models::Validate::validate(&row).first() {
                    None => Ok(row),
                    Some(broken) => Err(Self::TABLE.broken(&broken.pointer, broken.code)),
                }
            }
            fn values<F: Form>(&self) -> Vec<F> { Vec::from([#(#to),*]) }
            fn key(&self) -> String { #key.map(ToString::to_string).unwrap_or_default() }
            fn version(&self) -> i64 { self.version }
            fn touch(&mut self, version: i64, now: chrono::DateTime<chrono::Utc>) {
                self.version = version;
                self.updated_at = now.into();
            }
            fn inherit(&mut self, before: &Self) { self.created_at = before.created_at.clone(); }
            #sides
        }
        #assigned
    }
}

fn table(m: &Mapping<'_>) -> TokenStream {
    let (name, noun) = (&m.table.name, heck::ToTitleCase::to_title_case(m.table.schema.as_str()).to_lowercase());
    let key = &m.table.key().name;
    let columns = stored(m.table)
        .into_iter()
        .map(|(name, path, sensitive)| quote!(Column { name: #name, pointer: #path, sensitive: #sensitive }));
    let sides = m.table.sides.iter().map(|s| &s.name);
    let names: Vec<String> = stored(m.table).into_iter().map(|c| c.0).collect();
    let marks: Vec<String> = (1..=names.len()).map(|i| format!(":{i}")).collect();
    let sets: Vec<String> = names.iter().zip(&marks).map(|(n, m)| format!("{n} = {m}")).collect();
    let (k, v) = (names.len() + 1, names.len() + 2);
    let list = names.join(", ");
    let select = format!("SELECT {list} FROM {name}");
    let insert = format!("INSERT INTO {name} ({list}) VALUES ({})", marks.join(", "));
    let update = format!("UPDATE {name} SET {} WHERE {key} = :{k} AND version = :{v}", sets.join(", "));
    let delete = format!("DELETE FROM {name} WHERE {key} = :1 AND version = :2");
    quote!(Table {
        name: #name, noun: #noun, key: #key, columns: &[#(#columns),*], sides: &[#(#sides),*],
        select: #select, insert: #insert, update: #update, delete: #delete,
    })
}

/// Columns as stored, with the folded twins: name, JSON pointer, sensitive.
fn stored(table: &Table) -> Vec<(String, String, bool)> {
    let mut out = vec![];
    for c in &table.columns {
        let pointer = format!("/{}", c.path.join("/"));
        out.push((c.name.clone(), pointer.clone(), c.sensitive));
        if c.index == Some(Index::Prefix) {
            out.push((format!("{}_fold", c.name), pointer, c.sensitive));
        }
    }
    out
}

impl Mapping<'_> {
    fn schema(&self) -> &Value {
        &self.document["components"]["schemas"][&self.table.schema]
    }

    fn read(&self) -> TokenStream {
        let mut at = 0;
        let name = self.table.schema.clone();
        self.read_object(&name, self.schema(), &[], &mut at)
    }

    fn read_object(&self, owner: &str, schema: &Value, path: &[String], at: &mut usize) -> TokenStream {
        let ty = rust::pascal(owner);
        let fields: Vec<TokenStream> = schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, property)| {
                let field = rust::snake(key);
                let path: Vec<String> = path.iter().cloned().chain([key.clone()]).collect();
                let value = self.read_field(owner, key, property, &path, at);
                quote!(#field: #value)
            })
            .collect();
        quote!(models::#ty { #(#fields),* })
    }

    fn read_field(&self, owner: &str, key: &str, property: &Value, path: &[String], at: &mut usize) -> TokenStream {
        let optional = self.types.is_optional(owner, key);
        if let Some(column) = self.table.columns.iter().find(|c| c.path == path) {
            let i = *at;
            *at += if column.index == Some(Index::Prefix) { 2 } else { 1 };
            let method = match (&column.kind, optional) {
                (Kind::Int, false) => "int",
                (Kind::Int, true) => "int_opt",
                (Kind::Bool, false) => "flag",
                (Kind::Bool, true) => "flag_opt",
                (Kind::Json, false) => "json",
                (Kind::Json, true) => "json_opt",
                (_, false) => "text",
                (_, true) => "text_opt",
            };
            let method = format_ident!("{method}");
            return quote!(cells.#method(#i)?);
        }
        let Some(inner) = ref_name(property) else { return quote!(Default::default()) };
        let first = *at;
        let object = self.read_object(inner, &self.document["components"]["schemas"][inner], path, at);
        let last = *at;
        if optional { quote!(if cells.any(#first..#last)? { Some(#object) } else { None }) } else { object }
    }

    fn write(&self) -> Vec<TokenStream> {
        let mut out = vec![];
        for c in &self.table.columns {
            let value = self.access(&c.path);
            out.push(match c.kind {
                Kind::Int => quote!(F::int(#value)),
                Kind::Bool => quote!(F::flag(#value)),
                Kind::Json => quote!(F::json(#value)),
                Kind::Timestamp => quote!(F::stamp(#value)),
                _ => quote!(F::text(#value)),
            });
            if c.index == Some(Index::Prefix) {
                out.push(quote!(F::text(#value.map(|v| fold(&v.to_string())))));
            }
        }
        out
    }

    /// `Option<&T>` of the value at `path`.
    fn access(&self, path: &[String]) -> TokenStream {
        let mut owner = self.table.schema.clone();
        let mut expr = quote!(Some(self));
        for key in path {
            let field = rust::snake(key);
            expr = if self.types.is_optional(&owner, key) {
                quote!(#expr.and_then(|v| v.#field.as_ref()))
            } else {
                quote!(#expr.map(|v| &v.#field))
            };
            let property = &self.document["components"]["schemas"][&owner]["properties"][key];
            owner = ref_name(property).unwrap_or_default().to_string();
        }
        expr
    }

    fn sides(&self) -> TokenStream {
        if self.table.sides.is_empty() {
            return quote!();
        }
        let rows = self.table.sides.iter().map(|side| {
            let (name, value) = (&side.name, self.access(&side.path));
            match &side.item {
                None => quote!(SideRows { table: #name, values: #value.map(|v| words(&v.to_string())).unwrap_or_default() }),
                Some(item) => {
                    let item = rust::snake(item); // lint: the member is required
                    quote!(SideRows { table: #name, values: #value.map(|l| l.iter().map(|i| i.#item.to_string()).collect()).unwrap_or_default() })
                }
            }
        });
        quote!(fn sides(&self) -> Vec<SideRows> { Vec::from([#(#rows),*]) })
    }

    /// `XAssigned`: what the server adds to a `NewX` to make a row.
    fn assigned(&self) -> TokenStream {
        let view = request_view(self.document, &self.table.schema);
        if view == self.table.schema || !self.is_request_body() {
            return quote!();
        }
        let (row, new) = (rust::pascal(&self.table.schema), rust::pascal(&view));
        let assigned = format_ident!("{row}Assigned");
        let properties: Vec<(&String, &Value)> =
            self.schema()["properties"].as_object().into_iter().flatten().collect();
        let ours = ["version", "created_at", "updated_at"];
        let mut members = vec![];
        let mut fields = vec![];
        for (key, property) in properties {
            let field = rust::snake(key);
            if property["readOnly"] != true {
                fields.push(quote!(#field: new.#field));
            } else if key == "version" {
                fields.push(quote!(#field: 1));
            } else if ours.contains(&key.as_str()) {
                fields.push(quote!(#field: now.into()));
            } else {
                let Some(ty) = self.types.field(&self.table.schema, key).map(|ty| self.types.outside(ty)) else {
                    continue;
                };
                members.push(quote!(#[doc = "Assigned by the server."] pub #field: #ty));
                fields.push(quote!(#field: self.#field));
            }
        }
        quote! {
            /// What the server assigns when it makes this row.
            #[derive(Debug, Clone)]
            pub struct #assigned { #(#members),* }
            impl #assigned {
                /// The first version of the row.
                #[must_use]
                pub fn complete(self, new: models::#new, now: chrono::DateTime<chrono::Utc>) -> models::#row {
                    models::#row { #(#fields),* }
                }
            }
        }
    }

    fn is_request_body(&self) -> bool {
        let reference = format!("#/components/schemas/{}", self.table.schema);
        self.document["paths"]
            .as_object()
            .into_iter()
            .flatten()
            .flat_map(|(_, item)| item.as_object().into_iter().flatten())
            .any(|(_, op)| {
                let body = resolve(self.document, &op["requestBody"]);
                body["content"].as_object().into_iter().flatten().any(|(_, m)| m["schema"]["$ref"] == reference)
            })
    }
}

/// The DDL of every table, for tests and tools.
#[must_use]
pub fn ddl_constants(tables: &[Table]) -> TokenStream {
    let (sqlite, oracle) =
        (super::ddl::statements(tables, Dialect::Sqlite), super::ddl::statements(tables, Dialect::Oracle));
    quote! {
        /// Statements that create every table in SQLite.
        pub const DDL_SQLITE: &[&str] = &[#(#sqlite),*];
        /// Statements that create every table in Oracle.
        pub const DDL_ORACLE: &[&str] = &[#(#oracle),*];
    }
}
