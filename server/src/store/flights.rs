//! Keys whose change is queued or running: a copy that comes meanwhile is told to come back, instead of waiting behind the first.

use crate::error::{Error, Result};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::oneshot;

/// The scoped keys that are under way in this process.
#[derive(Default)]
pub(super) struct Flights(Arc<Mutex<HashSet<String>>>);

/// One of them, until this is dropped: whether its change was made, failed, panicked or was never begun.
pub(super) struct Flight {
    key: String,
    all: Arc<Mutex<HashSet<String>>>,
}

impl Flights {
    /// Takes a key.
    ///
    /// # Errors
    /// [`Error::InFlight`] when it is taken.
    pub(super) fn begin(&self, key: String) -> Result<Flight> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !keys.insert(key.clone()) {
            return Err(Error::InFlight);
        }
        Ok(Flight { key, all: self.0.clone() })
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// Whom to tell what came of a change. Its key is free before they hear it, so that whoever has the answer can ask again.
pub(super) struct Answer<T> {
    flight: Option<Flight>,
    to: oneshot::Sender<T>,
}

impl<T> Answer<T> {
    pub(super) fn new(to: oneshot::Sender<T>, flight: Option<Flight>) -> Self {
        Self { flight, to }
    }

    /// Whether nobody waits any more.
    pub(super) fn is_closed(&self) -> bool {
        self.to.is_closed()
    }

    /// Tells it, if anybody waits.
    pub(super) fn send(self, what: T) {
        drop(self.flight);
        drop(self.to.send(what));
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Flights};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use tokio::sync::oneshot;

    #[test]
    fn a_key_is_taken_once_and_free_after_a_panic() {
        let flights = Flights::default();
        let begin = |key: &str| flights.begin(key.into());
        let first = begin("a").unwrap();
        assert!(begin("a").is_err() && begin("b").is_ok());
        let panicked = catch_unwind(AssertUnwindSafe(move || {
            let _first = first;
            panic!("as a store may");
        }));
        assert!(panicked.is_err() && begin("a").is_ok());
    }

    #[test]
    fn a_key_is_free_for_whoever_has_the_answer_and_when_nobody_waits() {
        let flights = Flights::default();
        let (to, mut from) = oneshot::channel();
        Answer::new(to, flights.begin("a".into()).ok()).send(1);
        assert_eq!((from.try_recv(), flights.begin("a".into()).is_ok()), (Ok(1), true));
        let (to, from) = oneshot::channel::<u8>();
        let answer = Answer::new(to, flights.begin("a".into()).ok());
        drop(from);
        assert!(answer.is_closed() && flights.begin("a".into()).is_err());
        drop(answer);
        assert!(flights.begin("a".into()).is_ok());
    }
}
