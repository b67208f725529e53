//! Who calls: a service that proves its key by signing a short-lived JWT, and the user on whose behalf it calls.

mod flight;
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
pub use token::{MAX_BYTES, MAX_LIFETIME, Subject, TOKEN_TYPE, Verified, mint};
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

/// Start and reload refuse a service whose proof is not configured.
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

    /// Whether tokens that are issued now (seconds since 1970) are taken.
    #[must_use]
    pub fn is_ready(&self, now: i64) -> bool {
        self.replay.is_ready(now)
    }

    /// Seconds from `now` until such tokens are taken.
    #[must_use]
    pub fn wait(&self, now: i64) -> i64 {
        self.replay.wait(now)
    }

    /// Whether users can be proven in this way.
    #[must_use]
    pub fn proves(&self, proof: UserProof) -> bool {
        match proof {
            UserProof::None | UserProof::Asserted => true,
            UserProof::Oidc => self.users.oidc.is_some(),
            UserProof::Session => self.users.sessions.is_some(),
        }
    }

    /// Tells the next process which tokens this one took; call it when no request is in flight.
    pub fn leave(&self) {
        self.replay.leave();
    }

    /// The services and keys of this moment.
    #[must_use]
    pub fn keyring(&self) -> Arc<Keyring> {
        self.keyring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Verifies the bearer token of a request: signature and claims, then that it is used for the first time.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], which callers see as one constant 401; [`Error::NotNow`] or [`Error::Unavailable`] when a replay could not be seen.
    pub async fn service(&self, headers: &HeaderMap, now: i64) -> Result<Verified> {
        let verified = token::verify(&self.keyring(), token::bearer(headers)?, now)?;
        let Claims { jti, iat, .. } = &verified.claims;
        self.replay.once(verified.caller.name(), jti, *iat, now).await?;
        Ok(verified)
    }

    /// Verifies the user of a good token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], the same 401; [`Error::Unavailable`] when what proves the user is away.
    pub async fn user(&self, Verified { caller, claims }: &Verified, now: i64) -> Result<Identity<App>> {
        let user = self.prove(caller, claims, now).await?;
        Ok(Identity { service: caller.clone(), user, location: claims.location_id.clone().map(Location) })
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
        Ok(Some(User { id: sub.clone(), proof, memberships: vec![] }))
    }
}
