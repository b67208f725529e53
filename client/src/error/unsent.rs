//! Why a request was not sent, on its way through the generated client.
//!
//! A transport can only answer, or fail with an error of the HTTP client, which nobody else can make. So the reason travels as an
//! extension of an answer that no server gave, and is taken out where a call's error becomes an [`ApiError`].

use super::{ApiError, ProblemDetails, SourceFailure};
use std::time::Duration;

/// A status that no document lists.
const STATUS: u16 = 599;

#[derive(Debug, Clone)]
pub(crate) enum Unsent {
    Source(SourceFailure),
    Credentials(String),
    Limit { class: String, wait: Duration },
}

impl Unsent {
    pub(crate) fn into_answer(self) -> reqwest::Response {
        let mut answer = http::Response::new("");
        *answer.status_mut() = http::StatusCode::from_u16(STATUS).unwrap_or_default();
        answer.extensions_mut().insert(self);
        answer.into()
    }

    pub(super) fn take_from(answer: &mut reqwest::Response) -> Option<ApiError> {
        answer.extensions_mut().remove::<Self>().map(Into::into)
    }
}

impl From<Unsent> for ApiError {
    fn from(reason: Unsent) -> Self {
        match reason {
            Unsent::Source(error) => Self::Source(error),
            Unsent::Credentials(reason) => Self::Credentials(reason),
            Unsent::Limit { class, wait } => {
                Self::RateLimited { retry_after: wait, problem: Box::new(ProblemDetails::unsent(&class, wait)) }
            }
        }
    }
}

impl From<SourceFailure> for Unsent {
    fn from(error: SourceFailure) -> Self {
        Self::Source(error)
    }
}
