//! What proves a user beside the service's word: an id token or a session, given once or taken from a source.

mod cache;
mod expiry;
mod flight;
#[cfg(test)]
mod tests;

pub(crate) use cache::{Held, Proofs};
use secrecy::{ExposeSecret, SecretString};
use std::{error::Error, future::Future, pin::Pin};

/// The proof of one user, as the service is configured for at the server.
#[derive(Debug, Clone)]
pub enum Proof {
    /// An id token of the organisation's OpenID provider, for this user and this service's client id.
    IdToken(SecretString),
    /// Id of a session that ULP knows.
    Session(SecretString),
}

impl PartialEq for Proof {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::IdToken(a), Self::IdToken(b)) | (Self::Session(a), Self::Session(b)) => {
                a.expose_secret() == b.expose_secret()
            }
            _ => false,
        }
    }
}

/// Why a source gave no proof.
pub type SourceError = Box<dyn Error + Send + Sync>;

/// A proof to come.
pub type ProofFuture<'a> = Pin<Box<dyn Future<Output = Result<Proof, SourceError>> + Send + 'a>>;

/// Where the proof of a user comes from, for instance the session store of the app server. A closure that returns a future is one.
pub trait ProofSource: Send + Sync {
    /// A proof that is good now. Asked when there is none yet, a minute before an id token expires, and once more when the server
    /// refused a request; never twice at a time, and never for longer than a call may take: then the future is dropped. What it fails
    /// with becomes the cause of an error that callers may log.
    fn proof(&self) -> ProofFuture<'_>;

    /// How errors name it, as in "the source of the user's proof failed". No secret belongs in it.
    fn name(&self) -> &str {
        "the user's proof"
    }
}

impl<F, R> ProofSource for F
where
    F: Fn() -> R + Send + Sync,
    R: Future<Output = Result<Proof, SourceError>> + Send + 'static,
{
    fn proof(&self) -> ProofFuture<'_> {
        Box::pin(self())
    }
}
