//! The SBA table of size standards (13 CFR 121.201): one line per standard, attached to the NAICS code it is for.

use super::import::{Line, LineError, Report};
use crate::{error::Result, store::Write};
use chrono::{DateTime, Utc};
use generated_server::models::{NaicsCode, SizeStandard};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

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
    let mut by_code: BTreeMap<&str, (&Line, Vec<SizeStandard>)> = BTreeMap::new();
    for line in lines {
        let Some(code) = line.get(CODE) else {
            errors.push(line.error(CODE, "is required"));
            continue;
        };
        match standard(line) {
            Ok(standard) => by_code.entry(code).or_insert((line, vec![])).1.push(standard),
            Err(e) => errors.push(e),
        }
    }
    let mut report = Report::default();
    for (code, (line, standards)) in by_code {
        let Some(mut row) = tx.find::<NaicsCode>(code)? else {
            errors.push(line.error(CODE, format!("there is no NAICS code {code}")));
            continue;
        };
        row.size_standards = standards;
        report.count(tx.upsert(row, now)?);
    }
    Ok(report)
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
    serde_json::from_value(Value::Object(map)).map_err(|e| line.error("row", e.to_string()))
}
