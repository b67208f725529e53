//! How often the users of a service may be proven badly.

use super::{Bucket, Failures};
use crate::{auth::Verified, config::AddressConfig};
use forebear_runtime::Admission;

/// So many users of a service may use up their shares before the service as a whole is refused: whoever makes users up must not get
/// whoever proves them asked without end.
const USERS: u32 = 10;

/// Bad proofs, of each user and of each service.
pub struct Proofs {
    user: Failures<u128>,
    service: Failures<u128>,
}

impl Proofs {
    /// As many for each user as requests without a good token for each address.
    #[must_use]
    pub fn new(config: AddressConfig) -> Self {
        let AddressConfig { refused, window_seconds, .. } = config;
        let bucket = |whom, quota| Failures::new(Bucket { class: "proofs", whom, quota, window_seconds });
        Self { user: bucket("user", refused), service: bucket("service", refused.saturating_mul(USERS)) }
    }

    /// Refuses a user or a service that has used up its share.
    ///
    /// # Errors
    /// The limit that is used up.
    pub fn heard(&self, who: &Verified) -> Result<(), Admission> {
        self.user.heard(|| who.user_key())?;
        self.service.heard(|| who.service_key())
    }

    /// Counts a bad proof.
    pub fn failed(&self, who: &Verified) {
        self.user.failed(who.user_key());
        self.service.failed(who.service_key());
    }
}
