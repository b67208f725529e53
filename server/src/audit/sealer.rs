//! Seals what was committed, in the background: no request waits for it, and what a process left unsealed the next one seals.

use super::{Anchor, Checkpoint, Keys, Seal, origin::Origin, seal::Entry};
use crate::{
    background::Background,
    clock::Clock,
    error::{Error, Result},
    store::{
        Read, Writer,
        trail::{each_record, last_seal},
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
    /// What of it is in the file of the newest checkpoint.
    kept: Option<Checkpoint>,
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
    let mut work = Work { tx, writer, keys, clock, anchor, last: None, kept: None, told: None };
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
        self.keep()?;
        while let Some(seal) = self.next()? {
            let checkpoint = seal.checkpoint.clone();
            self.writer.seal(seal)?;
            self.last = Some(checkpoint);
            self.keep()?;
        }
        Ok(())
    }

    /// Writes down what was sealed last, unless it is written down. Until it is, nothing more is sealed.
    fn keep(&mut self) -> Result<()> {
        if let Some(last) = &self.last
            && self.kept.as_ref() != Some(last)
        {
            self.anchor.write(last).map_err(unavailable)?;
            self.kept = Some(last.clone());
        }
        Ok(())
    }

    /// The newest seal. Refuses to go on behind one that is not as it was made here: another past would be sealed.
    fn newest(&mut self) -> Result<Option<Seal>> {
        let newest = match last_seal(&mut self.tx)? {
            None => None,
            Some(Some(seal)) if seal.is_intact(&self.keys.public()) => Some(seal),
            Some(_) => return Err(changed()),
        };
        let own = newest.as_ref().map(|seal| &seal.checkpoint);
        let known = match &self.last {
            Some(last) => Some(last.clone()),
            None => self.anchor.read().map_err(unavailable)?,
        };
        let fits = match (own, &known) {
            (_, None) => true,
            (None, Some(_)) => false,
            // before a crash, one more may have been sealed than the file says
            (Some(own), Some(known)) => own == known || self.last.is_none() && own.follows(known),
        };
        if fits { Ok(newest) } else { Err(changed()) }
    }

    fn next(&mut self) -> Result<Option<Seal>> {
        let newest = self.newest()?;
        let before = newest.as_ref().map(|seal| &seal.checkpoint);
        if self.last.is_none() {
            self.last = before.cloned();
            self.keep()?;
        }
        let none_left = || Error::Database("the last of all numbers is taken; run `lending-api audit verify`".into());
        let from = before.map_or(Some(i64::MIN), |b| b.last_seq.checked_add(1)).ok_or_else(none_left)?;
        let mut records = vec![];
        // also what the server did not make: whoever puts it there must not keep all that follows from being sealed
        let mut origin = Origin::behind(&mut self.tx, newest.as_ref())?;
        let mut add = |seq, record| records.push(Entry::new(&self.keys, &mut origin, seq, record));
        each_record(&mut self.tx, (from, i64::MAX), BATCH, &mut add)?;
        Ok(Seal::new(&self.keys, before, &records, self.clock.now()))
    }
}

fn changed() -> Error {
    Error::Database("the seals are not those that were made; run `lending-api audit verify`".into())
}

fn unavailable(e: std::io::Error) -> Error {
    Error::Unavailable(format!("the file of the newest checkpoint: {e}"))
}
