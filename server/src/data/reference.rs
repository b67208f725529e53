//! Reference data that the build carries: ISO 3166-1 countries, NAICS 2022 codes, and the holidays that the statute gives.

use super::row::carried;
use crate::{
    error::{Error, Result},
    rules::holiday,
    store::Write,
};
use chrono::{DateTime, Utc};
use generated_server::{
    models::{Country, Holiday, NaicsCode},
    store::Entity,
};
use serde_json::{Map, Value, json};

/// ISO 3166-1: alpha2, alpha3, numeric, name.
pub(super) const COUNTRIES: &str = include_str!("../../../data/iso-3166-1.csv");
/// NAICS 2022: code, level, title, parent and sector.
pub(super) const NAICS: &str = include_str!("../../../data/naics-2022.csv");

pub(super) fn countries(tx: &mut Write, now: DateTime<Utc>) -> Result<()> {
    records(COUNTRIES, |record| {
        tx.upsert::<Country>(carried(Value::Object(record), now)?, now)?;
        Ok(())
    })
}

pub(super) fn naics_codes(tx: &mut Write, now: DateTime<Utc>) -> Result<()> {
    records(NAICS, |mut record| {
        record.remove("level_name");
        let level: i64 = record["level"].as_str().and_then(|l| l.parse().ok()).unwrap_or_default();
        record.insert("level".into(), level.into());
        record.insert("size_standards".into(), Value::Array(vec![])); // they come by import
        let mut row: NaicsCode = carried(Value::Object(record), now)?;
        if let Some(stored) = tx.find::<NaicsCode>(&row.key())? {
            row.size_standards = stored.size_standards;
        }
        tx.upsert(row, now)?;
        Ok(())
    })
}

pub(super) fn holidays(tx: &mut Write, now: DateTime<Utc>) -> Result<()> {
    for h in holiday::all() {
        let row = json!({
            "id": h.id(), "date": h.date, "actual_date": h.actual_date, "year": h.year(), "name": h.name,
            "observed": h.observed(), "calendar": h.calendar.as_str(), "scope": h.scope.as_str(),
        });
        tx.upsert::<Holiday>(carried(row, now)?, now)?;
    }
    Ok(())
}

/// Changes when the computed calendar does.
pub(super) fn holiday_fingerprint() -> String {
    holiday::all().iter().map(|h| format!("{} {} {}\n", h.id(), h.actual_date, h.scope.as_str())).collect()
}

/// Each record as an object of its non-empty fields.
fn records(text: &str, mut each: impl FnMut(Map<String, Value>) -> Result<()>) -> Result<()> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let fault = |e: csv::Error| Error::Database(format!("carried data: {e}"));
    let headers = reader.headers().map_err(fault)?.clone();
    for record in reader.records() {
        let record = record.map_err(fault)?;
        let fields = headers.iter().zip(record.iter()).filter(|(_, v)| !v.is_empty());
        each(fields.map(|(k, v)| (k.into(), v.into())).collect())?;
    }
    Ok(())
}
