//! What `security` asks of callers, against what the pipeline does: one way to find out who calls, and one scope per operation.

use super::super::{
    follow::{Operation, Spot, operations},
    map::Map,
    report::Report,
};
use crate::{
    api::{is_open, security},
    source::join,
};
use serde_json::{Map as Object, Value};

/// Checks the requirements of every operation that not everybody may call.
pub(super) fn check(map: &Map<'_>, report: &mut Report<'_>) {
    let operations = operations(map).into_iter().filter(|o| !is_open(map.root, o.spot.value));
    let (said, unsaid): (Vec<_>, Vec<_>) = operations.partition(|o| security(map.root, o.spot.value).is_array());
    let Some(first) = said.first() else { return };
    for operation in unsaid {
        let message = "says nothing of security while other operations do, so it is open to OpenAPI and closed here";
        report.add(&operation.spot.pointer, message, "add `security`, or say it once at the root");
    }
    for operation in &said {
        let requirements = requirements(map, operation);
        for requirement in &requirements {
            proofs(requirement, report);
            scopes(map, operation, &requirements, requirement, report);
        }
        if names(&requirements) != names(&self::requirements(map, first)) {
            let message = format!(
                "asks for another proof than {} {}: the pipeline finds out who calls in one way",
                first.method.to_uppercase(),
                first.path
            );
            report.add(
                &holder(operation),
                message,
                "ask for the same in all operations, or write `security: []` for none",
            );
        }
    }
}

/// Where the `security` stands that holds for an operation.
fn holder(operation: &Operation<'_>) -> String {
    let own = operation.spot.value.get("security").is_some();
    if own { join(&operation.spot.pointer, "security") } else { operation.spot.pointer.clone() }
}

fn requirements<'a>(map: &Map<'a>, operation: &Operation<'a>) -> Vec<Spot<'a>> {
    let own = operation.spot.value.get("security").is_some();
    let root = Spot { pointer: String::new(), value: map.root };
    if own { operation.spot.items("security") } else { root.items("security") }
}

/// The schemes of each alternative.
fn names<'a>(requirements: &[Spot<'a>]) -> Vec<Vec<&'a String>> {
    let sorted = |r: &Spot<'a>| {
        let mut names: Vec<&String> = r.value.as_object().into_iter().flat_map(Object::keys).collect();
        names.sort();
        names
    };
    let mut all: Vec<_> = requirements.iter().map(sorted).collect();
    all.sort();
    all
}

/// Each alternative is one proof.
fn proofs(requirement: &Spot<'_>, report: &mut Report<'_>) {
    match requirement.value.as_object().map_or(1, Object::len) {
        0 => {
            let message = "lets in also those who prove nothing, and the pipeline asks everybody or nobody";
            report.add(&requirement.pointer, message, "remove `{}`, or write `security: []`");
        }
        1 => {}
        _ => {
            let message = "asks for several proofs at once, and the pipeline finds out who calls by one";
            report.add(&requirement.pointer, message, "keep one of the schemes");
        }
    }
}

/// Each alternative asks for the one scope that the pipeline checks, or for none.
fn scopes(map: &Map<'_>, operation: &Operation<'_>, all: &[Spot<'_>], requirement: &Spot<'_>, report: &mut Report<'_>) {
    let lists = all.iter().filter_map(|r| r.value.as_object()).flat_map(Object::values);
    let different = lists.clone().any(|list| Some(list) != lists.clone().next());
    for (name, list) in requirement.value.as_object().into_iter().flatten() {
        let Some(scopes) = list.as_array().filter(|l| !l.is_empty()) else { continue };
        let here = join(&requirement.pointer, name);
        let ty = map.root["components"]["securitySchemes"][name]["type"].as_str();
        let own = operation.spot.value.get("x-scope");
        if matches!(ty, Some("http" | "apiKey")) {
            let message = "only schemes of the types `oauth2` and `openIdConnect` have scopes";
            report.add(&here, message, format!("write `{name}: []`, and the scope as `x-scope`"));
        } else if scopes.len() > 1 || different {
            let message = "the pipeline checks one scope for each operation, and this asks for others too";
            report.add(&here, message, "ask for one scope, the same in every alternative");
        } else if own.is_some_and(|own| scopes.first() != Some(own)) {
            let message =
                format!("the operation has the `x-scope` {}, and this is another", own.unwrap_or(&Value::Null));
            report.add(&here, message, "write the same scope in both, or none here");
        }
    }
}
