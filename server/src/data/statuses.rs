//! What became of payoffs, from the servicing system: one line per payoff.

use super::{
    import::{LineError, Report, each, store},
    lines::Line,
    row::REQUIRED,
};
use crate::{
    error::Result,
    rules::payoff,
    store::{Upsert, Write},
};
use chrono::{DateTime, Utc};
use forebear_runtime::Api;
use generated_server::{
    Document,
    models::{Payoff, PayoffStatus},
};

pub(super) const RESOURCE: &str = "payoff-status";
const ID: &str = "payoff_id";
const STATUS: &str = "status";

pub(super) fn import(
    tx: &mut Write,
    headers: &[String],
    lines: &[Line],
    now: DateTime<Utc>,
    errors: &mut Vec<LineError>,
) -> Result<Report> {
    for column in headers.iter().filter(|h| ![ID, STATUS].contains(&h.as_str())) {
        errors.push(LineError { line: 1, column: column.clone(), reason: "is no column of payoff statuses".into() });
    }
    each(lines, errors, |line| one(tx, line, now))
}

/// A payoff that is there already is left alone, so that a file can be read twice.
fn one(tx: &mut Write, line: &Line, now: DateTime<Utc>) -> Result<Result<Upsert, LineError>> {
    let next: PayoffStatus = match line.get(STATUS).map(str::parse) {
        Some(Ok(status)) => status,
        Some(Err(_)) => {
            let wanted = Document::contract().expectation("Payoff", "/status");
            return Ok(Err(line.error(STATUS, format!("is no status of a payoff; it must be {wanted}"))));
        }
        None => return Ok(Err(line.error(STATUS, REQUIRED))),
    };
    let id = match line.required(ID) {
        Ok(id) => id,
        Err(e) => return Ok(Err(e)),
    };
    let Some(mut row) = tx.find::<Payoff>(id)? else { return Ok(Err(line.error(ID, "there is no such payoff"))) };
    if row.status == next {
        return Ok(Ok(Upsert::Unchanged));
    }
    if next == PayoffStatus::Quoted && row.quote.is_none() {
        return Ok(Err(line.error(STATUS, "a payoff is quoted by its quote: import it as payoff-quote")));
    }
    match payoff::step(&row, next, now) {
        Ok(status) => row.status = status,
        Err(e) => return Ok(Err(line.error(STATUS, e.to_string()))),
    }
    if next == PayoffStatus::Requested {
        row.quote = None;
    }
    store(tx, line, row, now)
}
