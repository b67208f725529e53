//! Responses: exactly one success, one type of error, and names for what is in them.

use super::{
    bodies::named,
    follow::{Operation, Spot, is_success, operations},
    idents::{at, list},
    map::Map,
    report::Report,
};
use crate::{api::ref_name, source::join};
use heck::ToPascalCase;

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
        for (code, response) in &entries {
            if let Some(response) = response.clone().follow(map.root).filter(|r| r.value.is_object()) {
                content(&operation, code, &response, report);
            }
        }
        errors(map, &entries, report);
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
}

type Entries<'a> = [(&'a String, Spot<'a>)];

fn successes(responses: &Spot<'_>, entries: &Entries<'_>, report: &mut Report<'_>) {
    let found: Vec<_> = entries.iter().filter(|(c, _)| is_success(c) || *c == "2XX").collect();
    match found.as_slice() {
        [(code, only)] if *code == "2XX" => {
            report.add(
                &only.pointer,
                "`2XX` leaves open which status the server sends",
                "write the one status, such as `'200'`",
            );
        }
        [_] => {}
        [] if report.has_under(&responses.pointer) => {}
        [] => {
            let message = "declares no 2xx response; 101, 303 or `default` alone are not generated";
            report.add(
                &responses.pointer,
                message,
                "add the response to success, such as `'200'` with a body or `'204'` without",
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

fn content(operation: &Operation<'_>, code: &str, response: &Spot<'_>, report: &mut Report<'_>) {
    let entries = response.entries("content");
    let pointer = join(&response.pointer, "content");
    let (name, media) = match entries.as_slice() {
        [] => return,
        [only] => only,
        _ => {
            let message = format!("names several media types, {}", list(entries.iter().map(|(n, _)| n.as_str())));
            return report.add(&pointer, message, "keep exactly one: the server sends JSON");
        }
    };
    if matches!(code, "101" | "204" | "205" | "304") {
        let message = format!("HTTP allows no body in a `{code}`");
        return report.add(&pointer, message, "remove `content`, or write another status such as `'200'`");
    }
    let error = code.starts_with(['4', '5']) || code == "default";
    let carried = *name == "application/json" || error && *name == "application/problem+json";
    let websocket = *name == "*/*" && code == "default";
    if websocket {
        return;
    }
    if !carried {
        let message = format!("a response of `{name}` cannot be carried: the server sends JSON");
        return report.add(
            &at(&pointer, &[name]),
            message,
            "write `application/json`, or `application/problem+json` for an error",
        );
    }
    let id = operation.spot.value["operationId"].as_str().unwrap_or("Operation").to_pascal_case();
    let suggestion = if error { "Problem".into() } else { format!("{id}Result") };
    named(media, "response", &suggestion, report);
}

/// All errors of an operation become one Rust type, and so does a `default` together with the success.
fn errors(map: &Map<'_>, entries: &Entries<'_>, report: &mut Report<'_>) {
    let resolved = entries.iter().filter_map(|(c, r)| Some((c.as_str(), r, r.clone().follow(map.root)?)));
    let typed: Vec<_> = resolved.map(|(c, r, spot)| (c, r, body(&spot))).collect();
    let mut first: Option<&(&str, &Spot<'_>, Option<String>)> = None;
    for error in typed.iter().filter(|(c, ..)| c.starts_with(['4', '5']) || *c == "default") {
        match first {
            None => first = Some(error),
            Some(known) if known.2 != error.2 => {
                let message = format!("`{}` has {}, but `{}` has {}", error.0, show(&error.2), known.0, show(&known.2));
                report.add(
                    &error.1.pointer,
                    message,
                    "give all errors of an operation one schema; Progenitor panics on two",
                );
            }
            Some(_) => {}
        }
    }
    let success = typed.iter().find(|(c, ..)| is_success(c));
    let upgrade = typed.iter().find(|(c, ..)| *c == "101");
    if let (Some(success), Some(upgrade)) = (success, upgrade)
        && success.2 != upgrade.2
    {
        let message = format!("`101` counts as success too, and has {}, not {}", show(&upgrade.2), show(&success.2));
        report.add(&upgrade.1.pointer, message, "remove it, or make the upgrade an operation of its own");
    }
    let default = typed.iter().find(|(c, ..)| *c == "default");
    if let (Some(success), Some(default)) = (success, default)
        && success.2 != default.2
    {
        let message = format!(
            "`default` has {}, and it stands for success too, which has {}",
            show(&default.2),
            show(&success.2)
        );
        report.add(&default.1.pointer, message, "write `4XX` and `5XX` instead of `default`");
    }
}

/// What an answer carries, as far as types go: nothing, a component, or something without a name.
fn body(response: &Spot<'_>) -> Option<String> {
    let (_, schema) = super::follow::media(response)?;
    Some(ref_name(schema.value).unwrap_or("<unnamed>").into())
}

fn show(body: &Option<String>) -> String {
    body.as_ref().map_or_else(|| "no body".into(), |name| format!("the body `{name}`"))
}
