//! First layer of freshness: two hashes that a build script can compare without rendering anything.

use crate::write::hash;

/// Content of `STAMP` for a document: hash of the document, hash of the generator's sources.
#[must_use]
pub fn of(document: &[u8]) -> String {
    format!("document {}\ngenerator {}\n", hash(document), env!("FOREBEAR_SOURCE"))
}
