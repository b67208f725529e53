//! First proof: what Dropshot emits for the generated trait is the source.

use super::Report;
use crate::{
    api::METHODS,
    equality,
    source::{Document, join},
};
use serde_json::Value;
use std::{collections::BTreeSet, io, path::Path, process::Command};

/// Compares the emitted document with the source.
///
/// # Errors
/// When the probe cannot be run.
pub(super) fn prove(program: &Path, document: &Document, report: &mut Report) -> io::Result<()> {
    let output = Command::new(program).arg("document").output()?;
    if !output.status.success() {
        report.differences = vec![String::from_utf8_lossy(&output.stderr).trim().to_string()];
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    report.identical = text.trim_end() == document.text.trim_end();
    report.differences = match serde_json::from_str::<Value>(&text) {
        _ if report.identical => vec![],
        Ok(emitted) => equality::differences(&document.value, &emitted).unwrap_or_else(|e| vec![e.to_string()]),
        Err(e) => vec![format!("what Dropshot emitted is not JSON: {e}")],
    };
    let different: BTreeSet<String> = operations(&document.value)
        .filter(|at| {
            report.differences.iter().any(|d| d.starts_with(&format!("{at}/")) || d.starts_with(&format!("{at}:")))
        })
        .collect();
    report.equal = report.operations - different.len();
    Ok(())
}

fn operations(document: &Value) -> impl Iterator<Item = String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let base = join("/paths", path);
        METHODS.iter().filter(|m| item.get(**m).is_some()).map(move |m| join(&base, m))
    })
}
