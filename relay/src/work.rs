//! The loop: read a batch, put what is in it, keep the position, and wait for the next.

use crate::{Batch, Item, Now, Put, Source, State, Status, Target, pause::Pauses};
use futures_util::{StreamExt, future::ready, stream};
use std::{
    cell::Cell,
    sync::Arc,
    time::{Duration, Instant},
};

/// Time between two looks for a new seal.
const INTERVAL: Duration = Duration::from_secs(1);
/// Items on their way at once.
const AT_ONCE: usize = 32;
/// Time between two lines of the metric.
const METRIC: Duration = Duration::from_secs(10);

pub(crate) struct Work<S, T> {
    source: S,
    target: T,
    status: Arc<Status>,
    now: Now,
    pauses: Pauses,
    /// The last attempt failed: one item goes ahead of the others, to see whether it still does.
    probes: bool,
    told: Option<(Instant, State)>,
}

impl<S: Source, T: Target> Work<S, T> {
    pub(crate) fn new(source: S, target: T, status: Arc<Status>, now: Now) -> Self {
        Self { source, target, status, now, pauses: Pauses::new(), probes: false, told: None }
    }

    /// Never ends by itself. Can be dropped at any moment: what was not noted as shipped is shipped again.
    pub(crate) async fn run(&mut self) {
        loop {
            match self.source.next() {
                Ok(Some(batch)) => self.ship(batch).await,
                Ok(None) => {
                    self.succeeded();
                    self.pause(INTERVAL).await;
                }
                Err(cause) => self.failed(cause).await,
            }
        }
    }

    /// The records first: where the checkpoint is, all that it is about is, too.
    async fn ship(&mut self, batch: Batch) {
        self.put_all(batch.records, batch.number).await;
        self.put_all(vec![batch.checkpoint], batch.number).await;
        while let Err(cause) = self.source.shipped() {
            self.failed(cause).await;
        }
        self.succeeded();
        self.look();
    }

    async fn put_all(&mut self, mut waiting: Vec<Item>, batch: i64) {
        while !waiting.is_empty() {
            self.look();
            if let Err(cause) = self.round(&mut waiting, batch).await {
                self.probes = true;
                self.failed(cause).await;
            } else {
                self.probes = false;
            }
        }
    }

    /// Puts what waits, some at once, and takes out what is there. Begins no further one after a failure, and gives its cause.
    async fn round(&mut self, waiting: &mut Vec<Item>, batch: i64) -> Result<(), String> {
        let many = if self.probes { 1 } else { waiting.len() };
        let (failed, target) = (Cell::new(false), &self.target);
        let outcomes: Vec<_> = stream::iter(waiting.iter().take(many))
            .take_while(|_| ready(!failed.get()))
            .map(|item| async {
                let outcome = target.put(item).await;
                failed.set(failed.get() || outcome.is_err());
                outcome
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut outcomes = outcomes.into_iter();
        let mut cause = Ok(());
        waiting.retain(|item| match outcomes.next() {
            Some(Ok(put)) => {
                self.pauses = Pauses::new();
                self.count(item, &put, batch);
                false
            }
            Some(Err(e)) => {
                cause = Err(e);
                true
            }
            None => true,
        });
        cause
    }

    fn count(&self, item: &Item, put: &Put, batch: i64) {
        match put {
            Put::Stored => self.status.put(1),
            Put::Same => {}
            Put::Other(differ) => {
                self.status.found_another();
                tracing::error!(
                    id = item.id,
                    batch,
                    differ,
                    "the table holds another item than was sealed; it stays as it is: somebody altered the trail or the table"
                );
            }
        }
    }

    fn succeeded(&mut self) {
        self.pauses = Pauses::new();
        self.status.works((self.now)());
    }

    async fn failed(&mut self, cause: String) {
        self.status.fails(cause, (self.now)());
        let pause = self.pauses.next();
        self.pause(pause).await;
    }

    /// Waits, and keeps what is known up to date meanwhile.
    async fn pause(&mut self, time: Duration) {
        let mut rest = time;
        while !rest.is_zero() {
            self.look();
            let step = rest.min(INTERVAL);
            tokio::time::sleep(step).await;
            rest -= step;
        }
    }

    /// Looks what waits; a database that does not answer is told of by whoever needs it.
    fn look(&mut self) {
        if let Ok(lag) = self.source.lag() {
            self.status.waits(lag);
        }
        let state = self.status.state();
        let due = match &self.told {
            Some((at, told)) => at.elapsed() >= METRIC && (state.lag.records > 0 || *told != state),
            None => state != State::default(),
        };
        if due {
            tell(&state, (self.now)());
            self.told = Some((Instant::now(), state));
        }
    }
}

/// The metric, for whoever reads the log.
fn tell(state: &State, now: i64) {
    tracing::info!(
        target: "metrics",
        metric = "audit_relay",
        state = state.name(),
        lag_seconds = state.lag_seconds(now),
        lag_records = state.lag.records,
        shipped_batch = state.lag.shipped,
        newest_batch = state.lag.newest,
        failing_seconds = state.failing_since.map(|since| now - since),
        cause = state.cause,
        put = state.put,
        mismatches = state.mismatches(),
        "audit relay"
    );
}

#[cfg(test)]
mod tests;
