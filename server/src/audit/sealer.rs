//! Seals what was committed, in the background: no request waits for it, and what a process left unsealed the next one seals.

use super::{Anchor, Checkpoint, Keys, Seal, origin::Origin, seal::Entry};
use crate::{
    background::Background,
    clock::Clock,
    error::{Error, Result},
    store::{
        Read, Writer,
        trail::{each_record, each_seal, last_seal},
    },
};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

/// Time between two looks at the trail.
const INTERVAL: Duration = Duration::from_secs(1);
/// Time after which it is told again that nothing can be sealed.
const REMINDER: Duration = Duration::from_secs(60);
/// Most records in one seal.
const BATCH: i64 = 1000;

struct Work {
    tx: Read,
    writer: Arc<Writer>,
    keys: Arc<Keys>,
    clock: Clock,
    anchor: Anchor,
    /// What was sealed last, once that is known.
    last: Option<Checkpoint>,
    /// When it was last told that nothing can be sealed.
    told: Option<Instant>,
}

/// Starts the thread that seals. When it is stopped it seals what there is, so the writer must still be at work then.
///
/// # Errors
/// When the database cannot be opened, or the thread not be started.
pub fn start(
    path: &Path,
    anchor: Anchor,
    writer: Arc<Writer>,
    keys: Arc<Keys>,
    clock: Clock,
) -> std::io::Result<Background> {
    let tx = Read::open(path).map_err(std::io::Error::other)?;
    let mut work = Work { tx, writer, keys, clock, anchor, last: None, told: None };
    Background::start("sealer", INTERVAL, move || work.step())
}

impl Work {
    fn step(&mut self) {
        match (self.seal_all(), self.told) {
            (Ok(()), None) => {}
            (Ok(()), Some(_)) => {
                tracing::info!("the audit trail is sealed again");
                self.told = None;
            }
            (Err(_), Some(told)) if told.elapsed() < REMINDER => {}
            (Err(e), _) => {
                tracing::error!(error = %e, "the audit trail cannot be sealed now; it is tried again");
                self.told = Some(Instant::now());
            }
        }
    }

    fn seal_all(&mut self) -> Result<()> {
        while let Some(seal) = self.next()? {
            let checkpoint = seal.checkpoint.clone();
            self.writer.seal(seal)?;
            self.keep(checkpoint)?;
        }
        Ok(())
    }

    fn keep(&mut self, checkpoint: Checkpoint) -> Result<()> {
        self.anchor.write(&checkpoint).map_err(unavailable)?;
        self.last = Some(checkpoint);
        Ok(())
    }

    /// Refuses to go on behind seals that are not those which were made: another past would be sealed.
    fn check(&mut self, newest: Option<&Checkpoint>) -> Result<()> {
        let changed =
            || Err(Error::Database("the seals are not those that were made; run `lending-api audit verify`".into()));
        if let Some(last) = &self.last {
            return if newest == Some(last) { Ok(()) } else { changed() };
        }
        // the first look of this process: one more than the file says may have been sealed before a crash
        if newest.is_some_and(|newest| !newest.is_signed_with(&self.keys.public())) {
            return changed();
        }
        let Some(anchor) = self.anchor.read().map_err(unavailable)? else { return Ok(()) };
        let mut is_there = false;
        each_seal(&mut self.tx, anchor.batch.saturating_sub(1), |seal| {
            is_there |= seal.checkpoint == anchor;
            Ok(())
        })?;
        if is_there { Ok(()) } else { changed() }
    }

    fn next(&mut self) -> Result<Option<Seal>> {
        let last = last_seal(&mut self.tx)?;
        let before = last.as_ref().map(|seal| seal.checkpoint.clone());
        self.check(before.as_ref())?;
        if let Some(before) = before.clone().filter(|_| self.last.is_none()) {
            self.keep(before)?;
        }
        // there is none after the last of all numbers
        let Some(from) = before.as_ref().map_or(Some(i64::MIN), |b| b.last_seq.checked_add(1)) else {
            return Ok(None);
        };
        let mut records = vec![];
        // also what the server did not make: whoever puts it there must not keep all that follows from being sealed
        let mut origin = Origin::behind(&mut self.tx, last.as_ref())?;
        let mut add = |seq, record| records.push(Entry::new(&self.keys, &mut origin, seq, record));
        each_record(&mut self.tx, (from, i64::MAX), BATCH, &mut add)?;
        Ok(Seal::new(&self.keys, before.as_ref(), &records, self.clock.now()))
    }
}

fn unavailable(e: std::io::Error) -> Error {
    Error::Unavailable(format!("the file of the newest checkpoint: {e}"))
}
