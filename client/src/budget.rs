//! What is left of the rate limits, as answers told it, so that nothing is sent that would be refused.
//!
//! Which class an operation belongs to is learnt from its answers too. A limit is counted per user, so what one user has spent
//! does not stop the others.

mod header;
#[cfg(test)]
mod tests;

use crate::error::Unsent;
use header::{Item, items};
use http::HeaderMap;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// The state of every class and user that has nothing left.
#[derive(Debug, Default)]
pub(crate) struct Budget(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Classes of an operation.
    classes: HashMap<&'static str, Vec<String>>,
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
        let mut state = self.lock();
        let keys: Vec<_> = state.classes.get(operation).into_iter().flatten().map(|c| key(c, user)).collect();
        let until = |key| state.spent.get(key).map_or(now, |spent| spent.until);
        let Some(last) = keys.iter().max_by_key(|key| until(key)) else { return Ok(now) };
        let slot = until(last);
        if slot <= now {
            return Ok(now);
        }
        if slot >= deadline {
            return Err(Unsent::Limit { class: last.0.clone(), wait: slot - now });
        }
        for spent in keys.iter().filter_map(|key| state.spent.remove_entry(key)).collect::<Vec<_>>() {
            let (key, Spent { until, period }) = spent;
            state.spent.insert(key, Spent { until: until.max(slot) + period, period });
        }
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
        let (limits, policies) = (items(headers, "ratelimit"), items(headers, "ratelimit-policy"));
        if limits.is_empty() {
            return;
        }
        let mut state = self.lock();
        for item in limits.iter().filter(|item| item.number("r") == Some(0)) {
            let policy = policies.iter().find(|policy| policy.name == item.name);
            let period = policy.and_then(Item::period);
            let reset = item.number("t").map(Duration::from_secs);
            // `t` is whole seconds, at best; one share of the policy comes back sooner, of which the next request needs no more
            let wait = refused_for.or_else(|| period.map(|p| reset.map_or(p, |r| p.min(r)))).or(reset);
            let Some(until) = wait.and_then(|wait| now.checked_add(wait)) else { continue };
            let spent = state.spent.entry(key(&item.name, user)).or_insert(Spent { until, period: Duration::ZERO });
            *spent = Spent { until: spent.until.max(until), period: period.unwrap_or_default() };
        }
        state.spent.retain(|_, spent| spent.until > now);
        let names = || limits.iter().map(|item| item.name.clone());
        if !state.classes.get(operation).is_some_and(|known| known.iter().eq(limits.iter().map(|i| &i.name))) {
            state.classes.insert(operation, names().collect());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(class: &str, user: Option<&str>) -> (String, Option<String>) {
    (class.to_owned(), user.map(str::to_owned))
}
