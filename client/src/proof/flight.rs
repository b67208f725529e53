//! One question to the source at a time, and who waits for its answer.
//!
//! It is asked in a task of its own: a caller who goes away must not cut it off for the others.

use super::{
    Proof,
    cache::{Held, Inner},
};
use crate::{SourceError, SourceFailure};
use std::sync::Arc;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// What came of it, for each who waits.
pub(super) type Outcome = Result<Arc<Held>, SourceFailure>;
/// Ends when the source has answered.
pub(super) type Flight = watch::Receiver<Option<Outcome>>;

/// Asks the source.
pub(super) fn begin(inner: &Arc<Inner>) -> Flight {
    let (sender, flight) = watch::channel(None);
    let landing = Landing { inner: Arc::clone(inner), answer: None, sender };
    tokio::spawn(landing.ask());
    flight
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
struct Landing {
    inner: Arc<Inner>,
    answer: Option<Result<Proof, SourceError>>,
    sender: watch::Sender<Option<Outcome>>,
}

impl Landing {
    async fn ask(mut self) {
        self.answer = Some(self.inner.source.proof().await);
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let name = self.inner.source.name();
        let outcome = match self.answer.take() {
            Some(Ok(proof)) => Ok(Arc::new(Held::new(proof))),
            Some(Err(e)) => Err(SourceFailure::failed(name, e)),
            None => Err(SourceFailure::gone(name)),
        };
        self.inner.landed(&outcome);
        self.sender.send_replace(Some(outcome));
    }
}
