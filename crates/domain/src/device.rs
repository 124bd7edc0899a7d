//! Devices: registered gates, kiosks, scanners and office machines.

use serde::{Deserialize, Serialize};

use crate::field::FieldError;
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

words! {
    /// What a device is.
    DeviceKind("device kind") {
        /// The event's home itself.
        Office = "office",
        /// A laptop at a door.
        Gate = "gate",
        /// A gate that guests use by themselves.
        Kiosk = "kiosk",
        /// A program of somebody else's that speaks the scanning API.
        Scanner = "scanner",
        /// A browser that was given a link.
        Browser = "browser",
    }
}

impl DeviceKind {
    /// Whether it runs this program, so that it decides alone for as long as the event lasts.
    #[must_use]
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Office | Self::Gate | Self::Kiosk)
    }

    /// Whether whoever stands at it may turn it round, unless the office says otherwise: guests who
    /// use a kiosk don't.
    #[must_use]
    pub const fn turns(self) -> bool {
        !matches!(self, Self::Kiosk)
    }
}

/// What a device said of itself when it was registered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceInfo {
    /// Make and model.
    pub model: String,
    /// Operating system.
    pub os_version: String,
    /// Version of its program.
    pub app_version: String,
}

impl DeviceInfo {
    /// The same, each text cut to a length that fits a list.
    #[must_use]
    pub fn cut(self) -> Self {
        let cut = |text: String| text.chars().take(120).collect();
        Self {
            model: cut(self.model),
            os_version: cut(self.os_version),
            app_version: cut(self.app_version),
        }
    }
}

/// What a device is told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceSettings {
    /// Whether it decides while the office can't be reached.
    pub offline_mode: bool,
    /// How often it sends its scans, in minutes.
    pub sync_interval_minutes: u16,
    /// For how long it decides alone, in hours; none until the event is over.
    pub max_offline_hours: Option<u16>,
    /// Spare gates that it may enrol while the home is away.
    #[serde(default)]
    pub spare_gates: u8,
    /// Tickets that it is given ahead, for people who come without one while the home is away.
    #[serde(default)]
    pub walk_ins: u16,
}

/// Places for spare gates that one gate is given at most.
pub const MOST_SPARE_GATES: u8 = 8;
/// Tickets that one gate is given ahead at most.
pub const MOST_WALK_INS: u16 = 200;

impl DeviceSettings {
    /// What a new device of a kind is told: those of others as their document says, our own decide
    /// alone until the event is over.
    #[must_use]
    pub const fn of(kind: DeviceKind) -> Self {
        match kind {
            DeviceKind::Scanner => Self {
                offline_mode: false,
                sync_interval_minutes: 15,
                max_offline_hours: Some(24),
                spare_gates: 0,
                walk_ins: 0,
            },
            DeviceKind::Browser => Self {
                offline_mode: true,
                sync_interval_minutes: 1,
                max_offline_hours: Some(24),
                spare_gates: 0,
                walk_ins: 0,
            },
            DeviceKind::Office | DeviceKind::Gate | DeviceKind::Kiosk => Self {
                offline_mode: true,
                sync_interval_minutes: 1,
                max_offline_hours: None,
                spare_gates: 0,
                walk_ins: 0,
            },
        }
    }

    /// Adds what is wrong with them.
    pub fn check(&self, errors: &mut Vec<FieldError>) {
        if !(1..=1_440).contains(&self.sync_interval_minutes) {
            errors.push(FieldError::new(
                "settings.sync_interval_minutes",
                "interval_out_of_range",
                "give 1 to 1,440 minutes",
            ));
        }
        if self
            .max_offline_hours
            .is_some_and(|hours| !(1..=8_760).contains(&hours))
        {
            errors.push(FieldError::new(
                "settings.max_offline_hours",
                "hours_out_of_range",
                "give 1 to 8,760 hours, or none for as long as the event lasts",
            ));
        }
        if self.spare_gates > MOST_SPARE_GATES {
            errors.push(FieldError::new(
                "settings.spare_gates",
                "count_out_of_range",
                "give 0 to 8",
            ));
        }
        if self.walk_ins > MOST_WALK_INS {
            errors.push(FieldError::new(
                "settings.walk_ins",
                "count_out_of_range",
                "give 0 to 200",
            ));
        }
    }
}

/// How long a registration token may be good, in minutes.
pub const TOKEN_MINUTES: std::ops::RangeInclusive<u32> = 1..=60;
/// How long it is good unless somebody says otherwise, in minutes.
pub const USUAL_TOKEN_MINUTES: u32 = 5;
/// How long a used or expired token is kept, in milliseconds.
pub const TOKEN_KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// How long a device's credential is good, in seconds.
pub const CREDENTIAL_SECONDS: i64 = 365 * 24 * 3_600;

words! {
    /// Why somebody in the office should look at a device.
    AlertKind("alert kind") {
        /// Over a tenth of its codes were used before.
        Duplicates = "duplicates",
        /// Nothing was heard of it for half an hour.
        Silent = "silent",
        /// Over a fifth of its attempts to send scans failed.
        SyncFailures = "sync_failures",
        /// Codes that are no tickets, again and again.
        InvalidCodes = "invalid_codes",
        /// It admitted a ticket that was admitted elsewhere before.
        LateDuplicate = "late_duplicate",
        /// Its records do not follow one another.
        Chain = "chain",
        /// It used a ticket after its right had ended, which counts nowhere.
        PutAside = "put_aside",
        /// It let in a ticket that was never issued.
        UnknownTicket = "unknown_ticket",
        /// It let in a ticket that was taken back, held or otherwise not good.
        NotGood = "not_good",
    }
}

/// What a device's last scans were, for alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeviceRecord {
    /// Presentations that were looked at, the newest of the device.
    pub scans: u32,
    /// Of those, codes that were used before.
    pub duplicates: u32,
    /// Of those, codes that are no tickets of ours.
    pub invalid: u32,
    /// Milliseconds since it was heard of; none where it never was.
    pub silent_ms: Option<i64>,
    /// Attempts to send scans that it told of.
    pub sync_attempts: u32,
    /// Of those, the ones that failed.
    pub sync_failures: u32,
}

/// Presentations below which a share of them tells nothing.
const ENOUGH_SCANS: u32 = 20;
const ENOUGH_ATTEMPTS: u32 = 5;
const SILENT_MS: i64 = 30 * 60_000;
const MANY_INVALID: u32 = 10;

/// The alerts that a device's record calls for.
#[must_use]
pub fn alerts_for(record: &DeviceRecord) -> Vec<AlertKind> {
    let mut alerts = Vec::new();
    if record.scans >= ENOUGH_SCANS && record.duplicates * 10 > record.scans {
        alerts.push(AlertKind::Duplicates);
    }
    if record.invalid >= MANY_INVALID {
        alerts.push(AlertKind::InvalidCodes);
    }
    if record.silent_ms.is_some_and(|silent| silent > SILENT_MS) {
        alerts.push(AlertKind::Silent);
    }
    if record.sync_attempts >= ENOUGH_ATTEMPTS && record.sync_failures * 5 > record.sync_attempts {
        alerts.push(AlertKind::SyncFailures);
    }
    alerts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_alerts() {
        let none = DeviceRecord::default();
        for (says, record, expected) in [
            ("nothing", none, &[][..]),
            (
                "a tenth",
                DeviceRecord {
                    scans: 100,
                    duplicates: 10,
                    ..none
                },
                &[],
            ),
            (
                "over a tenth",
                DeviceRecord {
                    scans: 100,
                    duplicates: 11,
                    ..none
                },
                &[AlertKind::Duplicates],
            ),
            (
                "too few to tell",
                DeviceRecord {
                    scans: 19,
                    duplicates: 19,
                    ..none
                },
                &[],
            ),
            (
                "silent for half an hour",
                DeviceRecord {
                    silent_ms: Some(SILENT_MS),
                    ..none
                },
                &[],
            ),
            (
                "silent for longer",
                DeviceRecord {
                    silent_ms: Some(SILENT_MS + 1),
                    ..none
                },
                &[AlertKind::Silent],
            ),
            (
                "a fifth failed",
                DeviceRecord {
                    sync_attempts: 10,
                    sync_failures: 2,
                    ..none
                },
                &[],
            ),
            (
                "more failed",
                DeviceRecord {
                    sync_attempts: 10,
                    sync_failures: 3,
                    ..none
                },
                &[AlertKind::SyncFailures],
            ),
            (
                "no tickets, again and again",
                DeviceRecord {
                    scans: 15,
                    invalid: 10,
                    ..none
                },
                &[AlertKind::InvalidCodes],
            ),
        ] {
            assert_eq!(alerts_for(&record), expected, "{says}");
        }
    }

    #[test]
    fn settings_out_of_range_are_told() {
        for kind in DeviceKind::ALL {
            let mut errors = Vec::new();
            DeviceSettings::of(*kind).check(&mut errors);
            assert!(errors.is_empty(), "{kind}");
        }
        let mut errors = Vec::new();
        DeviceSettings {
            offline_mode: true,
            sync_interval_minutes: 0,
            max_offline_hours: Some(0),
            spare_gates: MOST_SPARE_GATES + 1,
            walk_ins: MOST_WALK_INS + 1,
        }
        .check(&mut errors);
        assert_eq!(errors.len(), 4);
    }
}
