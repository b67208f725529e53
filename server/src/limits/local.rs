//! A limit that this process counts alone.

use super::{Bucket, Count};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

type Keyed = RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// Idle keys are forgotten after so many checks.
const SWEEP: u32 = 100_000;

pub(super) struct Local {
    keyed: Keyed,
    checks: AtomicU32,
}

impl Local {
    pub(super) fn new(bucket: Bucket) -> Self {
        let burst = NonZeroU32::new(bucket.quota).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(bucket.period()).unwrap_or(Quota::per_second(NonZeroU32::MIN));
        Self { keyed: RateLimiter::dashmap(quota.allow_burst(burst)).with_middleware(), checks: AtomicU32::new(0) }
    }

    pub(super) fn check(&self, key: &str) -> Count {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.keyed.retain_recent();
        }
        match self.keyed.check_key(&key.to_owned()) {
            Ok(state) => Count::admitted(state.remaining_burst_capacity()),
            Err(wait) => {
                let wait = wait.wait_time_from(DefaultClock::default().now());
                Count::refused(wait.as_secs_f64().ceil() as u64)
            }
        }
    }
}
