//! From the error of a generated call to [`ApiError`].

use super::{ApiError, ProblemDetails, UnexpectedAnswer, Unsent};
use crate::{clock::now, generated::Error, retry::retry_after, types::Problem};
use reqwest::{StatusCode, header::HeaderMap};
use std::time::Duration;

/// How long to wait after a 429 that does not say.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(1);

impl ApiError {
    /// Converts like `From`, and reads the body of an answer whose status the document does not list for the operation.
    /// The server's router answers so when a path or a method is unknown to it: client and server differ in their
    /// version, or the address is wrong. `?` cannot wait for that body, and so gives only its status and request id.
    pub async fn read(error: Error<Problem>) -> Self {
        match error {
            Error::UnexpectedResponse(answer) => read_unlisted(answer).await,
            listed => listed.into(),
        }
    }
}

impl From<Error<Problem>> for ApiError {
    fn from(error: Error<Problem>) -> Self {
        match error {
            Error::ErrorResponse(answer) => {
                let (status, retry_after) = (answer.status(), retry_after(answer.headers(), now()));
                from_problem(status, retry_after, answer.into_inner())
            }
            Error::CommunicationError(e) | Error::ResponseBodyError(e) | Error::InvalidUpgrade(e) => {
                Self::Connection(e)
            }
            Error::InvalidResponsePayload(body, e) => {
                UnexpectedAnswer::new("its body is not as the document says").with_body(&body, e).into()
            }
            Error::UnexpectedResponse(mut answer) => {
                Unsent::take_from(&mut answer).unwrap_or_else(|| unlisted(answer.status(), answer.headers()).into())
            }
            Error::InvalidRequest(reason) => Self::InvalidRequest(reason),
            Error::Custom(reason) => Self::Credentials(reason),
        }
    }
}

async fn read_unlisted(mut answer: reqwest::Response) -> ApiError {
    if let Some(unsent) = Unsent::take_from(&mut answer) {
        return unsent;
    }
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = match answer.bytes().await {
        Ok(body) => body,
        Err(e) => return ApiError::Connection(e),
    };
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => from_problem(status, retry_after(&headers, now()), problem),
        Err(e) => unlisted(status, &headers).with_body(&body, e).into(),
    }
}

fn from_problem(status: StatusCode, retry_after: Option<Duration>, problem: Problem) -> ApiError {
    let problem = Box::new(ProblemDetails::new(status, problem, retry_after));
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            ApiError::RateLimited { retry_after: retry_after.unwrap_or(DEFAULT_RETRY_AFTER), problem }
        }
        _ => ApiError::Problem(problem),
    }
}

fn unlisted(status: StatusCode, headers: &HeaderMap) -> UnexpectedAnswer {
    let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    UnexpectedAnswer::new("the document has no such answer for this operation").with_head(status.as_u16(), request_id)
}
