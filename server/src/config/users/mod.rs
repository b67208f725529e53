//! How users are proven: settings of the OpenID Connect issuer and of ULP's session endpoint.
//!
//! Checked when the server starts and not when the first user comes. What is asked of the network is not: a server must start
//! while the issuer or ULP is away.

mod oidc;
mod rules;
mod session;

pub use oidc::OidcConfig;
pub(crate) use rules::{address, is_loopback, unusable};
pub use session::SessionConfig;

/// Longest waits for an answer that can be configured, in milliseconds.
const TIMEOUTS: std::ops::RangeInclusive<u64> = 10..=30_000;

fn default_timeout() -> u64 {
    2000
}
