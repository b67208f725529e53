//! What the server said is left of a limit, so that a client which has used it up waits instead of asking again and again.

use crate::retry;
use reqwest::{Response, StatusCode, header::HeaderMap};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

/// Pauses that are kept; beyond, those that are over are forgotten.
const KEPT: usize = 1024;

/// Which class of limits each operation belongs to, as far as answers have said, and which are used up for whom.
#[derive(Debug, Default)]
pub(crate) struct Budget(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    class_of: HashMap<&'static str, String>,
    until: HashMap<(String, Option<String>), SystemTime>,
}

impl Budget {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the limit of this operation will still be used up for this user.
    pub(crate) fn wait(&self, operation: &str, user: Option<&str>, now: SystemTime) -> Option<Duration> {
        let known = self.known();
        let class = known.class_of.get(operation)?;
        let until = known.until.get(&(class.clone(), user.map(str::to_owned)))?;
        until.duration_since(now).ok().filter(|wait| !wait.is_zero())
    }

    /// Reads `RateLimit: "class";r=left;t=seconds` (draft-ietf-httpapi-ratelimit-headers) and, of a refusal, `Retry-After`.
    pub(crate) fn note(&self, operation: &'static str, user: Option<&str>, answer: &Response, now: SystemTime) {
        let Some((class, left, reset)) = state(answer.headers()) else { return };
        let refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
        let wait = match retry::retry_after(answer.headers(), now).filter(|_| refused) {
            Some(wait) => Some(wait),
            None => (left == 0).then(|| Duration::from_secs(reset)),
        };
        let mut known = self.known();
        known.class_of.insert(operation, class.clone());
        if let Some(wait) = wait {
            if known.until.len() >= KEPT {
                known.until.retain(|_, until| *until > now);
            }
            known.until.insert((class, user.map(str::to_owned)), now + wait);
        }
    }
}

/// Class, requests left, and seconds until there are more.
fn state(headers: &HeaderMap) -> Option<(String, u64, u64)> {
    let text = headers.get("ratelimit")?.to_str().ok()?;
    let mut parts = text.split(';').map(str::trim);
    let class = parts.next()?.strip_prefix('"')?.strip_suffix('"')?.to_owned();
    let number = |name: &str| {
        let parts = text.split(';').map(str::trim);
        parts.filter_map(|p| p.strip_prefix(name)?.strip_prefix('=')?.parse().ok()).next()
    };
    Some((class, number("r")?, number("t").unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_server_writes_and_nothing_else() {
        let of = |text: &'static str| {
            state(&HeaderMap::from_iter([("ratelimit".parse().expect("a name"), text.parse().expect("a value"))]))
        };
        assert_eq!(of("\"read\";r=49;t=2"), Some(("read".into(), 49, 2)));
        assert_eq!(of("\"reference-read\"; r=0; t=12"), Some(("reference-read".into(), 0, 12)));
        for nonsense in ["", "read;r=1", "\"read\"", "\"read\";r=x;t=1", "limit=10, remaining=9, reset=1"] {
            assert_eq!(of(nonsense), None, "{nonsense}");
        }
    }
}
