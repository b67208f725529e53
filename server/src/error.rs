//! The domain's failures, and the one place that knows which HTTP status each of them is.
//!
//! Internal text stays inside: what a caller reads is written here, what went wrong is logged once.

use forebear_runtime::{Place, Problem, store::CellError};
use generated_server::store::Missing;
use http::{HeaderValue, StatusCode, header};
use std::fmt;

/// Result of everything in the domain.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request cannot be answered as asked.
#[derive(Debug)]
pub enum Error {
    /// No row of this kind has the key.
    NotFound(&'static str),
    /// The caller could not be identified. The reason is for the log: callers get one constant text.
    Unauthenticated(&'static str),
    /// The user is not known, or is not active.
    UnknownUser,
    /// The location is not one of the user's own.
    ForeignLocation {
        /// Where the request names it.
        at: Option<Place>,
    },
    /// The user only reads at the location.
    Viewer {
        /// Where the request names it.
        at: Option<Place>,
    },
    /// `If-Match` names another version, or the row changed meanwhile.
    Stale,
    /// The row cannot be changed in the state it is in.
    Conflict(String),
    /// The idempotency key was used for another request.
    KeyReused,
    /// Another request with the idempotency key is still at work.
    InFlight,
    /// A rule of the business is broken at a place in the body.
    Rule {
        /// JSON pointer.
        pointer: &'static str,
        /// Which rule.
        code: &'static str,
        /// What would be right.
        detail: String,
    },
    /// What was sent as a page token is none, or not one of this list with these filters.
    PageToken,
    /// The database, or whoever proves users, cannot take the request now. The text is for the log.
    Unavailable(String),
    /// The server takes no such request now, as it is meant to: while it begins or ends. Said once in the log, and not for each request.
    NotNow(&'static str),
    /// The database holds or did something that it must not.
    Database(String),
    /// Already in its final form.
    Problem(Box<Problem>),
}

/// An error and its causes, each that adds something.
#[must_use]
pub fn chain(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut next = e.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        next = cause.source();
    }
    text
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthenticated(text) | Self::NotNow(text) => f.write_str(text),
            Self::Unavailable(text) | Self::Database(text) => f.write_str(text),
            other => f.write_str(&other.public().detail),
        }
    }
}
impl std::error::Error for Error {}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}
impl From<Missing> for Error {
    fn from(Missing(pointer): Missing) -> Self {
        Problem::body(&pointer, "required", "is required, because there is no such object yet: send it whole").into()
    }
}
impl From<CellError> for Error {
    fn from(e: CellError) -> Self {
        Self::Database(format!("a stored row breaks the document: {e}"))
    }
}

impl From<Error> for Problem {
    fn from(e: Error) -> Self {
        match &e {
            Error::Unavailable(_) | Error::Database(_) => tracing::error!(error = %e, "request failed"),
            Error::Unauthenticated(reason) => tracing::info!(reason, "authentication refused"),
            Error::NotNow(reason) => tracing::debug!(reason, "request not taken now"),
            _ => {}
        }
        e.public()
    }
}

impl Error {
    /// Whether the caller may not do this at all.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.public().status == StatusCode::FORBIDDEN
    }

    fn public(&self) -> Problem {
        let plain = |status, code, detail: &'static str| Problem::new(status, code, detail);
        match self {
            Self::NotFound(what) => {
                Problem::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
            }
            Self::Unauthenticated(_) => {
                let detail = "send a valid service token as `Authorization: Bearer …`";
                plain(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
                    .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            }
            Self::UnknownUser => {
                plain(StatusCode::FORBIDDEN, "unknown_user", "the user is not known here or not active")
            }
            Self::ForeignLocation { at } => {
                forbidden("outside_own_locations", "the location is not one of the user's own", at.clone())
            }
            Self::Viewer { at } => {
                let detail = "at this location the user only reads, as a viewer; a change needs another role there";
                forbidden("viewer", detail, at.clone())
            }
            Self::Stale => plain(
                StatusCode::PRECONDITION_FAILED,
                "stale_etag",
                "the row has another version by now; read it again",
            ),
            Self::Conflict(detail) => Problem::new(StatusCode::CONFLICT, "conflict", detail.clone()),
            Self::KeyReused => {
                let detail = "this Idempotency-Key was used for another request; use a new one";
                plain(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", detail)
            }
            Self::InFlight => {
                let detail = "a request with this Idempotency-Key is still at work; send this one again";
                plain(StatusCode::CONFLICT, "in_flight", detail)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
            }
            Self::Rule { pointer, code, detail } => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_body",
                detail.clone(),
            )
            .item(Place::Pointer((*pointer).into()), code, detail.clone()),
            Self::PageToken => {
                let detail = "is not a page token of this list with these filters; start again without it";
                Problem::parameter("page-token", "invalid", detail)
            }
            Self::Unavailable(_) | Self::NotNow(_) => {
                let detail = "the server cannot take the request now; try again";
                plain(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("1"))
            }
            Self::Database(_) => Problem::internal(),
            Self::Problem(problem) => (**problem).clone(),
        }
    }
}

fn forbidden(code: &'static str, detail: &'static str, at: Option<Place>) -> Problem {
    let problem = Problem::new(StatusCode::FORBIDDEN, code, detail);
    match at {
        Some(place) => problem.item(place, code, detail),
        None => problem,
    }
}
