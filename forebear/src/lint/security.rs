//! Security: requirements name what is declared, and each scheme has what its type needs.

mod requirements;

use super::{
    distance::nearest,
    follow::{Spot, operations},
    idents::{at, list, token},
    keys::Kind,
    map::Map,
    report::Report,
};
use crate::source::join;
use serde_json::Value;

/// Types of security schemes, with the keys that each needs.
const TYPES: [(&str, &[&str]); 4] = [
    ("apiKey", &["name", "in"]),
    ("http", &["scheme"]),
    ("oauth2", &["flows"]),
    ("openIdConnect", &["openIdConnectUrl"]),
];

/// Flows of OAuth 2, with the addresses that each needs.
const FLOWS: [(&str, &[&str]); 4] = [
    ("implicit", &["authorizationUrl"]),
    ("password", &["tokenUrl"]),
    ("clientCredentials", &["tokenUrl"]),
    ("authorizationCode", &["authorizationUrl", "tokenUrl"]),
];

/// Checks what is declared and what is required.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for site in map.of(Kind::SecurityScheme) {
        scheme(&Spot { pointer: site.pointer.clone(), value: site.value }, report);
    }
    if map.root.get("components").is_none() && !map.references.is_empty() {
        return; // said already, and this has the same cause
    }
    let schemes = map.root.pointer("/components/securitySchemes").and_then(Value::as_object).into_iter().flatten();
    let schemes: Vec<&str> = schemes.map(|s| s.0.as_str()).collect();
    declared("", map.root, &schemes, report);
    for operation in operations(map) {
        declared(&operation.spot.pointer, operation.spot.value, &schemes, report);
    }
    requirements::check(map, report);
}

fn scheme(scheme: &Spot<'_>, report: &mut Report<'_>) {
    let Some(ty) = scheme.value["type"].as_str() else { return };
    let Some((_, needs)) = TYPES.iter().find(|(t, _)| *t == ty) else {
        let remedy = match nearest(ty, TYPES.map(|t| t.0)) {
            Some(meant) => format!("write `{meant}`"),
            None => format!("write one of {}", list(TYPES.map(|t| t.0))),
        };
        return report.add(&join(&scheme.pointer, "type"), format!("`{ty}` is not a type of security scheme"), remedy);
    };
    missing(scheme, needs, &format!("a scheme of the type `{ty}`"), report);
    if ty == "apiKey" {
        place(scheme, report);
        if let Some(name) = scheme.value["name"].as_str().filter(|n| !token(n)) {
            let message = format!("`{name}` cannot name a header or a cookie");
            report.add(&join(&scheme.pointer, "name"), message, "use letters, digits and `-`");
        }
    }
    for (name, flow) in scheme.entries("flows") {
        if let Some((_, needs)) = FLOWS.iter().find(|(f, _)| f == name) {
            missing(&flow, needs, &format!("the flow `{name}`"), report);
        }
        for (scope, text) in flow.entries("scopes").into_iter().filter(|(_, t)| !t.value.is_string()) {
            report.add(
                &text.pointer,
                format!("the scope `{scope}` has no description in words"),
                "write what the scope allows",
            );
        }
    }
}

fn place(scheme: &Spot<'_>, report: &mut Report<'_>) {
    let here = join(&scheme.pointer, "in");
    match scheme.value["in"].as_str() {
        None | Some("header" | "cookie") => {}
        Some("query") => {
            let message = "a key in the query would be lost: the pipeline finds out who calls from headers";
            report.add(&here, message, "write `header`; addresses end up in logs");
        }
        Some(place) => {
            let remedy = "write `header` or `cookie`";
            report.add(&here, format!("`{place}` is not a place for a key"), remedy);
        }
    }
}

fn missing(holder: &Spot<'_>, needs: &[&str], what: &str, report: &mut Report<'_>) {
    for key in needs.iter().filter(|k| holder.value.get(**k).is_none()) {
        report.add(&holder.pointer, format!("{what} has no `{key}`"), format!("add `{key}` to it"));
    }
}

fn declared(pointer: &str, holder: &Value, schemes: &[&str], report: &mut Report<'_>) {
    for (i, requirement) in holder["security"].as_array().into_iter().flatten().enumerate() {
        for (name, _) in requirement.as_object().into_iter().flatten().filter(|(n, _)| !schemes.contains(&n.as_str())) {
            let here = at(pointer, &["security", &i.to_string(), name]);
            let known = if schemes.is_empty() { "none is declared".into() } else { list(schemes.iter().copied()) };
            let remedy = format!("declare it under `components/securitySchemes`, or name a declared one: {known}");
            report.add(&here, format!("there is no security scheme `{name}`"), remedy);
        }
    }
}
