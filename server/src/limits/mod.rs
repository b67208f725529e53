//! Rate limits: GCRA per service and per user of a service, in each class of the document; by address for whoever has not
//! proven anything; and for users whose proofs fail.
//!
//! Every answer to a known caller carries the state (draft-ietf-httpapi-ratelimit-headers). Instances that share a Redis count
//! together; while it is away each counts alone.

mod address;
mod bucket;
mod failures;
mod local;
mod proofs;
mod shared;

pub use address::{Addresses, Proxies};
pub use bucket::{Bucket, Count};
pub use failures::Failures;
pub use proofs::Proofs;

use crate::{auth::Caller, redis::Redis};
use forebear_runtime::{Admission, LimitClass};
use local::Local;
use shared::Shared;
use std::{collections::HashMap, sync::Arc};

struct Class {
    service: Bucket,
    user: Bucket,
    local_service: Local,
    local_user: Local,
}

/// The limiter of the document's classes.
pub struct Limits {
    classes: HashMap<&'static str, Class>,
    shared: Option<Shared>,
}

impl Limits {
    /// A limiter with these classes, counted in this process or, with Redis, by all instances together.
    #[must_use]
    pub fn new(classes: &[LimitClass], redis: Option<Arc<Redis>>) -> Self {
        let class = |c: &LimitClass| {
            let bucket = |quota, whom| Bucket { class: c.name, whom, quota, window_seconds: c.window_seconds };
            let (service, user) = (bucket(c.service, "service"), bucket(c.user, "user"));
            (c.name, Class { local_service: Local::new(service), local_user: Local::new(user), service, user })
        };
        Self { classes: classes.iter().map(class).collect(), shared: redis.map(Shared::new) }
    }

    /// Counts one request. A class that is not known admits nothing.
    pub async fn check(&self, class: &str, caller: &Caller, user: Option<&str>) -> Admission {
        let Some(class) = self.classes.get(class) else {
            let none = Bucket { class: "unknown", whom: "service", quota: 0, window_seconds: 60 };
            return none.admission(Count::refused(60));
        };
        let (service, user) = (caller.name(), user.map(|user| format!("{}\n{user}", caller.name())));
        if let Some(shared) = &self.shared
            && let Some(admission) = shared.check(class.service, class.user, service, user.as_deref()).await
        {
            return admission;
        }
        class.check(service, user.as_deref())
    }
}

impl Class {
    /// In this process. The user first: what a user is refused must not use up the share of the whole service.
    fn check(&self, service: &str, user: Option<&str>) -> Admission {
        let own = user.map(|user| self.local_user.check(user));
        if let Some(own) = own.filter(|own| own.is_refused()) {
            return self.user.admission(own);
        }
        let service = self.local_service.check(service);
        match own {
            Some(own) if !service.is_refused() => self.user.admission(own),
            _ => self.service.admission(service),
        }
    }
}
