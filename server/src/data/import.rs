//! `lending-api import`: rows of a CSV file are added or changed, all of them or none.

use super::{
    import_formats::{FORMATS, Format},
    lines::{Line, read},
    quotes,
    row::{model, put, value},
    size_standards, statuses,
};
use crate::{
    audit::{Actor, Kind, Record},
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
use serde_json::{Map, Value, json};
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
    /// Neither was anything imported, nor could that be recorded.
    Unrecorded(Box<ImportError>, Error),
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
            Self::Unrecorded(refused, e) => {
                write!(f, "{refused}; and the audit trail has no record of this attempt: {e}")
            }
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

/// Stores a row. What breaks the document, or contradicts another row, is an error of its line: whoever makes the row, nothing is
/// stored that could not be answered.
pub(super) fn store<E: Entity + Validate>(
    tx: &mut Write,
    line: &Line,
    row: E,
    now: DateTime<Utc>,
) -> Result<Result<Upsert, LineError>> {
    if let Some(v) = row.validate().into_iter().next() {
        return Ok(Err(line.error(&v.pointer[1.min(v.pointer.len())..].replace('/', "."), v.detail)));
    }
    match tx.upsert(row, now) {
        Ok(outcome) => Ok(Ok(outcome)),
        Err(Error::Conflict(detail)) => Ok(Err(line.error("row", detail))),
        Err(e) => Err(e),
    }
}

/// Imports a file into the configured database.
///
/// # Errors
/// [`ImportError`]; nothing is stored then.
pub fn import(config: &Config, resource: &str, file: &Path, now: DateTime<Utc>) -> Result<Report, ImportError> {
    if !resources().any(|r| r == resource) {
        return Err(ImportError::Resource(resource.into()));
    }
    let content = match read(file) {
        // nor is a database made for the record of it
        Err(e) if !config.database().exists() => return Err(e),
        content => content,
    };
    let keys = config.audit_keys().map_err(|e| Error::Unavailable(e.to_string()))?;
    let mut session = Session::open(&config.database(), keys.into())?;
    let actor = Actor::operator(&format!("import {resource}"), now);
    let stored = content.and_then(|content| store_all(&mut session, &actor, resource, file, &content, now));
    stored.map_err(|refused| match session.note(&record(&actor, &refused)) {
        Ok(()) => refused,
        Err(e) => ImportError::Unrecorded(Box::new(refused), e),
    })
}

fn store_all(
    session: &mut Session,
    actor: &Actor,
    resource: &str,
    file: &Path,
    (headers, lines): &(Vec<String>, Vec<Line>),
    now: DateTime<Utc>,
) -> Result<Report, ImportError> {
    let mut errors = vec![];
    let outcome = session.transaction(actor.clone(), |tx| {
        let report = run(tx, resource, headers, lines, now, &mut errors)?;
        // an error rolls everything back; what it says is in `errors`
        if errors.is_empty() { Ok(report) } else { Err(Error::Conflict("lines are wrong".into())) }
    });
    if errors.is_empty() {
        outcome.map_err(ImportError::Store)
    } else {
        Err(ImportError::Lines(file.display().to_string(), errors))
    }
}

/// The record of an import that stored nothing: which lines were wrong, and not what they hold.
fn record(actor: &Actor, refused: &ImportError) -> Record {
    let detail = match refused {
        ImportError::Lines(_, errors) => {
            let lines: Vec<u64> = errors.iter().map(|e| e.line).take(SHOWN).collect();
            json!({"error_code": "wrong_lines", "lines": lines, "count": errors.len()})
        }
        ImportError::File(_) => json!({"error_code": "wrong_file"}),
        _ => json!({"error_code": "not_stored"}),
    };
    Record::with_detail(Kind::Failed, actor, &detail)
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
                None => match store(tx, line, row, now)? {
                    Ok(outcome) => report.count(outcome),
                    Err(error) => errors.push(error),
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
    let given = match given(format, columns, line) {
        Ok(given) => given,
        Err(e) => return Ok(Err(e)),
    };
    let mut complete = Map::new();
    lay_over(&mut complete, &given);
    (format.complete)(&mut complete);
    let key = complete.get(E::TABLE.columns.iter().find(|c| c.name == E::TABLE.key).map_or("", |c| &c.pointer[1..]));
    let stored = match key.and_then(Value::as_str) {
        Some(key) => tx.find::<E>(key)?,
        None => None,
    };
    if let Some(Value::Object(stored)) = stored.and_then(|s| serde_json::to_value(s).ok()) {
        complete = stored;
        lay_over(&mut complete, &given);
        (format.complete)(&mut complete);
    }
    let sound = (format.rule)(&complete);
    let named = || columns.iter().map(|(c, p)| (c.as_str(), p.as_str()));
    Ok(sound.and_then(|()| model(complete, now)).map_err(|e| line.explain(format.schema, &e, named())))
}

/// What a line holds, by property.
fn given<'a>(
    format: &Format,
    columns: &'a HashMap<String, String>,
    line: &Line,
) -> Result<Vec<(&'a str, Value)>, LineError> {
    let mut given = vec![];
    for (column, text) in &line.cells {
        let Some(pointer) = columns.get(column) else { continue };
        let value = value(format.schema, pointer, text).map_err(|e| line.error(column, e.reason))?;
        given.push((pointer.as_str(), value));
    }
    Ok(given)
}

/// Each value where it belongs, also inside an object: the members beside it stay.
fn lay_over(row: &mut Map<String, Value>, given: &[(&str, Value)]) {
    for (pointer, value) in given {
        put(row, pointer, value.clone());
    }
}
