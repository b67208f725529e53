//! What the document says in words only. Nothing else may make a request fail that its schemas allow.

use serde_json::{Value, json};

/// Members of bodies that have few right values, with the reason.
pub const PINS: [(&str, &str, &str); 2] = [
    ("/location_id", "5", "the user must belong to the location"),
    ("/payoff_date", "2026-06-12", "today or later, and a business day"),
];

/// Brings members into agreement that depend on each other: `reason_text` is required when `reason` is `other`, and not allowed
/// otherwise.
pub fn agree(body: &mut Value) {
    let Some(members) = body.as_object_mut() else { return };
    if members.contains_key("reason_text") {
        members.insert("reason".into(), json!("other"));
    } else if members.get("reason") == Some(&json!("other")) {
        members.insert("reason_text".into(), json!("in words"));
    }
}

/// Whether a value can be sent in a header at all: visible ASCII, without spaces at the ends, which HTTP takes away.
pub fn fits_header(text: &str) -> bool {
    text.trim() == text && text.bytes().all(|b| (b' '..=b'~').contains(&b))
}

/// Whether a value can be sent as a segment of a path: an empty one is another path, and so are `.` and `..`.
pub fn fits_path(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
}

/// Whether a value of a parameter is the server's own to make: the document says that a token which does not belong to the
/// filters is a bad request.
pub fn is_made_by_the_server(parameter: &str) -> bool {
    parameter == "page-token"
}

/// Whether a parameter may be given twice although it is no list in the document: the lines of this header are one list (RFC 9110,
/// sections 5.3 and 13.1.2), and a proxy may split it.
pub fn may_be_repeated(parameter: &str) -> bool {
    parameter == "If-None-Match"
}

/// Whether an answer refuses a search for its number of words, which no schema can count: a list of 50 searches, each allowed by
/// itself, can have more words than the server looks for at once.
pub fn is_too_many_words(answer: &Value) -> bool {
    answer["errors"][0]["code"] == "too_many_words"
}
