//! JSON to a value by `serde_json`, and the line of each pointer by a walk over the text that it took.

use super::{join, scalar};
use crate::diagnostic::Diagnostic;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// An array or an object around the place that the walk has come to.
enum Frame {
    Array { pointer: String, items: usize },
    Object { pointer: String, keys: BTreeSet<String>, key: Option<String> },
}

struct Walk<'a> {
    file: &'a str,
    text: &'a str,
    at: usize,
    line: usize,
    lines: HashMap<String, usize>,
    stack: Vec<Frame>,
}

/// Reads one JSON document. A key that is there twice, in whatever spelling, and a number that would change are refused.
pub(super) fn read(file: &str, text: &str) -> Result<(Value, HashMap<String, usize>), Diagnostic> {
    let value = serde_json::from_str(text).map_err(|e| Diagnostic {
        file: file.into(),
        line: e.line().max(1),
        pointer: String::new(),
        message: format!("is not JSON: {e}"),
        remedy: "correct the syntax at this line".into(),
    })?;
    let mut walk = Walk { file, text, at: 0, line: 1, lines: HashMap::new(), stack: vec![] };
    walk.run()?;
    Ok((value, walk.lines))
}

impl Walk<'_> {
    fn run(&mut self) -> Result<(), Diagnostic> {
        while let Some(byte) = self.text.as_bytes().get(self.at).copied() {
            match byte {
                b'{' => self.open(|pointer| Frame::Object { pointer, keys: BTreeSet::new(), key: None }),
                b'[' => self.open(|pointer| Frame::Array { pointer, items: 0 }),
                b'}' | b']' => _ = self.stack.pop(),
                b',' => self.next(),
                b'\n' => self.line += 1,
                b'"' => {
                    self.string()?;
                    continue;
                }
                b' ' | b'\r' | b'\t' | b':' => {}
                _ => {
                    self.plain()?;
                    continue;
                }
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Pointer of the value that comes next.
    fn pointer(&self) -> String {
        match self.stack.last() {
            None => String::new(),
            Some(Frame::Array { pointer, items }) => join(pointer, &items.to_string()),
            Some(Frame::Object { pointer, key: Some(key), .. }) => join(pointer, key),
            Some(Frame::Object { pointer, key: None, .. }) => pointer.clone(),
        }
    }

    fn open(&mut self, frame: fn(String) -> Frame) {
        let pointer = self.pointer();
        self.lines.entry(pointer.clone()).or_insert(self.line);
        self.stack.push(frame(pointer));
    }

    /// After a comma.
    fn next(&mut self) {
        match self.stack.last_mut() {
            Some(Frame::Array { items, .. }) => *items += 1,
            Some(Frame::Object { key, .. }) => *key = None,
            None => {}
        }
    }

    fn string(&mut self) -> Result<(), Diagnostic> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        self.at += 1;
        while bytes.get(self.at).is_some_and(|b| *b != b'"') {
            self.at += if bytes[self.at] == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let Some(Frame::Object { pointer, keys, key: key @ None }) = self.stack.last_mut() else {
            self.lines.entry(self.pointer()).or_insert(self.line);
            return Ok(());
        };
        let name: String = self.text.get(start..self.at).and_then(|s| serde_json::from_str(s).ok()).unwrap_or_default();
        let at = join(pointer, &name);
        if !keys.insert(name.clone()) {
            let (message, remedy) = super::twice(&name);
            return Err(Diagnostic { file: self.file.into(), line: self.line, pointer: at, message, remedy });
        }
        self.lines.insert(at, self.line);
        *key = Some(name);
        Ok(())
    }

    /// A number, a boolean or null.
    fn plain(&mut self) -> Result<(), Diagnostic> {
        let rest = &self.text[self.at..];
        let text = &rest[..rest.find([',', ']', '}', ' ', '\n', '\r', '\t']).unwrap_or(rest.len())];
        self.at += text.len().max(1);
        let pointer = self.pointer();
        if let Err((message, remedy)) = scalar::resolve(text) {
            return Err(Diagnostic { file: self.file.into(), line: self.line, pointer, message, remedy });
        }
        self.lines.entry(pointer).or_insert(self.line);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn knows_lines() {
        let text = "{\n\"a\": [1,\n{\"b\": \"]\\\"}\"},\n true],\n\"c/\\u0064\": null}";
        let (value, lines) = read("t.json", text).expect("valid");
        assert_eq!(value["a"][1]["b"], "]\"}");
        assert_eq!((lines[""], lines["/a"], lines["/a/1/b"], lines["/a/2"], lines["/c~1d"]), (1, 2, 3, 4, 5));
    }

    #[test]
    fn a_key_is_one_key_in_every_spelling() {
        for text in [r#"{"a": 1, "\u0061": 2}"#, r#"{"/": 1, "\/": 2}"#, "{\"\u{1f600}\": 1, \"\\ud83d\\uDE00\": 2}"] {
            let finding = read("t.json", text).expect_err(text);
            assert!(finding.message.contains("twice"), "{finding}");
        }
        let apart = r#"{"\ud83d\ude00": 1, "\ud83d\ude01": 2, "\u083d": 3, "\\ud83d": 4, "\\u083d": 5}"#;
        assert!(read("t.json", apart).is_ok());
    }

    #[test]
    fn numbers_that_would_change_are_refused() {
        let finding = read("t.json", "{\"a\":\n[0, 18446744073709551616]}").expect_err("too large");
        assert_eq!((finding.line, finding.pointer.as_str()), (2, "/a/1"));
        assert!(read("t.json", "[18446744073709551615, -9223372036854775808, 1.5e3, -0, 1E2]").is_ok());
        assert!(read("t.json", "[-9223372036854775809]").is_err());
    }
}
