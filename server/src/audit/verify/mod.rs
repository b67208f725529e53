//! Whether the trail is what was sealed.

mod chain;
mod finding;
mod records;

pub use finding::Finding;

use super::{Checkpoint, Keys, Seal};
use crate::{
    error::Result,
    store::{Read, schema, trail},
};
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
    /// Everything that is wrong: of the tables, of seals in the order of batches, of records in the order of numbers.
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
    /// The newest that the server itself has kept.
    pub newest: Option<Checkpoint>,
}

impl Scope {
    /// All checkpoints that seals are held against, each once.
    pub fn compared(&self) -> impl Iterator<Item = &Checkpoint> {
        let newest = self.newest.iter().filter(|newest| !self.checkpoints.contains(newest));
        self.checkpoints.iter().chain(newest)
    }

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
    /// The last number that must be there.
    last: Option<i64>,
}

/// Verifies the trail in one snapshot, with the keys that it was recorded and sealed with.
///
/// A record is held against its seal. One that no seal holds is held against its own code, which shows that it is as the server made it,
/// and not whether it stands where it stood.
///
/// # Errors
/// When the database cannot be read at all. What ends the reading later is a finding, beside those of before.
pub fn verify(tx: &mut Read, keys: &Keys, scope: &Scope) -> Result<Report> {
    let tables = schema::differences(tx)?;
    let is_there = !tables.iter().any(|(name, what)| name.starts_with("table ") && *what == schema::MISSING);
    let mut report = Report::default();
    report.findings.extend(tables.into_iter().map(|(name, what)| Finding::Schema { name, what }));
    // what stands in the place of a table may be anything, also endless
    if is_there && let Err(e) = look(tx, keys, scope, &mut report) {
        report.findings.push(Finding::Unreadable(e.to_string()));
    }
    Ok(report)
}

fn look(tx: &mut Read, keys: &Keys, scope: &Scope, report: &mut Report) -> Result<()> {
    let mut chain = Chain::read(tx, &keys.public())?;
    if let Some(newest) = &scope.newest {
        chain.expect(newest);
    }
    report.seals = chain.count();
    report.findings.extend(chain.findings());
    report.findings.extend(chain.compare(scope.compared(), &keys.public()));
    let mut differences = Differences::default();
    let compared = compare(tx, keys, scope, &chain, report, &mut differences);
    report.findings.extend(differences.findings());
    compared
}

fn compare(
    tx: &mut Read,
    keys: &Keys,
    scope: &Scope,
    chain: &Chain,
    report: &mut Report,
    differences: &mut Differences,
) -> Result<()> {
    let mut open = vec![];
    let (mut behind, mut next) = (None::<&Seal>, Some(i64::MIN));
    for seal in &chain.intact {
        let own = &seal.checkpoint;
        let before = behind.map_or(0, |seal| seal.checkpoint.batch);
        let first = match next {
            Some(next) if own.batch == before.saturating_add(1) => next,
            _ => {
                let last = Some(own.first_seq.saturating_sub(1));
                open.extend(next.map(|from| Open { behind, from, to: last, last }));
                own.first_seq
            }
        };
        if scope.holds(&own.sealed_at) {
            report.records += differences.look_at(tx, keys, seal, first)?;
        }
        (behind, next) = (Some(seal), own.last_seq.checked_add(1));
    }
    if scope.to.is_none() || chain.ends_in_doubt() {
        let last = trail::last_number(tx)?.max(scope.newest.as_ref().map(|newest| newest.last_seq));
        open.extend(next.map(|from| Open { behind, from, to: None, last }));
    }
    report.unsealed = differences.look_between(tx, keys, &open)?;
    Ok(())
}
