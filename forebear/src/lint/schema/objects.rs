//! Objects: what is required must exist, and properties must stay apart as Rust fields.

use super::super::{
    distance::nearest,
    idents::at,
    map::{Map, Site},
    report::Report,
};
use crate::{rust, source::join};
use serde_json::{Map as Object, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Checks the properties of a schema.
pub(super) fn check(_: &Map<'_>, site: &Site<'_>, report: &mut Report<'_>) {
    if site.value["type"] == "object" {
        required(site, report);
    }
    counts(site, report);
    let mut fields: BTreeMap<String, &str> = BTreeMap::new();
    for name in site.value["properties"].as_object().into_iter().flatten().map(|p| p.0) {
        let pointer = at(&site.pointer, &["properties", name]);
        let field = rust::snake(name).to_string();
        if !name.contains(|c: char| c.is_ascii_alphanumeric()) {
            report.add(
                &pointer,
                format!("the property `{name}` does not become a Rust field"),
                "use letters, digits and `_`",
            );
        } else if let Some(other) = fields.insert(field.clone(), name) {
            let message = format!("`{name}` and `{other}` both become the Rust field `{field}`");
            report.add(
                &pointer,
                message,
                "rename one of the two so that they differ in more than case and punctuation",
            );
        }
    }
}

fn required(site: &Site<'_>, report: &mut Report<'_>) {
    let empty = Object::new();
    let properties = match site.value.get("properties") {
        None => &empty,
        Some(Value::Object(map)) => map,
        Some(_) => return,
    };
    let composed = ["allOf", "oneOf", "anyOf"].iter().any(|k| site.value.get(*k).is_some());
    let mut seen = BTreeSet::new();
    for (i, name) in site.value["required"].as_array().into_iter().flatten().enumerate() {
        let Some(name) = name.as_str() else { continue };
        let pointer = at(&site.pointer, &["required", &i.to_string()]);
        if !seen.insert(name) {
            report.add(&pointer, format!("`{name}` is required twice"), "keep one of the two");
        } else if !composed && !properties.contains_key(name) {
            let remedy = match nearest(name, properties.keys().map(String::as_str)) {
                Some(meant) => format!("write `{meant}`, or declare `{name}` under `properties`"),
                None => format!("declare `{name}` under `properties`, or remove it here"),
            };
            report.add(&pointer, format!("`{name}` is required and not among the `properties`"), remedy);
        }
    }
}

/// Members that no property describes are not kept, and one that is absent is there as its default: neither can be counted.
fn counts(site: &Site<'_>, report: &mut Report<'_>) {
    let properties = || site.value["properties"].as_object().into_iter().flatten();
    let counted: Vec<&str> =
        ["minProperties", "maxProperties"].into_iter().filter(|k| site.value.get(*k).is_some()).collect();
    if properties().next().is_some() && site.value.get("additionalProperties").is_none_or(|rest| *rest == true) {
        for key in &counted {
            let message = "counts members that are not among the `properties`, and these are not kept";
            let remedy = format!("write `additionalProperties: false`, or remove `{key}`");
            report.add(&join(&site.pointer, key), message, remedy);
        }
    }
    let mut defaults = properties().filter(|(_, p)| p.get("default").is_some_and(|d| !d.is_null()));
    if let (Some(key), Some((name, _))) = (counted.first(), defaults.next()) {
        let message = format!("counts `{name}`, which is never absent because it has a default");
        report.add(&join(&site.pointer, key), message, format!("remove the `default` of `{name}`, or `{key}`"));
    }
}
