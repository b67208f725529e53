//! What proves a user beside the service's word: an id token or a session, given once or taken from a source.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::{
    error::Error,
    fmt,
    future::Future,
    pin::Pin,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::Mutex;

/// An id token is renewed so long before it expires: the clocks may differ, and the request takes its time.
const AHEAD: Duration = Duration::from_secs(30);

/// The proof of one user, as the service is configured for at the server.
#[derive(Debug, Clone)]
pub enum Proof {
    /// An id token of the organisation's OpenID provider, for this user and this service's client id.
    IdToken(SecretString),
    /// Id of a session that ULP knows.
    Session(SecretString),
}

impl Proof {
    /// Until when the id token is good, as it says itself; the client is not its judge. A session does not say.
    fn expires(&self) -> Option<SystemTime> {
        #[derive(Deserialize)]
        struct Claims {
            exp: u64,
        }
        let Self::IdToken(token) = self else { return None };
        let payload = token.expose_secret().split('.').nth(1)?;
        let json = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload).ok()?;
        let Claims { exp } = serde_json::from_slice(&json).ok()?;
        UNIX_EPOCH.checked_add(Duration::from_secs(exp))
    }

    fn is_fresh(&self, now: SystemTime) -> bool {
        self.expires().is_none_or(|end| now + AHEAD < end)
    }
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
    /// A proof that is good now. Asked when there is none yet, shortly before an id token expires, and once more when the server
    /// refused a request.
    fn proof(&self) -> ProofFuture<'_>;
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

/// A source and what it gave last; many calls at once ask it once.
pub(crate) struct Proofs {
    source: Box<dyn ProofSource>,
    last: Mutex<Option<Proof>>,
}

impl fmt::Debug for Proofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proofs")
    }
}

impl Proofs {
    pub(crate) fn from(source: impl ProofSource + 'static) -> Self {
        Self { source: Box::new(source), last: Mutex::new(None) }
    }

    /// A proof that is good at this time, and is not the one that was refused.
    pub(crate) async fn get(&self, now: SystemTime, refused: Option<&Proof>) -> Result<Proof, SourceError> {
        let mut last = self.last.lock().await;
        if let Some(proof) = last.as_ref().filter(|p| p.is_fresh(now) && refused != Some(p)) {
            return Ok(proof.clone());
        }
        let proof = self.source.proof().await?;
        *last = Some(proof.clone());
        Ok(proof)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    fn id_token(exp: u64) -> Proof {
        let part = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, text);
        Proof::IdToken(format!("{}.{}.s", part("{}"), part(&format!("{{\"exp\":{exp}}}"))).into())
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// A source that takes a moment, counts, and gives tokens that are good for 100 s.
    fn counting() -> (Arc<Proofs>, Arc<AtomicU64>) {
        let asked = Arc::new(AtomicU64::new(0));
        let count = asked.clone();
        let source = move || {
            let n = count.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok(id_token(1000 + 100 * n))
            }
        };
        (Arc::new(Proofs::from(source)), asked)
    }

    #[tokio::test]
    async fn fifty_calls_ask_once_and_again_before_it_expires() {
        let (proofs, asked) = counting();
        let all = |now| {
            let calls = (0..50).map(|_| {
                let proofs = proofs.clone();
                tokio::spawn(async move { proofs.get(at(now), None).await.expect("a proof").expires() })
            });
            futures_util::future::join_all(calls)
        };
        all(900).await;
        all(969).await;
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let renewed = all(970).await;
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert!(renewed.into_iter().all(|end| end.expect("no panic") == Some(at(1100))));
    }

    #[tokio::test]
    async fn a_refused_proof_is_not_given_again() {
        let (proofs, asked) = counting();
        let first = proofs.get(at(0), None).await.expect("a proof");
        let second = proofs.get(at(0), Some(&first)).await.expect("a proof");
        assert!(first != second);
        // whoever was refused with the first as well finds the second
        assert!(proofs.get(at(0), Some(&first)).await.expect("a proof") == second);
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_session_is_kept_and_nothing_is_shown() {
        let proofs = Proofs::from(|| async { Ok(Proof::Session("hidden-session".into())) });
        let proof = proofs.get(at(0), None).await.expect("a proof");
        assert_eq!(proof.expires(), None);
        assert!(!format!("{proof:?} {proofs:?}").contains("hidden"));
    }
}
