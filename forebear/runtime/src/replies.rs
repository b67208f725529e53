//! Encoded answers of `x-cache` operations, kept until the data changes.
//!
//! Only making the answer is saved: who calls, the limits, the scope and the parameters are looked at for every request before this
//! is asked. An answer is found under the version of the data that it was made at, so one that the data has left behind is never
//! found again, and goes when its room is needed.

use crate::{Encoded, OpMeta};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use quick_cache::{Equivalent, Weighter, sync::Cache};
use std::hash::{Hash, Hasher};

/// Bytes of an answer beside body and key, roughly.
const OVERHEAD: usize = 256;
/// Bytes that an answer is taken to have when the room is laid out.
const TYPICAL: u64 = 2048;

/// Answers, bounded by their bytes.
pub struct Replies(Cache<Key, Kept, ByBytes>);

#[derive(PartialEq, Eq)]
struct Key {
    operation: &'static str,
    version: u64,
    target: Box<str>,
}

/// A key that borrows its text.
#[derive(Hash)]
struct KeyRef<'a> {
    operation: &'static str,
    version: u64,
    target: &'a str,
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        KeyRef { operation: self.operation, version: self.version, target: &self.target }.hash(state);
    }
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.version == key.version && self.operation == key.operation && *self.target == *key.target
    }
}

#[derive(Clone)]
struct Kept {
    status: StatusCode,
    etag: Option<HeaderValue>,
    location: Option<HeaderValue>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Kept> for ByBytes {
    fn weight(&self, key: &Key, kept: &Kept) -> u64 {
        let headers: usize = kept.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        (OVERHEAD + key.target.len() + headers + kept.body.len()) as u64
    }
}

impl Replies {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        Self(Cache::with_weighter((bytes / TYPICAL) as usize, bytes, ByBytes))
    }

    /// The answer to a request for `target`, path and query, if it was made at this version of the data.
    pub(crate) fn find(&self, op: &OpMeta, version: u64, target: &str) -> Option<Encoded> {
        let Kept { status, etag, location, headers, body } =
            self.0.get(&KeyRef { operation: op.id, version, target })?;
        Some(Encoded { status, etag, location, headers, body, ..Encoded::empty(200) })
    }

    /// Keeps a good answer that is the same for every caller. `version` is that of the data before the answer was made: a change
    /// meanwhile may be in it already, and then it is only forgotten too early.
    pub(crate) fn keep(&self, op: &OpMeta, version: u64, target: &str, answer: &Encoded) {
        if answer.status != StatusCode::OK || answer.live.is_some() || !answer.common {
            return;
        }
        let kept = Kept {
            status: answer.status,
            etag: answer.etag.clone(),
            location: answer.location.clone(),
            headers: answer.headers.clone(),
            body: answer.body.clone(),
        };
        self.0.insert(Key { operation: op.id, version, target: target.into() }, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::Replies;
    use crate::{Audit, BodyKind, Encoded, OpMeta};

    const OP: OpMeta = OpMeta {
        id: "list_things",
        method: "GET",
        path: "/thing",
        tag: "thing",
        status: 200,
        open: false,
        scope: "thing:read",
        limit: "read",
        audit: Audit::None,
        cache: Some(60),
        key: crate::KeyUse::None,
        body: BodyKind::None,
        read_only: &[],
    };

    fn answer(text: &str) -> Encoded {
        Encoded { common: true, ..Encoded::json(200, &text, None, None).unwrap() }
    }

    #[test]
    fn an_answer_belongs_to_its_request_and_version() {
        let replies = Replies::new(1 << 20);
        replies.keep(&OP, 7, "/thing?a=1", &answer("one"));
        assert_eq!(replies.find(&OP, 7, "/thing?a=1").unwrap().body, "\"one\"");
        assert!(replies.find(&OP, 8, "/thing?a=1").is_none());
        assert!(replies.find(&OP, 7, "/thing?a=2").is_none());
        assert!(replies.find(&OpMeta { id: "get_thing", ..OP }, 7, "/thing?a=1").is_none());
    }

    #[test]
    fn what_a_caller_or_a_moment_decided_is_not_kept() {
        let replies = Replies::new(1 << 20);
        replies.keep(&OP, 1, "/thing", &Encoded { common: false, ..answer("mine") });
        replies.keep(&OP, 1, "/thing", &Encoded { status: http::StatusCode::ACCEPTED, ..answer("later") });
        assert!(replies.find(&OP, 1, "/thing").is_none());
    }

    #[test]
    fn there_is_no_more_than_there_is_room_for() {
        let replies = Replies::new(64 << 10);
        for n in 0..100 {
            replies.keep(&OP, 1, &format!("/thing?n={n}"), &answer(&"x".repeat(4 << 10)));
        }
        let kept = (0..100).filter(|n| replies.find(&OP, 1, &format!("/thing?n={n}")).is_some()).count();
        assert!((1..=16).contains(&kept), "{kept}");
    }
}
