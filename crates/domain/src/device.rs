//! Devices: registered gates, kiosks, scanners and office machines.

use crate::words::words;

words! {
    /// Whether a device may scan.
    DeviceStatus("device status") {
        /// It may.
        Active = "active",
        /// Its right was taken back.
        Revoked = "revoked",
    }
}
