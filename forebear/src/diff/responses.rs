//! Status codes, and the headers and bodies of answers.
//!
//! A new error status is compatible: every caller must take any 4xx or 5xx for an error anyway, since proxies and overload
//! make them too. A new success status is not, because callers act on it.

use super::{
    change::Class,
    content,
    node::{Node, Pair},
    rest,
    schema::{Direction, Walk},
};

fn is_error(code: &str) -> bool {
    code.starts_with(['4', '5']) || code == "default"
}

/// The answers of one operation.
pub(super) fn compare<'a>(walk: &mut Walk<'a>, operation: &Pair<'a>) {
    let (Some(old), Some(new)) = operation.both("responses") else {
        return rest::other(&mut walk.report, operation.both("responses"), "responses");
    };
    let pair = Pair { old, new };
    for code in pair.keys() {
        match pair.both(code) {
            (Some(old), Some(new)) => response(walk, &Pair { old, new }.resolved()),
            (Some(old), None) => removed(walk, &old, code),
            (None, Some(new)) => added(walk, &new, code),
            (None, None) => {}
        }
    }
}

fn removed(walk: &mut Walk<'_>, at: &Node<'_>, code: &str) {
    let (class, effect) = match code {
        "304" => (Class::Compatible, "callers that hold a copy get the whole answer again"),
        code if is_error(code) => (Class::Compatible, "callers wait for an error that no longer comes"),
        _ => (Class::Breaking, "callers wait for an answer that no longer comes"),
    };
    walk.report.add(at, format!("the status {code} was removed"), class, effect);
}

fn added(walk: &mut Walk<'_>, at: &Node<'_>, code: &str) {
    let (class, effect) = match code {
        "304" => (Class::Compatible, "only callers that ask with `If-None-Match` see it"),
        code if is_error(code) => (Class::Compatible, "callers see one more error, as they must expect of any call"),
        _ => (Class::Breaking, "callers get a success that they do not know"),
    };
    walk.report.add(at, format!("the status {code} was added"), class, effect);
}

fn response<'a>(walk: &mut Walk<'a>, pair: &Pair<'a>) {
    headers(walk, pair);
    content::media(walk, Direction::Response, pair);
    rest::other_keys(&mut walk.report, pair, &["headers", "content"]);
}

/// Headers by name, in any case.
fn headers<'a>(walk: &mut Walk<'a>, response: &Pair<'a>) {
    let place = ["headers"];
    let (old, new) = (response.old.members_at(&place), response.new.members_at(&place));
    for (name, a) in &old {
        match new.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
            Some((_, b)) => header(walk, &Pair { old: a.clone(), new: b.clone() }.resolved(), name),
            None => {
                let what = format!("the response header `{name}` was removed");
                walk.report.add(a, what, Class::Breaking, "callers that read it find nothing");
            }
        }
    }
    for (name, b) in new.iter().filter(|(name, _)| !old.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))) {
        walk.report.add(b, format!("the response header `{name}` was added"), Class::Compatible, "");
    }
}

fn header<'a>(walk: &mut Walk<'a>, pair: &Pair<'a>, name: &str) {
    match (pair.old.is("required"), pair.new.is("required")) {
        (true, false) => {
            let what = format!("the response header `{name}` is no longer required");
            walk.report.add(&pair.new, what, Class::Breaking, "answers may leave it out");
        }
        (false, true) => {
            let what = format!("the response header `{name}` became required");
            walk.report.add(&pair.new, what, Class::Compatible, "answers always hold it");
        }
        _ => {}
    }
    walk.optional(Direction::Response, pair.both("schema"));
    content::media(walk, Direction::Response, pair);
    rest::other_keys(&mut walk.report, pair, &["required", "schema", "content"]);
}
