//! A gate whose right was taken back forgets whom it let in, and how it signed.

use std::sync::atomic::Ordering;

use gatehouse_api::Problem;
use gatehouse_store::Lane;

use super::Outpost;

/// What a home says of a right that it took back.
pub(super) const REVOKED: &str = "scanner_revoked";
/// What such a gate says.
pub(super) fn revoked() -> Problem {
    Problem::new(
        REVOKED,
        "this gate's right was taken back; it has forgotten the guest list and its key, and the \
         office gets its scans. Enrol it again, in a new folder, to use it",
    )
}

impl Outpost {
    /// Forgets the roster and the key; the scans stay.
    pub(super) fn forget(&self) -> Result<(), Problem> {
        let is_forgotten = self.file.read(|view| {
            let key = view.own_device()?.and_then(|device| device.sealed);
            Ok::<_, Problem>(key.is_none() && view.carried_head()?.is_none())
        })?;
        if is_forgotten {
            return Ok(());
        }
        self.file.append(Lane::Edit, |change| {
            change.wipe_carried()?;
            Ok::<_, Problem>(())
        })?;
        self.erase();
        Ok(())
    }

    /// Takes what was forgotten off the disk, now or with the next exchange.
    pub(super) fn erase(&self) {
        self.unerased.store(!self.file.erase(), Ordering::Release);
    }

    /// Takes off the disk what could not be taken off it when it was forgotten.
    pub(super) fn erase_what_is_left(&self) {
        if self.unerased.load(Ordering::Acquire) {
            self.erase();
        }
    }
}
