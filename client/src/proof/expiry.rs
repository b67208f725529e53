//! When a proof should be renewed, read from the `exp` of an id token.
//!
//! Nothing is verified: the server is the judge, and the client only wants to know when to ask for the next one.

use super::Proof;
use secrecy::ExposeSecret;
use serde::Deserialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Longest time before the expiry at which a new one is fetched, while the present one is used.
const AHEAD: Duration = Duration::from_secs(60);
/// Longest time before the expiry at which the present one is not used any more: the way to the server takes time.
const MARGIN: Duration = Duration::from_secs(5);

/// How long a proof is used from now on.
#[derive(Debug, PartialEq)]
pub(super) struct Life {
    /// Until a new one is fetched beside it.
    pub(super) fresh: Duration,
    /// Until it is not used any more.
    pub(super) usable: Duration,
}

/// `None` when it does not say: then it is used until the server refuses it.
pub(super) fn life(proof: &Proof, now: SystemTime) -> Option<Life> {
    #[derive(Deserialize)]
    struct Expiry {
        exp: u64,
    }
    let Proof::IdToken(token) = proof else { return None };
    let Expiry { exp } = jsonwebtoken::dangerous::insecure_decode_claims(token.expose_secret()).ok()?;
    let left = UNIX_EPOCH.checked_add(Duration::from_secs(exp))?.duration_since(now).unwrap_or_default();
    // a token that lives for seconds cannot be renewed a minute ahead
    let ahead = |longest: Duration, share: u32| left.saturating_sub(longest.min(left / share));
    Some(Life { fresh: ahead(AHEAD, 5), usable: ahead(MARGIN, 10) })
}
