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
    if values.iter().all(Value::is_null) {
        return; // how Dropshot writes a value that is always `null`
    }
    let mut seen: Vec<&Value> = vec![];
    for (i, value) in values.iter().enumerate() {
        let at = join(&pointer, &i.to_string());
        if value.is_null() {
            let remedy = "leave null out and write `nullable: true` on the use";
            report.add(&at, "`null` among the values would be lost or become a variant", remedy);
        } else if !is_type(value, ty) {
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
    if !report.has_under(&pointer)
        && !apart(&texts)
        && let Some((one, other)) = alike(&texts)
    {
        let message =
            format!("`{one}` and `{other}` become the same Rust variant: they differ only in case or punctuation");
        report.add(&pointer, message, "rename one of the two, or say both in a `pattern` instead of the `enum`");
    }
}

/// Whether the names that typify gives to the variants are distinct: Pascal case, or else with `X` for punctuation.
fn apart(values: &[&str]) -> bool {
    let distinct = |names: Vec<String>| names.iter().collect::<BTreeSet<_>>().len() == names.len();
    let crossed = |v: &&str| variant(&v.replace(|c: char| c == '_' || !c.is_alphanumeric(), "X"));
    distinct(values.iter().map(|v| variant(v)).collect()) || distinct(values.iter().map(crossed).collect())
}

/// Two values of one name.
fn alike<'a>(values: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let later = |(i, one): (usize, &&'a str)| {
        values[i + 1..].iter().find(|other| variant(one) == variant(other)).map(|other| (*one, *other))
    };
    values.iter().enumerate().find_map(later)
}

/// The name that typify gives to one value: nothing and punctuation alone are `X`, and so is what precedes a digit.
fn variant(value: &str) -> String {
    let name = match value {
        "+1" => "plus1".into(),
        "-1" => "minus1".into(),
        _ => value.replace('\'', "").replace(|c: char| c != '_' && !c.is_alphanumeric(), "-").to_pascal_case(),
    };
    if name.starts_with(char::is_alphabetic) { name } else { format!("X{name}") }
}
