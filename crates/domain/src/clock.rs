//! Time, passed in.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Tells the time. Only the binary and tests make one; everything below takes it as a value.
pub trait Clock: Send + Sync {
    /// The time now, in UTC milliseconds since 1970.
    fn now_ms(&self) -> i64;

    /// By how much the machine's clock was ahead of this one when this one was read last, in
    /// milliseconds: because somebody set it, and this one went on. 0 where both are one.
    fn set_by_ms(&self) -> i64 {
        0
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now_ms(&self) -> i64 {
        self.as_ref().now_ms()
    }

    fn set_by_ms(&self) -> i64 {
        self.as_ref().set_by_ms()
    }
}

/// A clock that stands at the given UTC millisecond.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub i64);

impl Clock for FixedClock {
    fn now_ms(&self) -> i64 {
        self.0
    }
}

/// A machine's clock that leaps by more than this was set by somebody, ms; less is drift, and is
/// followed.
pub const LEAP_MS: i64 = 2 * 60_000;
/// For so long after it was started a machine gets its time from the network, and is followed
/// wherever that is.
pub const SETTLED: Duration = Duration::from_secs(10 * 60);
/// A setting that stands for so long is right.
pub const STANDS: Duration = Duration::from_secs(12 * 3_600);

/// The machine's clock, kept going evenly by one that nobody can set: where it is set by more than
/// [`LEAP_MS`], this one goes on as before, so that scans before and after stay in order. It follows
/// again once the machine's clock was put right, or has stood at the new time for [`STANDS`].
#[derive(Debug)]
pub struct EvenClock<W, S> {
    wall: W,
    steady: S,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    wall: i64,
    at: Duration,
    /// By how much the machine's clock is ahead of this one, and since when.
    set: Option<(i64, Duration)>,
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

impl Kept {
    /// What is kept once the machine's clock showed `wall`.
    fn then(self, wall: i64, steady: Duration) -> Self {
        let even = self.at(steady);
        let by = wall.saturating_sub(even);
        if by.saturating_abs() <= LEAP_MS || steady < SETTLED {
            return Self::following(wall, steady);
        }
        let same = |(known, _): &(i64, Duration)| by.saturating_sub(*known).abs() <= LEAP_MS;
        let since = self.set.filter(same).map_or(steady, |(_, since)| since);
        if steady.saturating_sub(since) >= STANDS {
            return Self::following(wall, steady);
        }
        Self {
            set: Some((by, since)),
            ..self
        }
    }

    const fn following(wall: i64, at: Duration) -> Self {
        Self {
            wall,
            at,
            set: None,
        }
    }

    fn at(&self, steady: Duration) -> i64 {
        self.wall
            .saturating_add(millis(steady.saturating_sub(self.at)))
    }
}

impl<W: Clock, S: Fn() -> Duration + Send + Sync> EvenClock<W, S> {
    /// A clock that begins at what `wall` shows. `steady` is the time since the machine was started,
    /// by a clock that goes on while it sleeps.
    pub const fn new(wall: W, steady: S) -> Self {
        Self {
            wall,
            steady,
            kept: Mutex::new(None),
        }
    }
}

impl<W: Clock, S: Fn() -> Duration + Send + Sync> Clock for EvenClock<W, S> {
    fn now_ms(&self) -> i64 {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (wall, steady) = (self.wall.now_ms(), (self.steady)());
        let now = match *kept {
            Some(before) => before.then(wall, steady),
            None => Kept::following(wall, steady),
        };
        *kept = Some(now);
        now.at(steady)
    }

    fn set_by_ms(&self) -> i64 {
        let kept = *self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let set = kept.and_then(|kept| kept.set);
        set.map_or(0, |(by, _)| by)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    const HOUR: i64 = 3_600_000;
    const YEAR: i64 = 365 * 24 * HOUR;

    struct Wall<'a>(&'a AtomicI64);

    impl Clock for Wall<'_> {
        fn now_ms(&self) -> i64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    /// What the clock shows, and by how much the machine's was set, of readings of (the machine's
    /// clock, ms since the first reading) on a machine that was started long before.
    fn read(readings: &[(i64, i64)]) -> Vec<(i64, i64)> {
        read_after(SETTLED, readings)
    }

    fn read_after(started: Duration, readings: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let (wall, steady) = (AtomicI64::new(0), AtomicI64::new(0));
        let since = || {
            let ms = steady.load(Ordering::SeqCst).cast_unsigned();
            started + Duration::from_millis(ms)
        };
        let clock = EvenClock::new(Wall(&wall), since);
        readings
            .iter()
            .map(|(shown, passed)| {
                wall.store(*shown, Ordering::SeqCst);
                steady.store(*passed, Ordering::SeqCst);
                (clock.now_ms(), clock.set_by_ms())
            })
            .collect()
    }

    #[test]
    fn a_clock_that_is_set_a_year_on_and_back_is_not_followed() {
        let seen = read(&[(0, 0), (YEAR + 10, 10), (20, 20)]);
        assert_eq!(seen, [(0, 0), (10, YEAR), (20, 0)]);
    }

    #[test]
    fn a_clock_that_is_set_an_hour_back_is_not_followed() {
        let seen = read(&[(HOUR, 0), (10, 10), (HOUR + 20, 20)]);
        assert_eq!(seen, [(HOUR, 0), (HOUR + 10, -HOUR), (HOUR + 20, 0)]);
    }

    #[test]
    fn drift_and_a_night_asleep_are_followed() {
        // A machine that slept: both clocks went on.
        let night = 9 * HOUR;
        let seen = read(&[(0, 0), (1_000, 900), (night, night), (night + 9, night + 1)]);
        assert_eq!(seen, [(0, 0), (1_000, 0), (night, 0), (night + 9, 0)]);
    }

    #[test]
    fn a_setting_that_stands_for_half_a_day_is_followed() {
        let stands = millis(STANDS);
        let seen = read(&[
            (0, 0),
            (YEAR + 1, 1),
            // Drift does not make another setting of it.
            (YEAR + stands + 500, stands),
            (YEAR + stands + 501, stands + 1),
        ]);
        let shown: Vec<i64> = seen.iter().map(|(shown, _)| *shown).collect();
        assert_eq!(shown, [0, 1, stands, YEAR + stands + 501]);
        assert_eq!(seen[3].1, 0);
        // A clock that is set again and again stands nowhere.
        let seen = read(&[(0, 0), (YEAR, 1), (2 * YEAR, stands), (YEAR, stands + 2)]);
        assert_eq!(seen[3].0, stands + 2);
    }

    #[test]
    fn a_machine_that_was_just_started_gets_its_time_from_the_network() {
        let seen = read_after(Duration::from_secs(20), &[(0, 0), (YEAR, 5_000)]);
        assert_eq!(seen, [(0, 0), (YEAR, 0)]);
    }
}
