//! The audit trail: who changed which row from what to what, in the transaction that changed it; who tried to and was refused; and who
//! read what, where the document says `x-audit: access`.
//!
//! The trail only grows: triggers refuse to change or remove a record.

mod actor;
mod attempt;
mod diff;
mod keys;
mod record;

pub use actor::Actor;
pub use keys::{Keys, KeysError};
pub use record::{Kind, Record};

pub(crate) use attempt::attempt;
pub(crate) use diff::{diff, same_content};
pub(crate) use record::INSERT;
