//! What protects, limits and records each operation, on one page.
//!
//! The same facts are spread over the document and compiled into markers; here they stand side by side, so that a review sees
//! the row that has changed or that has a hole. What an operation lacks is a value of its own, never an empty cell.

mod filters;
mod markdown;
mod sensitive;

use crate::{
    api::{self, Audit, Need, Operation},
    diagnostic::Diagnostic,
    lint,
    source::Document,
    store,
    types::Types,
};
use serde::Serialize;
use serde_json::Value;

/// Every operation, in document order.
#[derive(Debug, Serialize)]
pub struct Coverage {
    #[serde(skip)]
    title: String,
    /// One row each.
    pub operations: Vec<Row>,
}

/// One operation.
#[derive(Debug, Serialize)]
pub struct Row {
    /// `operationId`.
    pub operation: String,
    /// Upper-case HTTP method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// `security: []`: anybody may call it, and none of the policies apply.
    pub open: bool,
    /// `x-scope`.
    pub scope: Option<String>,
    /// `x-context`.
    pub context: Option<Context>,
    /// `x-rate-limit`, with the numbers of its class.
    pub rate_limit: Option<Limit>,
    /// `x-audit`, or the default of the method.
    pub audit: &'static str,
    /// What makes a second sending harmless: `safe` or `method` (RFC 9110), `key` (`Idempotency-Key`), or `none`.
    pub idempotency: &'static str,
    /// `x-cache.max_age_seconds`.
    pub cache_seconds: Option<u64>,
    /// Filters of a paged list.
    pub filters: Vec<filters::Filter>,
    /// Paths of sensitive members in the request body.
    pub sensitive_request: Vec<String>,
    /// Paths of sensitive members in the answer.
    pub sensitive_response: Vec<String>,
    /// Policies that an operation must have which is not open, and that this one has not.
    pub missing: Vec<&'static str>,
}

/// Who must stand in the token.
#[derive(Debug, Serialize)]
pub struct Context {
    /// `required`, `optional` or `none`.
    pub user: &'static str,
    /// The same.
    pub location: &'static str,
}

/// A class of limits.
#[derive(Debug, Serialize)]
pub struct Limit {
    /// Its name.
    pub class: String,
    /// Requests of one service per window.
    pub service: Option<u64>,
    /// Requests of one user of a service per window.
    pub user: Option<u64>,
    /// Length of the window.
    pub window_seconds: Option<u64>,
}

impl Coverage {
    /// For programs and for reviews of changes.
    ///
    /// # Errors
    /// Never, in practice: nothing in it is no JSON.
    pub fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// For people: one table.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::page(&self.title, &self.operations)
    }
}

/// The coverage of a document.
///
/// # Errors
/// The findings of the lint stage.
pub fn of(document: &Document) -> Result<Coverage, Vec<Diagnostic>> {
    let findings = lint::lint(document);
    if !findings.is_empty() {
        return Err(findings);
    }
    let operations = api::operations(document, &crate::hoist::named(&document.value)).map_err(|d| vec![d])?;
    Ok(rows(document, &operations))
}

/// The coverage of a document that lint has passed.
pub(crate) fn rows(document: &Document, operations: &[Operation]) -> Coverage {
    let tables = store::tables(&document.value, &Types::default());
    let title = document.value["info"]["title"].as_str().unwrap_or_default().into();
    Coverage { title, operations: operations.iter().map(|o| row(&document.value, o, &tables)).collect() }
}

fn row(document: &Value, operation: &Operation, tables: &[store::Table]) -> Row {
    let has = |key: &str| operation.value.get(key).is_some();
    Row {
        operation: operation.id.clone(),
        method: operation.method.clone(),
        path: operation.path.clone(),
        open: operation.open,
        scope: Some(operation.scope.clone()).filter(|s| !s.is_empty()),
        context: has("x-context").then(|| context(operation)),
        rate_limit: has("x-rate-limit").then(|| limit(document, &operation.rate_limit)),
        audit: match operation.audit {
            Audit::None => "none",
            Audit::Access => "access",
            Audit::Change => "change",
        },
        idempotency: idempotency(operation),
        cache_seconds: operation.cache,
        filters: filters::of(document, operation, tables),
        sensitive_request: sensitive::paths(
            document,
            operation.body.schema().and_then(crate::api::ref_name),
            "readOnly",
        ),
        sensitive_response: sensitive::paths(document, operation.response(), "writeOnly"),
        missing: missing(operation),
    }
}

/// Policies that the document does not say.
fn missing(operation: &Operation) -> Vec<&'static str> {
    let said = |key: &str| operation.value.get(key).is_some() || key == "x-scope" && !operation.scope.is_empty();
    ["x-scope", "x-context", "x-rate-limit"].into_iter().filter(|k| !operation.open && !said(k)).collect()
}

fn context(operation: &Operation) -> Context {
    let word = |need| match need {
        Need::Required => "required",
        Need::Optional => "optional",
        Need::None => "none",
    };
    Context { user: word(operation.user), location: word(operation.location) }
}

fn limit(document: &Value, class: &str) -> Limit {
    let number = |key: &str| document["x-rate-limits"][class][key].as_u64();
    Limit {
        class: class.into(),
        service: number("service"),
        user: number("user"),
        window_seconds: number("window_seconds"),
    }
}

fn idempotency(operation: &Operation) -> &'static str {
    let has_key = operation.params_in("header").any(|p| p.name.eq_ignore_ascii_case("idempotency-key"));
    match operation.method.as_str() {
        _ if has_key => "key",
        "PUT" | "DELETE" => "method",
        _ if operation.writes() => "none",
        _ => "safe",
    }
}
