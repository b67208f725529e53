//! YAML events to a JSON value and the line of each pointer, without recursion.

use super::{join, scalar};
use crate::diagnostic::Diagnostic;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Deeper nesting than this is refused; real documents stay below 30.
const MAX_DEPTH: usize = 128;

type Lines = HashMap<String, usize>;

enum Frame {
    Sequence { pointer: String, items: Vec<Value> },
    Mapping { pointer: String, entries: Map<String, Value>, key: Option<String> },
}

struct Reader<'a> {
    file: &'a str,
    lines: Lines,
    stack: Vec<Frame>,
    root: Option<Value>,
}

/// Reads one YAML document.
pub(super) fn read(file: &str, text: &str) -> Result<(Value, Lines), Diagnostic> {
    let mut reader = Reader { file, lines: Lines::new(), stack: vec![], root: None };
    // what is missing at the end, or empty there, stands behind the last line
    let last = text.lines().count().max(1);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| {
            let message = format!("is not YAML: {}", e.info());
            let found = reader.refuse(e.marker().line().min(last), message, "correct the syntax at this line");
            Diagnostic { pointer: written(&found.pointer), ..found }
        })?;
        reader.event(event, span.start.line().min(last))?;
    }
    match reader.root {
        Some(value) => Ok((value, reader.lines)),
        None => Err(reader.refuse(1, "is empty".into(), "start with `openapi: 3.0.3`")),
    }
}

impl Reader<'_> {
    fn refuse(&self, line: usize, message: String, remedy: &str) -> Diagnostic {
        let pointer = self.pointer();
        Diagnostic { file: self.file.into(), line: line.max(1), pointer, message, remedy: remedy.into() }
    }

    /// Pointer of the value that comes next.
    fn pointer(&self) -> String {
        match self.stack.last() {
            None => String::new(),
            Some(Frame::Sequence { pointer, items }) => join(pointer, &items.len().to_string()),
            Some(Frame::Mapping { pointer, key: Some(key), .. }) => join(pointer, key),
            Some(Frame::Mapping { pointer, key: None, .. }) => pointer.clone(),
        }
    }

    fn event(&mut self, event: Event<'_>, line: usize) -> Result<(), Diagnostic> {
        if let Some(tag) = tag(&event) {
            let remedy = "remove the tag; put a text in quotes, and write any other value plainly";
            return Err(self.refuse(line, format!("uses the YAML tag `{tag}`"), remedy));
        }
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(self.refuse(line, "holds a second YAML document".into(), "keep one document per file"))
            }
            Event::Alias(_) => {
                Err(self.refuse(line, "uses a YAML alias".into(), "write the value out, or share it with a `$ref`"))
            }
            Event::Scalar(text, style, _, _) => self.scalar(&text, style, line),
            Event::SequenceStart(..) => {
                let pointer = self.open(line)?;
                self.stack.push(Frame::Sequence { pointer, items: vec![] });
                Ok(())
            }
            Event::MappingStart(..) => {
                let pointer = self.open(line)?;
                self.stack.push(Frame::Mapping { pointer, entries: Map::new(), key: None });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                match self.stack.pop() {
                    Some(Frame::Sequence { items, .. }) => self.put(Value::Array(items)),
                    Some(Frame::Mapping { entries, .. }) => self.put(Value::Object(entries)),
                    None => {}
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, line: usize) -> Result<String, Diagnostic> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.refuse(
                line,
                format!("nests deeper than {MAX_DEPTH} levels"),
                "name the inner parts and `$ref` them",
            ));
        }
        if let Some(Frame::Mapping { key: None, .. }) = self.stack.last() {
            return Err(self.refuse(line, "uses a list or a mapping as a key".into(), "use a plain string as the key"));
        }
        let pointer = self.pointer();
        self.lines.entry(pointer.clone()).or_insert(line);
        Ok(pointer)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, line: usize) -> Result<(), Diagnostic> {
        if let Some(Frame::Mapping { pointer, entries, key: key @ None }) = self.stack.last_mut() {
            let at = join(pointer, text);
            if entries.contains_key(text) {
                let (message, remedy) = super::twice(text);
                return Err(Diagnostic { file: self.file.into(), line, pointer: at, message, remedy });
            }
            *key = Some(text.into());
            self.lines.insert(at, line);
            return Ok(());
        }
        self.lines.entry(self.pointer()).or_insert(line);
        let value = match style {
            ScalarStyle::Plain => scalar::resolve(text).map_err(|(why, remedy)| self.refuse(line, why, &remedy))?,
            _ => Value::String(text.into()),
        };
        self.put(value);
        Ok(())
    }

    fn put(&mut self, value: Value) {
        match self.stack.last_mut() {
            None => self.root = Some(value),
            Some(Frame::Sequence { items, .. }) => items.push(value),
            Some(Frame::Mapping { entries, key, .. }) => {
                if let Some(key) = key.take() {
                    entries.insert(key, value);
                }
            }
        }
    }
}

/// The part of a pointer before the first key that is not there: where the syntax breaks, the parser makes up empty keys.
fn written(pointer: &str) -> String {
    let mut out = String::new();
    for token in pointer.split('/').skip(1).take_while(|token| !token.is_empty() && *token != "~0") {
        out = format!("{out}/{token}");
    }
    out
}

/// The tag of a value, which a JSON value cannot keep.
fn tag(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Scalar(_, _, _, tag) | Event::SequenceStart(_, tag) | Event::MappingStart(_, tag) => {
            tag.as_ref().map(ToString::to_string)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn knows_lines() {
        let (value, lines) = read("t.yaml", "a:\n  b: [1,\n    'x']\nc: |-\n  two\n  lines\n").expect("valid");
        assert_eq!(value, serde_json::json!({"a": {"b": [1, "x"]}, "c": "two\nlines"}));
        assert_eq!((lines["/a"], lines["/a/b"], lines["/a/b/1"], lines["/c"]), (1, 2, 3, 4));
    }

    #[test]
    fn broken_syntax_has_a_place_that_is_there() {
        for (text, pointer) in
            [("a: {: {: [", "/a"), ("a:\n  b: [}\n", "/a/b/0"), ("a:\n  b: 1\n c: 2\n", ""), ("? {? [\n", "")]
        {
            assert_eq!(read("t.yaml", text).expect_err("broken").pointer, pointer, "{text:?}");
        }
    }

    #[test]
    fn refuses_what_would_be_lost() {
        for text in [
            "a: 1\na: 2\n",
            "a: &x 1\nb: *x\n",
            "? [1]\n: 2\n",
            "",
            "a: 1\n---\nb: 2\n",
            "a: [",
            "a: !foo 1",
            "!!str a: 1\n",
            "a: !!binary [1]",
            "a: !x {}",
            "a: -.inf",
            "a: 99999999999999999999",
        ] {
            assert!(read("t.yaml", text).is_err(), "{text:?}");
        }
        let deep = "[".repeat(100_000);
        assert!(read("t.yaml", &deep).is_err());
    }
}
