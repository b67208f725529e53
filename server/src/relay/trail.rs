//! Sealed batches out of the database, one after the other, and how far they were shipped.

use super::items;
use crate::{
    audit::{Checkpoint, Seal},
    clock::Clock,
    error::Result,
    store::{
        Read, Writer,
        position::{Position, shipped},
        trail::{checkpoint_after, checkpoint_of, each_readable_record, last_checkpoint, seal_after},
    },
};
use chrono::DateTime;
use lending_api_relay::{Batch, Lag, Source};
use std::{collections::HashMap, path::Path, sync::Arc};

/// The trail, as a relay to one place reads it.
pub(super) struct Trail {
    tx: Read,
    writer: Arc<Writer>,
    clock: Clock,
    place: String,
    /// The seal that was shipped last, once that is known.
    position: Option<Last>,
    /// The seal of the batch that was given last.
    given: Option<Last>,
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
    pub(super) fn open(path: &Path, place: &str, writer: Arc<Writer>, clock: Clock) -> Result<Self> {
        Ok(Self { tx: Read::open(path)?, writer, clock, place: place.into(), position: None, given: None, wrong: 0 })
    }
}

impl Source for Trail {
    fn next(&mut self) -> Result<Option<Batch>, String> {
        let (place, position, wrong) = (&self.place, &mut self.position, &mut self.wrong);
        let read = self.tx.snapshot(|tx| {
            let (last, more) = stand(tx, place, position.as_ref())?;
            let last = position.insert(last);
            *wrong += more;
            let Some(seal) = seal_after(tx, last.batch)? else { return Ok(None) };
            let own = &seal.checkpoint;
            let mut rows = HashMap::new();
            each_readable_record(tx, last.seq + 1, own.last_seq, |seq, record| drop(rows.insert(seq, record)))?;
            let (batch, more) = items::batch(&seal, &rows);
            *wrong += more + chained(last, &seal);
            Ok(Some((Last::from(own), batch)))
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
            let newest = last_checkpoint(tx)?.as_ref().map(Last::from).unwrap_or_default();
            let waits = checkpoint_after(tx, last.batch)?;
            // numbers are given without gaps
            let records = (newest.seq - last.seq).max(0);
            let oldest = waits.and_then(|seal| seconds(&seal.sealed_at));
            Ok(Lag { newest: newest.batch, shipped: last.batch, records, oldest, wrong })
        });
        read.map_err(words)
    }
}

/// Where the relay stands, and how much is wrong with what it remembers. A seal that it has shipped and that is no longer there, or is
/// another one by now, means that the trail is not the one of before: everything is shipped again, and what is there already stays.
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
            let newest = last_checkpoint(tx)?.map_or(0, |newest| newest.batch);
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

/// Whether a seal follows the one that was shipped last.
fn chained(last: &Last, seal: &Seal) -> u64 {
    let own = &seal.checkpoint;
    if own.batch == last.batch + 1 && seal.follows(last.batch, &last.digest) {
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
