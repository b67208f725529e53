//! A source of proofs or keys that gave none. Its name is told, and its own error as the cause; never what it holds.

use crate::SourceError;
use std::{error::Error, fmt, sync::Arc};

/// How long is too long is said by the call that waited.
const LATE: &str = "did not answer in time";

/// A source gave no proof or key: it failed, panicked, or did not answer within the time of the call. Nothing was sent, or the server
/// had refused what was.
#[derive(Debug, Clone)]
pub struct SourceFailure {
    name: String,
    reason: &'static str,
    /// Many callers may have waited for one answer.
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl SourceFailure {
    pub(crate) fn failed(name: &str, cause: SourceError) -> Self {
        Self { name: name.to_owned(), reason: "failed", cause: Some(cause.into()) }
    }

    pub(crate) fn late(name: &str) -> Self {
        Self { name: name.to_owned(), reason: LATE, cause: None }
    }

    pub(crate) fn gone(name: &str) -> Self {
        Self { name: name.to_owned(), reason: "ended without an answer", cause: None }
    }

    pub(crate) fn is_late(&self) -> bool {
        self.reason == LATE
    }

    /// What the source is of, or how it names itself.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for SourceFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no credentials: the source of {} {}", self.name, self.reason)
    }
}

impl Error for SourceFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
