//! Whether the trail is what was sealed.

mod finding;
mod records;

pub use finding::Finding;

use super::{Checkpoint, Seal, seal::previous_of};
use crate::{
    error::Result,
    store::{Read, trail},
};
use records::Differences;

/// What a verification looked at, and found.
#[derive(Debug, Default)]
pub struct Report {
    /// Seals.
    pub seals: u64,
    /// Sealed records.
    pub records: u64,
    /// Records that are not sealed yet.
    pub unsealed: u64,
    /// Everything that is wrong: of seals and numbers in the order of batches, then of records in the order of numbers.
    pub findings: Vec<Finding>,
}

/// What to verify.
#[derive(Debug, Default)]
pub struct Scope {
    /// Seals made before this time (RFC 3339, UTC) are taken as they are.
    pub from: Option<String>,
    /// Seals made from this time on are not looked at.
    pub to: Option<String>,
    /// Checkpoints that were exported earlier.
    pub checkpoints: Vec<Checkpoint>,
}

/// Verifies the trail in one snapshot. `public_key` is what must have signed it.
///
/// # Errors
/// When the database cannot be read.
pub fn verify(tx: &mut Read, public_key: &str, scope: &Scope) -> Result<Report> {
    let mut report = Report::default();
    let seals = seals(tx, &mut report)?;
    let mut differences = Differences::default();
    let mut before: Option<&Checkpoint> = None;
    for seal in &seals {
        let at = seal.checkpoint.sealed_at.as_str();
        if scope.from.as_deref().is_none_or(|from| from <= at) && scope.to.as_deref().is_none_or(|to| at < to) {
            check_seal(&mut report, seal, before, public_key);
            let after = last_before(seal, before);
            let numbers = differences.look_at(tx, seal, after)?;
            report.findings.extend(gaps(after.unwrap_or(0), &numbers));
            report.records += numbers.len() as u64;
        }
        before = Some(&seal.checkpoint);
    }
    if scope.to.is_none() {
        let last = before.map_or(0, |b| b.last_seq);
        let numbers = differences.look_behind(tx, last)?;
        report.findings.extend(gaps(last, &numbers));
        report.unsealed = numbers.len() as u64;
    }
    compare(&mut report, &seals, &scope.checkpoints, public_key);
    report.findings.extend(differences.findings());
    Ok(report)
}

/// The seals; one that holds something else than text is a finding, and left out.
fn seals(tx: &mut Read, report: &mut Report) -> Result<Vec<Seal>> {
    let mut all = vec![];
    trail::each_readable_seal(tx, |batch, seal| match seal {
        Ok(seal) => all.push(seal),
        Err(_) => report.findings.push(Finding::Seal { batch, what: "holds something that is no text" }),
    })?;
    Ok(all)
}

/// The number after which the records of a batch begin. Where the seal before is missing, nothing can be said of what it held.
fn last_before(seal: &Seal, before: Option<&Checkpoint>) -> Option<i64> {
    let Checkpoint { batch, first_seq, .. } = seal.checkpoint;
    match before {
        None if batch == 1 => None,
        Some(before) if batch == before.batch + 1 => Some(before.last_seq),
        _ => Some(first_seq.saturating_sub(1)),
    }
}

fn check_seal(report: &mut Report, seal: &Seal, before: Option<&Checkpoint>, public_key: &str) {
    let own = &seal.checkpoint;
    let mut wrong = |what| report.findings.push(Finding::Seal { batch: own.batch, what });
    if own.batch != before.map_or(0, |b| b.batch) + 1 {
        wrong("does not have the number after the one before it: a seal is missing");
    } else if own.previous != previous_of(before) {
        wrong("does not follow the one before it");
    }
    if own.digest != seal.digest() {
        wrong("was altered");
    } else if own.public_key != public_key || !own.is_signed_with(public_key) {
        wrong("is not signed with the key of this trail");
    }
    report.seals += 1;
}

/// Where numbers do not follow each other.
fn gaps(after: i64, numbers: &[i64]) -> Vec<Finding> {
    let mut last = after;
    let mut found = vec![];
    for &number in numbers {
        if number > last + 1 {
            found.push(Finding::Gap { from: last + 1, to: number - 1 });
        }
        last = number;
    }
    found
}

fn compare(report: &mut Report, seals: &[Seal], checkpoints: &[Checkpoint], public_key: &str) {
    for checkpoint in checkpoints {
        let batch = checkpoint.batch;
        let what = match seals.iter().find(|seal| seal.checkpoint.batch == batch) {
            _ if !checkpoint.is_signed_with(public_key) => {
                "in the file of checkpoints is not signed with the key of this trail"
            }
            None => "was exported, and is missing",
            Some(seal) if seal.checkpoint.digest != checkpoint.digest => "is another one than was exported",
            Some(_) => continue,
        };
        report.findings.push(Finding::Seal { batch, what });
    }
}
