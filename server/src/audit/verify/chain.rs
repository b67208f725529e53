//! The seals themselves. One that is not as it was made says nothing of any record, so that none is accused by it.

use super::{
    super::{Checkpoint, Seal, seal::previous_of},
    Finding,
};
use crate::{
    error::Result,
    store::{Read, trail},
};
use std::collections::{BTreeMap, HashMap};

/// What is said of a seal that is not there.
const MISSING: &str = "is missing";

/// All seals, sorted.
pub(super) struct Chain {
    /// Those that are as they were made, in order.
    pub(super) intact: Vec<Seal>,
    /// What is wrong, by batch.
    wrong: BTreeMap<i64, &'static str>,
    count: u64,
}

impl Chain {
    pub(super) fn read(tx: &mut Read, public_key: &str) -> Result<Self> {
        let mut chain = Self { intact: vec![], wrong: BTreeMap::new(), count: 0 };
        trail::each_readable_seal(tx, |batch, seal| {
            chain.count += 1;
            match seal.map_or(Err("holds something that is no text"), |seal| intact(seal, public_key)) {
                Ok(seal) => chain.follow(seal),
                Err(what) => drop(chain.wrong.insert(batch, what)),
            }
        })?;
        Ok(chain)
    }

    /// How many seals there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Notes that the server has sealed up to a checkpoint.
    pub(super) fn expect(&mut self, newest: &Checkpoint) {
        let last = self.intact.last().map_or(0, |seal| seal.checkpoint.batch);
        for batch in last.saturating_add(1)..=newest.batch {
            self.wrong.entry(batch).or_insert(MISSING);
        }
    }

    /// Whether something is wrong behind the last seal that is as it was made.
    pub(super) fn ends_in_doubt(&self) -> bool {
        let last = self.intact.last().map_or(0, |seal| seal.checkpoint.batch);
        self.wrong.keys().any(|batch| *batch > last)
    }

    /// Adds a seal behind the others.
    fn follow(&mut self, seal: Seal) {
        let before = self.intact.last().map(|seal| &seal.checkpoint);
        let (last, own) = (before.map_or(0, |b| b.batch), &seal.checkpoint);
        if own.batch == last.saturating_add(1) && own.previous != previous_of(before) {
            self.wrong.insert(own.batch, "does not follow the one before it");
        }
        for batch in last.saturating_add(1)..own.batch {
            self.wrong.entry(batch).or_insert(MISSING);
        }
        self.intact.push(seal);
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        self.wrong.iter().map(|(&batch, &what)| Finding::Seal { batch, what }).collect()
    }

    /// What is other than in checkpoints that were exported. What is wrong with a seal by itself is not said again.
    pub(super) fn compare<'a>(
        &self,
        checkpoints: impl Iterator<Item = &'a Checkpoint>,
        public_key: &str,
    ) -> Vec<Finding> {
        let own = || self.intact.iter().map(|seal| &seal.checkpoint);
        let by_digest: HashMap<&str, &Checkpoint> = own().map(|own| (own.digest.as_str(), own)).collect();
        let by_batch: HashMap<i64, &Checkpoint> = own().map(|own| (own.batch, own)).collect();
        let what = |exported: &Checkpoint| match by_digest.get(exported.digest.as_str()) {
            _ if !exported.is_signed_with(public_key) => {
                Some("in the file of checkpoints is not signed with the key of this trail")
            }
            Some(own) if *own == exported => None,
            Some(_) => Some("in the file of checkpoints was altered"),
            None if by_batch.contains_key(&exported.batch) => Some("is another one than was exported"),
            None if self.wrong.contains_key(&exported.batch) => None,
            None => Some("was exported, and is missing"),
        };
        checkpoints.filter_map(|of| Some(Finding::Seal { batch: of.batch, what: what(of)? })).collect()
    }
}

/// A seal whose content is what was signed, or what is wrong with it.
fn intact(seal: Seal, public_key: &str) -> Result<Seal, &'static str> {
    match seal.is_intact(public_key) {
        true => Ok(seal),
        false if seal.checkpoint.digest != seal.digest() => Err("was altered"),
        false => Err("is not signed with the key of this trail"),
    }
}
