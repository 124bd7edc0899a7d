//! This machine: its clock, its randomness, its name.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gatehouse_api::Surroundings;
use gatehouse_domain::clock::{Clock, EvenClock, LEAP_MS, SETTLED};
use gatehouse_mesh::net::{Steady, uptime};

/// The machine's own clock, which goes on evenly while a program runs, whoever sets it meanwhile.
#[derive(Debug, Clone, Copy)]
pub struct MachineClock;

/// What every reading in this program goes by.
static EVEN: EvenClock<Wall, fn() -> Duration> = EvenClock::new(Wall, steady);

/// By how much the machine's clock was set, as it was told last.
static TOLD: AtomicI64 = AtomicI64::new(0);

impl Clock for MachineClock {
    fn now_ms(&self) -> i64 {
        let now = EVEN.now_ms();
        let by = EVEN.set_by_ms();
        let told = TOLD.load(Ordering::Relaxed);
        if by.saturating_sub(told).saturating_abs() > LEAP_MS {
            // Before it is told: what is told has a time.
            TOLD.store(by, Ordering::Relaxed);
            match by {
                0 => tracing::info!("the machine's clock is followed again"),
                by => tracing::warn!(
                    minutes = by / 60_000,
                    "the machine's clock was set while this program runs; it goes on by the time \
                     that it had. Set the clock right, or start the program anew"
                ),
            }
        }
        now
    }

    fn set_by_ms(&self) -> i64 {
        EVEN.set_by_ms()
    }
}

/// Time since the machine was started. Where that is not known, its clock is taken to be set already.
fn steady() -> Duration {
    static BEGUN: LazyLock<Steady> = LazyLock::new(Steady::begin);
    uptime().unwrap_or_else(|| SETTLED + BEGUN.now())
}

/// What the machine shows.
#[derive(Debug, Clone, Copy)]
struct Wall;

impl Clock for Wall {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now_ms(&self) -> i64 {
        // A clock before 1970 reads as 1970.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_millis() as i64)
    }
}

/// The time now, UTC ms.
#[must_use]
pub fn now() -> i64 {
    MachineClock.now_ms()
}

/// The name by which the network knows this machine.
#[must_use]
pub fn name() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// This machine with its own clock.
#[must_use]
pub fn surroundings() -> Surroundings {
    surroundings_at(Arc::new(MachineClock))
}

/// This machine with another clock.
pub fn surroundings_at(clock: Arc<dyn Clock>) -> Surroundings {
    let mut machine = Surroundings::new(clock, fill_random, "owner", name());
    machine.protect = Some(Arc::new(|id, vault| {
        let notice = |_: &str| tracing::warn!("no keyring here: the key is in a file");
        crate::protect(id, |protector| vault.rewrap(protector), notice)
    }));
    machine.power = Some(Arc::new(crate::power));
    machine
}

/// Fills `bytes` with the operating system's randomness.
///
/// # Panics
/// Where the system has none to give.
#[expect(
    clippy::expect_used,
    reason = "without the system's randomness nothing may be signed"
)]
pub fn fill_random(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("the operating system's randomness");
}

/// A secret of 32 hex digits, 128 random bits.
#[must_use]
pub fn random_text() -> String {
    let mut bytes = [0; 16];
    fill_random(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_in_this_century_and_does_not_go_back() {
        let first = now();
        assert!(first > 1_700_000_000_000, "{first}");
        assert!(now() >= first);
    }

    #[test]
    fn randomness_differs_from_call_to_call() {
        let (mut one, mut other) = ([0; 32], [0; 32]);
        fill_random(&mut one);
        fill_random(&mut other);
        assert_ne!(one, other);
    }
}
