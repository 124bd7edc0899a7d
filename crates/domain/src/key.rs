//! Signing keys: where each stands.

use crate::words::words;

words! {
    /// Whether a key signs, only verifies, or neither.
    KeyStatus("key status") {
        /// Signs new credentials; an event has one.
        Active = "active",
        /// Signs nothing any more; what it signed holds.
        Rotated = "rotated",
        /// Taken back: what it signed is refused.
        Revoked = "revoked",
    }
}
