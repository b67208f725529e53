//! The document as the emitters need it: operations with their parameters, bodies and policies.
//!
//! Built from a document that the lint stage has passed, so every look-up that fails here is a gap in lint; it still becomes
//! a diagnostic, never a panic.

mod content;
mod security;

pub use content::{Answer, Body, ERROR_UNION, Failure, error_schemas, is_error, succeeds};
pub use security::{is_open, security};

use crate::{
    diagnostic::Diagnostic,
    source::{Document, join},
};
use serde_json::Value;

/// HTTP methods in the order in which OpenAPI 3.0 lists them.
pub const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Whether a part of the request context must, may or cannot be present (`x-context`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The pipeline refuses the request without it.
    Required,
    /// The handler sees an `Option`.
    Optional,
    /// The handler's context has no such accessor.
    None,
}

/// What the audit trail keeps of an operation (`x-audit`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audit {
    /// Nothing beyond the access log.
    None,
    /// That the rows were read.
    Access,
    /// Every changed row, in the transaction that changed it.
    Change,
}

/// One parameter, resolved.
#[derive(Debug, Clone)]
pub struct Param {
    /// Name on the wire.
    pub name: String,
    /// `path`, `query` or `header`.
    pub location: String,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Schema as written (a `$ref` or a bare scalar).
    pub schema: Value,
}

/// A header of the success response.
#[derive(Debug, Clone)]
pub struct Header {
    /// Name on the wire.
    pub name: String,
    /// Whether every answer has it.
    pub required: bool,
    /// Schema as written.
    pub schema: Value,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `operationId`.
    pub id: String,
    /// Upper-case HTTP method.
    pub method: String,
    /// Path template.
    pub path: String,
    /// First tag; names the handler trait. `default` where the document has none.
    pub tag: String,
    /// The operation object as written.
    pub value: Value,
    /// Anybody may call it (`security: []`): no caller, no limit, no audit.
    pub open: bool,
    /// Parameters in source order.
    pub params: Vec<Param>,
    /// What the request carries.
    pub body: Body,
    /// Success status code; 200 where the document leaves it open (`default`).
    pub status: u16,
    /// What the answer carries.
    pub answer: Answer,
    /// Headers of the success response.
    pub headers: Vec<Header>,
    /// The error response.
    pub failure: Option<Failure>,
    /// Parameters that Dropshot's pagination wants with the first page.
    pub first_page: Vec<String>,
    /// `x-scope`, or the scope that `security` asks for.
    pub scope: String,
    /// `x-context.user`.
    pub user: Need,
    /// `x-context.location`.
    pub location: Need,
    /// `x-rate-limit`.
    pub rate_limit: String,
    /// `x-audit`.
    pub audit: Audit,
    /// `x-cache.max_age_seconds`.
    pub cache: Option<u64>,
    /// `x-page`.
    pub page: bool,
}

impl Operation {
    /// Whether the operation changes data.
    #[must_use]
    pub fn writes(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    /// Headers that a handler fills: all but those that the pipeline answers for.
    pub fn own_headers(&self) -> impl Iterator<Item = &Header> {
        let theirs = [
            "etag",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "cache-control",
            "idempotency-replayed",
            "audit-id",
        ];
        let house = self.value.as_object().is_some_and(|o| o.contains_key("x-scope") || o.contains_key("x-cache"));
        self.headers.iter().filter(move |h| {
            let name = h.name.to_lowercase();
            !(house && theirs.contains(&name.as_str()) || name == "location" && self.locates())
        })
    }

    /// Whether the answer says where something is: what was created, or where to go on.
    #[must_use]
    pub fn locates(&self) -> bool {
        let location = self.headers.iter().any(|h| h.name.eq_ignore_ascii_case("location"));
        let created = self.status == 201 && matches!(self.answer, Answer::Json(_));
        location && (created || self.answer == Answer::Redirect)
    }

    /// Name of the component that the answer is, if it is one.
    #[must_use]
    pub fn response(&self) -> Option<&str> {
        self.answer.schema().and_then(ref_name)
    }

    /// Parameters of one location, in source order.
    pub fn params_in<'a>(&'a self, location: &'a str) -> impl Iterator<Item = &'a Param> {
        self.params.iter().filter(move |p| p.location == location)
    }
}

/// What a one-element `allOf` wraps, or the schema itself.
#[must_use]
pub fn bare(schema: &Value) -> &Value {
    match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) => only,
        _ => schema,
    }
}

/// Name of the component that `value` refers to, looking through a one-element `allOf`.
#[must_use]
pub fn ref_name(value: &Value) -> Option<&str> {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => reference.rsplit('/').next(),
        None if !std::ptr::eq(bare(value), value) => ref_name(bare(value)),
        None => None,
    }
}

/// Follows `$ref`s inside the document; a reference to nowhere yields `null`.
#[must_use]
pub fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut at = value;
    for _ in 0..16 {
        match at.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix('#')) {
            Some(pointer) => at = document.pointer(pointer).unwrap_or(&Value::Null),
            None => return at,
        }
    }
    &Value::Null
}

/// All operations of `named`, the document with a name for each type, in document order.
///
/// # Errors
/// Whatever the emitters could not work with.
pub fn operations(document: &Document, named: &Value) -> Result<Vec<Operation>, Diagnostic> {
    let mut found = vec![];
    for (path, item) in named["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(value) = item.get(method) {
                let pointer = join(&join("/paths", path), method);
                found.push(operation(document, named, (path, method), value, pointer)?);
            }
        }
    }
    Ok(found)
}

fn operation(
    doc: &Document,
    named: &Value,
    (path, method): (&str, &str),
    value: &Value,
    pointer: String,
) -> Result<Operation, Diagnostic> {
    let gap = |what: &str| doc.finding(&pointer, format!("the operation has no {what}"), format!("add `{what}` to it"));
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_string();
    let (code, response) = content::success(named, value).ok_or_else(|| gap("response to success"))?;
    let writes = !matches!(method, "get" | "head" | "options");
    Ok(Operation {
        id: value["operationId"].as_str().ok_or_else(|| gap("operationId"))?.into(),
        method: method.to_uppercase(),
        path: path.into(),
        tag: value["tags"][0].as_str().unwrap_or("default").into(),
        open: is_open(named, value),
        params: params(named, &named["paths"][path], value),
        body: content::body(named, value),
        status: code.parse().unwrap_or(200),
        answer: content::answer(code, value, response),
        headers: headers(named, response),
        failure: content::failure(named, value),
        first_page: first_page(value),
        scope: security::scope(named, value),
        user: need(&value["x-context"]["user"]),
        location: need(&value["x-context"]["location"]),
        rate_limit: text("x-rate-limit"),
        audit: match value["x-audit"].as_str() {
            Some("access") => Audit::Access,
            Some("change") => Audit::Change,
            _ if writes => Audit::Change,
            _ => Audit::None,
        },
        cache: value["x-cache"]["max_age_seconds"].as_u64(),
        page: value["x-page"] == true,
        value: value.clone(),
    })
}

fn headers(named: &Value, response: &Value) -> Vec<Header> {
    let headers = response["headers"].as_object().into_iter().flatten();
    let header = |(name, header): (&String, &Value)| {
        let header = resolve(named, header);
        Header { name: name.clone(), required: header["required"] == true, schema: header["schema"].clone() }
    };
    headers.map(header).collect()
}

fn first_page(operation: &Value) -> Vec<String> {
    let names = operation["x-dropshot-pagination"]["required"].as_array().into_iter().flatten();
    names.filter_map(|n| n.as_str().map(Into::into)).collect()
}

/// Parameters of an operation after `$ref`s, those of its path first.
fn params(named: &Value, item: &Value, operation: &Value) -> Vec<Param> {
    let all = item["parameters"].as_array().into_iter().chain(operation["parameters"].as_array()).flatten();
    all.map(|p| resolve(named, p))
        .map(|p| Param {
            name: p["name"].as_str().unwrap_or_default().into(),
            location: p["in"].as_str().unwrap_or_default().into(),
            required: p["required"] == true,
            schema: p["schema"].clone(),
        })
        .collect()
}

fn need(value: &Value) -> Need {
    match value.as_str() {
        Some("required") => Need::Required,
        Some("optional") => Need::Optional,
        _ => Need::None,
    }
}
