//! Times in words, in an event's own zone; places as links to a map.

use chrono::{DateTime, Datelike, TimeZone, Utc};
use chrono_tz::Tz;
use gatehouse_domain::notice::NoticeKind;
use gatehouse_domain::place::{Place, PlaceMode};
use gatehouse_domain::reminder::ReminderStep;

fn in_zone(ms: i64, zone: Tz) -> DateTime<Tz> {
    let utc = DateTime::<Utc>::from_timestamp_millis(ms).unwrap_or_default();
    zone.from_utc_datetime(&utc.naive_utc())
}

/// Date and time as an export writes them: `2026-11-21 19:00:00`, in the event's zone.
pub(crate) fn stamp(ms: i64, zone: Tz) -> String {
    in_zone(ms, zone).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The time of day: `19:02`.
pub(crate) fn time_of_day(ms: i64, zone: Tz) -> String {
    in_zone(ms, zone).format("%H:%M").to_string()
}

/// The time of day, with the date before it unless that is today: `2026-11-22 19:02`.
pub(crate) fn day_and_time(ms: i64, now: i64, zone: Tz) -> String {
    if date(ms, zone) == date(now, zone) {
        time_of_day(ms, zone)
    } else {
        format!("{} {}", date(ms, zone), time_of_day(ms, zone))
    }
}

/// The date alone: `2026-11-21`.
pub(crate) fn date(ms: i64, zone: Tz) -> String {
    in_zone(ms, zone).format("%Y-%m-%d").to_string()
}

/// The date line of a ticket: `Saturday, 21 November 2026, 19:00`, in the event's language.
pub(crate) fn date_line(ms: i64, zone: Tz, language: &str) -> String {
    let time = time_of_day(ms, zone);
    let hour = match short(language) {
        "de" => " Uhr",
        _ => "",
    };
    format!("{}, {time}{hour}", day_line(ms, zone, language))
}

/// The day in words: `Saturday, 21 November 2026`, in the event's language.
pub(crate) fn day_line(ms: i64, zone: Tz, language: &str) -> String {
    let local = in_zone(ms, zone);
    let day = local.weekday().num_days_from_monday() as usize;
    let month = local.month0() as usize;
    let (number, year) = (local.day(), local.year());
    match short(language) {
        "de" => format!("{}, {number}. {} {year}", DAYS_DE[day], MONTHS_DE[month]),
        "es" => format!(
            "{}, {number} de {} de {year}",
            DAYS_ES[day], MONTHS_ES[month]
        ),
        "fr" => format!("{} {number} {} {year}", DAYS_FR[day], MONTHS_FR[month]),
        _ => format!("{}, {number} {} {year}", DAYS_EN[day], MONTHS_EN[month]),
    }
}

/// How long it is until then, as a reminder says it: “in a week”.
pub(crate) fn until(step: ReminderStep, language: &str) -> &'static str {
    use ReminderStep as S;
    match (short(language), step) {
        ("es", S::TwoWeeks) => "dentro de dos semanas",
        ("es", S::Week) => "dentro de una semana",
        ("es", S::Day) => "mañana",
        ("es", S::Hour) => "dentro de una hora",
        ("es", S::Confirm) => "dentro de unos días",
        ("fr", S::TwoWeeks) => "dans deux semaines",
        ("fr", S::Week) => "dans une semaine",
        ("fr", S::Day) => "demain",
        ("fr", S::Hour) => "dans une heure",
        ("fr", S::Confirm) => "dans quelques jours",
        (_, S::TwoWeeks) => "in two weeks",
        (_, S::Week) => "in a week",
        (_, S::Day) => "tomorrow",
        (_, S::Hour) => "in an hour",
        (_, S::Confirm) => "in a few days",
        (_, S::Thanks | S::Rating | S::Review | S::LastReview) => "",
    }
}

/// Whether somebody comes, as a notice to the host says it.
pub(crate) fn comes(comes: bool, language: &str) -> &'static str {
    match (short(language), comes) {
        ("es", true) => "viene",
        ("es", false) => "no viene",
        ("fr", true) => "vient",
        ("fr", false) => "ne vient pas",
        (_, true) => "comes",
        (_, false) => "does not come",
    }
}

/// What changed, as a message says it.
pub(crate) fn changed(kind: NoticeKind, language: &str) -> &'static str {
    use NoticeKind as N;
    match (short(language), kind) {
        ("es", N::SessionMoved) => "Hora",
        ("es", N::PlaceChanged) => "Lugar",
        ("es", _) => "Cancelación",
        ("fr", N::SessionMoved) => "Horaire",
        ("fr", N::PlaceChanged) => "Lieu",
        ("fr", _) => "Annulation",
        (_, N::SessionMoved) => "Time",
        (_, N::PlaceChanged) => "Place",
        (_, _) => "Called off",
    }
}

/// Where a map shows a place, of which no more is told than it says; none for one that is online or
/// has neither coordinates nor an address.
pub(crate) fn map_link(place: &Place) -> Option<String> {
    use std::fmt::Write as _;
    let venue = place.venue.as_ref()?;
    if place.mode == PlaceMode::Online {
        return None;
    }
    if let Some((latitude, longitude)) = venue.latitude.zip(venue.longitude) {
        return Some(format!(
            "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
        ));
    }
    if venue.address.is_empty() {
        return None;
    }
    let mut query = String::new();
    for byte in place.line().bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                query.push(char::from(byte));
            }
            // Writing to a string can't fail.
            other => write!(query, "%{other:02X}").unwrap_or_default(),
        }
    }
    Some(format!(
        "https://www.openstreetmap.org/search?query={query}"
    ))
}

fn short(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or("en")
}

const DAYS_EN: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const DAYS_DE: [&str; 7] = [
    "Montag",
    "Dienstag",
    "Mittwoch",
    "Donnerstag",
    "Freitag",
    "Samstag",
    "Sonntag",
];
const DAYS_ES: [&str; 7] = [
    "lunes",
    "martes",
    "miércoles",
    "jueves",
    "viernes",
    "sábado",
    "domingo",
];
const DAYS_FR: [&str; 7] = [
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_events_zone_and_language() {
        // 2026-11-20T23:30:00Z is half past midnight on the 21st in Vienna.
        let ms = 1_795_217_400_000;
        let vienna = Tz::Europe__Vienna;
        assert_eq!(day_and_time(ms, ms + 1, vienna), "00:30");
        assert_eq!(
            day_and_time(ms, ms + 86_400_000, vienna),
            "2026-11-21 00:30"
        );
        assert_eq!(stamp(ms, vienna), "2026-11-21 00:30:00");
        let table = [
            ("en", "Saturday, 21 November 2026, 00:30"),
            ("de-AT", "Samstag, 21. November 2026, 00:30 Uhr"),
            ("es", "sábado, 21 de noviembre de 2026, 00:30"),
            ("fr", "samedi 21 novembre 2026, 00:30"),
            ("th", "Saturday, 21 November 2026, 00:30"),
        ];
        for (language, expected) in table {
            assert_eq!(date_line(ms, vienna, language), expected);
        }
    }
}
