//! What macOS and Windows offer.

use keepawake::{Builder, KeepAwake};

use super::WHY;

/// Asks the system; what it gives keeps display and machine awake until it is dropped.
pub(super) fn hold() -> Option<KeepAwake> {
    Builder::default()
        .display(true)
        .idle(true)
        .reason(WHY)
        .app_name("Gatehouse")
        .app_reverse_domain("org.gatehouse.desktop")
        .create()
        .inspect_err(|error| log::info!("nothing keeps this machine awake: {error}"))
        .ok()
}
