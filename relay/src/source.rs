//! Where sealed records come from, and where it is kept how far they were shipped.

use crate::Item;

/// A sealed batch.
#[derive(Debug)]
pub struct Batch {
    /// Its number.
    pub number: i64,
    /// Its records, in order.
    pub records: Vec<Item>,
    /// Its checkpoint, which follows them.
    pub checkpoint: Item,
}

/// What is sealed and not shipped, and how it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// Newest batch; 0 when nothing is sealed.
    pub newest: i64,
    /// Batch that was shipped last; 0 when none was.
    pub shipped: i64,
    /// Records that wait.
    pub records: i64,
    /// When the oldest batch that waits was sealed, in seconds since 1970.
    pub oldest: Option<i64>,
    /// What was found to be other than it was sealed, since the start; the source has told of each.
    pub wrong: u64,
}

/// Sealed batches, and the position up to which they were shipped. Calls block, and are made one at a time; errors are words for the
/// log, and what failed is tried again.
pub trait Source: Send + 'static {
    /// The batch after the position, if it is sealed.
    ///
    /// # Errors
    /// When it cannot be read.
    fn next(&mut self) -> Result<Option<Batch>, String>;

    /// Puts the position behind the batch that was given last, and makes it durable.
    ///
    /// # Errors
    /// When it cannot be kept; the batch is then shipped again, by this process or the next one.
    fn shipped(&mut self) -> Result<(), String>;

    /// What waits.
    ///
    /// # Errors
    /// When it cannot be read.
    fn lag(&mut self) -> Result<Lag, String>;
}
