//! Ships the sealed audit trail to a DynamoDB table, where a copy is kept cheaply and out of the database's reach.
//!
//! A crate of its own because nobody who does not want DynamoDB should compile its SDK. It knows neither the server nor its database:
//! what is shipped comes from a [`Source`], batch after batch, and where it goes is a [`Target`], of which [`Table`] is the real one.
//!
//! At least once, and the first copy wins: an item that is there already is never written over, only compared. So any attempt may be
//! cut off and made again. An outage delays, and loses nothing; what is refused is tried for ever and stays visible in [`Status`].

mod item;
mod pause;
mod running;
mod source;
mod status;
mod table;
mod target;
mod work;

pub use item::Item;
pub use running::{Now, Running};
pub use source::{Batch, Lag, Source};
pub use status::{State, Status};
pub use table::{Settings, Table};
pub use target::{Put, Target};
