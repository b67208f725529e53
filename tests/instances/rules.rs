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
    if members.get("reason_text").is_some_and(|text| !text.is_null()) {
        members.insert("reason".into(), json!("other"));
    } else if members.get("reason") == Some(&json!("other")) {
        members.insert("reason_text".into(), json!("in words"));
    }
}

/// The value after a JSON Merge Patch (RFC 7396, section 2).
pub fn merged(before: &Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    let mut after = before.as_object().cloned().unwrap_or_default();
    for (name, change) in changes {
        match change {
            Value::Null => _ = after.remove(name),
            change => {
                let old = after.get(name).cloned().unwrap_or_default();
                after.insert(name.clone(), merged(&old, change));
            }
        }
    }
    Value::Object(after)
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
    matches!(parameter, "If-None-Match" | "If-Match")
}

/// Whether a value is no list of entity tags (RFC 9110, section 8.8.3): the document says with a pattern that it begins and ends as
/// one, and not what stands between.
pub fn is_no_list_of_tags(parameter: &str, text: &str) -> bool {
    let parts: Vec<&str> = text.split('"').map(str::trim).collect();
    let between = |part: &&str| part.strip_suffix("W/").unwrap_or(part).trim() == ",";
    let outside = || parts.iter().step_by(2);
    let within = text.split('"').skip(1).step_by(2).all(|tag| !tag.contains(' '));
    let pairs = parts.len() / 2;
    let list = parts.len() % 2 == 1 && pairs > 0 && outside().skip(1).take(pairs - 1).all(between) && within;
    parameter == "If-Match" && text != "*" && !list
}

/// Whether an answer refuses a search for its number of words, which no schema can count: a list of 50 searches, each allowed by
/// itself, can have more words than the server looks for at once.
pub fn is_too_many_words(answer: &Value) -> bool {
    answer["errors"][0]["code"] == "too_many_words"
}
