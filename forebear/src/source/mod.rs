//! First stage: text becomes a JSON value that still knows the line of every part of it.
//!
//! The YAML events are read one by one (`saphyr-parser`) rather than through a deserialiser, because a deserialiser forgets
//! positions, accepts duplicate keys and expands aliases without a bound. JSON is read by `serde_json`, which forgets the same, and
//! then walked over for its lines. What a JSON value cannot hold is refused: tags, aliases, numbers that would become others.

mod json;
mod scalar;
mod yaml;

use crate::diagnostic::Diagnostic;
use serde_json::Value;
use std::{collections::HashMap, path::Path};

/// A parsed document.
#[derive(Debug, Clone)]
pub struct Document {
    /// Name of the file, for messages.
    pub file: String,
    /// The text as it was read.
    pub text: String,
    /// The value, with keys in the order of the text.
    pub value: Value,
    lines: HashMap<String, usize>,
}

impl Document {
    /// Reads and parses `path`; `.json` files as JSON, all others as YAML.
    ///
    /// # Errors
    /// One diagnostic when the file cannot be read or is not well-formed.
    pub fn load(path: &Path) -> Result<Self, Diagnostic> {
        let file = path.display().to_string();
        Self::parse(&file, &Self::text(path)?)
    }

    /// Reads `path`.
    ///
    /// # Errors
    /// One diagnostic when the file cannot be read or is not UTF-8.
    pub fn text(path: &Path) -> Result<String, Diagnostic> {
        std::fs::read_to_string(path).map_err(|e| Diagnostic {
            file: path.display().to_string(),
            line: 1,
            pointer: String::new(),
            message: format!("cannot be read: {e}"),
            remedy: "name an OpenAPI 3.0 document in UTF-8, as YAML or JSON".into(),
        })
    }

    /// Parses `text`.
    ///
    /// # Errors
    /// One diagnostic when the text is not well-formed YAML or JSON, holds a duplicate key or a number that would change, or uses
    /// aliases or tags.
    pub fn parse(file: &str, text: &str) -> Result<Self, Diagnostic> {
        let is_json = Path::new(file).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let (value, lines) = if is_json { json::read(file, text)? } else { yaml::read(file, text)? };
        Ok(Self { file: file.into(), text: text.into(), value, lines })
    }

    /// Line of the value at `pointer`, or of the nearest part around it.
    #[must_use]
    pub fn line(&self, pointer: &str) -> usize {
        let mut at = pointer;
        loop {
            if let Some(line) = self.lines.get(at) {
                return *line;
            }
            match at.rfind('/') {
                Some(i) => at = &at[..i],
                None => return 1,
            }
        }
    }

    /// A diagnostic at `pointer`.
    pub fn finding(&self, pointer: &str, message: impl Into<String>, remedy: impl Into<String>) -> Diagnostic {
        Diagnostic {
            file: self.file.clone(),
            line: self.line(pointer),
            pointer: pointer.into(),
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

/// Message and remedy for a key that is there twice.
fn twice(key: &str) -> (String, String) {
    (format!("holds the key `{key}` twice"), "keep one of the two".into())
}

/// Appends an escaped reference token to a JSON pointer (RFC 6901, section 3).
#[must_use]
pub fn join(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[test]
    fn json_has_lines_and_no_key_twice() {
        let text = "{\n\"a\": \"\\ud83d\\ude00\\/\",\n\"b\": {\n\"c\": 1}}";
        let document = Document::parse("t.json", text).expect("valid");
        assert_eq!((document.line("/b/c"), &document.value["a"]), (4, &serde_json::json!("\u{1f600}/")));
        let twice = Document::parse("t.json", "{\"a\": 1,\n\"a\": 2}").expect_err("a key twice");
        assert_eq!((twice.line, twice.pointer.as_str()), (2, "/a"));
    }
}
