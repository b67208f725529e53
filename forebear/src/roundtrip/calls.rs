//! Third proof: each client method reaches its handler, and both sides see the values that the other sent.

use super::{Report, judge::ask};
use crate::{
    Rendered,
    api::{Answer, Body, Operation, bare},
    proof::{
        instances::{Generator, Limits},
        oracle::{Direction, Oracle},
        same,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{collections::BTreeSet, io, path::Path};

/// What came of one call.
#[derive(Deserialize)]
struct Outcome {
    #[serde(default)]
    received: Value,
    #[serde(default)]
    returned: Value,
    #[serde(default)]
    error: String,
}

struct Call<'a> {
    operation: &'a Operation,
    sent: Value,
}

/// Round trips per operation.
const EACH: usize = 4;

/// Calls every operation that has a client method.
///
/// # Errors
/// When the probe cannot be run.
pub(super) fn prove(program: &Path, output: &Rendered, report: &mut Report) -> io::Result<()> {
    let oracle = Oracle::new(&output.named);
    let calls = calls(&oracle, output);
    let outcomes: Vec<Outcome> = ask(program, "calls", calls.iter().map(|c| c.sent.clone()))?;
    let mut failed: BTreeSet<&str> = BTreeSet::new();
    for (call, outcome) in calls.iter().zip(&outcomes) {
        if let Some(problem) = problem(&oracle, call, outcome)
            && failed.insert(&call.operation.id)
        {
            report.failed_calls.push(format!("{}: {problem}", call.operation.id));
        }
    }
    if outcomes.len() < calls.len() {
        report.failed_calls.push(format!("the probe made {} of {} calls", outcomes.len(), calls.len()));
    }
    let tried: BTreeSet<&str> = calls.iter().map(|c| c.operation.id.as_str()).collect();
    report.called = if outcomes.len() == calls.len() { tried.len() - failed.len() } else { 0 };
    Ok(())
}

fn calls<'a>(oracle: &Oracle, output: &'a Rendered) -> Vec<Call<'a>> {
    let limits = || Limits { valid: EACH * 4, mutants: 0, seed: 7 };
    let requests = Generator::new(oracle, Direction::Request, limits());
    let responses = Generator::new(oracle, Direction::Response, limits());
    let values = |generator: &Generator<'_>, schema: &Value| -> Vec<Value> {
        generator.valid(schema).map(|i| i.values).unwrap_or_default()
    };
    let mut found = vec![];
    for operation in output.operations.iter().filter(|o| !output.omitted.iter().any(|(id, _)| *id == o.id)) {
        let parameters: Vec<(&str, bool, Vec<Value>)> = operation
            .params
            .iter()
            .map(|p| {
                let mut of = values(&requests, &present(&p.schema));
                of.retain(|v| travels(&p.location, v));
                (p.name.as_str(), p.required, of)
            })
            .collect();
        let bodies = operation.body.schema().map(|s| values(&requests, s)).unwrap_or_default();
        let answers = operation.answer.schema().map(|s| values(&responses, s)).unwrap_or_default();
        for n in 0..EACH {
            let pick = |of: &[Value]| of.get(n % of.len().max(1)).cloned();
            let mut sent = Map::new();
            for (name, required, of) in &parameters {
                // every second call leaves out what may be left out
                if *required || n % 2 == 0 || operation.first_page.iter().any(|f| f == name) {
                    sent.extend(pick(of).map(|v| ((*name).to_string(), v)));
                }
            }
            let headers: Map<String, Value> = operation
                .own_headers()
                .filter_map(|h| Some((h.name.clone(), pick(&values(&responses, &present(&h.schema)))?)))
                .collect();
            let body = if operation.body == Body::Bytes { json!("bytes") } else { pick(&bodies).unwrap_or_default() };
            let answer = pick(&answers).unwrap_or_default();
            let sent = json!({"op": operation.id, "params": sent, "body": body, "answer": answer, "headers": headers});
            found.push(Call { operation, sent });
        }
    }
    found
}

/// A parameter's schema without `null`, which a text cannot say.
fn present(schema: &Value) -> Value {
    let mut schema = bare(schema).clone();
    if let Some(map) = schema.as_object_mut() {
        map.shift_remove("nullable");
    }
    schema
}

/// Whether a value survives as text in this place: HTTP trims header values; `.` and nothing are no path segments to routers.
fn travels(location: &str, value: &Value) -> bool {
    let text = value.as_str().map_or_else(|| value.to_string(), Into::into);
    match location {
        "path" => !text.is_empty() && text != "." && text != "..",
        "header" => !text.is_empty() && text.trim() == text && text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()),
        _ => !value.is_null() && value.as_array().is_none_or(|a| !a.is_empty()),
    }
}

/// What was sent; a form has no `null`.
fn sent_body(call: &Call<'_>) -> Value {
    let mut body = call.sent["body"].clone();
    if let (Body::Form(_), Some(members)) = (&call.operation.body, body.as_object_mut()) {
        members.retain(|_, v| !v.is_null());
    }
    body
}

fn problem(oracle: &Oracle, call: &Call<'_>, outcome: &Outcome) -> Option<String> {
    if !outcome.error.is_empty() {
        return Some(outcome.error.chars().take(300).collect());
    }
    let operation = call.operation;
    for p in &operation.params {
        let (sent, got) = (&call.sent["params"][&p.name], &outcome.received["params"][&p.name]);
        if !sent.is_null()
            && !got.is_null()
            && let Some(d) = same::difference(oracle, &present(&p.schema), Direction::Request, sent, got)
        {
            return Some(format!("parameter {} arrived as another: {d:?}", p.name));
        }
    }
    if let (Some(schema), Body::Json(_) | Body::Form(_)) = (operation.body.schema(), &operation.body)
        && let Some(d) =
            same::difference(oracle, schema, Direction::Request, &sent_body(call), &outcome.received["body"])
    {
        return Some(format!("the body arrived as another: {d:?}"));
    }
    match &operation.answer {
        Answer::Json(schema) => {
            same::difference(oracle, schema, Direction::Response, &call.sent["answer"], &outcome.returned)
                .map(|d| format!("the answer arrived as another: {d:?}"))
        }
        Answer::Stream(_) if outcome.returned != "stream" && !operation.method.eq_ignore_ascii_case("head") => {
            Some("the stream arrived as another".into())
        }
        _ => None,
    }
}
