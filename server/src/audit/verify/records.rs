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
use std::collections::{BTreeMap, HashMap};

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
        let mut entries: HashMap<i64, Entry> = seal.entries().map(|e| (e.seq, e)).collect();
        let numbers = seal.entries().map(|e| e.seq).collect();
        let from = after.map_or(i64::MIN, |after| after.saturating_add(1));
        let rows = &mut self.rows;
        each_row(tx, from, seal.checkpoint.last_seq, |seq, found| {
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

    /// Looks at what stands behind the last seal; the numbers there. A record that was sealed before may have been moved there.
    pub(super) fn look_behind(&mut self, tx: &mut Read, last: i64) -> Result<Vec<i64>> {
        if last == i64::MAX {
            return Ok(vec![]);
        }
        let absent: HashMap<&str, ()> = self.entries.values().map(|e| (e.digest.as_str(), ())).collect();
        let (mut numbers, mut moved) = (vec![], vec![]);
        each_row(tx, last + 1, i64::MAX, |seq, found| {
            numbers.push(seq);
            if found.digest.as_deref().is_some_and(|digest| absent.contains_key(digest)) {
                moved.push((seq, found));
            }
        })?;
        self.rows.extend(moved);
        Ok(numbers)
    }

    /// What became of each record, in the order of numbers.
    pub(super) fn findings(mut self) -> Vec<Finding> {
        let by_digest: HashMap<String, i64> = self.entries.iter().map(|(seq, e)| (e.digest.clone(), *seq)).collect();
        let mut findings = BTreeMap::new();
        for (&seq, row) in &self.rows {
            if let Some(&sealed_as) = row.digest.as_ref().and_then(|digest| by_digest.get(digest)) {
                self.entries.remove(&sealed_as);
                findings.insert(seq, Finding::Reordered { seq, sealed_as, id: row.id.clone() });
            }
        }
        for (seq, Found { id, .. }) in self.rows {
            findings.entry(seq).or_insert_with(|| match self.entries.remove(&seq) {
                Some(entry) => Finding::Altered { seq, id: entry.id },
                None => Finding::Inserted { seq, id },
            });
        }
        let missing = self.entries.into_iter().map(|(seq, e)| (seq, Finding::Missing { seq, id: e.id }));
        findings.extend(missing);
        findings.into_values().collect()
    }
}

fn each_row(tx: &mut Read, from: i64, to: i64, mut each: impl FnMut(i64, Found)) -> Result<()> {
    trail::each_readable_record(tx, from, to, |seq, record| {
        let found = match record {
            Ok(record) => Found { digest: Some(digest_of(&record)), id: record.id },
            Err(_) => Found { digest: None, id: "not readable".into() },
        };
        each(seq, found);
    })
}
