//! The SBA table of size standards (13 CFR 121.201): one line per standard, attached to the NAICS code it is for.

use super::{
    import::{LineError, Report, store},
    lines::Line,
    row::typed,
};
use crate::{error::Result, store::Write};
use chrono::{DateTime, Utc};
use generated_server::models::{NaicsCode, SizeStandard, SizeStandardBasis};
use serde_json::Map;
use std::collections::{BTreeMap, HashMap};

pub(super) const RESOURCE: &str = "size-standard";
const CODE: &str = "naics_code";
const NUMBERS: &[&str] = &["receipts_max_usd", "employees_max", "assets_max_usd"];
const TEXTS: &[&str] = &["exception", "basis", "footnote"];

pub(super) fn import(
    tx: &mut Write,
    headers: &[String],
    lines: &[Line],
    now: DateTime<Utc>,
    errors: &mut Vec<LineError>,
) -> Result<Report> {
    let known = |h: &str| h == CODE || h == "title" || NUMBERS.contains(&h) || TEXTS.contains(&h);
    for column in headers.iter().filter(|h| !known(h)) {
        errors.push(LineError { line: 1, column: column.clone(), reason: "is no column of size standards".into() });
    }
    let mut seen = HashMap::new();
    let mut rows: BTreeMap<&str, Option<(&Line, NaicsCode)>> = BTreeMap::new();
    for line in lines {
        let code = match keyed(line, &mut seen) {
            Ok(code) => code,
            Err(e) => {
                errors.push(e);
                continue;
            }
        };
        if !rows.contains_key(code) {
            let row = tx.find::<NaicsCode>(code)?;
            if row.is_none() {
                errors.push(line.error(CODE, format!("there is no NAICS code {code}")));
            }
            rows.insert(code, row.map(|row| (line, NaicsCode { size_standards: vec![], ..row })));
        }
        match (standard(line), rows.get_mut(code)) {
            (Ok(standard), Some(Some((_, row)))) => row.size_standards.push(standard),
            (Ok(_), _) => {}
            (Err(e), _) => errors.push(e),
        }
    }
    let mut report = Report::default();
    for (line, row) in rows.into_values().flatten() {
        match store(tx, line, row, now)? {
            Ok(outcome) => report.count(outcome),
            Err(e) => errors.push(e),
        }
    }
    Ok(report)
}

/// The code of a line whose code and exception no line before has.
fn keyed<'a>(line: &'a Line, seen: &mut HashMap<(&'a str, Option<&'a str>), u64>) -> Result<&'a str, LineError> {
    let code = line.required(CODE)?;
    let exception = line.get("exception");
    let Some(first) = seen.insert((code, exception), line.number) else { return Ok(code) };
    let what = exception.map_or_else(|| "general standard".into(), |e| format!("exception {e}"));
    Err(line.error(CODE, format!("line {first} has the {what} of {code} already; keep one of them")))
}

fn standard(line: &Line) -> Result<SizeStandard, LineError> {
    let mut map = Map::new();
    for column in TEXTS {
        if let Some(text) = line.get(column) {
            map.insert((*column).into(), text.into());
        }
    }
    for column in NUMBERS {
        if let Some(text) = line.get(column) {
            let number: i64 = text.parse().map_err(|_| line.error(column, "must be a whole number"))?;
            map.insert((*column).into(), number.into());
        }
    }
    // the title of an exception names the part of the industry; that of a general standard is the code's own
    if let (Some(_), Some(title)) = (line.get("exception"), line.get("title")) {
        map.insert("exception_title".into(), title.into());
    }
    let standard: SizeStandard =
        typed(map).map_err(|e| line.explain("SizeStandard", &e, [("title", "/exception_title")]))?;
    one_limit(line, standard.basis)?;
    Ok(standard)
}

/// Exactly the limit that the basis names.
fn one_limit(line: &Line, basis: SizeStandardBasis) -> Result<(), LineError> {
    let named = match basis {
        SizeStandardBasis::Receipts => "receipts_max_usd",
        SizeStandardBasis::Employees => "employees_max",
        SizeStandardBasis::Assets => "assets_max_usd",
    };
    if line.get(named).is_none() {
        return Err(line.error(named, format!("is required, because the basis is {basis}")));
    }
    match NUMBERS.iter().find(|other| **other != named && line.get(other).is_some()) {
        Some(other) => {
            Err(line.error(other, format!("must be empty, because the basis is {basis}: the limit is {named}")))
        }
        None => Ok(()),
    }
}
