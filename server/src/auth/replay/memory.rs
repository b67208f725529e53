//! What this process saw, in two generations: a lookup asks both, and the elder is forgotten whole, so nothing is ever swept.

use super::KEPT;
use std::{
    collections::HashSet,
    mem,
    sync::{Mutex, PoisonError},
};

const SHARDS: usize = 16;

#[derive(Default)]
struct Generations {
    young: HashSet<u128>,
    old: HashSet<u128>,
    /// When `young` began, in seconds since 1970.
    began: i64,
}

#[derive(Default)]
pub(super) struct Memory {
    shards: [Mutex<Generations>; SHARDS],
}

impl Memory {
    /// Whether the digest is new; from now on it is not, for at least [`KEPT`] seconds.
    pub(super) fn insert(&self, digest: [u8; 32], now: i64) -> bool {
        let mut half = [0; 16];
        half.copy_from_slice(&digest[..16]);
        let shard = &self.shards[usize::from(digest[31]) % SHARDS];
        let mut generations = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(generations.began) >= KEPT {
            let young = mem::take(&mut generations.young);
            let recent = now.saturating_sub(generations.began) < 2 * KEPT;
            generations.old = if recent { young } else { HashSet::new() };
            generations.began = now;
        }
        let id = u128::from_be_bytes(half);
        !generations.old.contains(&id) && generations.young.insert(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_for_as_long_as_a_token_can_live() {
        let memory = Memory::default();
        let id = |n: u8| [n; 32];
        assert!(memory.insert(id(1), 1000));
        for later in [0, 1, KEPT - 1, KEPT, KEPT + 1] {
            assert!(!memory.insert(id(1), 1000 + later), "{later}");
        }
        // the one that was young when a generation ended is still known in the next
        let memory = Memory::default();
        assert!(memory.insert(id(1), 1000) && memory.insert(id(2), 1000 + KEPT - 1));
        assert!(memory.insert(id(3), 1000 + KEPT));
        assert!(!memory.insert(id(2), 1000 + 2 * KEPT - 2));
        assert!(memory.insert(id(2), 1000 + 4 * KEPT), "and forgotten at last");
    }
}
