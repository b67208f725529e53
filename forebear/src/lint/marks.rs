//! `x-` keys that mean something to Dropshot or to forebear itself, in any document.

use super::{
    distance::nearest,
    follow::{Operation, is_success, operations},
    idents::list,
    keys::Kind,
    map::Map,
    report::Report,
};
use crate::source::join;
use serde_json::Value;

const WEBSOCKET: &str = "x-dropshot-websocket";
const PAGINATION: &str = "x-dropshot-pagination";

/// Checks the marks of Dropshot, and that nobody else uses those of forebear.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for mark in &map.extensions {
        let here = join(&mark.owner, mark.key);
        if mark.key.starts_with("x-forebear-") {
            let message = format!("`{}` is a mark that forebear makes for itself", mark.key);
            report.block(&here, message, "remove it, or choose another prefix than `x-forebear-`");
        } else if mark.key.starts_with("x-dropshot-") && ![WEBSOCKET, PAGINATION].contains(&mark.key) {
            let meant = nearest(mark.key, [WEBSOCKET, PAGINATION]).unwrap_or("another key");
            report.block(
                &here,
                format!("`{}` is no mark of Dropshot", mark.key),
                format!("write `{meant}`, or remove it"),
            );
        } else if mark.key.starts_with("x-dropshot-") && mark.kind != Kind::Operation {
            report.block(&here, format!("`{}` marks an operation, not this", mark.key), "move it to the operation");
        }
    }
    for operation in operations(map) {
        websocket(&operation, report);
        pagination(map, &operation, report);
    }
}

fn websocket(operation: &Operation<'_>, report: &mut Report<'_>) {
    let codes = || operation.spot.entries("responses").into_iter();
    let Some(mark) = operation.spot.get(WEBSOCKET) else {
        for (_, response) in codes().filter(|(code, _)| *code == "101") {
            let message = "switches protocols, and the operation is not marked as a websocket";
            report.add(&response.pointer, message, format!("add `{WEBSOCKET}: {{}}` to the operation"));
        }
        return;
    };
    if mark.value.as_object().is_none_or(|m| !m.is_empty()) {
        let message = format!("`{WEBSOCKET}` takes nothing");
        report.add(&mark.pointer, message, format!("write `{WEBSOCKET}: {{}}`"));
    }
    if operation.method != "get" {
        let message = format!("a websocket begins with a GET, not a {}", operation.method.to_uppercase());
        report.add(&mark.pointer, message, "write the operation under `get`");
    }
    if let Some(body) = operation.spot.get("requestBody") {
        report.add(&body.pointer, "a websocket begins without a body", "remove it; messages are not documented");
    }
    for (code, response) in codes().filter(|(code, _)| is_success(code) || code.starts_with('3')) {
        let message = format!("a websocket does not answer `{code}`");
        report.add(&response.pointer, message, "write `'101'`, or `default` with the content `*/*`");
    }
}

fn pagination(map: &Map<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    let Some(mark) = operation.spot.get(PAGINATION) else { return };
    let params = operation.params(map.root);
    let query: Vec<&str> =
        params.iter().filter(|p| p.value["in"] == "query").filter_map(|p| p.value["name"].as_str()).collect();
    let names = mark.value["required"].as_array();
    let fits = |name: &Value| name.as_str().is_some_and(|n| query.contains(&n));
    if mark.value.as_object().is_none_or(|m| m.len() != 1) || !names.is_some_and(|n| n.iter().all(fits)) {
        let message = format!("`{PAGINATION}` is not `{{required: […]}}` with names of query parameters");
        let remedy = format!("list which of these the first page needs: {}", list(query.iter().copied()));
        report.add(&mark.pointer, message, remedy);
    }
    if !query.contains(&"page_token") {
        let message = format!("`{PAGINATION}` without a query parameter `page_token`, with which pages go on");
        report.add(&mark.pointer, message, "add the parameter, or remove the mark");
    }
    if operation.spot.get(WEBSOCKET).is_some() {
        let message = format!("`{PAGINATION}` on a websocket, which has no pages");
        report.add(&mark.pointer, message, "remove one of the two marks");
    }
}
