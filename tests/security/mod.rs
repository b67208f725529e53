//! Who may call: every way in which a token can be wrong, and what the document asks of a good one.

/// The table.
mod attacks;
/// The table that nobody wrote.
mod bytes;
/// Scope, user and location, over every operation.
mod context;
pub(crate) mod forge;
/// Which keys the server starts with, and how they are exchanged.
mod keys;
/// Tokens across a restart.
mod restart;
