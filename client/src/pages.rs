//! Walks a list page by page, so that no caller handles `page-token`.

use crate::{ApiError, Paged, UnexpectedAnswer};
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};

/// The rows of a list, fetched as they are taken. It is `Unpin`: call `try_next` on it directly.
pub type Pages<'a, T> = BoxStream<'a, Result<T, ApiError>>;

/// Streams every row of a list request once, in the order of the list. Nothing is sent before the first row is taken,
/// and a page is fetched only when the rows before it were. `limit` sets the size of a page, not of the stream.
///
/// # Errors
/// A page that cannot be fetched is an `Err` item, and the stream ends after it.
pub fn pages<'a, P: Paged + 'a>(request: P) -> Pages<'a, P::Item> {
    stream::try_unfold(Walk { request, next: Some(None) }, Walk::step)
        .map_ok(|rows| stream::iter(rows.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}

/// Where a walk stands.
struct Walk<P> {
    request: P,
    /// Token of the page to fetch next, `None` within for the first one; none at all after the last.
    next: Option<Option<String>>,
}

impl<P: Paged> Walk<P> {
    async fn step(self) -> Result<Option<(Vec<P::Item>, Self)>, ApiError> {
        let Self { request, next: Some(token) } = self else { return Ok(None) };
        let (rows, next) = match request.clone().page(token.clone()).await {
            Ok(page) => page,
            Err(error) => return Err(ApiError::read(error).await),
        };
        if next.is_some() && next == token {
            return Err(UnexpectedAnswer::new("a page of the list names itself as the next one").into());
        }
        Ok(Some((rows, Self { request, next: next.map(Some) })))
    }
}
