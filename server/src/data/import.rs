//! `lending-api import`: rows of a CSV file are added or changed, all of them or none.

use super::{
    import_formats::{FORMATS, Format},
    quotes,
    row::{Invalid, REQUIRED, model, put, value},
    size_standards, statuses,
};
use crate::{
    audit::Actor,
    config::Config,
    error::{Error, Result},
    store::{Session, Upsert, Write},
};
use chrono::{DateTime, Utc};
use forebear_runtime::{Api, Contract};
use generated_server::{
    Document,
    models::{Country, Franchise, Location, NaicsCode, User, Validate},
    store::Entity,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::{collections::HashMap, fmt, path::Path};

/// Errors that are shown; the rest is counted.
const SHOWN: usize = 20;

/// What an import did.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Report {
    /// New rows.
    pub inserted: usize,
    /// Changed rows.
    pub updated: usize,
    /// Rows that were there already.
    pub unchanged: usize,
    /// Columns of the file that are not stored.
    pub skipped: Vec<String>,
}

impl Report {
    pub(super) fn count(&mut self, outcome: Upsert) {
        match outcome {
            Upsert::Inserted => self.inserted += 1,
            Upsert::Updated => self.updated += 1,
            Upsert::Unchanged => self.unchanged += 1,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inserted, updated, unchanged, skipped } = self;
        write!(f, "{inserted} inserted, {updated} updated, {unchanged} unchanged")?;
        if !skipped.is_empty() {
            write!(f, "; columns not stored: {}", skipped.join(", "))?;
        }
        Ok(())
    }
}

/// Why nothing was imported.
#[derive(Debug)]
pub enum ImportError {
    /// No such resource.
    Resource(String),
    /// The file cannot be read.
    File(String),
    /// Lines that break the document; nothing was stored.
    Lines(String, Vec<LineError>),
    /// The database refused.
    Store(Error),
}

/// What is wrong in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Line of the file, from 1 (the header).
    pub line: u64,
    /// Column or property.
    pub column: String,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resource(name) => {
                let known: Vec<&str> = resources().collect();
                write!(f, "`{name}` cannot be imported; choose one of {}", known.join(", "))
            }
            Self::File(text) => f.write_str(text),
            Self::Lines(file, lines) => {
                for LineError { line, column, reason } in lines.iter().take(SHOWN) {
                    writeln!(f, "{file}:{line}: {column}: {reason}")?;
                }
                if lines.len() > SHOWN {
                    writeln!(f, "… and {} more", lines.len() - SHOWN)?;
                }
                write!(f, "nothing was imported")
            }
            Self::Store(e) => write!(f, "{e}; nothing was imported"),
        }
    }
}
impl std::error::Error for ImportError {}
impl From<Error> for ImportError {
    fn from(e: Error) -> Self {
        Self::Store(e)
    }
}

/// Names that `import` takes.
pub fn resources() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|f| f.resource).chain([size_standards::RESOURCE, quotes::RESOURCE, statuses::RESOURCE])
}

/// One line: its number and its non-empty cells by column.
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
}

/// Each line for itself: what it did is counted, and what is wrong with it noted.
pub(super) fn each(
    lines: &[Line],
    errors: &mut Vec<LineError>,
    mut one: impl FnMut(&Line) -> Result<Result<Upsert, LineError>>,
) -> Result<Report> {
    let mut report = Report::default();
    for line in lines {
        match one(line)? {
            Ok(outcome) => report.count(outcome),
            Err(e) => errors.push(e),
        }
    }
    Ok(report)
}

/// Imports a file into the configured database.
///
/// # Errors
/// [`ImportError`]; nothing is stored then.
pub fn import(config: &Config, resource: &str, file: &Path, now: DateTime<Utc>) -> Result<Report, ImportError> {
    if !resources().any(|r| r == resource) {
        return Err(ImportError::Resource(resource.into()));
    }
    let (headers, lines) = read(file)?;
    let keys = config.audit_keys().map_err(|e| Error::Unavailable(e.to_string()))?;
    let mut session = Session::open(&config.database(), keys.into())?;
    let mut errors = vec![];
    let actor = Actor::operator(&format!("import {resource}"), now);
    let outcome = session.transaction(actor, |tx| {
        let report = run(tx, resource, &headers, &lines, now, &mut errors)?;
        // an error rolls everything back; what it says is in `errors`
        if errors.is_empty() { Ok(report) } else { Err(Error::Conflict("lines are wrong".into())) }
    });
    if errors.is_empty() {
        outcome.map_err(ImportError::Store)
    } else {
        Err(ImportError::Lines(file.display().to_string(), errors))
    }
}

fn read(file: &Path) -> Result<(Vec<String>, Vec<Line>), ImportError> {
    let fault = |e: csv::Error| match e.position() {
        Some(at) => ImportError::File(format!("{}:{}: {e}", file.display(), at.line())),
        None => ImportError::File(format!("{}: {e}", file.display())),
    };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(file).map_err(fault)?;
    let clean = |h: &str| h.trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_");
    let headers: Vec<String> = reader.headers().map_err(fault)?.iter().map(clean).collect();
    if headers.iter().all(String::is_empty) {
        return Err(ImportError::File(format!("{}:1: has no header line", file.display())));
    }
    if let Some(twice) = headers.iter().enumerate().find(|(i, h)| headers[..*i].contains(h)) {
        return Err(ImportError::File(format!("{}:1: the column {} is there twice", file.display(), twice.1)));
    }
    let mut lines = vec![];
    for record in reader.records() {
        let record = record.map_err(fault)?;
        let number = record.position().map_or(0, csv::Position::line);
        let cells = headers.iter().zip(record.iter()).filter(|(_, v)| !v.is_empty());
        lines.push(Line { number, cells: cells.map(|(h, v)| (h.clone(), v.into())).collect() });
    }
    Ok((headers, lines))
}

fn run(
    tx: &mut Write,
    resource: &str,
    headers: &[String],
    lines: &[Line],
    now: DateTime<Utc>,
    errors: &mut Vec<LineError>,
) -> Result<Report> {
    let Some(format) = FORMATS.iter().find(|f| f.resource == resource) else {
        return match resource {
            quotes::RESOURCE => quotes::import(tx, headers, lines, now, errors),
            statuses::RESOURCE => statuses::import(tx, headers, lines, now, errors),
            _ => size_standards::import(tx, headers, lines, now, errors),
        };
    };
    match format.schema {
        "Country" => rows::<Country>(tx, format, headers, lines, now, errors),
        "NaicsCode" => rows::<NaicsCode>(tx, format, headers, lines, now, errors),
        "Franchise" => rows::<Franchise>(tx, format, headers, lines, now, errors),
        "Location" => rows::<Location>(tx, format, headers, lines, now, errors),
        _ => rows::<User>(tx, format, headers, lines, now, errors),
    }
}

fn rows<E: Entity + DeserializeOwned + Validate>(
    tx: &mut Write,
    format: &Format,
    headers: &[String],
    lines: &[Line],
    now: DateTime<Utc>,
    errors: &mut Vec<LineError>,
) -> Result<Report> {
    let columns = columns(format, headers, errors);
    let mut report = Report { skipped: skipped(format, headers), ..Report::default() };
    let mut seen = HashMap::new();
    if !errors.is_empty() {
        return Ok(report);
    }
    for line in lines {
        match row::<E>(tx, format, &columns, line, now)? {
            Err(error) => errors.push(error),
            Ok(row) => match seen.insert(row.key(), line.number) {
                Some(first) => errors.push(line.error(E::TABLE.key, format!("line {first} has the same key"))),
                None => match tx.upsert(row, now) {
                    Ok(outcome) => report.count(outcome),
                    Err(Error::Conflict(detail)) => errors.push(line.error("row", detail)),
                    Err(e) => return Err(e),
                },
            },
        }
    }
    Ok(report)
}

fn skipped(format: &Format, headers: &[String]) -> Vec<String> {
    headers.iter().filter(|h| format.skipped.contains(&h.as_str())).cloned().collect()
}

/// Property of each column that is stored.
fn columns(format: &Format, headers: &[String], errors: &mut Vec<LineError>) -> HashMap<String, String> {
    let contract: &Contract = Document::contract();
    let mut found: HashMap<String, String> = HashMap::new();
    for header in headers.iter().filter(|h| !format.skipped.contains(&h.as_str())) {
        let alias = format.aliases.iter().find(|(name, _)| name == header).map(|(_, pointer)| (*pointer).to_string());
        let pointer = alias.unwrap_or_else(|| format!("/{}", header.replace('.', "/")));
        if matches!(pointer.as_str(), "/version" | "/created_at" | "/updated_at") {
            let reason = "is assigned by the server; take the column out".into();
            errors.push(LineError { line: 1, column: header.clone(), reason });
        } else if let Some((other, _)) = found.iter().find(|(_, p)| **p == pointer) {
            let reason = format!("means the same as the column {other}; keep one of them");
            errors.push(LineError { line: 1, column: header.clone(), reason });
        } else if contract.kind(format.schema, &pointer).is_some() {
            found.insert(header.clone(), pointer);
        } else {
            let reason = format!("is no property of {}; rename the column or take it out", format.resource);
            errors.push(LineError { line: 1, column: header.clone(), reason });
        }
    }
    found
}

/// The row of a line: what is stored already, overlaid with what the line holds.
fn row<E: Entity + DeserializeOwned + Validate>(
    tx: &mut Write,
    format: &Format,
    columns: &HashMap<String, String>,
    line: &Line,
    now: DateTime<Utc>,
) -> Result<Result<E, LineError>> {
    let mut given = Map::new();
    for (column, text) in &line.cells {
        let Some(pointer) = columns.get(column) else { continue };
        match value(format.schema, pointer, text) {
            Ok(value) => put(&mut given, pointer, value),
            Err(e) => return Ok(Err(line.error(column, e.reason))),
        }
    }
    let mut complete = given.clone();
    (format.complete)(&mut complete);
    let key = complete.get(E::TABLE.columns.iter().find(|c| c.name == E::TABLE.key).map_or("", |c| &c.pointer[1..]));
    let stored = match key.and_then(Value::as_str) {
        Some(key) => tx.find::<E>(key)?,
        None => None,
    };
    if let Some(Value::Object(mut stored)) = stored.and_then(|s| serde_json::to_value(s).ok()) {
        stored.extend(given);
        complete = stored;
    }
    let explain = |e: Invalid| {
        let property = || e.pointer[1.min(e.pointer.len())..].replace('/', ".");
        let column = columns.iter().find(|(_, p)| **p == e.pointer).map_or_else(property, |(c, _)| c.clone());
        let wanted = Document::contract().expectation(format.schema, &e.pointer);
        let plain = e.reason == REQUIRED || e.pointer.is_empty();
        line.error(&column, if plain { e.reason } else { format!("must be {wanted}") })
    };
    Ok(model(complete, now).map_err(explain))
}
