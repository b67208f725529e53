//! What an id token must say (OpenID Connect Core 1.0, sections 2 and 3.1.3.7).

use crate::{
    config::OidcConfig,
    error::{Error, Result},
};
use serde::{Deserialize, de::IgnoredAny};

/// Seconds by which clocks may differ.
const LEEWAY: i64 = 5;

/// What this server asks of a token.
pub(super) struct Expected {
    issuer: String,
    audience: String,
    parties: Vec<String>,
    max_age: Option<i64>,
}

impl Expected {
    pub(super) fn new(config: &OidcConfig) -> Self {
        Self {
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            parties: config.authorized_parties.clone().unwrap_or_else(|| vec![config.audience.clone()]),
            max_age: config.max_age_seconds.and_then(|s| i64::try_from(s).ok()),
        }
    }
}

/// Times are whole seconds; a claim that is there twice is an error of the parser.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    /// Marks a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.4).
    #[serde(default)]
    events: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Checks the claims for a user at a time (seconds since 1970).
///
/// # Errors
/// [`Error::Unauthenticated`].
pub(super) fn check(payload: &[u8], expected: &Expected, sub: &str, now: i64) -> Result<()> {
    let bad = |reason| Err(Error::Unauthenticated(reason));
    let claims: Claims = serde_json::from_slice(payload)
        .map_err(|_| Error::Unauthenticated("a claim of the id token is missing or of another kind"))?;
    let Claims { iss, exp, iat, nbf, azp, .. } = &claims;
    if *iss != expected.issuer {
        return bad("the id token is of another issuer");
    }
    let (named, several) = match &claims.aud {
        Audience::One(one) => (*one == expected.audience, false),
        Audience::Many(many) => (many.contains(&expected.audience), many.len() > 1),
    };
    if !named {
        return bad("the id token is for another audience");
    }
    if several && azp.is_none() {
        return bad("the id token has several audiences and does not say for whom it was made");
    }
    if azp.as_ref().is_some_and(|azp| !expected.parties.contains(azp)) {
        return bad("the id token was made for another party");
    }
    let later = now.saturating_add(LEEWAY);
    if exp.saturating_add(LEEWAY) <= now {
        return bad("the id token is expired");
    }
    if *iat > later || nbf.is_some_and(|nbf| nbf > later) {
        return bad("the id token is not yet valid");
    }
    if expected.max_age.is_some_and(|age| iat.saturating_add(age).saturating_add(LEEWAY) <= now) {
        return bad("the id token was issued too long ago");
    }
    if claims.events.is_some() {
        return bad("a logout token is no id token");
    }
    if sub.is_empty() || claims.sub != sub {
        return bad("the id token is of another user");
    }
    Ok(())
}
