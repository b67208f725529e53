//! Sealed batches out of the database, one after the other, and how far they were shipped.

use super::items;
use crate::{
    audit::{Checkpoint, Record, Seal},
    clock::Clock,
    error::Result,
    store::{
        Read, Writer,
        position::{Position, shipped},
        trail::{checkpoint_after, checkpoint_of, each_record, newest_checkpoint, seal_after},
    },
};
use chrono::DateTime;
use lending_api_relay::{Batch, Lag, Source};
use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

/// The trail, as a relay to one place reads it.
pub(super) struct Trail {
    tx: Read,
    writer: Arc<Writer>,
    clock: Clock,
    place: String,
    /// What must have signed the trail.
    public_key: String,
    /// The seal that was shipped last, once that is known.
    position: Option<Last>,
    /// The seal of the batch that was given last.
    given: Option<Last>,
    /// The last seal that cannot be read and was told of.
    unreadable: i64,
    /// How much was found to be other than it was sealed or shipped.
    wrong: u64,
}

/// Number, digest and last record of a seal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Last {
    batch: i64,
    digest: String,
    seq: i64,
}

impl From<&Checkpoint> for Last {
    fn from(of: &Checkpoint) -> Self {
        Self { batch: of.batch, digest: of.digest.clone(), seq: of.last_seq }
    }
}

impl Trail {
    pub(super) fn open(
        path: &Path,
        place: &str,
        public_key: String,
        writer: Arc<Writer>,
        clock: Clock,
    ) -> Result<Self> {
        let (tx, place) = (Read::open(path)?, place.into());
        Ok(Self { tx, writer, clock, place, public_key, position: None, given: None, unreadable: 0, wrong: 0 })
    }
}

impl Source for Trail {
    fn next(&mut self) -> Result<Option<Batch>, String> {
        let (place, public_key) = (&self.place, &self.public_key);
        let (position, unreadable, wrong) = (&mut self.position, &mut self.unreadable, &mut self.wrong);
        let read = self.tx.snapshot(|tx| {
            let (last, more) = stand(tx, place, position.as_ref())?;
            let last = position.insert(last);
            *wrong += more;
            let (seal, stepped_over) = seal_after(tx, last.batch)?;
            *wrong += tell_unreadable(&stepped_over, unreadable);
            let Some(seal) = seal else { return Ok(None) };
            let (batch, more) = items::batch(&seal, &rows_of(tx, &seal)?, public_key);
            *wrong += more + chained(last, &seal);
            Ok(Some((Last::from(&seal.checkpoint), batch)))
        });
        let Some((last, batch)) = read.map_err(words)? else { return Ok(None) };
        self.given = Some(last);
        Ok(Some(batch))
    }

    fn shipped(&mut self) -> Result<(), String> {
        let Some(given) = &self.given else { return Ok(()) };
        let Last { batch, digest, .. } = given.clone();
        let position = Position { place: self.place.clone(), batch, digest, shipped_at: self.clock.now() };
        self.writer.shipped(position).map_err(words)?;
        self.position = self.given.take();
        Ok(())
    }

    fn lag(&mut self) -> Result<Lag, String> {
        let (place, position, wrong) = (&self.place, &self.position, self.wrong);
        let read = self.tx.snapshot(|tx| {
            let last = match position {
                Some(last) => last.clone(),
                None => kept(tx, place)?.unwrap_or_default(),
            };
            let newest = newest_checkpoint(tx)?.as_ref().map(Last::from).unwrap_or_default();
            let waits = checkpoint_after(tx, last.batch)?;
            // numbers are given without gaps
            let records = newest.seq.saturating_sub(last.seq).max(0);
            let oldest = waits.and_then(|seal| seconds(&seal.sealed_at));
            Ok(Lag { newest: newest.batch, shipped: last.batch, records, oldest, wrong })
        });
        read.map_err(words)
    }
}

/// Where the relay stands, and how much is wrong with what it remembers. A seal that it has shipped and that is no longer there, or is
/// another one or unreadable by now, means that the trail is not the one of before: everything is shipped again, and what is there already stays.
fn stand(tx: &mut Read, place: &str, known: Option<&Last>) -> Result<(Last, u64)> {
    let last = match known {
        Some(last) => last.clone(),
        None => kept(tx, place)?.unwrap_or_default(),
    };
    if last.batch == 0 {
        return Ok((last, 0));
    }
    match checkpoint_of(tx, last.batch)?.as_ref().map(Last::from) {
        Some(seal) if seal.digest == last.digest => Ok((seal, 0)),
        other => {
            let newest = newest_checkpoint(tx)?.map_or(0, |newest| newest.batch);
            let what = if other.is_some() { "is another one now" } else { "is not in the trail" };
            tracing::error!(
                place,
                batch = last.batch,
                newest,
                "the seal that was shipped last {what}: the trail was altered, or an older database restored; all of it is shipped again"
            );
            Ok((Last::default(), 1))
        }
    }
}

/// What is kept of the last time.
fn kept(tx: &mut Read, place: &str) -> Result<Option<Last>> {
    let Some((batch, digest)) = shipped(tx, place)? else { return Ok(None) };
    let seq = checkpoint_of(tx, batch)?.map_or(0, |seal| seal.last_seq);
    Ok(Some(Last { batch, digest, seq }))
}

/// The rows that the lines of a seal are about. What else the seal says of its ends may have been altered.
fn rows_of(tx: &mut Read, seal: &Seal) -> Result<HashMap<i64, Result<Record, String>>> {
    let mut rows = HashMap::new();
    let numbers: BTreeSet<i64> = seal.entries().map(|entry| entry.seq).collect();
    let (Some(&from), Some(&to)) = (numbers.first(), numbers.last()) else { return Ok(rows) };
    each_record(tx, (from, to), i64::MAX, |seq, record| {
        if numbers.contains(&seq) {
            rows.insert(seq, record);
        }
    })?;
    Ok(rows)
}

/// Tells of seals that cannot be read, of each once; how many were new. They are stepped over: nothing of them can be shipped, and what
/// follows must not wait for them.
fn tell_unreadable(seals: &[i64], told: &mut i64) -> u64 {
    let mut new = 0;
    for &batch in seals.iter().filter(|batch| **batch > *told) {
        tracing::error!(
            batch,
            "a seal cannot be read, and its records are not shipped; run `lending-api audit verify`"
        );
        new += 1;
    }
    *told = seals.iter().copied().fold(*told, i64::max);
    new
}

/// Whether a seal follows the one that was shipped last.
fn chained(last: &Last, seal: &Seal) -> u64 {
    let own = &seal.checkpoint;
    if own.batch == last.batch.saturating_add(1) && seal.follows(last.batch, &last.digest) {
        return 0;
    }
    let (batch, after) = (own.batch, last.batch);
    tracing::error!(
        batch,
        after,
        "a seal does not follow the one that was shipped last; run `lending-api audit verify`"
    );
    1
}

fn seconds(time: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(time).ok().map(|time| time.timestamp())
}

fn words(e: crate::error::Error) -> String {
    format!("the database: {e}")
}
