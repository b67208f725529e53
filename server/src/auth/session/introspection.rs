//! One question to ULP, in the form of OAuth 2.0 Token Introspection (RFC 7662).
//!
//! The standard, and not a protocol of our own, because endpoint, double and client for it exist in every language.

use crate::{
    auth::outbound::{Failure, Outbound},
    config::{ConfigError, SessionConfig},
};
use http::StatusCode;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 5;

/// The endpoint, and what it asks of us.
pub(super) struct Endpoint {
    url: Url,
    secret: Option<SecretString>,
    outbound: Outbound,
}

/// What ULP says of a session.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// It is alive, and for how long at most.
    Alive { left: Option<Duration> },
    /// It is not, or belongs to somebody else.
    Refused(&'static str),
    /// ULP did not say. For the log.
    Unknown(String),
}

/// RFC 7662, section 2.2; further members are allowed.
#[derive(Deserialize)]
struct Answer {
    active: bool,
    sub: Option<String>,
    exp: Option<i64>,
}

impl Endpoint {
    pub(super) fn new(config: &SessionConfig) -> Result<Self, ConfigError> {
        let (url, secret) = config.check()?;
        let outbound = Outbound::new("session.url", &url, Duration::from_millis(config.timeout_ms))?;
        Ok(Self { url, secret, outbound })
    }

    /// Asks about a session of a user at a time (seconds since 1970).
    pub(super) async fn ask(&self, sid: &str, sub: &str, now: i64) -> Verdict {
        let mut request = self.outbound.post(self.url.clone()).form(&[("token", sid)]);
        if let Some(secret) = &self.secret {
            request = request.bearer_auth(secret.expose_secret());
        }
        match self.outbound.json::<Answer>(request).await {
            Ok(answer) => judge(&answer, sub, now),
            // section 2.3: this is about us, not about the session
            Err(Failure::Status(status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN))) => {
                Verdict::Unknown(format!(
                    "the session endpoint answered {status}: it does not take session.secret; give this server the right one"
                ))
            }
            Err(failure) => Verdict::Unknown(format!("the session endpoint {failure}")),
        }
    }
}

fn judge(answer: &Answer, sub: &str, now: i64) -> Verdict {
    if !answer.active {
        return Verdict::Refused("the session is not active");
    }
    let Some(owner) = &answer.sub else {
        return Verdict::Unknown("the session endpoint does not say whose session it is: `sub` is missing".into());
    };
    if owner != sub {
        return Verdict::Refused("the session is of another user");
    }
    match answer.exp {
        Some(exp) if exp.saturating_add(LEEWAY) <= now => Verdict::Refused("the session is expired"),
        // not remembered within the leeway
        exp => {
            Verdict::Alive { left: exp.map(|exp| Duration::from_secs(exp.saturating_sub(now).try_into().unwrap_or(0))) }
        }
    }
}
