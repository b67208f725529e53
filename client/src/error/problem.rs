//! The problem body as a caller reads it: without the optional members of the wire format.

use crate::types;
use std::{fmt, time::Duration};

/// What the server said about a request that it did not fulfil (RFC 9457).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProblemDetails {
    /// HTTP status of the answer.
    pub status: u16,
    /// Stable code to branch on, for example `not_found`. The server's router names none in its own errors; the code
    /// that the API has for the status stands in.
    pub code: String,
    /// Short name of the problem, the same for every occurrence.
    pub title: String,
    /// One sentence for a person.
    pub detail: String,
    /// Identifier of the request in the server's logs; empty when nothing was sent.
    pub request_id: String,
    /// Each thing that is wrong with the request, by `pointer` into the body (RFC 6901) or by `parameter`.
    pub errors: Vec<types::ProblemError>,
    /// How long to wait before the next try, when the server says so.
    pub retry_after: Option<Duration>,
}

impl ProblemDetails {
    pub(super) fn new(status: reqwest::StatusCode, problem: types::Problem, retry_after: Option<Duration>) -> Self {
        Self {
            status: status.as_u16(),
            code: problem.error_code.unwrap_or_else(|| code_of(status.as_u16()).to_owned()),
            title: problem.title.unwrap_or_else(|| status.canonical_reason().unwrap_or_default().to_owned()),
            detail: problem.detail.unwrap_or(problem.message),
            request_id: problem.request_id,
            errors: problem.errors.unwrap_or_default(),
            retry_after,
        }
    }

    /// In place of the refusal that a request would have met.
    pub(super) fn unsent(class: &str, wait: Duration) -> Self {
        Self {
            status: 429,
            code: code_of(429).to_owned(),
            title: "Too Many Requests".to_owned(),
            detail: format!("nothing was sent: the limit `{class}` is used up, as an earlier answer said"),
            request_id: String::new(),
            errors: vec![],
            retry_after: Some(wait),
        }
    }

    /// The entries about this member of the body or anything within it, for example `/payoff_date` or `/requester`.
    pub fn errors_at<'a>(&'a self, pointer: &'a str) -> impl Iterator<Item = &'a types::ProblemError> {
        self.errors.iter().filter(move |error| {
            let rest = error.pointer.as_deref().and_then(|p| p.strip_prefix(pointer));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

impl fmt::Display for ProblemDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.detail)?;
        for error in &self.errors {
            let place = match (error.pointer.as_deref(), error.parameter.as_deref()) {
                (Some(""), _) => "body",
                (Some(place), _) | (None, Some(place)) => place,
                (None, None) => &error.code,
            };
            write!(f, " [{place}: {}]", error.detail)?;
        }
        if self.request_id.is_empty() { Ok(()) } else { write!(f, " (request {})", self.request_id) }
    }
}

/// The server's most common code of a status, for the router's answers, which carry none.
fn code_of(status: u16) -> &'static str {
    match status {
        400 => "malformed",
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        409 => "conflict",
        412 => "stale_etag",
        413 => "too_large",
        415 => "media_type",
        422 => "invalid_body",
        428 => "precondition_required",
        429 => "rate_limited",
        500 => "internal",
        503 => "unavailable",
        _ => "unknown",
    }
}
