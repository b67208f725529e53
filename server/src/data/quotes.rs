//! Payoff quotes from the servicing system: one line per payoff. The total may be left out; if it is given, it must be right.

use super::{
    import::{LineError, Report, each, store},
    lines::Line,
    row::typed,
};
use crate::{
    error::{Error, Result},
    rules::{money::Cents, payoff, quote},
    store::{Upsert, Write},
};
use chrono::{DateTime, Utc};
use generated_server::models::{Payoff, PayoffQuote, PayoffStatus};
use serde_json::{Map, Value};

pub(super) const RESOURCE: &str = "payoff-quote";
const ID: &str = "payoff_id";
const COLUMNS: &[&str] = &[
    "principal",
    "accrued_interest",
    "per_diem",
    "interest_rate",
    "day_count",
    "fees",
    "late_charges",
    "prepayment_premium",
    "credits",
    "total",
    "quoted_at",
];

pub(super) fn import(
    tx: &mut Write,
    headers: &[String],
    lines: &[Line],
    now: DateTime<Utc>,
    errors: &mut Vec<LineError>,
) -> Result<Report> {
    for column in headers.iter().filter(|h| *h != ID && !COLUMNS.contains(&h.as_str())) {
        errors.push(LineError { line: 1, column: column.clone(), reason: "is no column of payoff quotes".into() });
    }
    each(lines, errors, |line| one(tx, line, now))
}

fn one(tx: &mut Write, line: &Line, now: DateTime<Utc>) -> Result<Result<Upsert, LineError>> {
    let quote = match quote_of(line, now) {
        Ok(quote) => quote,
        Err(e) => return Ok(Err(e)),
    };
    if let Err(Error::Rule { detail, .. }) = payoff::check_quote(&quote) {
        return Ok(Err(line.error("total", detail)));
    }
    let id = match line.required(ID) {
        Ok(id) => id,
        Err(e) => return Ok(Err(e)),
    };
    let Some(mut row) = tx.find::<Payoff>(id)? else { return Ok(Err(line.error(ID, "there is no such payoff"))) };
    match payoff::status::advance(row.status, PayoffStatus::Quoted) {
        Ok(status) => row.status = status,
        Err(e) => return Ok(Err(line.error(ID, e.to_string()))),
    }
    row.quote = Some(quote);
    store(tx, line, row, now)
}

fn quote_of(line: &Line, now: DateTime<Utc>) -> Result<PayoffQuote, LineError> {
    let mut map: Map<String, Value> =
        COLUMNS.iter().filter_map(|c| Some(((*c).to_string(), Value::from(line.get(c)?)))).collect();
    map.entry("quoted_at").or_insert_with(|| now.to_rfc3339().into());
    if !map.contains_key("total") {
        map.insert("total".into(), total(line)?.to_string().into());
    }
    // a column is named as the property that it goes to
    typed(map).map_err(|e| line.explain("PayoffQuote", &e, []))
}

fn total(line: &Line) -> Result<Cents, LineError> {
    let cents = |column: &str| {
        let text = line.required(column)?;
        text.parse::<Cents>().map_err(|e| line.error(column, e.to_string()))
    };
    let parts = quote::QuoteParts {
        principal: cents("principal")?,
        accrued_interest: cents("accrued_interest")?,
        fees: cents("fees")?,
        late_charges: cents("late_charges")?,
        prepayment_premium: cents("prepayment_premium")?,
        credits: cents("credits")?,
    };
    quote::total(&parts).map_err(|e| line.error("total", e.to_string()))
}
