//! Responses: exactly one success, and one media type in each.

use super::{
    bodies::{examples, schema},
    follow::{Operation, Spot, operations},
    idents::{at, list},
    map::Map,
    report::Report,
};
use crate::{
    api::{error_schemas, is_error, succeeds},
    source::join,
};

/// Checks the responses of every operation.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    for operation in operations(map) {
        let entries = operation.spot.entries("responses");
        let entries: Vec<_> = entries.into_iter().filter(|(code, _)| !code.starts_with("x-")).collect();
        let Some(responses) = operation.spot.get("responses").filter(|r| r.value.is_object()) else { continue };
        if entries.is_empty() {
            report.add(
                &responses.pointer,
                "declares no response",
                "add the response to success, such as `'200'` or `'204'`",
            );
            continue;
        }
        for (code, response) in &entries {
            status(code, response, report);
        }
        successes(&responses, &entries, report);
        errors(map, &operation, report);
        for (code, response) in &entries {
            if let Some(response) = response.clone().follow(map.root).filter(|r| r.value.is_object()) {
                let error = operation.spot.value["responses"].as_object().is_some_and(|all| is_error(code, all));
                content(map, code, error, &response, report);
            }
        }
    }
}

fn status(code: &str, response: &Spot<'_>, report: &mut Report<'_>) {
    let digits = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit()) && ("100".."600").contains(&code);
    let range = matches!(code, "1XX" | "2XX" | "3XX" | "4XX" | "5XX");
    if !digits && !range && code != "default" {
        let message = format!("`{code}` is not a status code");
        report.block(
            &response.pointer,
            message,
            "write three digits in quotes such as `'404'`, or `4XX`, `5XX` or `default`",
        );
    }
    if digits && code.starts_with('1') && code != "101" {
        let message = format!("`{code}` is an interim answer, which HTTP sends before the final one by itself");
        report.block(&response.pointer, message, "write the final status, such as `'200'`");
    }
}

type Entries<'a> = [(&'a String, Spot<'a>)];

fn successes(responses: &Spot<'_>, entries: &Entries<'_>, report: &mut Report<'_>) {
    let found: Vec<_> = entries.iter().filter(|(c, r)| succeeds(c) && !report.is_blocked(&r.pointer)).collect();
    match found.as_slice() {
        [(code, only)] if code.ends_with('X') => {
            let message = format!("`{code}` leaves open which status the server sends");
            report.add(&only.pointer, message, "write the one status, such as `'200'`");
        }
        [_] => {}
        [] if report.has_under(&responses.pointer) || entries.iter().any(|(c, _)| *c == "default") => {}
        [] => {
            let message = "declares no response to success";
            report.add(
                &responses.pointer,
                message,
                "add one, such as `'200'` with a body or `'204'` without, or `default` where the handler chooses",
            );
        }
        [first, rest @ ..] => {
            for (code, response) in rest {
                let message = format!(
                    "`{code}` is a second response to success after `{}`: an operation returns one type",
                    first.0
                );
                report.add(&response.pointer, message, "keep one of the two, or split the operation");
            }
        }
    }
}

/// The client gets one type for all errors: if they have one body, each must have it.
fn errors(map: &Map<'_>, operation: &Operation<'_>, report: &mut Report<'_>) {
    let Some(responses) = operation.spot.value["responses"].as_object() else { return };
    if error_schemas(map.root, operation.spot.value).len() != 1 {
        return;
    }
    for (code, response) in operation.spot.entries("responses").into_iter().filter(|(c, _)| is_error(c, responses)) {
        let resolved = response.clone().follow(map.root).filter(|r| r.value.is_object());
        if resolved.is_some_and(|r| r.value["content"].as_object().is_none_or(|c| c.is_empty())) {
            let message =
                format!("the error `{code}` has no body, and another one has: the client has one type for both");
            report.add(&response.pointer, message, "give it the same `content`");
        }
    }
}

fn content(map: &Map<'_>, code: &str, error: bool, response: &Spot<'_>, report: &mut Report<'_>) {
    let entries = response.entries("content");
    let pointer = join(&response.pointer, "content");
    let (name, media) = match entries.as_slice() {
        [] => return,
        [only] => only,
        _ => {
            let message = format!("names several media types, {}", list(entries.iter().map(|(n, _)| n.as_str())));
            return report.add(&pointer, message, "keep exactly one; any bytes are `*/*`");
        }
    };
    if matches!(code, "101" | "204" | "205" | "304") {
        let message = format!("HTTP allows no body in a `{code}`");
        return report.add(&pointer, message, "remove `content`, or write another status such as `'200'`");
    }
    let carried = match name.as_str() {
        "application/json" => true,
        "application/problem+json" => error,
        "*/*" => !error,
        _ => false,
    };
    if !carried {
        let message = format!("a response of `{name}` cannot be carried: Dropshot documents JSON, or any bytes at all");
        return report.add(
            &at(&pointer, &[name]),
            message,
            "write `application/json`, `*/*` for bytes, or `application/problem+json` for an error",
        );
    }
    if *name == "*/*" {
        bytes(map, media, report);
    } else {
        schema(media, "response", report);
    }
    if !error {
        examples(media, report);
    }
}

/// `*/*` is any bytes: its schema may say so, and nothing else.
fn bytes(map: &Map<'_>, media: &Spot<'_>, report: &mut Report<'_>) {
    let Some(schema) = media.get("schema") else { return };
    let Some(bare) = schema.clone().bare(map.root).and_then(|s| s.value.as_object()) else { return };
    let binary = bare.get("type").is_none_or(|t| t == "string") && bare.get("format").is_none_or(|f| f == "binary");
    let both = bare.contains_key("type") == bare.contains_key("format");
    if !(binary && both && bare.keys().all(|k| matches!(k.as_str(), "type" | "format" | "description" | "title"))) {
        let message = "a response of `*/*` is any bytes, and this schema says something else of it";
        report.add(&schema.pointer, message, "write `type: string` and `format: binary`, or another media type");
    }
}
