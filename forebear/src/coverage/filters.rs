//! The filters of a list, each with the index that it rests on, by the names that the DDL gives them.

use crate::{
    api::{Operation, resolve},
    store::{
        Column, Table,
        list::{Target, is_paging, table_of, target},
    },
};
use serde::Serialize;
use serde_json::Value;

/// One filter.
#[derive(Debug, Serialize)]
pub struct Filter {
    /// Query parameter.
    pub parameter: String,
    /// `equals`, `begins` (as written), `begins-folded` (whatever case and accents), `words` or `contains` (an item of a list).
    pub test: &'static str,
    /// Whether it may be repeated.
    pub repeated: bool,
    /// `table.column`.
    pub column: Option<String>,
    /// Index or constraint; none is a scan, which lint refuses.
    pub index: Option<String>,
}

/// The filters of one operation; none if it is no paged list.
pub(super) fn of(document: &Value, operation: &Operation, tables: &[Table]) -> Vec<Filter> {
    if !operation.page {
        return vec![];
    }
    let table = table_of(operation, document, tables);
    let filters = operation.params_in("query").filter(|p| !is_paging(&p.name));
    let one = |p: &crate::api::Param| {
        let (test, column, index) = table.and_then(|t| rest(t, &p.name)).unwrap_or(("unknown", None, None));
        let repeated = resolve(document, &p.schema)["type"] == "array";
        Filter { parameter: p.name.clone(), test, repeated, column, index }
    };
    filters.map(one).collect()
}

type Rest = (&'static str, Option<String>, Option<String>);

fn rest(table: &Table, parameter: &str) -> Option<Rest> {
    let name = &table.name;
    let column = |c: &Column, suffix: &str| Some(format!("{name}.{}{suffix}", c.name));
    Some(match target(parameter, table)? {
        Target::Equal(c) => ("equals", column(c, ""), index(table, c)),
        Target::Prefix(c) => ("begins", column(c, ""), index(table, c)),
        Target::Fold(c) => ("begins-folded", column(c, "_fold"), index(table, c)),
        Target::Words(side) => ("words", Some(format!("{}.value", side.name)), Some(format!("pk_{}", side.name))),
        Target::Side(side) => ("contains", Some(format!("{}.value", side.name)), Some(format!("pk_{}", side.name))),
    })
}

/// Name of the index of a column, as the DDL gives it.
fn index(table: &Table, column: &Column) -> Option<String> {
    match column {
        c if c.key => Some(format!("pk_{}", table.name)),
        c if c.unique => Some(format!("ux_{}_{}", table.name, c.name)),
        c => c.index.map(|_| format!("ix_{}_{}", table.name, c.name)),
    }
}
