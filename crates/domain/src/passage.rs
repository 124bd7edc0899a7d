//! Passages: the scans that moved somebody in or out, in the order of scans.
//!
//! Order is by clock and device, never by arrival: whoever folds passages sorts them first, so an
//! older scan that arrives late changes what is known, and the state follows.

use serde::{Deserialize, Serialize};

use crate::calendar::local::{date_of, to_utc};
use crate::event::ReEntry;
use crate::id::{SessionId, ZoneId};
use crate::scan::Direction;
use chrono::{Days, NaiveTime};
use chrono_tz::Tz;

/// One earlier passage of a ticket, in the order of scans. One that was undone is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Passage {
    /// Which way.
    pub direction: Direction,
    /// The session.
    pub session: Option<SessionId>,
    /// The day in the event's zone, as yyyymmdd.
    pub day: u32,
    /// The zone; none at the venue's entrance.
    pub zone: Option<ZoneId>,
    /// When, by the clock that orders scans, UTC ms.
    pub at: i64,
}

impl Passage {
    /// Whether it went in.
    #[must_use]
    pub fn is_entry(&self) -> bool {
        self.direction == Direction::Entry
    }

    /// Whether it says if its holder is inside a place: a zone, or the venue where none is named.
    /// Whoever leaves the venue leaves every zone of it.
    #[must_use]
    pub fn concerns(&self, place: Option<ZoneId>) -> bool {
        self.zone == place || (self.zone.is_none() && !self.is_entry())
    }
}

/// Whether a holder is inside after these passages of one place.
///
/// Everybody who came in before `emptied_at` (UTC ms) went out then, whether or not a gate saw
/// them. An exit without an entry, and a second exit, leave them outside.
#[must_use]
pub fn is_inside<'a>(
    passages: impl DoubleEndedIterator<Item = &'a Passage>,
    emptied_at: Option<i64>,
) -> bool {
    let mut passages = passages;
    passages
        .next_back()
        .is_some_and(|last| last.is_entry() && emptied_at.is_none_or(|emptied| last.at >= emptied))
}

/// The last moment, at `now` (UTC ms), at which the venue was counted as empty: `minute` of the day
/// in the event's zone, each day. A time that clocks skip is moved on by the gap (RFC 5545
/// §3.3.5), one that they show twice means the first.
#[must_use]
pub fn last_emptied(minute: u16, zone: Tz, now: i64) -> i64 {
    let time = NaiveTime::from_num_seconds_from_midnight_opt(u32::from(minute.min(1_439)) * 60, 0)
        .unwrap_or_default();
    let today = date_of(now, zone);
    // Two days back is far enough: no gap is longer than a day.
    (0..3)
        .filter_map(|days| today.checked_sub_days(Days::new(days)))
        .map(|date| to_utc(date.and_time(time), zone))
        .find(|at| *at <= now)
        .unwrap_or(i64::MIN)
}

/// Whether two admissions of one ticket should have been one, under a policy: the older of the two
/// stands, the younger is a double.
#[must_use]
pub fn are_one(policy: ReEntry, older: &Passage, younger: &Passage) -> bool {
    let same_place = older.zone == younger.zone && older.session == younger.session;
    same_place
        && older.is_entry()
        && younger.is_entry()
        && match policy {
            ReEntry::Single => true,
            ReEntry::OncePerDay => older.day == younger.day,
            ReEntry::AfterExit | ReEntry::Unlimited => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn passage(direction: Direction, at: i64) -> Passage {
        Passage {
            direction,
            session: None,
            day: 0,
            zone: None,
            at,
        }
    }

    #[test]
    fn who_is_inside_is_told_by_the_last_passage() {
        use Direction::{Entry, Exit};
        for (says, passages, emptied_at, inside) in [
            ("nobody came", vec![], None, false),
            ("came", vec![(Entry, 5)], None, true),
            ("came and left", vec![(Entry, 5), (Exit, 6)], None, false),
            ("left without coming", vec![(Exit, 5)], None, false),
            (
                "left twice",
                vec![(Entry, 5), (Exit, 6), (Exit, 7)],
                None,
                false,
            ),
            (
                "came back",
                vec![(Entry, 5), (Exit, 6), (Entry, 7)],
                None,
                true,
            ),
            ("came twice", vec![(Entry, 5), (Entry, 7)], None, true),
            ("exit before entry", vec![(Exit, 4), (Entry, 5)], None, true),
            ("emptied since", vec![(Entry, 5)], Some(6), false),
            ("emptied before", vec![(Entry, 5)], Some(5), true),
            (
                "came back after",
                vec![(Entry, 5), (Entry, 9)],
                Some(6),
                true,
            ),
        ] {
            let passages: Vec<Passage> = passages
                .into_iter()
                .map(|(direction, at)| passage(direction, at))
                .collect();
            assert_eq!(is_inside(passages.iter(), emptied_at), inside, "{says}");
        }
    }

    #[test]
    fn the_venue_is_emptied_at_its_hour_over_midnight_and_when_clocks_change() {
        let vienna = chrono_tz::Europe::Vienna;
        let at = |text: &str| {
            to_utc(
                crate::calendar::local::parse_local("at", text).expect("a time"),
                vienna,
            )
        };
        for (says, minute, now, emptied) in [
            (
                "after its hour",
                240,
                "2026-11-21T05:00",
                at("2026-11-21T04:00"),
            ),
            (
                "before its hour",
                240,
                "2026-11-21T03:59",
                at("2026-11-20T04:00"),
            ),
            (
                "at its hour",
                240,
                "2026-11-21T04:00",
                at("2026-11-21T04:00"),
            ),
            ("at midnight", 0, "2026-11-21T23:59", at("2026-11-21T00:00")),
            (
                "in the gap of spring",
                150,
                "2026-03-29T06:00",
                at("2026-03-29T03:30"),
            ),
            (
                "in autumn's double hour",
                150,
                "2026-10-25T06:00",
                at("2026-10-25T02:30"),
            ),
        ] {
            assert_eq!(last_emptied(minute, vienna, at(now)), emptied, "{says}");
        }
        // A night of 25 hours, from one emptying to the next.
        assert_eq!(at("2026-10-25T04:00") - at("2026-10-24T04:00"), 25 * HOUR);
    }

    proptest::proptest! {
        #[test]
        fn the_last_emptying_is_never_later_than_now_nor_a_day_and_a_half_ago(
            minute in 0_u16..1_440, now in 0_i64..4_000_000_000_000, zone in 0..chrono_tz::TZ_VARIANTS.len(),
        ) {
            let emptied = last_emptied(minute, chrono_tz::TZ_VARIANTS[zone], now);
            proptest::prop_assert!(emptied <= now);
            proptest::prop_assert!(now - emptied <= 50 * HOUR);
        }
    }
}
