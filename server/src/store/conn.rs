//! What a driver must do.

use crate::error::Result;
use forebear_runtime::store::{Cell, Row};

/// The few places where SQL differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// Oracle 19c and later.
    Oracle,
}

impl Dialect {
    /// The clause that ends a query after `mark` rows.
    #[must_use]
    pub fn limit(self, mark: &str) -> String {
        match self {
            Self::Sqlite => format!(" LIMIT {mark}"),
            Self::Oracle => format!(" FETCH FIRST {mark} ROWS ONLY"),
        }
    }
}

/// One blocking session. Parameters are `:1`, `:2` … in order of appearance.
pub trait Conn: Send {
    /// Which SQL it speaks.
    fn dialect(&self) -> Dialect;
    /// Runs a statement; the number of rows it changed.
    ///
    /// # Errors
    /// What the database refuses.
    fn execute(&mut self, sql: &str, cells: &[Cell]) -> Result<usize>;
    /// Runs a query and hands each row to `each`.
    ///
    /// # Errors
    /// What the database refuses, or the first error of `each`.
    fn query(&mut self, sql: &str, cells: &[Cell], each: &mut dyn FnMut(&dyn Row) -> Result<()>) -> Result<()>;
    /// Rows that were added, changed or removed in this session so far, whether that was undone or not.
    fn changed(&self) -> u64;
    /// Whether no transaction is open.
    fn idle(&self) -> bool;
}
