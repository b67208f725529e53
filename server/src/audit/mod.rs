//! The audit trail: who changed which row from what to what, in the transaction that changed it; who tried to and was refused; and who
//! read what, where the document says `x-audit: access`.
//!
//! The trail only grows: triggers refuse to change or remove a record. Whoever gets around them is found out: records are sealed in
//! batches that are chained and signed ([`verify`]).

mod actor;
mod anchor;
mod attempt;
mod diff;
mod keys;
mod origin;
mod record;
mod recorder;
mod seal;
pub mod sealer;
mod show;
mod verify;

pub use actor::Actor;
pub use anchor::Anchor;
pub use keys::{Keys, KeysError};
pub use record::{Kind, Record};
pub use recorder::Recorder;
pub use seal::{Checkpoint, Seal};
pub use show::{checkpoints, export, history};
pub use verify::{Finding, Report, Scope, verify};

pub(crate) use attempt::{Attempt, attempt};
pub(crate) use diff::{diff, same_content};
pub(crate) use record::{COLUMNS, INSERT};
pub(crate) use seal::UNREADABLE;
#[cfg(feature = "dynamodb")]
pub(crate) use seal::{UNPROVEN, digest_of};
