//! Rows that do not come from requests: reference data and the sample at start, imports from CSV files.

pub mod import;
mod import_formats;
mod lines;
mod quotes;
mod reference;
mod row;
mod sample;
mod size_standards;
mod statuses;

use crate::{
    audit::{Actor, Keys},
    error::Result,
    store::{Session, Write},
};
use chrono::{DateTime, Utc};
use forebear_runtime::hex;
use sha2::{Digest, Sha256};
use std::{path::Path, sync::Arc};

type Load = fn(&mut Write, DateTime<Utc>) -> Result<()>;

/// Loads what this build carries and the database does not have yet.
///
/// # Errors
/// When a row cannot be stored; each data set is stored whole or not at all.
pub fn load(path: &Path, keys: Arc<Keys>, sample: bool, now: DateTime<Utc>) -> Result<()> {
    let mut session = Session::open(path, keys)?;
    let mut sets: Vec<(&str, String, Load)> = vec![
        ("country", checksum(reference::COUNTRIES), reference::countries),
        ("naics_code", checksum(reference::NAICS), reference::naics_codes),
        ("holiday", checksum(&reference::holiday_fingerprint()), reference::holidays),
    ];
    if sample {
        sets.push(("sample", checksum(sample::VERSION), sample::load));
    }
    for (name, checksum, load) in sets {
        session.transaction(Actor::system("load", now), |tx| once(tx, name, &checksum, load, now))?;
    }
    Ok(())
}

/// Runs `load` unless the set is there in this version.
fn once(tx: &mut Write, name: &str, checksum: &str, load: Load, now: DateTime<Utc>) -> Result<()> {
    if tx.loaded(name)?.as_deref() == Some(checksum) {
        return Ok(());
    }
    load(tx, now)?;
    tx.set_loaded(name, checksum, now)
}

fn checksum(text: &str) -> String {
    hex(&Sha256::digest(text))
}
