//! `x-table`: a closed object with one key, a version and its times, and a name that both databases take.

use super::super::{
    follow::Spot,
    idents::{at, keyword, words},
    keys::Kind,
    map::Map,
    report::Report,
};
use crate::{
    source::join,
    store::{self, Table},
    types::Types,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Oracle's limit on the columns of a table.
const MAX_COLUMNS: usize = 1000;
/// Leaves room for the prefix and the column in the names of constraints.
const MAX_NAME: usize = 30;
/// Modules and crates that the generated mapping uses by name.
const TAKEN: [&str; 8] = ["chrono", "dropshot", "forebear_runtime", "generated_models", "http", "list", "mod", "serde"];

/// Checks every table and analyses those that are sound.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) -> Vec<Table> {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    let mut bounded = true;
    for site in map.of(Kind::Component) {
        let Some(name) = site.value["x-table"].as_str() else { continue };
        let table = Spot { pointer: site.pointer.clone(), value: site.value };
        named(name, &table, &mut seen, report);
        if site.value["type"] != "object" || site.value["properties"].as_object().is_none_or(|p| p.is_empty()) {
            let message = format!("the table `{name}` is not made from an object with `properties`");
            report.add(&site.pointer, message, "write `type: object`, and one property per column");
            continue;
        }
        shape(map, &table, report);
        if width(map, &table, &mut vec![], &mut 0).is_none() {
            bounded = false;
            let message = format!("has more than {MAX_COLUMNS} columns, or contains itself without a list in between");
            report.add(&site.pointer, message, "store the inner objects as a list, or in a table of their own");
        }
    }
    if bounded { store::tables(map.root, &Types::default()) } else { vec![] }
}

fn named<'a>(name: &'a str, table: &Spot<'a>, seen: &mut BTreeMap<&'a str, String>, report: &mut Report<'_>) {
    let pointer = join(&table.pointer, "x-table");
    let schema = table.pointer.rsplit('/').next().unwrap_or_default().to_string();
    if !words(name, '_') || name.len() > MAX_NAME {
        let message = format!("`{name}` cannot name a table");
        report.add(
            &pointer,
            message,
            format!("write snake_case that begins with a letter, at most {MAX_NAME} characters"),
        );
    } else if crate::store::is_reserved(name) || keyword(name) || TAKEN.contains(&name) {
        let message = format!("`{name}` is reserved, by a database or in the generated code");
        report.add(&pointer, message, format!("add a word, such as `{name}_record`"));
    }
    if let Some(other) = seen.insert(name, schema) {
        let message = format!("`{name}` is the table of `{other}` too");
        report.add(&pointer, message, "give each schema a table of its own");
    }
}

fn shape(map: &Map<'_>, table: &Spot<'_>, report: &mut Report<'_>) {
    if table.value["additionalProperties"] != false {
        let key = join(&table.pointer, "additionalProperties");
        let pointer = if table.value.get("additionalProperties").is_some() { &key } else { &table.pointer };
        report.add(pointer, "a table is open, and other members have no column", "write `additionalProperties: false`");
    }
    key(map, table, report);
    assigned(map, table, "version", "integer", "int64", report);
    assigned(map, table, "created_at", "string", "date-time", report);
    assigned(map, table, "updated_at", "string", "date-time", report);
}

fn key(map: &Map<'_>, table: &Spot<'_>, report: &mut Report<'_>) {
    let keys: Vec<_> =
        table.entries("properties").into_iter().filter(|(_, p)| p.value["x-column"]["key"] == true).collect();
    let (name, property) = match keys.as_slice() {
        [] => {
            return report.add(&table.pointer, "the table has no key", "write `x-column: {key: true}` on one property");
        }
        [only] => only,
        [_, second, ..] => {
            let pointer = at(&second.1.pointer, &["x-column", "key"]);
            return report.add(&pointer, format!("`{}` is a second key of the table", second.0), "keep one key");
        }
    };
    if !requires(table, name) {
        report.add(
            &property.pointer,
            format!("the key `{name}` is not required"),
            format!("add `{name}` to `required`"),
        );
    }
    if property.clone().bare(map.root).is_some_and(|p| p.value["type"] != "string") {
        report.add(
            &property.pointer,
            format!("the key `{name}` is not a text"),
            "write `type: string`; ids and codes are texts",
        );
    }
}

fn requires(table: &Spot<'_>, name: &str) -> bool {
    table.value["required"].as_array().is_some_and(|r| r.iter().any(|r| r == name))
}

/// The properties that the server keeps on every row.
fn assigned(map: &Map<'_>, table: &Spot<'_>, name: &str, ty: &str, format: &str, report: &mut Report<'_>) {
    let remedy = format!("write `{name}` with `type: {ty}`, `format: {format}` and `readOnly: true`, and require it");
    let Some(property) = table.get("properties").and_then(|p| p.get(name)) else {
        return report.add(&table.pointer, format!("the table has no `{name}`"), remedy);
    };
    if !requires(table, name) {
        return report.add(
            &property.pointer,
            format!("`{name}` is not required"),
            format!("add `{name}` to `required`"),
        );
    }
    if property.value["readOnly"] != true {
        return report.add(
            &property.pointer,
            format!("`{name}` is not `readOnly`, though only the server sets it"),
            remedy,
        );
    }
    let Some(resolved) = property.clone().bare(map.root).filter(|r| !report.has_under(&r.pointer)) else { return };
    if resolved.value["type"] != ty || resolved.value["format"] != format {
        report.add(&property.pointer, format!("`{name}` is not of `type: {ty}` with `format: {format}`"), remedy);
    } else if name == "version" {
        let bare = |v: &Value| v.as_object().is_some_and(|o| o.keys().all(|k| says_nothing(k)));
        if !bare(property.value) {
            let message = "`version` is not a plain `int64`, and the server counts it up without end";
            report.add(&property.pointer, message, remedy);
        }
    }
}

/// Keys that leave an `int64` what it is.
fn says_nothing(key: &str) -> bool {
    matches!(key, "type" | "format" | "title" | "description" | "example" | "readOnly" | "deprecated")
        || key.starts_with("x-")
}

/// Number of columns, or `None` beyond what a table can have.
fn width(map: &Map<'_>, object: &Spot<'_>, path: &mut Vec<String>, count: &mut usize) -> Option<()> {
    if path.contains(&object.pointer) {
        return None;
    }
    path.push(object.pointer.clone());
    for (_, property) in object.entries("properties") {
        *count += 1;
        if *count > MAX_COLUMNS {
            return None;
        }
        let is_ref = crate::api::ref_name(property.value).is_some();
        if let Some(inner) = property.bare(map.root).filter(|i| is_ref && i.value["properties"].is_object()) {
            width(map, &inner, path, count)?;
        }
    }
    path.pop();
    Some(())
}
