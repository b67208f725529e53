//! The vocabulary of the generated table mapping: cells, tables, filters. No driver and no SQL beyond what the generator wrote.

use serde::{Serialize, de::DeserializeOwned};
use std::{borrow::Cow, fmt, fmt::Display, ops::Range, str::FromStr};

/// One value on its way into a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// `NULL`.
    Null,
    /// 64-bit integer; booleans are 0 and 1.
    Int(i64),
    /// Text: also dates, timestamps (RFC 3339 UTC), exact decimals and JSON.
    Text(String),
}

/// An RFC 3339 time in UTC with microseconds. What is in UTC already needs no calendar for it: it comes from a time, and is not looked
/// at again.
fn microseconds(time: &str) -> Option<String> {
    let (seconds, rest) = time.split_at_checked(19)?;
    let digits = match rest.strip_suffix('Z') {
        Some("") => Some(""),
        fraction => fraction.and_then(|f| f.strip_prefix('.')).filter(|f| !f.is_empty()),
    };
    match digits {
        Some(digits) if time.as_bytes()[10] == b'T' && digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(format!("{seconds}.{:0<6}Z", digits.get(..6).unwrap_or(digits)))
        }
        _ => {
            let time = chrono::DateTime::parse_from_rfc3339(time).ok()?;
            Some(time.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
        }
    }
}

/// What the value of a column becomes.
pub trait Form {
    /// Text.
    fn text(value: Option<impl Display + Serialize>) -> Self;
    /// An integer.
    fn int(value: Option<impl Display + Serialize>) -> Self;
    /// A boolean.
    fn flag(value: Option<impl Display + Serialize>) -> Self;
    /// A timestamp.
    fn stamp(value: Option<&impl Serialize>) -> Self;
    /// Anything else.
    fn json(value: Option<&impl Serialize>) -> Self;
}

/// Text and numbers by `Display`, timestamps as serde writes them, in UTC with microseconds.
impl Form for Cell {
    fn text(value: Option<impl Display + Serialize>) -> Self {
        value.map_or(Self::Null, |v| Self::Text(v.to_string()))
    }
    fn int(value: Option<impl Display + Serialize>) -> Self {
        value.and_then(|v| v.to_string().parse().ok()).map_or(Self::Null, Self::Int)
    }
    fn flag(value: Option<impl Display + Serialize>) -> Self {
        value.map_or(Self::Null, |v| Self::Int((v.to_string() == "true").into()))
    }
    fn stamp(value: Option<&impl Serialize>) -> Self {
        let text = value.and_then(|v| serde_json::to_string(v).ok());
        let text = text.as_deref().and_then(|t| t.strip_prefix('"')?.strip_suffix('"'));
        text.and_then(microseconds).map_or(Self::Null, Self::Text)
    }
    fn json(value: Option<&impl Serialize>) -> Self {
        value.and_then(|v| serde_json::to_string(v).ok()).map_or(Self::Null, Self::Text)
    }
}

/// The JSON of a member as the model has it; `None` where it is absent or null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member(pub Option<String>);

impl Form for Member {
    fn text(value: Option<impl Display + Serialize>) -> Self {
        Self::json(value.as_ref())
    }
    fn int(value: Option<impl Display + Serialize>) -> Self {
        Self::json(value.as_ref())
    }
    fn flag(value: Option<impl Display + Serialize>) -> Self {
        Self::json(value.as_ref())
    }
    fn stamp(value: Option<&impl Serialize>) -> Self {
        Self::json(value)
    }
    fn json(value: Option<&impl Serialize>) -> Self {
        Self(value.and_then(|v| serde_json::to_string(v).ok()).filter(|text| text != "null"))
    }
}

/// A row as a driver gives it.
pub trait Row {
    /// Text of a column, or `None` for `NULL`.
    ///
    /// # Errors
    /// When the column holds no text.
    fn text(&self, index: usize) -> Result<Option<Cow<'_, str>>, CellError>;
    /// Integer of a column, or `None` for `NULL`.
    ///
    /// # Errors
    /// When the column holds no integer.
    fn int(&self, index: usize) -> Result<Option<i64>, CellError>;
}

/// A column that does not hold what the document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// Position in the table's columns.
    pub index: usize,
    /// What is wrong, without the value.
    pub message: String,
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.index, self.message)
    }
}
impl std::error::Error for CellError {}

/// Typed reading of a row. Every value is checked against its type: a row that breaks the document is an error, not an answer.
pub struct Cells<'a>(pub &'a dyn Row);

impl Cells<'_> {
    fn wrong(index: usize, message: impl Into<String>) -> CellError {
        CellError { index, message: message.into() }
    }

    fn some<T>(index: usize, value: Option<T>) -> Result<T, CellError> {
        value.ok_or_else(|| Self::wrong(index, "is NULL"))
    }

    /// Text.
    ///
    /// # Errors
    /// When it is `NULL` or breaks its type.
    pub fn text<T: FromStr>(&self, index: usize) -> Result<T, CellError> {
        Self::some(index, self.text_opt(index)?)
    }

    /// Text or `NULL`.
    ///
    /// # Errors
    /// When it breaks its type.
    pub fn text_opt<T: FromStr>(&self, index: usize) -> Result<Option<T>, CellError> {
        let parse = |text: Cow<'_, str>| text.parse().map_err(|_| Self::wrong(index, "breaks its type"));
        self.0.text(index)?.map(parse).transpose()
    }

    /// An integer.
    ///
    /// # Errors
    /// When it is `NULL` or breaks its type.
    pub fn int<T: FromStr>(&self, index: usize) -> Result<T, CellError> {
        Self::some(index, self.int_opt(index)?)
    }

    /// An integer or `NULL`.
    ///
    /// # Errors
    /// When it breaks its type.
    pub fn int_opt<T: FromStr>(&self, index: usize) -> Result<Option<T>, CellError> {
        let parse = |n: i64| itoa::Buffer::new().format(n).parse().map_err(|_| Self::wrong(index, "breaks its type"));
        self.0.int(index)?.map(parse).transpose()
    }

    /// A boolean.
    ///
    /// # Errors
    /// When it is `NULL` or no number.
    pub fn flag<T: FromStr>(&self, index: usize) -> Result<T, CellError> {
        Self::some(index, self.flag_opt(index)?)
    }

    /// A boolean or `NULL`.
    ///
    /// # Errors
    /// When it is no number.
    pub fn flag_opt<T: FromStr>(&self, index: usize) -> Result<Option<T>, CellError> {
        let parse = |n: i64| (n != 0).to_string().parse().map_err(|_| Self::wrong(index, "breaks its type"));
        self.0.int(index)?.map(parse).transpose()
    }

    /// JSON text.
    ///
    /// # Errors
    /// When it is `NULL` or breaks its type.
    pub fn json<T: DeserializeOwned>(&self, index: usize) -> Result<T, CellError> {
        Self::some(index, self.json_opt(index)?)
    }

    /// JSON text or `NULL`.
    ///
    /// # Errors
    /// When it breaks its type.
    pub fn json_opt<T: DeserializeOwned>(&self, index: usize) -> Result<Option<T>, CellError> {
        let parse = |text: Cow<'_, str>| serde_json::from_str(&text).map_err(|_| Self::wrong(index, "breaks its type"));
        self.0.text(index)?.map(parse).transpose()
    }

    /// Whether any of these columns is not `NULL`: an optional object is there if any of its parts is.
    ///
    /// # Errors
    /// When a column can be read neither as text nor as integer.
    pub fn any(&self, columns: Range<usize>) -> Result<bool, CellError> {
        for index in columns {
            let present = match self.0.text(index) {
                Ok(text) => text.is_some(),
                Err(_) => self.0.int(index)?.is_some(),
            };
            if present {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// One stored column.
#[derive(Debug)]
pub struct Column {
    /// SQL name.
    pub name: &'static str,
    /// JSON pointer into the model.
    pub pointer: &'static str,
    /// `x-sensitive`: never in logs or audit differences.
    pub sensitive: bool,
}

/// One table, with its statements. `:1`, `:2` … are numbered in order of appearance, so that every driver may bind by position.
#[derive(Debug)]
pub struct Table {
    /// SQL name.
    pub name: &'static str,
    /// What people call a row.
    pub noun: &'static str,
    /// Column of the primary key.
    pub key: &'static str,
    /// Columns in the order of the cells.
    pub columns: &'static [Column],
    /// Side tables of (value, row key).
    pub sides: &'static [&'static str],
    /// `SELECT` of all columns, without `WHERE`.
    pub select: &'static str,
    /// `INSERT` of all columns.
    pub insert: &'static str,
    /// `UPDATE` of all columns where key and version are as given last.
    pub update: &'static str,
    /// `DELETE` where key and version are as given.
    pub delete: &'static str,
}

impl Table {
    /// The column that holds what breaks a constraint at this JSON pointer.
    #[must_use]
    pub fn broken(&self, pointer: &str, code: &str) -> CellError {
        let holds = |c: &Column| pointer.strip_prefix(c.pointer).is_some_and(|r| r.is_empty() || r.starts_with('/'));
        let index = self.columns.iter().position(holds).unwrap_or_default();
        CellError { index, message: format!("breaks `{code}` at {pointer} of {}", self.name) }
    }
}

/// Rows of a side table that belong to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideRows {
    /// SQL name.
    pub table: &'static str,
    /// Values that lead to the row.
    pub values: Vec<String>,
}

/// How a filter tests a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// The column is one of the values.
    In(&'static str),
    /// The column begins with one of the values.
    Prefix(&'static str),
    /// All words of one of the values begin words in the side table.
    Words(&'static str),
    /// One of the values is in the side table.
    Side(&'static str),
}

/// One filter of a list: its values are alternatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Name of the parameter.
    pub name: &'static str,
    /// Test.
    pub test: Test,
    /// Alternatives.
    pub values: Vec<Cell>,
}

/// Folds text for comparison: lower case, without the accents of Latin letters.
#[must_use]
pub fn fold(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    text.trim().nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The distinct folded words of a text.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| w.chars().take(64).collect())
        .collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::{fold, microseconds, words};

    #[test]
    fn times_have_microseconds_in_utc() {
        for (time, text) in [
            ("2026-11-29T01:02:03Z", "2026-11-29T01:02:03.000000Z"),
            ("2026-11-29T01:02:03.1Z", "2026-11-29T01:02:03.100000Z"),
            ("2026-11-29T01:02:03.123456789Z", "2026-11-29T01:02:03.123456Z"),
            ("2026-11-29T01:02:03.5-05:00", "2026-11-29T06:02:03.500000Z"),
            ("2026-11-29t01:02:03z", "2026-11-29T01:02:03.000000Z"),
        ] {
            assert_eq!(microseconds(time).as_deref(), Some(text), "{time}");
        }
        for wrong in [
            "",
            "2026-11-29",
            "2026-11-29T01:02:03",
            "2026-11-29T01:02:03.xZ",
            "2026-11-29T01:02:03.Z",
            "2026-11-29T01:02:03123Z",
            "+12026-11-29T01:02:03Z",
        ] {
            assert_eq!(microseconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn folding() {
        assert_eq!(fold(" Café MÜLLER "), "cafe muller");
        assert_eq!(words("Full-Service Restaurants, full"), ["full", "restaurants", "service"]);
    }
}
