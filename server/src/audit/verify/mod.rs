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
    /// Records that were sealed before this time (RFC 3339, UTC) are not compared. The seals themselves always are: when they were made is
    /// known only of one that was not altered.
    pub from: Option<String>,
    /// Nor are records that were sealed from this time on, or are not sealed.
    pub to: Option<String>,
    /// Checkpoints that were exported earlier.
    pub checkpoints: Vec<Checkpoint>,
}

impl Scope {
    fn holds(&self, sealed_at: &str) -> bool {
        self.from.as_deref().is_none_or(|from| from <= sealed_at) && self.to.as_deref().is_none_or(|to| sealed_at < to)
    }
}

/// The seal before another one, and the last number of its lines, which its `last_seq` should be.
#[derive(Clone, Copy)]
struct Before<'a> {
    seal: &'a Checkpoint,
    last_seq: i64,
}

/// Verifies the trail in one snapshot. `public_key` is what must have signed it.
///
/// # Errors
/// When the database cannot be read.
pub fn verify(tx: &mut Read, public_key: &str, scope: &Scope) -> Result<Report> {
    let mut report = Report::default();
    let seals = seals(tx, &mut report)?;
    let mut differences = Differences::default();
    let mut before: Option<Before> = None;
    for seal in &seals {
        let own = &seal.checkpoint;
        check_seal(&mut report, seal, before.map(|b| b.seal), public_key);
        let mut last_seq = own.last_seq;
        if scope.holds(&own.sealed_at) {
            let after = last_before(own, before);
            let numbers = differences.look_at(tx, seal, after)?;
            last_seq = numbers.iter().copied().max().unwrap_or(last_seq);
            report.findings.extend(gaps(after.unwrap_or(0), &numbers));
            report.records += numbers.len() as u64;
        }
        before = Some(Before { seal: own, last_seq });
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
fn last_before(own: &Checkpoint, before: Option<Before>) -> Option<i64> {
    match before {
        None if own.batch == 1 => None,
        Some(before) if own.batch == before.seal.batch.saturating_add(1) => Some(before.last_seq),
        _ => Some(own.first_seq.saturating_sub(1)),
    }
}

fn check_seal(report: &mut Report, seal: &Seal, before: Option<&Checkpoint>, public_key: &str) {
    let own = &seal.checkpoint;
    let mut wrong = |what| report.findings.push(Finding::Seal { batch: own.batch, what });
    if own.batch != before.map_or(0, |b| b.batch).saturating_add(1) {
        wrong("does not have the number after the one before it: a seal is missing");
    } else if own.previous != previous_of(before) {
        wrong("does not follow the one before it");
    }
    if own.digest != seal.digest() {
        wrong("was altered");
    } else if !own.is_signed_with(public_key) {
        wrong("is not signed with the key of this trail");
    }
    report.seals += 1;
}

/// Where numbers do not follow each other.
fn gaps(after: i64, numbers: &[i64]) -> Vec<Finding> {
    let mut last = after;
    let mut found = vec![];
    for &number in numbers {
        if number > last.saturating_add(1) {
            found.push(Finding::Gap { from: last.saturating_add(1), to: number.saturating_sub(1) });
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
