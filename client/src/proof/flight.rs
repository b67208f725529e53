//! One question to the source at a time, and who waits for its answer.
//!
//! It is asked in a task of its own: a caller who goes away must not cut it off for the others.

use super::{
    Proof,
    cache::{Held, Inner},
};
use crate::{SourceFailure, clock};
use std::sync::Arc;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// What came of it, for each who waits.
pub(super) type Outcome = Result<Arc<Held>, SourceFailure>;
/// Ends when the source has answered.
pub(super) type Flight = watch::Receiver<Option<Outcome>>;

/// A question that is still to be asked.
pub(super) fn begin(inner: &Arc<Inner>) -> (Landing, Flight) {
    let (sender, flight) = watch::channel(None);
    (Landing { inner: Arc::clone(inner), answer: None, sender }, flight)
}

/// Waits for the answer, not past the deadline.
pub(super) async fn land(mut flight: Flight, source: &str, deadline: Instant) -> Outcome {
    match timeout_at(deadline, flight.wait_for(Option::is_some)).await {
        Ok(Ok(outcome)) => outcome.clone().unwrap_or_else(|| Err(SourceFailure::gone(source))),
        Ok(Err(_)) => Err(SourceFailure::gone(source)),
        Err(_) => Err(SourceFailure::late(source)),
    }
}

/// Ends the flight however its task ends: also when the source panics, or its runtime is shut down.
pub(super) struct Landing {
    inner: Arc<Inner>,
    answer: Option<Result<Proof, SourceFailure>>,
    sender: watch::Sender<Option<Outcome>>,
}

impl Landing {
    /// Asks the source. One that does not answer is given up, so that it can be asked again.
    pub(super) async fn ask(mut self) {
        let (name, end) = (&self.inner.name, clock::after(self.inner.patience));
        self.answer = Some(match timeout_at(end, self.inner.source.proof()).await {
            Ok(answer) => answer.map_err(|e| SourceFailure::failed(name, e)),
            Err(_) => Err(SourceFailure::late(name)),
        });
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let answer = self.answer.take().unwrap_or_else(|| Err(SourceFailure::gone(&self.inner.name)));
        let outcome = answer.map(|proof| Arc::new(Held::new(proof)));
        self.inner.landed(&outcome);
        self.sender.send_replace(Some(outcome));
    }
}
