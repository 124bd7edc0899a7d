//! Time, passed in.

/// Tells the time. Only the binary and tests make one; everything below takes it as a value.
pub trait Clock: Send + Sync {
    /// The time now, in UTC milliseconds since 1970.
    fn now_ms(&self) -> i64;
}

/// A clock that stands at the given UTC millisecond.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub i64);

impl Clock for FixedClock {
    fn now_ms(&self) -> i64 {
        self.0
    }
}
