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
    /// Rows of which nothing is to be said but that they were sealed elsewhere.
    strays: BTreeMap<i64, Found>,
    entries: BTreeMap<i64, Entry>,
    /// Ids of records that are the server's, to find one that is there twice.
    seen: HashSet<u128>,
    /// Findings by number that do not depend on other batches.
    certain: Vec<(i64, Finding)>,
}

/// A row, with the digest that it has now; none when it holds something that is no text.
struct Found {
    id: String,
    digest: Option<String>,
    /// Whether it has the server's code.
    genuine: bool,
}

impl Found {
    fn new(record: Result<Record, String>, genuine: bool) -> Self {
        match record {
            Ok(record) => Self { digest: Some(digest_of(&record)), id: record.id, genuine },
            Err(id) => Self { digest: None, id, genuine },
        }
    }
}

impl Differences {
    /// Compares a batch, and what else stands between number `first` and its end; how many records were sealed in it.
    pub(super) fn look_at(&mut self, tx: &mut Read, keys: &Keys, seal: &Seal, first: i64) -> Result<u64> {
        let lines: Vec<Entry> = seal.entries().collect();
        let count = lines.len();
        let gaps = gaps(first.max(1), lines.iter().map(|e| e.seq), None);
        let mut entries: HashMap<i64, Entry> = lines.into_iter().map(|e| (e.seq, e)).collect();
        let (mut rows, mut strays, mut certain) = (vec![], vec![], gaps);
        let seen = &mut self.seen;
        trail::each_record(tx, (first, seal.checkpoint.last_seq), i64::MAX, |seq, mut record| {
            let digest = record.as_ref().ok().map(digest_of);
            let sealed = entries.get(&seq).map(|entry| &entry.digest);
            if sealed.is_some() && sealed == digest.as_ref() {
                entries.remove(&seq);
                certain.extend(record.ok().and_then(|record| again(seen, seq, record.id)));
                return;
            }
            let genuine = record.as_mut().is_ok_and(|record| record.is_genuine(keys));
            if sealed.is_some_and(|digest| digest == UNPROVEN) {
                certain.extend(entries.remove(&seq).map(|entry| (seq, Finding::Unproven { seq, id: entry.id })));
                strays.push((seq, Found::new(record, genuine)));
            } else {
                rows.push((seq, Found::new(record, genuine)));
            }
        })?;
        self.rows.extend(rows);
        self.strays.extend(strays);
        self.entries.extend(entries);
        self.certain.extend(certain);
        Ok(count as u64)
    }

    /// Looks at records that no seal holds, after all batches; how many there are. One that was sealed may have been moved there.
    pub(super) fn look_between(&mut self, tx: &mut Read, keys: &Keys, all: &[Open<'_>]) -> Result<u64> {
        let Self { rows, entries, seen, certain, .. } = self;
        let absent: HashSet<&str> = entries.values().map(|e| e.digest.as_str()).collect();
        let mut count = 0;
        for open in all {
            let mut numbers = vec![];
            let mut origin = Origin::behind(tx, open.behind)?;
            trail::each_record(tx, (open.from, open.to.unwrap_or(i64::MAX)), i64::MAX, |seq, mut record| {
                numbers.push(seq);
                let genuine = record.as_mut().is_ok_and(|record| origin.knows(keys, seq, record));
                let found = Found::new(record, genuine);
                if found.digest.as_deref().is_some_and(|digest| absent.contains(digest)) {
                    rows.insert(seq, found);
                } else if !genuine {
                    certain.push((seq, Finding::Unproven { seq, id: found.id }));
                } else if seq < 1 {
                    // the server gives no such number
                    certain.push((seq, Finding::Inserted { seq, id: found.id }));
                } else {
                    certain.extend(again(seen, seq, found.id));
                }
            })?;
            count += numbers.len() as u64;
            certain.extend(gaps(open.from.max(1), numbers.into_iter(), open.last));
        }
        Ok(count)
    }

    /// What became of each record, in the order of numbers. A number can have two findings: its record is missing, and another in its place.
    pub(super) fn findings(mut self) -> Vec<Finding> {
        let mut findings = self.moved();
        findings.append(&mut self.certain);
        for (seq, Found { id, genuine, .. }) in self.rows {
            match self.entries.remove(&seq) {
                // the server's own, and another one
                Some(entry) if genuine && entry.id != id => {
                    findings.push((seq, Finding::Inserted { seq, id }));
                    findings.push((seq, Finding::Missing { seq, id: entry.id }));
                }
                Some(entry) => findings.push((seq, Finding::Altered { seq, id: entry.id })),
                None => findings.push((seq, Finding::Inserted { seq, id })),
            }
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
        moved.extend(std::mem::take(&mut self.strays).into_iter().filter_map(|(seq, row)| {
            let sealed_as = *by_digest.get(row.digest.as_ref()?)?;
            self.entries.remove(&sealed_as)?;
            Some((seq, Finding::Reordered { seq, sealed_as, id: row.id }))
        }));
        moved
    }
}

/// A record of the server that is there a second time: its code does not say at which number it belongs.
fn again(seen: &mut HashSet<u128>, seq: i64, id: String) -> Option<(i64, Finding)> {
    let is_new = uuid::Uuid::try_parse(&id).map_or(true, |id| seen.insert(id.as_u128()));
    if is_new { None } else { Some((seq, Finding::Inserted { seq, id })) }
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
