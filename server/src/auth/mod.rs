//! Who calls: a service that proves its key by signing a short-lived JWT, and the user on whose behalf it calls.

mod keys;
pub mod oidc;
mod outbound;
pub mod session;
mod token;

pub use keys::{Caller, KeyError, Keyring, Service};
pub use oidc::Oidc;
pub use session::Sessions;
pub use token::{Location, MAX_LIFETIME, Subject, TOKEN_TYPE, User, mint};

use crate::{app::App, error::Result};
use forebear_runtime::Identity;
use http::HeaderMap;

/// Verifies the bearer token of a request.
///
/// # Errors
/// [`crate::error::Error::Unauthenticated`], which callers see as one constant 401.
pub fn authenticate(keyring: &Keyring, headers: &HeaderMap, now: i64) -> Result<Identity<App>> {
    let verified = token::verify(keyring, token::bearer(headers)?, now)?;
    Ok(Identity { service: verified.caller, user: verified.user, location: verified.location })
}
