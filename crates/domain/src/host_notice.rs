//! Notices to the host: what the organizer hears by mail of their own event, and when.

use chrono::{Duration, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::account::check_email;
use crate::calendar::local::{local_of, to_utc};
use crate::delivery::DeliveryStatus;
use crate::field::FieldError;
use crate::id::{BatchId, HostNoticeId, MailingId, TicketTypeId};

/// The hour of the event's clocks at which a day's digest is closed.
const DIGEST_HOUR: u32 = 8;
/// How far back a digest reaches at most, in milliseconds: a week.
const LONGEST_DIGEST: i64 = 7 * 24 * 3_600_000;

/// What the host wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HostSettings {
    /// The host's own address; nothing is told while it is blank.
    pub to: String,
    /// That a mailing has left, with what came of it.
    pub mailing_done: bool,
    /// That all tickets of a type are issued.
    pub sold_out: bool,
    /// Who answered, once a day.
    pub answers: bool,
    /// How many messages came back, once a day.
    pub bounces: bool,
}

impl Default for HostSettings {
    fn default() -> Self {
        Self {
            to: String::new(),
            mailing_done: true,
            sold_out: true,
            answers: true,
            bounces: true,
        }
    }
}

impl HostSettings {
    /// Whether anything is told at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.to.is_empty()
    }

    /// Whether there are digests.
    #[must_use]
    pub fn has_digest(&self) -> bool {
        self.is_on() && (self.answers || self.bounces)
    }

    /// Adds what is wrong with the settings.
    pub fn check(&self, errors: &mut Vec<FieldError>) {
        if self.to.is_empty() {
            return;
        }
        let mut found = Vec::new();
        check_email(&self.to, &mut found);
        errors.extend(found.into_iter().map(|error| FieldError {
            field: "host.to".into(),
            ..error
        }));
    }
}

/// What the host is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum HostNews {
    /// Nothing of a mailing waits any more.
    MailingDone {
        /// Which.
        mailing: MailingId,
    },
    /// Nothing of a batch waits any more.
    BatchDone {
        /// Which.
        batch: BatchId,
    },
    /// All tickets of a type are issued.
    SoldOut {
        /// Which.
        ticket_type: TicketTypeId,
        /// How many there are.
        capacity: u32,
    },
    /// What came in, in a day or more.
    Digest {
        /// From, UTC ms.
        from: i64,
        /// Until, UTC ms.
        until: i64,
    },
}

impl HostNews {
    /// What it is told once by: two of one key are the same news.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::MailingDone { mailing } => format!("mailing:{mailing}"),
            Self::BatchDone { batch } => format!("batch:{batch}"),
            // Whoever makes more room hears again once that is used up.
            Self::SoldOut {
                ticket_type,
                capacity,
            } => format!("sold_out:{ticket_type}:{capacity}"),
            Self::Digest { until, .. } => format!("digest:{until}"),
        }
    }

    /// The name of its wording.
    #[must_use]
    pub const fn wording(&self) -> &'static str {
        match self {
            Self::MailingDone { .. } | Self::BatchDone { .. } => "host_mailing_done",
            Self::SoldOut { .. } => "host_sold_out",
            Self::Digest { .. } => "host_digest",
        }
    }
}

/// A notice to the host; it waits, leaves and comes back as messages to guests do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct HostNotice {
    /// The notice's id.
    pub id: HostNoticeId,
    /// What it tells.
    pub news: HostNews,
    /// How far it is.
    pub status: DeliveryStatus,
    /// The address that it went to; blank before.
    pub recipient: String,
    /// When it was put into the outbox, UTC ms.
    pub queued_at: i64,
    /// Not to be sent before, UTC ms.
    pub due_at: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// When it left, UTC ms.
    pub sent_at: Option<i64>,
    /// Stable code of what stands in its way; blank without.
    pub code: String,
    /// What the server said last.
    pub detail: String,
}

/// When the last digest was closed at `now` (UTC ms): at 08:00 by the event's clocks.
#[must_use]
pub fn digest_closed(now: i64, zone: Tz) -> i64 {
    let hour = NaiveTime::from_hms_opt(DIGEST_HOUR, 0, 0).unwrap_or_default();
    let today = local_of(now, zone).date();
    let at = to_utc(today.and_time(hour), zone);
    if at <= now {
        at
    } else {
        to_utc((today - Duration::days(1)).and_time(hour), zone)
    }
}

/// The time that a digest tells of, from and until (UTC ms), where one is due at `now`; at most
/// one a day. `told_until` says how far the last one went.
#[must_use]
pub fn digest_due(told_until: Option<i64>, now: i64, zone: Tz) -> Option<(i64, i64)> {
    let until = digest_closed(now, zone);
    let from = told_until
        .unwrap_or(until - 24 * 3_600_000)
        .max(until - LONGEST_DIGEST);
    (from < until).then_some((from, until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use chrono_tz::Europe::Vienna;

    /// A local time in Vienna in March 2030, whose clocks go forward on the 31st, UTC ms.
    fn at(day: u32, hour: u32) -> i64 {
        let date = NaiveDate::from_ymd_opt(2030, 3, day).unwrap();
        to_utc(date.and_hms_opt(hour, 0, 0).unwrap(), Vienna)
    }

    #[test]
    fn a_digest_comes_once_a_day_and_leaves_no_hour_out() {
        // When the last one closed, now, what the next one tells of.
        let table = [
            (None, at(10, 9), Some((at(9, 8), at(10, 8)))),
            (None, at(10, 7), Some((at(8, 8), at(9, 8)))),
            (Some(at(9, 8)), at(10, 7), None),
            (Some(at(9, 8)), at(10, 8), Some((at(9, 8), at(10, 8)))),
            (Some(at(10, 8)), at(10, 8), None),
            (Some(at(10, 8)), at(10, 23), None),
            // The machine was off for three days.
            (Some(at(10, 8)), at(13, 12), Some((at(10, 8), at(13, 8)))),
            // And for three weeks: a week is told.
            (Some(at(1, 8)), at(22, 12), Some((at(15, 8), at(22, 8)))),
            // A day of 23 hours.
            (Some(at(30, 8)), at(31, 8), Some((at(30, 8), at(31, 8)))),
            // A clock that was set back tells nothing twice.
            (Some(at(12, 8)), at(11, 9), None),
        ];
        for (told, now, expected) in table {
            assert_eq!(digest_due(told, now, Vienna), expected, "{told:?} {now}");
        }
    }

    #[test]
    fn nothing_is_told_without_an_address_and_a_wrong_one_is_refused() {
        let table = [
            ("", false, 0),
            ("host@example.org", true, 0),
            ("host", true, 1),
            ("host@example.org\nBcc: all@example.org", true, 1),
        ];
        for (to, on, wrong) in table {
            let settings = HostSettings {
                to: to.into(),
                ..HostSettings::default()
            };
            let mut errors = Vec::new();
            settings.check(&mut errors);
            assert_eq!((settings.is_on(), errors.len()), (on, wrong), "{to}");
            assert!(errors.iter().all(|error| error.field == "host.to"));
        }
        let quiet = HostSettings {
            to: "host@example.org".into(),
            answers: false,
            bounces: false,
            ..HostSettings::default()
        };
        assert!(!quiet.has_digest());
    }
}
