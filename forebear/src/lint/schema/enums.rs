//! `enum`: at least one value, of the right type, and Rust variants that stay apart.

use super::{
    super::{
        map::{Map, Site},
        report::Report,
    },
    accepts::is_type,
};
use crate::source::join;
use heck::ToPascalCase;
use serde_json::Value;
use std::collections::BTreeSet;

/// Checks the `enum` of a schema.
pub(super) fn check(_: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    let Some(values) = site.value["enum"].as_array() else { return };
    let pointer = join(&site.pointer, "enum");
    if values.is_empty() {
        return report.add(&pointer, "the `enum` is empty, so nothing fits", "list the values, or remove `enum`");
    }
    let Some(ty) = site.value["type"].as_str() else { return };
    let mut seen: Vec<&Value> = vec![];
    for (i, value) in values.iter().enumerate() {
        let at = join(&pointer, &i.to_string());
        if !(is_type(value, ty) || value.is_null() && site.value["nullable"] == true) {
            let quote = if ty == "string" { ", in quotes" } else { "" };
            report.add(
                &at,
                format!("`{value}` is not of the type `{ty}`"),
                format!("write a value of the type `{ty}`{quote}"),
            );
        } else if seen.contains(&value) {
            report.add(&at, format!("`{value}` is listed twice"), "keep one of the two");
        }
        seen.push(value);
    }
    let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    if !report.has_under(&pointer) && !apart(&texts) {
        let message = "two values become the same Rust variant, because they differ only in case or punctuation";
        report.add(&pointer, message, "rename one of the two");
    }
}

/// Whether the names that typify gives to the variants are distinct: Pascal case, or else with `X` for punctuation.
fn apart(values: &[&str]) -> bool {
    let distinct = |names: Vec<String>| names.iter().collect::<BTreeSet<_>>().len() == names.len();
    let plain = values.iter().map(|v| v.to_pascal_case()).collect();
    let crossed = |v: &&str| v.replace(|c: char| !c.is_alphanumeric(), "X").to_pascal_case();
    distinct(plain) || distinct(values.iter().map(crossed).collect())
}
