//! Rate limits: GCRA per service and per user of a service, in each class of the document, in this process.
//!
//! Every answer carries the state (draft-ietf-httpapi-ratelimit-headers).

use crate::auth::Caller;
use forebear_runtime::{Admission, LimitClass};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use http::HeaderValue;
use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

type Keyed = RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// Idle keys are forgotten after so many checks.
const SWEEP: u32 = 100_000;

struct Class {
    name: &'static str,
    window: u64,
    service: (u32, Keyed),
    user: (u32, Keyed),
}

/// The limiter of this process.
pub struct Limits {
    classes: HashMap<&'static str, Class>,
    checks: AtomicU32,
}

impl Limits {
    /// A limiter with the document's classes.
    #[must_use]
    pub fn new(classes: &[LimitClass]) -> Self {
        let class = |c: &LimitClass| Class {
            name: c.name,
            window: c.window_seconds.into(),
            service: (c.service, keyed(c.service, c.window_seconds)),
            user: (c.user, keyed(c.user, c.window_seconds)),
        };
        Self { classes: classes.iter().map(|c| (c.name, class(c))).collect(), checks: AtomicU32::new(0) }
    }

    /// Counts one request. A class that is not known admits nothing.
    pub fn check(&self, class: &str, caller: &Caller, user: Option<&str>) -> Admission {
        let Some(class) = self.classes.get(class) else { return refused("unknown", 0, 60, 60) };
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            class.service.1.retain_recent();
            class.user.1.retain_recent();
        }
        // the user first: what a user is refused must not use up the share of the whole service
        let own = user.map(|user| class.one(&class.user, format!("{}\n{user}", caller.name())));
        match own {
            Some(own) if own.retry_after.is_some() => own,
            own => {
                let service = class.one(&class.service, caller.name().into());
                if service.retry_after.is_some() { service } else { own.unwrap_or(service) }
            }
        }
    }
}

fn keyed(quota: u32, window: u32) -> Keyed {
    let burst = NonZeroU32::new(quota).unwrap_or(NonZeroU32::MIN);
    let period = Duration::from_secs(window.into()) / burst.get();
    let quota = Quota::with_period(period).unwrap_or(Quota::per_second(NonZeroU32::MIN)).allow_burst(burst);
    RateLimiter::dashmap(quota).with_middleware()
}

impl Class {
    fn one(&self, (quota, limiter): &(u32, Keyed), key: String) -> Admission {
        match limiter.check_key(&key) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                let used = u64::from(quota.saturating_sub(left));
                let reset = (used * self.window).div_ceil(u64::from(*quota).max(1));
                admission(self.name, *quota, self.window, left, reset, None)
            }
            Err(wait) => {
                let seconds = wait.wait_time_from(DefaultClock::default().now()).as_secs_f64().ceil().max(1.0) as u64;
                refused(self.name, *quota, self.window, seconds)
            }
        }
    }
}

fn refused(name: &str, quota: u32, window: u64, seconds: u64) -> Admission {
    admission(name, quota, window, 0, seconds, Some(seconds))
}

fn admission(name: &str, quota: u32, window: u64, left: u32, reset: u64, retry_after: Option<u64>) -> Admission {
    let value = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
    Admission {
        policy: value(format!("\"{name}\";q={quota};w={window}")),
        state: value(format!("\"{name}\";r={left};t={reset}")),
        retry_after,
    }
}
