//! The database: a small blocking connection trait, and typed handles over it.
//!
//! No ORM crate carries both SQLite and Oracle, so the generated entity is the mapping (`docs/decisions/0002`). A handler sees
//! only [`Read`] or [`Write`]: the first has no writing method, and every change through the second writes its audit record.

mod checkpoint;
mod conn;
mod flights;
mod idempotency;
mod kept_open;
mod list;
pub mod migrate;
mod notes;
mod page_token;
pub mod position;
mod read;
mod readers;
pub(crate) mod schema;
mod session;
mod sqlite;
mod sweep;
pub(crate) mod trail;
mod watch;
mod write;
mod writer;

pub use conn::{Conn, Dialect};
pub use read::{Read, require_version};
pub use readers::Readers;
pub use session::Session;
use sqlite::{Mode, Sqlite};
pub use write::{Upsert, Write};
pub use writer::Writer;
