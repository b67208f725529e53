//! Where items go.

use crate::Item;
use std::future::Future;

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It was not there, and is now.
    Stored,
    /// It was there: an earlier attempt had put it.
    Same,
    /// Another one with its id was there, and stays. These members differ.
    Other(String),
}

/// A table that never writes over an item.
pub trait Target: Send + 'static {
    /// Puts an item unless one with its id is there. May be cut off at any moment, and made again.
    ///
    /// # Errors
    /// Why it cannot be put now, in words for the log.
    fn put(&self, item: &Item) -> impl Future<Output = Result<Put, String>> + Send;
}
