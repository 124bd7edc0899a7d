//! Local times in an event's IANA zone; everything is stored as UTC milliseconds.

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta,
    TimeZone, Utc,
};
use chrono_tz::Tz;

use crate::field::FieldError;

/// What a local time is in its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalKind {
    /// It occurs once.
    Plain,
    /// Clocks skip it.
    Missing,
    /// Clocks show it twice.
    Doubled,
}

/// A local time as an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    /// UTC ms.
    pub utc_ms: i64,
    /// What the local time is in its zone.
    pub kind: LocalKind,
}

/// Tells which instant a local time means: a missing one is read with the offset before the gap
/// (RFC 5545 §3.3.5), so it moves on by the gap's length; a doubled one means the first.
#[must_use]
pub fn resolve(local: NaiveDateTime, zone: Tz) -> Resolved {
    let of = |time: DateTime<Tz>, kind| Resolved {
        utc_ms: time.timestamp_millis(),
        kind,
    };
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) => of(time, LocalKind::Plain),
        LocalResult::Ambiguous(first, _) => of(first, LocalKind::Doubled),
        LocalResult::None => Resolved {
            utc_ms: (local - offset_before(local, zone))
                .and_utc()
                .timestamp_millis(),
            kind: LocalKind::Missing,
        },
    }
}

/// The offset that held before the gap in which a local time lies. No gap is longer than a day.
fn offset_before(local: NaiveDateTime, zone: Tz) -> TimeDelta {
    let before = local - TimeDelta::hours(25);
    let offset = zone
        .offset_from_local_datetime(&before)
        .earliest()
        .map_or(0, |offset| offset.fix().local_minus_utc());
    // A day before may lie before yet another change; the instant just before the gap does not.
    let guess = local - TimeDelta::seconds(i64::from(offset));
    let at_gap = zone.offset_from_utc_datetime(&(guess - TimeDelta::hours(24)));
    TimeDelta::seconds(i64::from(at_gap.fix().local_minus_utc()))
}

/// The instant that a local time means, UTC ms; see [`resolve`].
#[must_use]
pub fn to_utc(local: NaiveDateTime, zone: Tz) -> i64 {
    resolve(local, zone).utc_ms
}

/// What clocks in the zone show at an instant (UTC ms); far out of range, the nearest that can be.
#[must_use]
pub fn local_of(utc_ms: i64, zone: Tz) -> NaiveDateTime {
    // Years 1 to 9999, with room for every offset.
    const FIRST: i64 = -62_135_000_000_000;
    const LAST: i64 = 253_402_000_000_000;
    let utc = DateTime::<Utc>::from_timestamp_millis(utc_ms.clamp(FIRST, LAST)).unwrap_or_default();
    utc.with_timezone(&zone).naive_local()
}

/// The local date of an instant (UTC ms).
#[must_use]
pub fn date_of(utc_ms: i64, zone: Tz) -> NaiveDate {
    local_of(utc_ms, zone).date()
}

/// The local date of an instant (UTC ms) as yyyymmdd.
#[must_use]
pub fn day_of(utc_ms: i64, zone: Tz) -> u32 {
    let date = date_of(utc_ms, zone);
    date.year().unsigned_abs() * 10_000 + date.month() * 100 + date.day()
}

/// The first millisecond of a local day, and the first of the next, UTC. A day that the zone
/// skipped is empty.
#[must_use]
pub fn day_bounds(date: NaiveDate, zone: Tz) -> (i64, i64) {
    let next = date.checked_add_days(Days::new(1)).unwrap_or(date);
    (first_of(date, zone), first_of(next, zone))
}

/// The first instant whose local date is not before `date`.
fn first_of(date: NaiveDate, zone: Tz) -> i64 {
    let midnight = date.and_time(NaiveTime::MIN);
    let resolved = resolve(midnight, zone);
    match resolved.kind {
        LocalKind::Plain | LocalKind::Doubled => resolved.utc_ms,
        // Midnight is skipped: the day begins where the gap ends. The offsets on both sides tell
        // the gap's end: the instant at which the old offset gives way.
        LocalKind::Missing => {
            let (mut low, mut high) = (resolved.utc_ms - 26 * 3_600_000, resolved.utc_ms);
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if date_of(middle, zone) < date {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            high
        }
    }
}

/// Reads a local time such as `2026-12-01T10:00` or `2026-12-01 10:00:00`, from 2000 to 2199.
pub fn parse_local(field: &str, text: &str) -> Result<NaiveDateTime, FieldError> {
    let text = text.trim();
    let found = (text.len() <= 19)
        .then(|| {
            [
                "%Y-%m-%dT%H:%M",
                "%Y-%m-%d %H:%M",
                "%Y-%m-%dT%H:%M:%S",
                "%Y-%m-%d %H:%M:%S",
            ]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        })
        .flatten()
        .filter(|local| is_near(local.date()));
    found.ok_or_else(|| {
        FieldError::new(
            field,
            "time_impossible",
            format!(
                "“{}” is no time such as 2026-12-01T10:00",
                text.chars().take(40).collect::<String>()
            ),
        )
    })
}

/// Reads a date such as `2026-12-01`, from 2000 to 2199.
pub fn parse_date(field: &str, text: &str) -> Result<NaiveDate, FieldError> {
    let text = text.trim();
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|date| is_near(*date))
        .ok_or_else(|| {
            FieldError::new(
                field,
                "time_impossible",
                format!(
                    "“{}” is no date such as 2026-12-01",
                    text.chars().take(40).collect::<String>()
                ),
            )
        })
}

/// Reads the name of an IANA zone.
pub fn parse_zone(field: &str, text: &str) -> Result<Tz, FieldError> {
    text.trim().parse::<Tz>().map_err(|_| {
        FieldError::new(
            field,
            "time_zone_unknown",
            format!(
                "“{}” is not an IANA time zone such as Europe/Vienna",
                text.chars().take(60).collect::<String>()
            ),
        )
    })
}

fn is_near(date: NaiveDate) -> bool {
    (2000..2200).contains(&date.year())
}
