//! Which columns a file may have, and what a row needs beyond them.

use super::row::Invalid;
use crate::rules::naics;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The layout of one kind of file. A column named as a property (`address.city` for a nested one) needs no entry here.
pub(super) struct Format {
    /// Name at the command line.
    pub(super) resource: &'static str,
    /// Component schema of a row.
    pub(super) schema: &'static str,
    /// Other names of columns, and the property each goes to.
    pub(super) aliases: &'static [(&'static str, &'static str)],
    /// Columns that are known and not stored; the report says so.
    pub(super) skipped: &'static [&'static str],
    /// Completes a row from what it holds.
    pub(super) complete: fn(&mut Map<String, Value>),
    /// What no schema can say of a complete row.
    pub(super) rule: fn(&Map<String, Value>) -> Result<(), Invalid>,
}

/// Resources that a file may hold one row of each.
pub(super) const FORMATS: &[Format] = &[
    Format { resource: "country", schema: "Country", aliases: &[], skipped: &[], complete: |_| {}, rule: |_| Ok(()) },
    Format {
        resource: "naics-code",
        schema: "NaicsCode",
        aliases: &[],
        skipped: &["level_name"],
        complete: naics_code,
        rule: |_| Ok(()),
    },
    Format {
        resource: "franchise",
        schema: "Franchise",
        aliases: &[("fruns", "/id"), ("brand_name", "/brand"), ("sba_franchise_code", "/code")],
        skipped: &[
            "last_avail_year",
            "brand_name_sanitized",
            "franchisor_sanitized",
            "naics_code",
            "naics_description",
        ],
        complete: franchise,
        rule: |_| Ok(()),
    },
    Format {
        resource: "location",
        schema: "Location",
        aliases: &[],
        skipped: &[],
        complete: location,
        rule: |_| Ok(()),
    },
    Format { resource: "user", schema: "User", aliases: &[], skipped: &[], complete: user, rule: each_location_once },
];

fn default(row: &mut Map<String, Value>, key: &str, value: Value) {
    row.entry(key).or_insert(value);
}

/// Level, parent and sector follow from the code.
fn naics_code(row: &mut Map<String, Value>) {
    let Some(code) = row.get("code").and_then(Value::as_str).map(String::from) else { return };
    default(row, "level", json!(naics::level(&code)));
    default(row, "sector_code", json!(naics::sector(&code)));
    if let Some(parent) = naics::parent(&code) {
        default(row, "parent_code", json!(parent));
    }
}

/// A directory of disclosure documents (16 CFR 436) knows brands that meet the FTC's definition, and nothing of addenda.
fn franchise(row: &mut Map<String, Value>) {
    if let Some(code) = row.get("code").and_then(Value::as_str).map(String::from) {
        default(row, "id", json!(code));
    }
    default(row, "meets_ftc_definition", json!(true));
    default(row, "addendum_needed", json!(false));
    default(row, "active", json!(true));
    default(row, "sample", json!(false));
}

fn location(row: &mut Map<String, Value>) {
    default(row, "status", json!("active"));
    if let Some(address) = row.get_mut("address").and_then(Value::as_object_mut) {
        default(address, "country_code", json!("US"));
    }
}

fn user(row: &mut Map<String, Value>) {
    default(row, "status", json!("active"));
    default(row, "memberships", json!([]));
    if let Some(email) = row.get("email").and_then(Value::as_str).map(str::to_lowercase) {
        row.insert("email".into(), json!(email));
    }
}

/// A membership names its location, and no other of the same user does.
fn each_location_once(row: &Map<String, Value>) -> Result<(), Invalid> {
    let memberships = row.get("memberships").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let named = memberships.iter().enumerate().filter_map(|(i, m)| Some((i, m["location_id"].as_str()?)));
    for (i, location) in named {
        if !seen.insert(location) {
            let reason = format!("names the location {location} a second time; put all roles into one membership");
            return Err(Invalid::new(format!("/memberships/{i}"), reason));
        }
    }
    Ok(())
}
