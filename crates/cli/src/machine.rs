//! This machine: its clock, its randomness, its name.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use gatehouse_api::Surroundings;
use gatehouse_domain::clock::Clock;

/// The machine's own clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MachineClock;

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

/// This machine with its own clock.
pub(crate) fn surroundings() -> Surroundings {
    surroundings_at(Arc::new(MachineClock))
}

/// This machine with another clock.
pub(crate) fn surroundings_at(clock: Arc<dyn Clock>) -> Surroundings {
    Surroundings::new(clock, fill_random, "owner", machine_name())
}

/// The machine's name.
pub(crate) fn machine_name() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// A secret of 32 letters and digits, 128 random bits.
pub(crate) fn random_text() -> String {
    let mut bytes = [0; 16];
    fill_random(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[expect(
    clippy::expect_used,
    reason = "without the system's randomness nothing may be signed"
)]
fn fill_random(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("the operating system's randomness");
}

/// The time now, UTC ms.
pub(crate) fn now() -> i64 {
    MachineClock.now_ms()
}
