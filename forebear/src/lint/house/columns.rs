//! Columns: bounded and never empty texts, names that stay apart, indexes that an index can be made from.

use super::super::{
    follow::{Spot, component},
    map::Map,
    report::Report,
    schema::pattern,
};
use crate::{
    source::join,
    store::{self, Column, Index, Kind, Table},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Oracle's limit on `VARCHAR2` without extended types.
const MAX_TEXT: u32 = 4000;
/// Leaves room for the table and a prefix in the names of constraints.
const MAX_NAME: usize = 60;

/// Checks the columns of every table.
pub(super) fn check(map: &Map<'_>, tables: &[Table], report: &mut Report<'_>) {
    let (mut columns, mut items) = (BTreeSet::new(), BTreeSet::new());
    let mut names: BTreeMap<&str, &str> = tables.iter().map(|t| (t.name.as_str(), t.schema.as_str())).collect();
    for table in tables {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for column in &table.columns {
            let Some(property) = locate(map, &table.schema, &column.path) else { continue };
            columns.insert(property.pointer.clone());
            name(column, &property, &mut seen, report);
            text(map, column, &property, report);
            index(map, column, &property, report);
        }
        for side in &table.sides {
            let Some(list) = locate(map, &table.schema, &side.path) else { continue };
            if names.insert(&side.name, &table.schema).is_some() {
                let message = format!("the index needs a table `{}`, and that name is taken", side.name);
                report.add(&list.pointer, message, "rename the property, or the other table");
            }
            if let Some(item) = side.item.as_ref().and_then(|item| in_items(map, list, item)) {
                in_list(map, &item, report);
                items.insert(item.pointer);
            }
        }
    }
    stray(map, tables, &columns, &items, report);
}

/// The property that a column is made from.
fn locate<'a>(map: &Map<'a>, schema: &str, path: &[String]) -> Option<Spot<'a>> {
    let mut spot = component(map, schema)?;
    for (i, key) in path.iter().enumerate() {
        let owner = if i == 0 { spot } else { spot.bare(map.root)? };
        spot = owner.get("properties")?.get(key)?;
    }
    Some(spot)
}

fn in_items<'a>(map: &Map<'a>, list: Spot<'a>, item: &str) -> Option<Spot<'a>> {
    list.bare(map.root)?.get("items")?.bare(map.root)?.get("properties")?.get(item)
}

fn name(column: &Column, property: &Spot<'_>, seen: &mut BTreeMap<String, String>, report: &mut Report<'_>) {
    let path = column.path.join(".");
    if column.name.len() > MAX_NAME {
        let message = format!("the column `{}` of `{path}` has more than {MAX_NAME} characters", column.name);
        report.add(&property.pointer, message, "shorten the names on the way to it");
    }
    let folded = (column.index == Some(Index::Prefix)).then(|| format!("{}_fold", column.name));
    for name in std::iter::once(column.name.clone()).chain(folded) {
        if let Some(other) = seen.insert(name.clone(), path.clone()) {
            let message = format!("`{path}` and `{other}` both become the column `{name}`");
            report.add(&property.pointer, message, "rename one of the two");
        }
    }
}

fn text(map: &Map<'_>, column: &Column, property: &Spot<'_>, report: &mut Report<'_>) {
    let Some(schema) = property.clone().bare(map.root) else { return };
    let field = column.path.join(".");
    match &column.kind {
        Kind::Enum(values) if values.iter().any(String::is_empty) => {
            let message = format!("`{field}` may be an empty text, which Oracle stores as NULL");
            report.add(&property.pointer, message, "leave the member out instead of sending an empty value");
        }
        Kind::Text(length) => {
            bounded(&field, *length, property, report);
            if may_be_empty(schema.value) {
                let message = format!("`{field}` may be an empty text, which Oracle stores as NULL");
                report.add(&property.pointer, message, "write `minLength: 1`");
            }
        }
        _ => {}
    }
}

fn bounded(field: &str, length: u32, property: &Spot<'_>, report: &mut Report<'_>) {
    if length == 0 {
        let message = format!("`{field}` has no bound on its length, and a column needs one");
        report.add(&property.pointer, message, format!("write `maxLength`, at most {MAX_TEXT}"));
    } else if length > MAX_TEXT {
        let message = format!("`{field}` may have {length} characters; a column takes {MAX_TEXT}");
        report.add(&property.pointer, message, format!("write `maxLength: {MAX_TEXT}` or less"));
    }
}

fn may_be_empty(schema: &Value) -> bool {
    if schema["minLength"].as_u64().is_some_and(|n| n >= 1) || schema.get("format").is_some() {
        return false;
    }
    schema["pattern"].as_str().is_none_or(|p| pattern(p).is_ok_and(|p| p.find("").is_some()))
}

fn index(map: &Map<'_>, column: &Column, property: &Spot<'_>, report: &mut Report<'_>) {
    let ty = property.clone().bare(map.root).and_then(|s| s.value["type"].as_str()).unwrap_or("any");
    let is_text = matches!(column.kind, Kind::Text(_));
    let field = column.path.join(".");
    if column.kind == Kind::Json && (column.index.is_some() || column.unique) {
        let key = if column.index.is_some() { "x-index" } else { "x-unique" };
        let message = format!("`{field}` (`{ty}`) is stored as JSON, which cannot be indexed");
        let remedy = match ty {
            "array" => "move `x-index` to a property of the list's items",
            "number" => "write money and ratios as a `type: string` with `x-column: {decimal: [precision, scale]}`",
            _ => "move the key to a scalar property inside it",
        };
        report.add(&join(&property.pointer, key), message, remedy);
    } else if matches!(column.index, Some(Index::Prefix | Index::Words)) && !is_text {
        let message = format!("`{field}` is no free text, so it has neither beginnings nor words");
        report.add(&join(&property.pointer, "x-index"), message, "write `x-index: true`");
    }
    if column.key && column.path.len() > 1 {
        let message = format!("`{field}` is a key inside a nested object");
        report.add(
            &join(&property.pointer, "x-column"),
            message,
            "let the key be a property of the table's own schema",
        );
    }
}

/// An indexed property of a list's items: its values stand in a side table.
fn in_list(map: &Map<'_>, item: &Spot<'_>, report: &mut Report<'_>) {
    let Some(schema) = item.clone().bare(map.root) else { return };
    if !matches!(schema.value["type"].as_str(), Some("string" | "integer" | "boolean")) {
        let message = "only texts, integers and booleans can be indexed in a list";
        return report.add(
            &join(&item.pointer, "x-index"),
            message,
            "remove `x-index`, or move it to a scalar property",
        );
    }
    let field = item.pointer.rsplit('/').next().unwrap_or_default();
    let owner = item.pointer.rsplit_once("/properties/").and_then(|(owner, _)| map.root.pointer(owner));
    let required = owner.and_then(|o| o["required"].as_array()).is_some_and(|r| r.iter().any(|r| r == field));
    if !required || item.value["nullable"] == true {
        let message = format!("`x-index` on `{field}`, which an item of the list may leave out");
        report.add(&join(&item.pointer, "x-index"), message, format!("require `{field}`, or remove `x-index`"));
    }
    let plain =
        schema.value["type"] == "string" && schema.value.get("enum").is_none() && schema.value.get("format").is_none();
    if plain {
        bounded(field, store::length(schema.value), item, report);
    }
}

/// Keys of the table mapping on what no table is made from.
fn stray(
    map: &Map<'_>,
    tables: &[Table],
    columns: &BTreeSet<String>,
    items: &BTreeSet<String>,
    report: &mut Report<'_>,
) {
    for extension in map.extensions.iter().filter(|e| matches!(e.key, "x-index" | "x-unique" | "x-column")) {
        let pointer = join(&extension.owner, extension.key);
        let is_column = columns.contains(&extension.owner);
        if extension.kind == super::super::keys::Kind::Component || is_column || tables.is_empty() {
            continue;
        }
        if !items.contains(&extension.owner) {
            let message = format!("`{}` on a property that becomes no column of a table", extension.key);
            report.add(&pointer, message, "remove it, or write `x-table` on the schema");
        } else if extension.key != "x-index" || *extension.value != true {
            let message = format!("`{}` in the items of a list takes nothing but `x-index: true`", extension.key);
            report.add(&pointer, message, "write `x-index: true`, or remove it");
        }
    }
}
