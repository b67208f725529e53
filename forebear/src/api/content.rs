//! What requests and answers carry, beyond parameters.

use super::resolve;
use serde_json::{Map, Value};

/// The body of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// There is none.
    None,
    /// JSON of this schema.
    Json(Value),
    /// URL-encoded fields of this schema.
    Form(Value),
    /// Parts; those that are not files make up this schema, if the document describes any.
    Multipart(Option<Value>),
    /// Any bytes.
    Bytes,
    /// A websocket's handshake.
    Upgrade,
}

impl Body {
    /// The schema of what is decoded.
    #[must_use]
    pub fn schema(&self) -> Option<&Value> {
        match self {
            Self::Json(schema) | Self::Form(schema) | Self::Multipart(Some(schema)) => Some(schema),
            _ => None,
        }
    }
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// JSON of this schema.
    Json(Value),
    /// There is none.
    Empty,
    /// There is none; `Location` says where to go on.
    Redirect,
    /// Bytes of this media type, `*/*` where the handler says which.
    Stream(String),
    /// The connection becomes a websocket.
    Upgrade,
}

impl Answer {
    /// The schema of what is encoded.
    #[must_use]
    pub fn schema(&self) -> Option<&Value> {
        match self {
            Self::Json(schema) => Some(schema),
            _ => None,
        }
    }
}

/// The error response of an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Its name among `components/responses`, or `Error` where it is written in place.
    pub name: String,
    /// The schema, where a problem (RFC 9457) does not fit it: then the handler fails with this type.
    pub own: Option<Value>,
}

/// Code and response of success.
pub(super) fn success<'a>(named: &'a Value, operation: &'a Value) -> Option<(&'a String, &'a Value)> {
    let responses = operation["responses"].as_object()?;
    let rank = |code: &str| match code.parse::<u16>() {
        Ok(n) if (200..300).contains(&n) => Some(0),
        Ok(n) if n < 400 && n != 304 => Some(1),
        _ if code == "default" => Some(2),
        _ => None,
    };
    let ranked = responses.iter().filter_map(|(code, r)| rank(code).map(|n| (n, code, r)));
    ranked.min_by_key(|(n, ..)| *n).map(|(_, code, r)| (code, resolve(named, r)))
}

/// First media type of a body or response, with its schema.
fn media(holder: &Value) -> Option<(&str, &Value)> {
    let (media, content) = holder["content"].as_object()?.iter().next()?;
    Some((media, &content["schema"]))
}

pub(super) fn body(named: &Value, operation: &Value) -> Body {
    if operation.get("x-dropshot-websocket").is_some() {
        return Body::Upgrade;
    }
    match media(resolve(named, &operation["requestBody"])) {
        None => Body::None,
        Some(("application/json", schema)) => Body::Json(schema.clone()),
        Some(("application/x-www-form-urlencoded", schema)) => Body::Form(schema.clone()),
        Some(("multipart/form-data", schema)) => Body::Multipart(super::ref_name(schema).map(|_| schema.clone())),
        Some(_) => Body::Bytes,
    }
}

pub(super) fn answer(code: &str, operation: &Value, response: &Value) -> Answer {
    if operation.get("x-dropshot-websocket").is_some() || code == "101" {
        return Answer::Upgrade;
    }
    match media(response) {
        Some(("application/json", schema)) => Answer::Json(schema.clone()),
        Some((media, _)) => Answer::Stream(media.into()),
        None if code.starts_with('3') => Answer::Redirect,
        None => Answer::Empty,
    }
}

/// Whether a response under a status of its own is what a handler's value becomes.
#[must_use]
pub fn succeeds(code: &str) -> bool {
    code.starts_with(['1', '2', '3']) && code != "304"
}

/// Whether a response is an error: `default` is one where another response stands for success.
#[must_use]
pub fn is_error(code: &str, responses: &Map<String, Value>) -> bool {
    code.starts_with(['4', '5']) || code == "default" && responses.keys().any(|c| succeeds(c))
}

/// The schemas of an operation's error responses, each once.
#[must_use]
pub fn error_schemas<'a>(document: &'a Value, operation: &'a Value) -> Vec<&'a Value> {
    let mut found = vec![];
    let Some(responses) = operation["responses"].as_object() else { return found };
    for (_, response) in responses.iter().filter(|(code, _)| is_error(code, responses)) {
        match media(resolve(document, response)) {
            Some((_, schema)) if !found.contains(&schema) => found.push(schema),
            _ => {}
        }
    }
    found
}

/// Where [`crate::hoist::named`] notes the one type of an operation's errors, if they have several.
pub const ERROR_UNION: &str = "x-forebear-error";

pub(super) fn failure(named: &Value, operation: &Value) -> Option<Failure> {
    let responses = operation["responses"].as_object()?;
    let (_, error) = responses.iter().find(|(code, _)| is_error(code, responses))?;
    let name = error["$ref"].as_str().filter(|_| responses.contains_key("4XX"));
    let name = name.and_then(|r| r.rsplit('/').next()).unwrap_or("Error").to_string();
    let own = match operation.get(ERROR_UNION) {
        Some(union) => Some(union),
        None => media(resolve(named, error)).map(|(_, schema)| schema).filter(|s| !takes_problem(named, s)),
    };
    Some(Failure { name, own: own.cloned() })
}

/// Members that every problem has.
const PROBLEM: [&str; 8] = ["type", "title", "status", "detail", "instance", "request_id", "error_code", "message"];

/// Whether a problem is a value of the schema: an object that wants no more than problems have.
fn takes_problem(named: &Value, schema: &Value) -> bool {
    let schema = resolve(named, super::bare(schema));
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let fits = |name: &str| match properties.get(name).map(|p| resolve(named, super::bare(p))) {
        Some(p) if name == "status" => p["type"] == "integer",
        Some(p) => p["type"] == "string" && p.get("enum").is_none() && p.get("format").is_none(),
        None => true,
    };
    let closed = schema["additionalProperties"] == false && PROBLEM.iter().any(|n| !properties.contains_key(*n));
    schema["type"] == "object"
        && !closed
        && required.all(|name| PROBLEM.contains(&name))
        && PROBLEM.iter().all(|name| fits(name))
}
