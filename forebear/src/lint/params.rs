//! Parameters: each variable of the path exactly once, scalars or named lists, and names that stay apart in Rust.

use super::{
    follow::{Operation, Spot, operations},
    idents::{token, usable},
    map::Map,
    paths::variables,
    report::Report,
};
use crate::{rust, source::join};
use heck::ToPascalCase;
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a parameter may stand.
pub(super) const LOCATIONS: [&str; 3] = ["path", "query", "header"];

/// Header parameters that OpenAPI tells readers to ignore.
const IGNORED: [&str; 3] = ["accept", "content-type", "authorization"];

/// What the client's request builder has itself.
const OWN: [&str; 4] = ["new", "send", "client", "header_map"];

/// Checks the parameters of every operation.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for operation in operations(map) {
        let params = operation.params(map.root);
        for param in &params {
            one(map, &operation, param, report);
        }
        apart(&operation, &params, report);
        let unbound = unbound(&operation, &params);
        let stray =
            params.iter().any(|p| p.value["in"] == "path" && !variables(operation.path).any(|v| p.value["name"] == v));
        for variable in unbound.into_iter().filter(|_| !stray) {
            let message = format!("the path has `{{{variable}}}`, and the operation has no such parameter");
            let remedy = format!("add `{{name: {variable}, in: path, required: true, schema: …}}` to `parameters`");
            report.add(&operation.spot.pointer, message, remedy);
        }
    }
}

/// Variables of the path that no parameter stands for.
fn unbound<'a>(operation: &Operation<'a>, params: &[Spot<'_>]) -> Vec<&'a str> {
    let bound = |v: &str| params.iter().any(|p| p.value["in"] == "path" && p.value["name"] == v);
    variables(operation.path).filter(|v| !bound(v)).collect()
}

fn one(map: &Map<'_>, operation: &Operation<'_>, param: &Spot<'_>, report: &mut Report<'_>) {
    let (Some(name), Some(location)) = (param.value["name"].as_str(), param.value["in"].as_str()) else { return };
    let (here, at) = (&param.pointer, |key: &str| join(&param.pointer, key));
    match location {
        "path" if !variables(operation.path).any(|v| v == name) => {
            let message = format!("`{name}` does not occur in the path `{}`", operation.path);
            let remedy = match unbound(operation, &operation.params(map.root)).first() {
                Some(variable) => format!("write `{variable}`, which the path has and no parameter stands for"),
                None => format!("write `{{{name}}}` into the path, or remove the parameter"),
            };
            report.add(&at("name"), message, remedy);
        }
        "path" if param.value["required"] != true => {
            let spot = if param.value.get("required").is_some() { at("required") } else { here.clone() };
            report.add(&spot, format!("the path parameter `{name}` is not required"), "write `required: true`");
        }
        "header" if IGNORED.contains(&name.to_lowercase().as_str()) => {
            let message = format!("OpenAPI ignores a header parameter called `{name}`");
            report.add(&at("name"), message, "remove it; media types and `security` say the same");
        }
        "path" | "query" | "header" => {}
        "cookie" => {
            let message = "Dropshot and Progenitor have no cookie parameters";
            return report.block(&at("in"), message, "pass the value as a header: write `in: header`");
        }
        other => {
            let message = format!("`{other}` is not a place for a parameter");
            return report.block(&at("in"), message, "write `path`, `query` or `header`");
        }
    }
    if location == "header" && !token(name) {
        report.add(&at("name"), format!("`{name}` cannot name a header"), "use letters, digits and `-`");
    } else if !usable(name) {
        report.add(
            &at("name"),
            format!("`{name}` does not become a Rust field"),
            "begin with a letter; use letters, digits and `-`",
        );
    }
    style(param, location, report);
    schema(map, param, location, report);
}

fn style(param: &Spot<'_>, location: &str, report: &mut Report<'_>) {
    let (style, explode) = if location == "query" { ("form", true) } else { ("simple", false) };
    if param.value["style"].as_str().is_some_and(|s| s != style) {
        let message = "this `style` would be lost: the server reads the default one only";
        report.add(&join(&param.pointer, "style"), message, format!("remove it, or write `{style}`"));
    }
    if param.value["explode"].as_bool().is_some_and(|e| e != explode) {
        let message = "this `explode` would be lost: a list is read from repeated parameters";
        report.add(&join(&param.pointer, "explode"), message, format!("remove it, or write `{explode}`"));
    }
}

fn schema(map: &Map<'_>, param: &Spot<'_>, location: &str, report: &mut Report<'_>) {
    let name = param.value["name"].as_str().unwrap_or_default();
    let Some(schema) = param.get("schema") else {
        if param.value.get("content").is_none() {
            let message = format!("the parameter `{name}` has no `schema`");
            report.add(&param.pointer, message, "add `schema`, a scalar type or a `$ref` to one");
        }
        return;
    };
    let Some(resolved) = schema.clone().bare(map.root) else { return };
    match resolved.value["type"].as_str() {
        Some("object") => {
            let message = format!("the parameter `{name}` is an object, and Dropshot reads only scalars");
            report.add(&schema.pointer, message, "write one parameter per property, or send a body");
        }
        Some("array") if location != "query" => {
            let message = format!("the {location} parameter `{name}` is a list, and only a query parameter can repeat");
            report.add(&schema.pointer, message, "make it one value, or move it to the query");
        }
        Some("array") => list(map, name, &schema, &resolved, report),
        _ => {}
    }
}

fn list(map: &Map<'_>, name: &str, schema: &Spot<'_>, resolved: &Spot<'_>, report: &mut Report<'_>) {
    if schema.value.get("$ref").is_none() {
        let component = format!("{}Filter", name.to_pascal_case());
        let message =
            format!("the list of the query parameter `{name}` is written inline, which Dropshot cannot register");
        let remedy =
            format!("name the list under `components/schemas` and write `$ref: '#/components/schemas/{component}'`");
        return report.add(&schema.pointer, message, remedy);
    }
    if let Some(items) = resolved.get("items").filter(|i| i.value.is_object() && !plain(i.value)) {
        let message = format!("the query parameter `{name}` lists something constrained that has no name");
        let remedy =
            "write a `$ref` to a component, or plain `string`, `boolean` or `integer` without constraint or format";
        return report.add(&items.pointer, message, remedy);
    }
    let items = resolved.get("items").and_then(|i| i.bare(map.root));
    if items.is_some_and(|i| matches!(i.value["type"].as_str(), Some("object" | "array"))) {
        let message = format!("the query parameter `{name}` lists something that is no scalar");
        report.add(&schema.pointer, message, "let the items be text, numbers or booleans");
    }
}

/// Whether the items of a list are a component, or a scalar that nothing restricts.
fn plain(items: &Value) -> bool {
    let said = |k: &str| matches!(k, "type" | "title" | "description" | "example") || k.starts_with("x-");
    let scalar = matches!(items["type"].as_str(), Some("string" | "boolean" | "integer"));
    // lists and objects are refused below, in words of their own
    let other = matches!(items["type"].as_str(), Some("array" | "object"));
    items.get("$ref").is_some() || other || scalar && items.as_object().is_some_and(|i| i.keys().all(|k| said(k)))
}

/// Parameters of one operation become fields of one client builder, whatever their location.
fn apart(operation: &Operation<'_>, params: &[Spot<'_>], report: &mut Report<'_>) {
    let mut seen: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    if operation.spot.value.get("requestBody").is_some() {
        seen.insert("body".into(), ("the request body", ""));
    }
    for param in params {
        let (Some(name), Some(location)) = (param.value["name"].as_str(), param.value["in"].as_str()) else { continue };
        if let Some(own) = OWN.iter().find(|own| rust::snake(name) == **own) {
            let message = format!("the client's request has a `{own}` of its own, which `{name}` would hide");
            report.add(&join(&param.pointer, "name"), message, "add a word that says what it is");
            continue;
        }
        match seen.insert(rust::snake(name).to_string(), (name, location)) {
            Some((other, place)) if other == name && place == location => {
                let message = format!("the {location} parameter `{name}` is declared twice, here or on the path");
                report.add(&param.pointer, message, "keep one of the two");
            }
            Some((other, _)) => {
                let message = format!(
                    "`{name}` and {other} would share one field of the client's request",
                    other = quoted(other)
                );
                report.add(&join(&param.pointer, "name"), message, "rename one of the two");
            }
            None => {}
        }
    }
}

fn quoted(name: &str) -> String {
    if name.contains(' ') { name.into() } else { format!("`{name}`") }
}
