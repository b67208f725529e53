//! Whether the trail is what was sealed.

mod chain;
mod finding;
mod records;

pub use finding::Finding;

use super::{Checkpoint, Keys, Seal};
use crate::{error::Result, store::Read};
use chain::Chain;
use records::Differences;

/// What a verification looked at, and found.
#[derive(Debug, Default)]
pub struct Report {
    /// Seals.
    pub seals: u64,
    /// Sealed records.
    pub records: u64,
    /// Records that no seal holds: not yet, or because theirs was altered or is missing.
    pub unsealed: u64,
    /// Everything that is wrong: of seals in the order of batches, then of records in the order of numbers.
    pub findings: Vec<Finding>,
}

/// What to verify.
#[derive(Debug, Default)]
pub struct Scope {
    /// Records that were sealed before this time (RFC 3339, UTC) are not compared. The seals themselves always are: when they were made is
    /// known only of one that was not altered. So are records whose seal is missing or was altered.
    pub from: Option<String>,
    /// Nor are records that were sealed from this time on, or are not sealed yet. Behind an altered seal these cannot be told apart, and all
    /// are compared.
    pub to: Option<String>,
    /// Checkpoints that were exported earlier.
    pub checkpoints: Vec<Checkpoint>,
}

impl Scope {
    fn holds(&self, sealed_at: &str) -> bool {
        self.from.as_deref().is_none_or(|from| from <= sealed_at) && self.to.as_deref().is_none_or(|to| sealed_at < to)
    }
}

/// Numbers of records that no seal holds.
struct Open<'a> {
    /// The last seal before them that is as it was made.
    behind: Option<&'a Seal>,
    from: i64,
    /// None behind the newest seal.
    to: Option<i64>,
}

/// Verifies the trail in one snapshot, with the keys that it was recorded and sealed with.
///
/// A record is held against its seal. One that no seal holds is held against its own code, which shows that it is as the server made it,
/// and not whether it stands where it stood.
///
/// # Errors
/// When the database cannot be read.
pub fn verify(tx: &mut Read, keys: &Keys, scope: &Scope) -> Result<Report> {
    let chain = Chain::read(tx, &keys.public())?;
    let mut report = Report { seals: chain.count(), findings: chain.findings(), ..Report::default() };
    report.findings.extend(chain.compare(&scope.checkpoints, &keys.public()));
    let (mut differences, mut open) = (Differences::default(), vec![]);
    let (mut behind, mut next) = (None::<&Seal>, Some(i64::MIN));
    for seal in &chain.intact {
        let own = &seal.checkpoint;
        let before = behind.map_or(0, |seal| seal.checkpoint.batch);
        let first = match next {
            Some(next) if own.batch == before.saturating_add(1) => next,
            _ => {
                open.extend(next.map(|from| Open { behind, from, to: Some(own.first_seq.saturating_sub(1)) }));
                own.first_seq
            }
        };
        if scope.holds(&own.sealed_at) {
            report.records += differences.look_at(tx, seal, first)?;
        }
        (behind, next) = (Some(seal), own.last_seq.checked_add(1));
    }
    let to_the_end = scope.to.is_none() || chain.ends_in_doubt();
    open.extend(next.filter(|_| to_the_end).map(|from| Open { behind, from, to: None }));
    for numbers in &open {
        report.unsealed += differences.look_between(tx, keys, numbers)?;
    }
    report.findings.extend(differences.findings());
    Ok(report)
}
