//! The proof of one user, kept: who calls waits for the source only when there is none that is good.

use super::{
    Proof, ProofSource,
    expiry::{self, Life},
    flight::{self, Flight, Outcome},
};
use crate::{SourceFailure, clock};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Time between two questions ahead of the expiry when the first was in vain.
const PAUSE: Duration = Duration::from_secs(5);

/// A source and what it gave last; many calls at once ask it once.
pub(crate) struct Proofs(Arc<Inner>);

pub(super) struct Inner {
    pub(super) source: Box<dyn ProofSource>,
    pub(super) name: String,
    /// How long the source may take for an answer.
    pub(super) patience: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Arc<Held>>,
    flight: Option<Flight>,
    failed: Option<Instant>,
}

/// A proof and how long it is good.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) proof: Proof,
    obtained: Instant,
    life: Option<Life>,
}

impl Held {
    pub(super) fn new(proof: Proof) -> Self {
        let life = expiry::life(&proof, clock::now());
        Self { proof, obtained: Instant::now(), life }
    }

    /// Whether so much of its life is left.
    fn within(&self, part: impl Fn(&Life) -> Duration) -> bool {
        self.life.as_ref().is_none_or(|life| self.obtained.elapsed() < part(life))
    }
}

impl Proofs {
    pub(crate) fn new(source: impl ProofSource + 'static, patience: Duration) -> Self {
        let name = source.name().to_owned();
        Self(Arc::new(Inner { source: Box::new(source), name, patience, state: Mutex::default() }))
    }

    /// A proof that is good, from the source when there is none.
    pub(crate) async fn current(&self, deadline: Instant) -> Outcome {
        loop {
            let flight = {
                let state = self.0.lock();
                match state.held.clone() {
                    Some(held) if held.within(|life| life.fresh) => return Ok(held),
                    Some(held) if held.within(|life| life.usable) => {
                        if state.failed.is_none_or(|at| at.elapsed() >= PAUSE) {
                            self.0.fly(state);
                        }
                        return Ok(held);
                    }
                    _ => self.0.fly(state),
                }
            };
            match flight::land(flight, &self.0.name, deadline).await {
                // the question of an earlier call was given up, and there is time for one of our own
                Err(failure) if failure.is_late() && Instant::now() < deadline => {}
                outcome => return outcome,
            }
        }
    }

    /// After a 401: whether there is another proof by now than the one that was used, for which the source is asked once.
    pub(crate) async fn renew(&self, used: &Arc<Held>, deadline: Instant) -> Result<bool, SourceFailure> {
        self.forget(used);
        Ok(self.current(deadline).await?.proof != used.proof)
    }

    /// Does not use this one any more.
    pub(crate) fn forget(&self, used: &Arc<Held>) {
        self.0.lock().held.take_if(|held| Arc::ptr_eq(held, used));
    }
}

impl Inner {
    /// Joins the flight under way, or begins one.
    fn fly(self: &Arc<Self>, mut state: MutexGuard<'_, State>) -> Flight {
        if let Some(flight) = &state.flight {
            return flight.clone();
        }
        let (landing, flight) = flight::begin(self);
        state.flight = Some(flight.clone());
        // a runtime that is shut down drops the task at once, which then writes the state
        drop(state);
        tokio::spawn(landing.ask());
        flight
    }

    /// Keeps what a flight brought.
    pub(super) fn landed(&self, outcome: &Outcome) {
        let mut state = self.lock();
        state.flight = None;
        match outcome {
            Ok(held) => (state.held, state.failed) = (Some(Arc::clone(held)), None),
            Err(_) => state.failed = Some(Instant::now()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Proofs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proofs").field("source", &self.0.name).finish_non_exhaustive()
    }
}
