//! Records beside their seals. What does not stand where it was sealed is kept until all batches were looked at: only then it is known
//! whether a record was altered, or is one that was sealed elsewhere.

use super::{
    super::{
        Keys, Record, Seal,
        origin::Origin,
        seal::{Entry, UNPROVEN, digest_of},
    },
    Finding, Open,
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
    /// Findings by number that do not depend on other batches.
    certain: Vec<(i64, Finding)>,
}

/// A row, with the digest that it has now; none when it holds something that is no text.
struct Found {
    id: String,
    digest: Option<String>,
}

impl From<Result<Record, String>> for Found {
    fn from(of: Result<Record, String>) -> Self {
        match of {
            Ok(record) => Self { digest: Some(digest_of(&record)), id: record.id },
            Err(id) => Self { digest: None, id },
        }
    }
}

impl Differences {
    /// Compares a batch, and what else stands between number `first` and its end; how many records were sealed in it.
    pub(super) fn look_at(&mut self, tx: &mut Read, seal: &Seal, first: i64) -> Result<u64> {
        let lines: Vec<Entry> = seal.entries().collect();
        let (count, numbers) = (lines.len(), lines.iter().map(|e| e.seq));
        self.certain.extend(gaps(first.max(1), numbers, None));
        let mut entries: HashMap<i64, Entry> = lines.into_iter().map(|e| (e.seq, e)).collect();
        let (rows, certain) = (&mut self.rows, &mut self.certain);
        trail::each_record(tx, (first, seal.checkpoint.last_seq), i64::MAX, |seq, record| {
            let (found, sealed) = (Found::from(record), entries.get(&seq));
            if sealed.is_some_and(|entry| entry.digest == UNPROVEN) {
                certain.extend(entries.remove(&seq).map(|entry| (seq, Finding::Unproven { seq, id: entry.id })));
            } else if sealed.is_some() && sealed.map(|entry| &entry.digest) == found.digest.as_ref() {
                entries.remove(&seq);
            } else {
                rows.insert(seq, found);
            }
        })?;
        self.entries.extend(entries);
        Ok(count as u64)
    }

    /// Looks at records that no seal holds, after all batches; how many there are. One that was sealed may have been moved there.
    pub(super) fn look_between(&mut self, tx: &mut Read, keys: &Keys, open: &Open<'_>) -> Result<u64> {
        let absent: HashSet<&str> = self.entries.values().map(|e| e.digest.as_str()).collect();
        let (mut numbers, mut moved) = (vec![], vec![]);
        let (certain, mut origin) = (&mut self.certain, Origin::behind(tx, open.behind)?);
        trail::each_record(tx, (open.from, open.to.unwrap_or(i64::MAX)), i64::MAX, |seq, mut record| {
            numbers.push(seq);
            let genuine = record.as_mut().is_ok_and(|record| origin.knows(keys, seq, record));
            let found = Found::from(record);
            if found.digest.as_deref().is_some_and(|digest| absent.contains(digest)) {
                moved.push((seq, found));
            } else if !genuine {
                certain.push((seq, Finding::Unproven { seq, id: found.id }));
            }
        })?;
        let count = numbers.len();
        self.certain.extend(gaps(open.from.max(1), numbers.into_iter(), open.to));
        self.rows.extend(moved);
        Ok(count as u64)
    }

    /// What became of each record, in the order of numbers. A number can have two findings: its record is missing, and another in its place.
    pub(super) fn findings(mut self) -> Vec<Finding> {
        let mut findings = self.moved();
        findings.append(&mut self.certain);
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

    /// Takes out what was sealed under another number.
    fn moved(&mut self) -> Vec<(i64, Finding)> {
        let by_digest: HashMap<String, i64> = self.entries.iter().map(|(seq, e)| (e.digest.clone(), *seq)).collect();
        let (mut moved, mut rest) = (vec![], BTreeMap::new());
        for (seq, row) in std::mem::take(&mut self.rows) {
            let Some(&sealed_as) = row.digest.as_ref().and_then(|digest| by_digest.get(digest)) else {
                rest.insert(seq, row);
                continue;
            };
            self.entries.remove(&sealed_as);
            moved.push((seq, Finding::Reordered { seq, sealed_as, id: row.id }));
        }
        self.rows = rest;
        moved
    }
}

/// Where numbers do not follow each other, from `first` on and up to `last`, if that is known.
fn gaps(first: i64, numbers: impl Iterator<Item = i64>, last: Option<i64>) -> Vec<(i64, Finding)> {
    let (mut expected, mut found) = (first, vec![]);
    for number in numbers.chain(last.and_then(|last| last.checked_add(1))) {
        if number > expected {
            found.push((expected, Finding::Gap { from: expected, to: number.saturating_sub(1) }));
        }
        expected = expected.max(number.saturating_add(1));
    }
    found
}
