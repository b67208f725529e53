//! How long to wait before the next attempt.

use std::time::Duration;
use uuid::Uuid;

/// Longest pause before the second attempt.
const FIRST: Duration = Duration::from_millis(200);
/// Longest pause of all.
const MOST: Duration = Duration::from_secs(30);

/// Pauses that double. Each is drawn from the upper half of its bound, so that instances which failed together do not come back
/// together, and none of them hammers.
#[derive(Debug)]
pub(crate) struct Pauses(Duration);

impl Pauses {
    pub(crate) fn new() -> Self {
        Self(FIRST)
    }

    pub(crate) fn next(&mut self) -> Duration {
        let bound = self.0;
        self.0 = (bound * 2).min(MOST);
        let share = f64::from(u32::try_from(Uuid::new_v4().as_u128() & 0xFFFF).unwrap_or_default()) / 65536.0;
        bound.mul_f64(0.5 + share / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_differ() {
        let mut pauses = Pauses::new();
        let drawn: Vec<Duration> = (0..12).map(|_| pauses.next()).collect();
        let mut bound = FIRST;
        for pause in &drawn {
            assert!((bound / 2..=bound).contains(pause), "{drawn:?}");
            bound = (bound * 2).min(MOST);
        }
        assert!(drawn[10] != drawn[11], "{drawn:?}");
    }
}
