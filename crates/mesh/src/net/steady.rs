//! Time that only goes forward, also while the machine sleeps.
//!
//! A gate that falls asleep with a granted claim must not act on it when it wakes. The clocks of
//! the standard library stand still meanwhile on Linux and macOS.

use std::time::Duration;

/// A clock that nobody can set, from when it was made.
#[derive(Debug, Clone, Copy)]
pub struct Steady(Moment);

#[cfg(any(target_os = "linux", target_os = "macos"))]
type Moment = Duration;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
type Moment = std::time::Instant;

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn since_boot() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(target_os = "linux")]
    let clock = ClockId::Boottime;
    #[cfg(target_os = "macos")]
    let clock = ClockId::Monotonic;
    let time = clock_gettime(clock);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Time since the machine was started, the time asleep with it; none where the system does not tell.
#[cfg(any(target_os = "linux", target_os = "macos"))]
#[must_use]
pub fn uptime() -> Option<Duration> {
    Some(since_boot())
}

/// Time since the machine was started, the time asleep with it; none where the system does not tell.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
#[must_use]
pub fn uptime() -> Option<Duration> {
    None
}

impl Steady {
    /// A clock that begins now.
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    #[must_use]
    pub fn begin() -> Self {
        Self(since_boot())
    }

    /// A clock that begins now.
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    #[must_use]
    pub fn begin() -> Self {
        Self(Moment::now())
    }

    /// Time since it was made.
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    #[must_use]
    pub fn now(self) -> Duration {
        since_boot().saturating_sub(self.0)
    }

    /// Time since it was made.
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    #[must_use]
    pub fn now(self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_forward_as_fast_as_other_clocks() {
        let (steady, other) = (Steady::begin(), std::time::Instant::now());
        std::thread::sleep(Duration::from_millis(20));
        let first = steady.now();
        assert!(first >= Duration::from_millis(20), "{first:?}");
        assert!(steady.now() >= first);
        assert!(first < other.elapsed() + Duration::from_millis(20));
    }
}
