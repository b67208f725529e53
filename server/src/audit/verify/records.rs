//! Records beside their seals. What does not stand where it was sealed is kept until all batches were looked at: only then it is known
//! whether a record was altered, or is one that was sealed elsewhere.

use super::{
    super::{Seal, seal::Entry, seal::digest_of},
    Finding,
};
use crate::{
    error::Result,
    store::{Read, trail},
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Rows and entries of seals that have no counterpart at their number.
#[derive(Default)]
pub(super) struct Differences {
    rows: BTreeMap<i64, Found>,
    entries: BTreeMap<i64, Entry>,
}

/// A row, with the digest that it has now; none when it holds something that is no text.
struct Found {
    id: String,
    digest: Option<String>,
}

impl Differences {
    /// Compares a batch, and what else stands behind number `after`; the numbers that were sealed.
    pub(super) fn look_at(&mut self, tx: &mut Read, seal: &Seal, after: Option<i64>) -> Result<Vec<i64>> {
        let lines: Vec<Entry> = seal.entries().collect();
        let numbers: Vec<i64> = lines.iter().map(|e| e.seq).collect();
        let mut entries: HashMap<i64, Entry> = lines.into_iter().map(|e| (e.seq, e)).collect();
        let to = numbers.iter().copied().max().unwrap_or(seal.checkpoint.last_seq);
        let from = after.map_or(i64::MIN, |after| after.saturating_add(1));
        let rows = &mut self.rows;
        each_row(tx, from, to, |seq, found| {
            let sealed = entries.get(&seq).map(|entry| &entry.digest);
            if sealed.is_some() && sealed == found.digest.as_ref() {
                entries.remove(&seq);
            } else {
                rows.insert(seq, found);
            }
        })?;
        self.entries.extend(entries);
        Ok(numbers)
    }

    /// Looks at what stands behind the last seal; the numbers there. A record that was sealed before may have been moved there; and what
    /// cannot be read is no record of this server.
    pub(super) fn look_behind(&mut self, tx: &mut Read, last: i64) -> Result<Vec<i64>> {
        if last == i64::MAX {
            return Ok(vec![]);
        }
        let absent: HashSet<&str> = self.entries.values().map(|e| e.digest.as_str()).collect();
        let (mut numbers, mut wrong) = (vec![], vec![]);
        each_row(tx, last + 1, i64::MAX, |seq, found| {
            numbers.push(seq);
            if found.digest.as_deref().is_none_or(|digest| absent.contains(digest)) {
                wrong.push((seq, found));
            }
        })?;
        self.rows.extend(wrong);
        Ok(numbers)
    }

    /// What became of each record, in the order of numbers. A number can have two findings: its record is missing, and another in its place.
    pub(super) fn findings(mut self) -> Vec<Finding> {
        let mut findings = self.moved();
        for (seq, Found { id, .. }) in self.rows {
            let finding = match self.entries.remove(&seq) {
                Some(entry) => Finding::Altered { seq, id: entry.id },
                None => Finding::Inserted { seq, id },
            };
            findings.push((seq, finding));
        }
        findings.extend(self.entries.into_iter().map(|(seq, e)| (seq, Finding::Missing { seq, id: e.id })));
        findings.sort_by_key(|(seq, _)| *seq);
        findings.into_iter().map(|(_, finding)| finding).collect()
    }

    /// Takes out what was sealed under another number, and what stands where it was sealed: that was looked for in the wrong batch, since
    /// a seal was altered, which is a finding of its own.
    fn moved(&mut self) -> Vec<(i64, Finding)> {
        let by_digest: HashMap<String, i64> = self.entries.iter().map(|(seq, e)| (e.digest.clone(), *seq)).collect();
        let (mut moved, mut rest) = (vec![], BTreeMap::new());
        for (seq, row) in std::mem::take(&mut self.rows) {
            let Some(&sealed_as) = row.digest.as_ref().and_then(|digest| by_digest.get(digest)) else {
                rest.insert(seq, row);
                continue;
            };
            self.entries.remove(&sealed_as);
            if sealed_as != seq {
                moved.push((seq, Finding::Reordered { seq, sealed_as, id: row.id }));
            }
        }
        self.rows = rest;
        moved
    }
}

fn each_row(tx: &mut Read, from: i64, to: i64, mut each: impl FnMut(i64, Found)) -> Result<()> {
    trail::each_record(tx, (from, to), i64::MAX, |seq, record| {
        let found = match record {
            Ok(record) => Found { digest: Some(digest_of(&record)), id: record.id },
            Err(id) => Found { digest: None, id },
        };
        each(seq, found);
    })
}
