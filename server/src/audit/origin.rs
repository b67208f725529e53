//! Whether the server made a record. Older versions gave no codes: their records are the first of a trail, and none of them follows one
//! that has a code.

use super::{Keys, Record, Seal, seal::digest_of};
use crate::{
    error::Result,
    store::{Read, trail::each_record},
};

/// What is known of records that come one after the other.
pub(super) struct Origin {
    /// Whether all of them were of an older version so far.
    old: bool,
}

impl Origin {
    /// Behind a seal that is as it was made; without one, at the beginning of the trail.
    pub(super) fn behind(tx: &mut Read, seal: Option<&Seal>) -> Result<Self> {
        let Some(seal) = seal else { return Ok(Self { old: true }) };
        let last = seal.checkpoint.last_seq;
        let sealed = seal.entries().last().map(|entry| entry.digest);
        let mut old = false;
        each_record(tx, (last, last), 1, |_, record| {
            old = record.is_ok_and(|record| record.mac.is_none() && sealed == Some(digest_of(&record)));
        })?;
        Ok(Self { old })
    }

    /// Whether the server made the next record, and it is as it was then.
    pub(super) fn knows(&mut self, keys: &Keys, seq: i64, record: &mut Record) -> bool {
        self.old &= record.mac.is_none();
        // numbers begin with 1
        self.old && seq > 0 || record.is_genuine(keys)
    }
}
