//! Which names become usable Rust identifiers, and which of them coincide.

use crate::{rust, source::join};
use serde_json::Value;

/// Whether `name` begins with an ASCII letter or `_`, and is ASCII letters, digits and `_` as a Rust identifier.
pub(super) fn usable(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic();
    let plain = rust::snake(name).to_string().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain && name.contains(letter) && name.starts_with(|c| letter(c) || c == '_')
}

/// Whether `name` is a Rust keyword, and so cannot name a file that is a module.
pub(super) fn keyword(name: &str) -> bool {
    rust::ident(name) != name
}

/// Whether `name` is a token of HTTP (RFC 9110, section 5.6.2), as the names of headers are.
pub(super) fn token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Whether `text` is lower-case words joined by `separator`.
pub(super) fn words(text: &str, separator: char) -> bool {
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split(separator).all(word)
}

/// What kind of JSON value this is, for messages.
pub(super) fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// Appends several tokens to a pointer.
pub(super) fn at(pointer: &str, tokens: &[&str]) -> String {
    tokens.iter().fold(pointer.to_string(), |p, t| join(&p, t))
}

/// Names in backticks, with commas.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{usable, words};

    #[test]
    fn identifiers() {
        assert!(usable("get_thing") && usable("getThing") && usable("type") && usable("_x"));
        assert!(!usable("") && !usable("9x") && !usable("---") && !usable("größe") && !usable("_"));
        assert!(
            words("a_b2", '_') && !words("a__b", '_') && !words("aB", '_') && !words("2a", '_') && !words("a-b", '_')
        );
    }
}
