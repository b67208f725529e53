//! Seals what was committed, in the background: no request waits for it, and what a process left unsealed the next one seals.

use super::{Keys, Seal};
use crate::{
    clock::Clock,
    error::Result,
    store::{
        Read, Writer,
        trail::{last_seal, records},
    },
};
use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

/// Time between two looks at the trail.
const INTERVAL: Duration = Duration::from_secs(1);
/// Most records in one seal.
const BATCH: usize = 1000;

/// The thread that seals.
pub struct Sealer(Mutex<Option<(Sender<()>, JoinHandle<()>)>>);

struct Work {
    tx: Read,
    writer: Arc<Writer>,
    keys: Arc<Keys>,
    clock: Clock,
}

impl Sealer {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the database cannot be opened, or the thread not be started.
    pub fn start(path: &Path, writer: Arc<Writer>, keys: Arc<Keys>, clock: Clock) -> std::io::Result<Self> {
        let tx = Read::open(path).map_err(std::io::Error::other)?;
        let (stop, stopped) = channel();
        let work = Work { tx, writer, keys, clock };
        let thread = std::thread::Builder::new().name("sealer".into()).spawn(move || work.run(&stopped))?;
        Ok(Self(Mutex::new(Some((stop, thread)))))
    }

    /// Seals what there is, and ends the thread; the writer must still be at work.
    pub fn stop(&self) {
        if let Some((stop, thread)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(stop);
            drop(thread.join());
        }
    }
}

impl Work {
    fn run(mut self, stopped: &Receiver<()>) {
        let mut failed = false;
        loop {
            let ended = matches!(stopped.recv_timeout(INTERVAL), Err(RecvTimeoutError::Disconnected));
            match self.seal_all() {
                Ok(()) => failed = false,
                Err(e) if !failed => {
                    tracing::error!(error = %e, "the audit trail cannot be sealed now; it is tried again");
                    failed = true;
                }
                Err(_) => {}
            }
            if ended {
                return;
            }
        }
    }

    fn seal_all(&mut self) -> Result<()> {
        while let Some(seal) = self.next()? {
            self.writer.seal(seal)?;
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Seal>> {
        let before = last_seal(&mut self.tx)?.map(|seal| seal.checkpoint);
        let after = before.as_ref().map_or(0, |b| b.last_seq);
        let records = records(&mut self.tx, after, i64::MAX, BATCH)?;
        Ok(Seal::new(&self.keys, before.as_ref(), &records, self.clock.now()))
    }
}
