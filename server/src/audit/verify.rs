//! Whether the trail is what was sealed.

use super::{
    Checkpoint, Record, Seal,
    seal::{Entry, digest_of, previous_of},
};
use crate::{
    error::Result,
    store::{Read, trail},
};
use std::{collections::HashMap, fmt};

/// One thing that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The record says something else than when it was sealed.
    Altered {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// The record is gone.
    Missing {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// The record was not there when its batch was sealed.
    Inserted {
        /// Its number.
        seq: i64,
        /// Its id.
        id: String,
    },
    /// The record stands in the place of another.
    Reordered {
        /// The number that it has.
        seq: i64,
        /// The number that it was sealed with.
        sealed_as: i64,
        /// Its id.
        id: String,
    },
    /// Numbers that no record had when their batch was sealed; they are given without gaps.
    Gap {
        /// The first.
        from: i64,
        /// The last.
        to: i64,
    },
    /// A seal is not what it was.
    Seal {
        /// Its batch.
        batch: i64,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { seq, id } => write!(f, "record {seq} ({id}) was altered"),
            Self::Missing { seq, id } => write!(f, "record {seq} ({id}) is missing"),
            Self::Inserted { seq, id } => write!(f, "record {seq} ({id}) was inserted"),
            Self::Reordered { seq, sealed_as, id } => {
                write!(f, "record {seq} ({id}) was moved: it was sealed as number {sealed_as}")
            }
            Self::Gap { from, to } => {
                write!(f, "records {from} to {to} were removed before they were sealed")
            }
            Self::Seal { batch, what } => write!(f, "seal {batch} {what}"),
        }
    }
}

/// What a verification looked at, and found.
#[derive(Debug, Default)]
pub struct Report {
    /// Seals.
    pub seals: u64,
    /// Sealed records.
    pub records: u64,
    /// Records that are not sealed yet.
    pub unsealed: u64,
    /// Everything that is wrong, in order.
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
    let seals = seals(tx)?;
    let mut report = Report::default();
    let mut before: Option<&Checkpoint> = None;
    for seal in &seals {
        let at = seal.checkpoint.sealed_at.as_str();
        if scope.from.as_deref().is_none_or(|from| from <= at) && scope.to.as_deref().is_none_or(|to| at < to) {
            check_seal(&mut report, seal, before, public_key);
            check_records(tx, &mut report, seal, before)?;
        }
        before = Some(&seal.checkpoint);
    }
    if scope.to.is_none() {
        let last = before.map_or(0, |b| b.last_seq);
        let rows = trail::records(tx, last + 1, i64::MAX, usize::MAX)?;
        report.findings.extend(gaps(last, rows.iter().map(|(seq, _)| *seq)));
        report.unsealed = rows.len() as u64;
    }
    compare(&mut report, &seals, &scope.checkpoints, public_key);
    Ok(report)
}

fn seals(tx: &mut Read) -> Result<Vec<Seal>> {
    let mut all = vec![];
    trail::each_seal(tx, 0, |seal| {
        all.push(seal);
        Ok(())
    })?;
    Ok(all)
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

/// Compares the records of a batch, and what stands between it and the batch before, with the seal.
fn check_records(tx: &mut Read, report: &mut Report, seal: &Seal, before: Option<&Checkpoint>) -> Result<()> {
    let from = before.map_or(i64::MIN, |b| b.last_seq + 1);
    let rows = trail::records(tx, from, seal.checkpoint.last_seq, usize::MAX)?;
    let entries: Vec<Entry> = seal.entries().collect();
    let sealed: HashMap<i64, &Entry> = entries.iter().map(|e| (e.seq, e)).collect();
    let by_digest: HashMap<&str, i64> = entries.iter().map(|e| (e.digest.as_str(), e.seq)).collect();
    let mut present = HashMap::new();
    for (seq, record) in &rows {
        let digest = digest_of(record);
        present.insert(*seq, ());
        let finding = judge(*seq, record, &digest, sealed.get(seq).copied(), &by_digest);
        report.findings.extend(finding);
    }
    let numbers = entries.iter().map(|e| e.seq);
    report.findings.extend(gaps(before.map_or(0, |b| b.last_seq), numbers));
    let missing = entries.iter().filter(|e| !present.contains_key(&e.seq));
    report.findings.extend(missing.map(|e| Finding::Missing { seq: e.seq, id: e.id.clone() }));
    report.records += entries.len() as u64;
    Ok(())
}

fn judge(
    seq: i64,
    record: &Record,
    digest: &str,
    entry: Option<&Entry>,
    by_digest: &HashMap<&str, i64>,
) -> Option<Finding> {
    let id = record.id.clone();
    match (entry, by_digest.get(digest)) {
        (Some(entry), _) if entry.digest == digest => None,
        (_, Some(&sealed_as)) => Some(Finding::Reordered { seq, sealed_as, id }),
        (Some(entry), None) if entry.id == record.id => Some(Finding::Altered { seq, id }),
        (Some(entry), None) => Some(Finding::Altered { seq, id: entry.id.clone() }),
        (None, None) => Some(Finding::Inserted { seq, id }),
    }
}

/// Where numbers do not follow each other.
fn gaps(after: i64, numbers: impl Iterator<Item = i64>) -> Vec<Finding> {
    let mut last = after;
    let mut found = vec![];
    for number in numbers {
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
