//! Why an item was not put, in words for the log. They hold what AWS says, which names callers and tables and never a secret.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use std::error::Error;

pub(super) fn words<E, R>(e: &SdkError<E, R>) -> String
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    match e.as_service_error().map(ProvideErrorMetadata::meta) {
        Some(meta) => {
            format!("{}: {}", meta.code().unwrap_or("refused"), meta.message().unwrap_or("the service says no more"))
        }
        None => chain(e),
    }
}

/// The error and its causes, each that adds something.
fn chain(e: &dyn Error) -> String {
    let mut text = e.to_string();
    let mut next = e.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        next = cause.source();
    }
    text
}
