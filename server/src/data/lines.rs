//! A CSV file as lines that can be named: each record with the number of the line on which it begins, as an editor counts.
//!
//! The reader's own count falls behind by one where lines end in CRLF, so the lines are counted here.

use super::{
    import::{ImportError, LineError},
    row::{Invalid, REQUIRED},
};
use csv::{ErrorKind, Position};
use forebear_runtime::Api;
use generated_server::Document;
use std::path::Path;

/// One record: the number of its line and its non-empty cells by column.
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) cells: Vec<(String, String)>,
}

impl Line {
    pub(super) fn error(&self, column: &str, reason: impl Into<String>) -> LineError {
        LineError { line: self.number, column: column.into(), reason: reason.into() }
    }

    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.cells.iter().find(|(c, _)| c == column).map(|(_, v)| v.as_str())
    }

    /// What breaks `schema`, in the words of the file: the column that holds it, and what it must be. `columns` are columns and the
    /// properties they go to; others are named as their property.
    pub(super) fn explain<'a>(
        &self,
        schema: &str,
        e: &Invalid,
        columns: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> LineError {
        let holds = |pointer: &str| e.pointer.strip_prefix(pointer).filter(|r| r.is_empty() || r.starts_with('/'));
        let found = columns.into_iter().find_map(|(column, pointer)| Some((column.to_string(), holds(pointer)?)));
        let (column, inside) = found.unwrap_or_else(|| (e.pointer.trim_start_matches('/').replace('/', "."), ""));
        let reason = match e.broken {
            true => format!("must be {}", Document::contract().expectation(schema, &e.pointer)),
            false => e.reason.clone(),
        };
        let place = if inside.is_empty() { String::new() } else { format!("{inside} ") };
        self.error(if column.is_empty() { "row" } else { &column }, format!("{place}{reason}"))
    }

    /// The text of a column that every line needs.
    pub(super) fn required(&self, column: &str) -> Result<&str, LineError> {
        self.get(column).ok_or_else(|| self.error(column, REQUIRED))
    }
}

/// Reads a file: the names of its columns, and its lines.
pub(super) fn read(file: &Path) -> Result<(Vec<String>, Vec<Line>), ImportError> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|e| ImportError::File(format!("{name}: {e}")))?;
    let mut count = Count { bytes: &bytes, at: 0, line: 1 };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(&*bytes);
    let headers = match reader.headers() {
        Ok(headers) => headers.iter().map(clean).collect::<Vec<_>>(),
        Err(e) => return Err(ImportError::File(fault(file, &mut count, &e))),
    };
    if headers.iter().all(String::is_empty) {
        return Err(ImportError::File(format!("{name}:1: has no header line")));
    }
    if let Some(twice) = headers.iter().enumerate().find(|(i, h)| headers[..*i].contains(h)) {
        return Err(ImportError::File(format!("{name}:1: the column {} is there twice", twice.1)));
    }
    let mut lines = vec![];
    for record in reader.records() {
        let record = record.map_err(|e| ImportError::File(fault(file, &mut count, &e)))?;
        let number = record.position().map_or(0, |p| count.line_at(p));
        let cells = headers.iter().zip(record.iter()).filter(|(_, v)| !v.is_empty());
        lines.push(Line { number, cells: cells.map(|(h, v)| (h.clone(), v.into())).collect() });
    }
    Ok((headers, lines))
}

fn clean(header: &str) -> String {
    header.trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_")
}

fn fault(file: &Path, count: &mut Count<'_>, e: &csv::Error) -> String {
    let line = e.position().map_or(1, |p| count.line_at(p));
    let text = match e.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!(
                "has {len} cells, and the header names {expected_len}; put quotation marks around a cell with a comma"
            )
        }
        ErrorKind::Utf8 { .. } => "is not UTF-8; save the file in UTF-8".into(),
        _ => e.to_string(),
    };
    format!("{}:{line}: {text}", file.display())
}

/// Counts the lines of a file from its start on. A line ends with LF, CRLF or CR.
struct Count<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Count<'_> {
    /// The line on which the record at this position begins: what is left of the line end before, and empty lines, are skipped.
    fn line_at(&mut self, position: &Position) -> u64 {
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        while let Some(byte) = self.bytes.get(self.at) {
            let ends = matches!(byte, b'\r' | b'\n');
            if self.at >= start && !ends {
                break;
            }
            let first_of_two = *byte == b'\r' && self.bytes.get(self.at + 1) == Some(&b'\n');
            self.line += u64::from(ends && !first_of_two);
            self.at += 1;
        }
        self.line
    }
}
