//! This machine: its clock, its randomness, its name.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use gatehouse_api::Surroundings;
use gatehouse_domain::clock::Clock;

/// The machine's own clock.
#[derive(Debug, Clone, Copy)]
pub struct MachineClock;

impl Clock for MachineClock {
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
