//! Time that only goes forward.

use std::time::{Duration, Instant};

/// Tells how long it has been running. It never goes back and never leaps, whatever the
/// machine's calendar clock is set to meanwhile.
pub trait Steady: Send + Sync {
    /// The time since it was started.
    fn elapsed(&self) -> Duration;
}

/// The machine's steady clock, started when it was made.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// A stopwatch that starts now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl Steady for Stopwatch {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
