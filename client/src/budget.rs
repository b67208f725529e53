//! What is left of the rate limits, as answers told it, so that nothing is sent that would be refused.
//!
//! Which class an operation belongs to is learnt from its answers too. A limit is counted per user, so what one user has spent
//! does not stop the others.

mod header;
#[cfg(test)]
mod tests;

use crate::error::Unsent;
use header::items;
use http::HeaderMap;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Longest time for which a limit is taken as used up without asking: an answer may be wrong, and a limit raised.
const LONGEST: Duration = Duration::from_secs(3600);

/// The state of every class and user that has nothing left.
#[derive(Debug, Default)]
pub(crate) struct Budget(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Class of an operation.
    classes: HashMap<&'static str, String>,
    spent: HashMap<(String, Option<String>), Spent>,
}

#[derive(Debug, Clone, Copy)]
struct Spent {
    /// When the next request is admitted.
    until: Instant,
    /// Time in which one request comes back.
    period: Duration,
}

impl Budget {
    /// When a request of this operation may go: now, or later, and then nobody else gets that time.
    ///
    /// # Errors
    /// [`Unsent::Limit`] when that is past the deadline.
    pub(crate) fn reserve(
        &self,
        operation: &str,
        user: Option<&str>,
        now: Instant,
        deadline: Instant,
    ) -> Result<Instant, Unsent> {
        let State { classes, spent } = &mut *self.lock();
        let Some(class) = classes.get(operation) else { return Ok(now) };
        let Some(Spent { until, period }) = spent.get_mut(&key(class, user)) else { return Ok(now) };
        let slot = *until;
        if slot <= now {
            return Ok(now);
        }
        if slot >= deadline {
            return Err(Unsent::Limit { class: class.clone(), wait: slot - now });
        }
        *until = slot + *period;
        Ok(slot)
    }

    /// Learns from an answer.
    pub(crate) fn note(
        &self,
        operation: &'static str,
        user: Option<&str>,
        headers: &HeaderMap,
        refused_for: Option<Duration>,
        now: Instant,
    ) {
        let Some(limit) = items(headers, "ratelimit").next() else { return };
        let State { classes, spent } = &mut *self.lock();
        spent.retain(|_, spent| spent.until > now);
        if limit.number("r") == Some(0) {
            let period = items(headers, "ratelimit-policy").find(|p| p.name == limit.name).and_then(|p| p.period());
            let reset = limit.number("t").map(Duration::from_secs);
            // `t` is whole seconds, at best; one share of the policy comes back sooner, of which the next request needs no more
            let wait = refused_for.or_else(|| period.map(|p| reset.map_or(p, |r| p.min(r)))).or(reset);
            let period = period.unwrap_or_default().min(LONGEST);
            if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
                let until = now + wait.min(LONGEST);
                let spent = spent.entry(key(&limit.name, user)).or_insert(Spent { until, period });
                *spent = Spent { until: spent.until.max(until), period };
            }
        }
        classes.insert(operation, limit.name);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(class: &str, user: Option<&str>) -> (String, Option<String>) {
    (class.to_owned(), user.map(str::to_owned))
}
