//! The errors of a call, sorted by what a caller can do about them.
//!
//! The generated error tells how an answer was decoded; a caller wants to know whether to correct the request, to wait,
//! or to report a fault. One enum for all operations, because every operation answers with the same problem body.

mod convert;
mod problem;
mod source;
mod unexpected;
mod unsent;

pub use problem::ProblemDetails;
pub use source::SourceFailure;
use std::time::Duration;
pub use unexpected::UnexpectedAnswer;
pub(crate) use unsent::Unsent;

/// Why a call has no result. `?` makes it from the error of a generated call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The server refused the request or failed, and said why.
    #[error("{0}")]
    Problem(Box<ProblemDetails>),
    /// The service or the user used up the limit of this class of operations: the server said so (429), or an earlier answer did
    /// and the wait would have been longer than the call may take; then nothing was sent.
    #[error("{problem}; try again after {} s", retry_after.as_secs())]
    RateLimited {
        /// How long to wait, from `Retry-After` (RFC 9110 section 10.2.3); one second when the answer does not say.
        retry_after: Duration,
        /// What the server said.
        problem: Box<ProblemDetails>,
    },
    /// No complete answer came: no connection, a broken one, or the time ran out. Whether the server has done its work
    /// is unknown.
    #[error("{}", connection(.0))]
    Connection(#[source] reqwest::Error),
    /// The answer is not one of the document, for instance of a proxy, or of a server of another version.
    #[error("{0}")]
    Unexpected(Box<UnexpectedAnswer>),
    /// A value that was given to the request is not one of the document; nothing was sent.
    #[error("invalid request: {0}")]
    InvalidRequest(String),
    /// No token could be made; nothing was sent.
    #[error("no credentials: {0}")]
    Credentials(String),
    /// The source of the user's proof, or of the service's key, gave none: there was nothing to sign with, or the server had
    /// refused the one before.
    #[error(transparent)]
    Source(SourceFailure),
}

impl ApiError {
    /// HTTP status of the answer, when there was one and it is known.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unexpected(answer) => answer.status,
            _ => self.problem().map(|p| p.status),
        }
    }

    /// Stable code of the problem to branch on, for example `not_found`; see [`ProblemDetails::code`].
    pub fn code(&self) -> Option<&str> {
        self.problem().map(|p| p.code.as_str())
    }

    /// What the server said, when it said something.
    pub fn problem(&self) -> Option<&ProblemDetails> {
        match self {
            Self::Problem(problem) | Self::RateLimited { problem, .. } => Some(problem),
            _ => None,
        }
    }

    /// Identifier of the request in the server's logs, when the answer carries one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Unexpected(answer) => answer.request_id.as_deref(),
            _ => self.problem().map(|p| p.request_id.as_str()),
        }
    }

    /// How long the server asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } => Some(*retry_after),
            _ => self.problem().and_then(|p| p.retry_after),
        }
    }

    /// Whether the same request may succeed later: 408, 429, 502, 503, 504, or no complete answer. The client has
    /// tried again already where that was safe; after anything but 429 the server may have done its work.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Connection(error) => !error.is_builder(),
            _ => matches!(self.status(), Some(408 | 429 | 502 | 503 | 504)),
        }
    }

    /// Whether this is the 304 of a conditional read: what the caller has is still current.
    pub fn is_not_modified(&self) -> bool {
        self.status() == Some(304)
    }
}

impl From<UnexpectedAnswer> for ApiError {
    fn from(answer: UnexpectedAnswer) -> Self {
        Self::Unexpected(Box::new(answer))
    }
}

/// The cause is the source and not repeated here.
fn connection(error: &reqwest::Error) -> &'static str {
    if error.is_builder() {
        "the request cannot be built"
    } else if error.is_connect() {
        "cannot connect to the lending API"
    } else if error.is_timeout() {
        "the lending API did not answer in time"
    } else {
        "the connection to the lending API broke"
    }
}
