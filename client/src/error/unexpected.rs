//! An answer that the document does not have: kept apart from problems, because its words are not the API's.

use std::{error::Error, fmt};

/// Longest part of a body that is kept, in characters.
const KEPT: usize = 2048;

/// An answer that could not be read as one of the document's.
#[non_exhaustive]
pub struct UnexpectedAnswer {
    /// HTTP status. Unknown when a listed answer could not be decoded.
    pub status: Option<u16>,
    /// Identifier of the request in the server's logs, when a header carries it.
    pub request_id: Option<String>,
    reason: &'static str,
    body: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl UnexpectedAnswer {
    pub(crate) fn new(reason: &'static str) -> Self {
        Self { status: None, request_id: None, reason, body: String::new(), source: None }
    }

    pub(super) fn with_head(mut self, status: u16, request_id: Option<String>) -> Self {
        (self.status, self.request_id) = (Some(status), request_id);
        self
    }

    pub(super) fn with_body(mut self, body: &[u8], source: impl Error + Send + Sync + 'static) -> Self {
        self.body = String::from_utf8_lossy(body).chars().take(KEPT).collect();
        self.source = Some(Box::new(source));
        self
    }

    /// The beginning of the body, at most 2,048 characters; empty when it was not read. It may hold people's data, so
    /// neither `Debug` nor `Display` shows it.
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl fmt::Display for UnexpectedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unexpected answer")?;
        if let Some(status) = self.status {
            write!(f, " {status}")?;
        }
        write!(f, ": {}", self.reason)?;
        self.request_id.iter().try_for_each(|id| write!(f, " (request {id})"))
    }
}

impl fmt::Debug for UnexpectedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnexpectedAnswer")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("reason", &self.reason)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Error for UnexpectedAnswer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
