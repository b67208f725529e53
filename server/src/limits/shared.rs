//! A limit that all instances count together: GCRA as a script in Redis, at Redis's time, in one round trip.
//!
//! Both buckets of a request are looked at before either is charged, so what one refuses costs the other nothing.

use super::{Bucket, Count};
use crate::redis::Redis;
use ::redis::Script;
use forebear_runtime::Admission;
use std::sync::Arc;

/// `KEYS`: one per bucket. `ARGV`: period in µs and quota of each. Answers, for each bucket, what is left and the µs to wait; only if
/// nobody has to wait is the request counted.
const GCRA: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answer, due, admitted = {}, {}, true
for i, key in ipairs(KEYS) do
    local period, quota = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    local arrival = math.max(tonumber(redis.call('GET', key) or now), now) + period
    local wait = arrival - period * quota - now
    if wait > 0 then admitted = false end
    due[i] = arrival
    answer[2 * i - 1] = math.floor((period * quota - (arrival - now)) / period)
    answer[2 * i] = math.max(wait, 0)
end
if admitted then
    for i, key in ipairs(KEYS) do
        redis.call('SET', key, string.format('%.0f', due[i]), 'PX', math.ceil((due[i] - now) / 1000) + 1)
    end
end
return answer
";

pub(super) struct Shared {
    redis: Arc<Redis>,
    script: Script,
}

impl Shared {
    pub(super) fn new(redis: Arc<Redis>) -> Self {
        Self { redis, script: Script::new(GCRA) }
    }

    /// Counts one request of a service, and of one of its users; `None` while Redis is away.
    pub(super) async fn check(
        &self,
        service: Bucket,
        user: Bucket,
        service_key: &str,
        user_key: Option<&str>,
    ) -> Option<Admission> {
        let mut call = self.script.prepare_invoke();
        let buckets = [Some((service, service_key)), user_key.map(|key| (user, key))];
        for (bucket, key) in buckets.into_iter().flatten() {
            call.key(self.redis.key(&format!("limit:{}:{}:{key}", bucket.class, bucket.whom)));
            call.arg(u64::try_from(bucket.period().as_micros()).unwrap_or(u64::MAX)).arg(bucket.quota);
        }
        let answer: Vec<i64> = self.redis.ask(async |connection| call.invoke_async(connection).await).await?;
        let count = |i: usize| match answer.get(2 * i..2 * i + 2) {
            Some(&[left, 0]) => Some(Count::admitted(u32::try_from(left).unwrap_or(0))),
            Some(&[_, wait]) => Some(Count::refused(u64::try_from(wait).unwrap_or(0).div_ceil(1_000_000))),
            _ => None,
        };
        match (count(0)?, count(1)) {
            (of_service, Some(of_user)) if of_user.is_refused() || !of_service.is_refused() => {
                Some(user.admission(of_user))
            }
            (of_service, _) => Some(service.admission(of_service)),
        }
    }
}
