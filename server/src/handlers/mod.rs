//! One file per tag of the document. Handlers are synchronous functions of their input and the transaction: no SQL, no status
//! codes.

mod country;
mod franchise;
mod holiday;
mod location;
mod naics_code;
mod payoff;
mod resource;
mod system;
mod user;

mod prelude {
    pub(super) use crate::{
        access,
        app::{App, Cx},
        error::{Error, Result},
        store::{Read, Write},
    };
    pub(super) use forebear_runtime::{Created, MaybeLocation, MaybeUser, NoContent, Page, WithUser, store::Test};
    pub(super) use generated_server::{handlers::*, models::*, op::*, store::Patch};
}
