//! Sessions that were alive a moment ago.
//!
//! Ordered by the moment at which they are forgotten, so that a full memory loses the one that would go next, in O(log n). A map
//! that is searched for what is old, or emptied when it is full, would send a burst of questions to ULP at its busiest moment.

use super::Key;
use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};
use tokio::time::Instant;

pub(super) struct Recent {
    most: usize,
    until: HashMap<Key, Instant>,
    order: BTreeSet<(Instant, Key)>,
}

impl Recent {
    /// Remembers `most` sessions at most.
    pub(super) fn new(most: usize) -> Self {
        Self { most, until: HashMap::new(), order: BTreeSet::new() }
    }

    pub(super) fn contains(&self, key: &Key, now: Instant) -> bool {
        self.until.get(key).is_some_and(|until| now < *until)
    }

    pub(super) fn insert(&mut self, key: Key, now: Instant, keep: Duration) {
        if keep.is_zero() {
            return;
        }
        let until = now + keep;
        if let Some(before) = self.until.insert(key, until) {
            self.order.remove(&(before, key));
        }
        self.order.insert((until, key));
        while self.order.first().is_some_and(|(first, _)| *first <= now) || self.order.len() > self.most {
            let Some((_, first)) = self.order.pop_first() else { break };
            self.until.remove(&first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_forgotten_in_time_and_when_there_are_too_many() {
        let (mut recent, start) = (Recent::new(3), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        for (n, keep) in [(1, 30), (2, 10), (3, 20)] {
            recent.insert([n; 32], start, Duration::from_secs(keep));
        }
        recent.insert([4; 32], start, Duration::ZERO);
        assert!(!recent.contains(&[4; 32], start), "no time, no memory");
        assert!(recent.contains(&[2; 32], after(9)) && !recent.contains(&[2; 32], after(10)));
        recent.insert([4; 32], start, Duration::from_secs(30));
        assert!(!recent.contains(&[2; 32], after(1)), "the one that would go next made room");
        assert!(recent.contains(&[1; 32], after(1)) && recent.contains(&[3; 32], after(1)));
        recent.insert([1; 32], after(1), Duration::from_secs(30));
        assert!(recent.contains(&[1; 32], after(30)), "seen again, kept longer");
        recent.insert([5; 32], after(40), Duration::from_secs(1));
        assert_eq!((recent.until.len(), recent.order.len()), (1, 1), "what is past is not kept");
    }
}
