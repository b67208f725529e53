//! Whether a schema admits more or fewer values than before, and what that means in each direction.

use super::super::change::Class;

/// Which way a value travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in super::super) enum Direction {
    /// From the caller: parameters and request bodies.
    Request,
    /// To the caller: bodies and headers of answers.
    Response,
}

/// How the set of values has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Fewer values.
    Tighter,
    /// More values.
    Looser,
    /// Others, as far as can be told.
    Other,
}

impl Turn {
    /// What follows for callers.
    pub fn effect(self, direction: Direction) -> (Class, &'static str) {
        match (direction, self) {
            (Direction::Request, Self::Tighter) => (Class::Breaking, "requests that were valid are refused"),
            (Direction::Request, Self::Other) => (Class::Breaking, "requests that were valid may be refused"),
            (Direction::Request, Self::Looser) => (Class::Compatible, "more requests are valid"),
            (Direction::Response, Self::Tighter) => (Class::Compatible, "answers promise more than before"),
            (Direction::Response, _) => (Class::Breaking, "answers may hold what callers do not expect"),
        }
    }
}
