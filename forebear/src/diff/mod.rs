//! What changed between two versions of a document, and what each change means for those who call the API.
//!
//! Requests and answers are read in opposite directions: a tighter schema refuses requests that were valid, a looser one lets
//! answers come that callers do not expect. The `drift` crate has the same idea and was not taken: it looks at no operation
//! id, security or extension, and leaves most changes of constraints undecided (docs/decisions/0013).
//!
//! Total over every pair of documents, also over such as are no OpenAPI: nothing here trusts a shape, references are followed
//! through a queue that holds each pair once, and what no rule knows is reported all the same.

mod change;
mod components;
mod content;
mod filters;
mod limits;
mod node;
mod operations;
mod parameters;
mod policies;
pub mod released;
mod responses;
mod rest;
mod schema;
mod security;
pub mod verdict;

pub use change::{Change, Class};

use crate::source::Document;
use node::{Node, Pair};
use schema::Walk;

/// Every change from `old` to `new`: the breaking ones first, each class in the order of the text.
#[must_use]
pub fn diff(old: &Document, new: &Document) -> Vec<Change> {
    let mut walk = Walk::new(old);
    let pair = Pair { old: Node::root(old), new: Node::root(new) };
    if !(pair.old.value.is_object() && pair.new.value.is_object()) {
        if pair.old.value != pair.new.value {
            walk.report.unknown(&pair.new, "the document");
        }
        return walk.report.finish();
    }
    root(&mut walk, &pair);
    let operations = operations::compare(&mut walk, &pair);
    limits::compare(&mut walk.report, &pair, &operations);
    walk.run();
    components::compare(&mut walk.report, &pair);
    walk.report.finish()
}

/// What stands on the root and belongs to no operation.
fn root(walk: &mut Walk<'_>, pair: &Pair<'_>) {
    let handled = ["openapi", "info", "servers", "paths", "components", "security", "x-rate-limits"];
    rest::other_keys(&mut walk.report, pair, &handled);
    for key in ["openapi", "info", "servers"] {
        match (pair.old.get(key), pair.new.get(key)) {
            (Some(old), Some(new)) if key == "info" && old.value.is_object() && new.value.is_object() => {
                let info = Pair { old, new };
                for key in info.keys() {
                    rest::note(&mut walk.report, &info, key);
                }
            }
            _ => rest::note(&mut walk.report, pair, key),
        }
    }
    security::schemes(&mut walk.report, pair);
}
