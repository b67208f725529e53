//! Bounds: in order, whole where the type is whole, and small enough to survive a double.

use super::{
    super::{
        map::{Map, Site},
        report::Report,
    },
    keywords::bound_of,
    pattern,
    repeats::endless,
};
use crate::source::join;
use serde_json::{Number, Value};

/// Largest magnitude that JSON numbers keep exactly everywhere.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

const PAIRS: [(&str, &str); 4] =
    [("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems"), ("minProperties", "maxProperties")];

/// Checks the bounds of a schema.
pub(super) fn check(_: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    let at = |key: &str| join(&site.pointer, key);
    for (low, high) in PAIRS {
        if let (Some(l), Some(h)) = (site.value[low].as_f64(), site.value[high].as_f64())
            && l > h
        {
            let message =
                format!("`{low}: {}` is above `{high}: {}`, so nothing fits", site.value[low], site.value[high]);
            report.add(&at(low), message, "exchange the two, or correct one of them");
        }
    }
    for key in ["exclusiveMinimum", "exclusiveMaximum"] {
        let bound = bound_of(key).unwrap_or_default();
        if site.value[key] == true && site.value.get(bound).is_none() {
            report.add(
                &at(key),
                format!("`{key}` without `{bound}` excludes nothing"),
                format!("add `{bound}`, or remove `{key}`"),
            );
        }
    }
    if site.value["multipleOf"].as_f64().is_some_and(|n| n <= 0.0) {
        report.add(&at("multipleOf"), "is not positive", "write a number above 0");
    }
    lengths(site, report);
    if site.value["type"] == "integer" {
        integer(site, report);
    } else if site.value["type"] == "number" {
        for key in ["minimum", "maximum", "multipleOf"] {
            if let Value::Number(n) = &site.value[key]
                && !n.is_f64()
            {
                exact(&join(&site.pointer, key), n, report);
            }
        }
    }
    let text = site.value["pattern"].as_str();
    if let Some(Err(cause)) = text.map(pattern) {
        report.add(
            &at("pattern"),
            format!("is not a regular expression: {cause}"),
            "write it in the syntax of ECMA 262",
        );
    } else if text.is_some_and(|p| ["\\p{", "\\P{", "\\u{"].iter().any(|class| p.contains(class))) {
        let message = "`\\p{…}` and `\\u{…}` mean something else without the flag `u`, which a pattern cannot set";
        report.add(&at("pattern"), message, "write the characters themselves, as a range");
    } else if text.and_then(endless) == Some(true) {
        let remedy = "write it without a repeated group that repeats inside";
        report.add(&at("pattern"), "this pattern can take forever", remedy);
    }
}

/// The texts of these formats become values, which have no length, and of which some have more than one spelling.
fn lengths(site: &Site<'_>, report: &mut Report<'_>) {
    let format = site.value["format"].as_str().unwrap_or_default();
    if site.value["type"] != "string" || !matches!(format, "date" | "date-time" | "uuid" | "ip" | "ipv4" | "ipv6") {
        return;
    }
    for key in ["minLength", "maxLength"].into_iter().filter(|k| site.value.get(*k).is_some()) {
        let message = format!("a length beside `format: {format}` would be lost");
        report.add(
            &join(&site.pointer, key),
            message,
            format!("remove `{key}`, since the format says how long the text is"),
        );
    }
    if matches!(format, "date-time" | "uuid" | "ip" | "ipv6") && site.value.get("pattern").is_some() {
        let message = format!("a pattern beside `format: {format}` would see the value and not the text that was sent");
        report.add(&join(&site.pointer, "pattern"), message, "remove `pattern`, or remove `format`");
    }
}

fn integer(site: &Site<'_>, report: &mut Report<'_>) {
    for key in ["minimum", "maximum", "multipleOf"] {
        let Value::Number(n) = &site.value[key] else { continue };
        let at = join(&site.pointer, key);
        if n.is_f64() && n.as_f64().is_some_and(|f| f.fract() != 0.0 || f.abs() < EXACT) {
            report.add(
                &at,
                format!("`{n}` is not written as a whole number, though the type is `integer`"),
                "write a whole number",
            );
        } else {
            exact(&at, n, report);
        }
    }
    for (i, value) in site.value["enum"].as_array().into_iter().flatten().enumerate() {
        if let Value::Number(n) = value {
            exact(&join(&join(&site.pointer, "enum"), &i.to_string()), n, report);
        }
    }
}

fn exact(pointer: &str, n: &Number, report: &mut Report<'_>) {
    // 2^53 + 1 would be 2^53 as a double
    let whole = n.as_i64().map(i64::unsigned_abs).or(n.as_u64());
    if whole.map_or(n.as_f64().is_some_and(|f| f.abs() > EXACT), |w| w > EXACT as u64) {
        let message = "is beyond 2^53, which tools that read JSON numbers as doubles cannot keep";
        report.add(
            pointer,
            message,
            "remove it where it only repeats what `format` or 64 bits hold, or make the value a string",
        );
    }
}
