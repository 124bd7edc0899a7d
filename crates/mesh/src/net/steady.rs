//! Time that only goes forward.

use std::time::{Duration, Instant};

/// A clock that nobody can set, from when it was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steady(Instant);

impl Steady {
    pub(super) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Time since it was made.
    pub(super) fn now(self) -> Duration {
        self.0.elapsed()
    }
}
