//! Request bodies, and the media types of bodies in both directions.

use super::{
    change::Class,
    node::Pair,
    parameters, rest,
    schema::{Direction, Walk},
};

/// The request body of one operation.
pub(super) fn body<'a>(walk: &mut Walk<'a>, operation: &Pair<'a>) {
    match operation.both("requestBody") {
        (Some(old), Some(new)) => {
            let pair = Pair { old, new }.resolved();
            parameters::required(walk, &pair, "the request body");
            media(walk, Direction::Request, &pair);
            rest::other_keys(&mut walk.report, &pair, &["required", "content"]);
        }
        (Some(old), None) => {
            let effect = "requests that carry one are refused or not understood";
            walk.report.add(&old, "the request body was removed", Class::Breaking, effect);
        }
        (None, Some(new)) if new.resolved().is("required") => {
            let what = "a required request body was added";
            walk.report.add(&new, what, Class::Breaking, "requests without it are refused");
        }
        (None, Some(new)) => walk.report.add(&new, "an optional request body was added", Class::Compatible, ""),
        (None, None) => {}
    }
}

/// The members of `content`.
pub(super) fn media<'a>(walk: &mut Walk<'a>, direction: Direction, holder: &Pair<'a>) {
    let place = ["content"];
    let (old, new) = (holder.old.members_at(&place), holder.new.members_at(&place));
    for (name, a) in &old {
        match new.iter().find(|(other, _)| other == name) {
            Some((_, b)) => {
                let pair = Pair { old: a.clone(), new: b.clone() };
                walk.optional(direction, pair.both("schema"));
                rest::other_keys(&mut walk.report, &pair, &["schema"]);
            }
            None => {
                let effect = match direction {
                    Direction::Request => "requests in it are refused",
                    Direction::Response => "callers that read it get something else",
                };
                walk.report.add(a, format!("the media type `{name}` was removed"), Class::Breaking, effect);
            }
        }
    }
    for (name, b) in new.iter().filter(|(name, _)| !old.iter().any(|(other, _)| other == name)) {
        let (class, effect) = match direction {
            Direction::Request => (Class::Compatible, "requests may come in it"),
            Direction::Response => (Class::Breaking, "answers may come in it"),
        };
        walk.report.add(b, format!("the media type `{name}` was added"), class, effect);
    }
}
