//! Who calls: a service that proves its key by signing a short-lived JWT, and the user on whose behalf it calls.

mod keys;
pub mod oidc;
mod outbound;
mod replay;
pub mod session;
mod token;
mod user;

pub use keys::{Caller, KeyError, KeyPart, Keyring, Service};
pub use oidc::Oidc;
pub use replay::Replay;
pub use session::Sessions;
pub use token::{MAX_BYTES, MAX_LIFETIME, Subject, TOKEN_TYPE, mint};
pub use user::{Location, User};

use crate::{
    app::App,
    config::UserProof,
    error::{Error, Result},
};
use forebear_runtime::Identity;
use http::HeaderMap;
use std::sync::{Arc, PoisonError, RwLock};
use token::Claims;

/// The start refuses a service whose proof is not configured, and so does a reload.
const NOT_CONFIGURED: Error = Error::Unauthenticated("the proof of this service is not configured");

/// Everything that proves a caller. The keyring can be exchanged while requests are served.
pub struct Authenticator {
    keyring: RwLock<Arc<Keyring>>,
    replay: Replay,
    users: Users,
}

/// What proves a user, as far as it is configured.
#[derive(Default)]
pub struct Users {
    /// Id tokens of an OpenID provider.
    pub oidc: Option<Oidc>,
    /// Sessions of ULP.
    pub sessions: Option<Sessions>,
}

impl Authenticator {
    /// Puts the parts together.
    #[must_use]
    pub fn new(keyring: Keyring, replay: Replay, users: Users) -> Self {
        Self { keyring: RwLock::new(Arc::new(keyring)), replay, users }
    }

    /// Uses other services and keys from the next request on.
    pub fn exchange(&self, keyring: Keyring) {
        *self.keyring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keyring);
    }

    /// The services and keys of this moment.
    #[must_use]
    pub fn keyring(&self) -> Arc<Keyring> {
        self.keyring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Verifies the bearer token of a request: signature and claims, then that it is used for the first time, then the user.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], which callers see as one constant 401; [`Error::Unavailable`] when what proves the user, or shows
    /// a replay, is away.
    pub async fn authenticate(&self, headers: &HeaderMap, now: i64) -> Result<Identity<App>> {
        let verified = token::verify(&self.keyring(), token::bearer(headers)?, now)?;
        let (caller, claims) = (verified.caller, verified.claims);
        self.replay.once(caller.name(), &claims.jti, claims.iat, now).await?;
        let user = self.prove(&caller, &claims, now).await?;
        Ok(Identity { service: caller, user, location: claims.location_id.map(Location) })
    }

    /// The user, proven in the one way that the service may use.
    async fn prove(&self, caller: &Caller, claims: &Claims, now: i64) -> Result<Option<User>> {
        let Claims { sub, id_token, sid, .. } = claims;
        let Some(sub) = sub else { return Ok(None) };
        let proof = match (caller.user_proof(), id_token, sid) {
            (UserProof::Asserted, None, None) => "asserted",
            (UserProof::Oidc, Some(id_token), None) => {
                let oidc = self.users.oidc.as_ref().ok_or(NOT_CONFIGURED)?;
                oidc.verify(id_token, sub, now).await?;
                "oidc"
            }
            (UserProof::Session, None, Some(sid)) => {
                let sessions = self.users.sessions.as_ref().ok_or(NOT_CONFIGURED)?;
                sessions.check(sid, sub, now).await?;
                "session"
            }
            _ => return Err(Error::Unauthenticated("the user is not proven in the way of this service")),
        };
        Ok(Some(User { id: sub.clone(), proof, locations: vec![] }))
    }
}
