//! What a local time means, also where clocks change.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::calendar::local::{
    LocalKind, date_of, day_bounds, day_of, parse_date, parse_local, parse_zone, resolve,
};

/// zone | local time | UTC | what it is
const TABLE: &str = "
UTC                 | 2026-12-05T19:00 | 2026-12-05T19:00 | plain
Europe/Vienna       | 2026-12-05T19:00 | 2026-12-05T18:00 | plain
Europe/Vienna       | 2026-07-05T19:00 | 2026-07-05T17:00 | plain
Europe/Vienna       | 2027-03-28T01:59 | 2027-03-28T00:59 | plain
Europe/Vienna       | 2027-03-28T02:00 | 2027-03-28T01:00 | missing
Europe/Vienna       | 2027-03-28T02:30 | 2027-03-28T01:30 | missing
Europe/Vienna       | 2027-03-28T03:00 | 2027-03-28T01:00 | plain
Europe/Vienna       | 2027-10-31T01:59 | 2027-10-30T23:59 | plain
Europe/Vienna       | 2027-10-31T02:00 | 2027-10-31T00:00 | doubled
Europe/Vienna       | 2027-10-31T02:59 | 2027-10-31T00:59 | doubled
Europe/Vienna       | 2027-10-31T03:00 | 2027-10-31T02:00 | plain
America/New_York    | 2027-03-14T02:30 | 2027-03-14T07:30 | missing
America/New_York    | 2027-11-07T01:30 | 2027-11-07T05:30 | doubled
Asia/Kolkata        | 2026-12-05T19:00 | 2026-12-05T13:30 | plain
Asia/Kathmandu      | 2026-12-05T19:00 | 2026-12-05T13:15 | plain
Australia/Lord_Howe | 2026-10-04T02:15 | 2026-10-03T15:45 | missing
Australia/Lord_Howe | 2027-04-04T01:45 | 2027-04-03T14:45 | doubled
Pacific/Apia        | 2011-12-29T12:00 | 2011-12-29T22:00 | plain
Pacific/Apia        | 2011-12-30T12:00 | 2011-12-30T22:00 | missing
Pacific/Apia        | 2011-12-31T12:00 | 2011-12-30T22:00 | plain
America/Sao_Paulo   | 2018-11-04T00:00 | 2018-11-04T03:00 | missing
America/Sao_Paulo   | 2018-11-04T00:30 | 2018-11-04T03:30 | missing
America/Sao_Paulo   | 2018-11-04T01:00 | 2018-11-04T03:00 | plain
Asia/Beirut         | 2022-03-27T00:30 | 2022-03-26T22:30 | missing
America/Scoresbysund | 2025-03-29T23:00 | 2025-03-30T01:00 | missing
";

fn time(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

#[test]
fn the_table_of_local_times() {
    for row in TABLE.trim().lines() {
        let [zone, local, utc, kind]: [&str; 4] = row
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let zone: Tz = zone.parse().unwrap();
        let found = resolve(time(local), zone);
        let told = match found.kind {
            LocalKind::Plain => "plain",
            LocalKind::Missing => "missing",
            LocalKind::Doubled => "doubled",
        };
        assert_eq!(told, kind, "{row}");
        assert_eq!(
            found.utc_ms,
            time(utc).and_utc().timestamp_millis(),
            "{row}"
        );
    }
}

#[test]
fn a_day_begins_where_its_first_moment_is() {
    let table = [
        ("Europe/Vienna", (2027, 3, 28), 23),
        ("Europe/Vienna", (2027, 10, 31), 25),
        ("America/Sao_Paulo", (2018, 11, 4), 23),
        ("Asia/Beirut", (2022, 3, 27), 23),
        ("Pacific/Apia", (2011, 12, 29), 24),
        ("Pacific/Apia", (2011, 12, 30), 0),
        ("Pacific/Apia", (2011, 12, 31), 24),
        ("UTC", (2026, 12, 5), 24),
    ];
    for (zone, (year, month, day), hours) in table {
        let zone: Tz = zone.parse().unwrap();
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let (first, next) = day_bounds(date, zone);
        assert_eq!((next - first) / 3_600_000, hours, "{zone} {date}");
        if hours > 0 {
            assert_eq!(date_of(first, zone), date, "{zone}");
            assert!(date_of(first - 1, zone) < date, "{zone}");
            assert_eq!(date_of(next - 1, zone), date, "{zone}");
        }
    }
    let vienna = chrono_tz::Europe::Vienna;
    // Half past midnight in Vienna is the day before in UTC.
    assert_eq!(day_of(1_795_217_400_000, vienna), 20_261_121);
    assert_eq!(day_of(1_795_217_400_000, Tz::UTC), 20_261_120);
}

#[test]
fn times_are_read_in_four_ways_and_impossible_ones_are_told() {
    for text in [
        "2026-12-01T10:00",
        "2026-12-01 10:00",
        "2026-12-01T10:00:00",
        " 2026-12-01 10:00:00 ",
    ] {
        assert_eq!(
            parse_local("at", text).unwrap(),
            time("2026-12-01T10:00"),
            "{text}"
        );
    }
    for text in [
        "",
        "tomorrow",
        "2027-02-29T10:00",
        "2027-02-30T10:00",
        "2027-13-01T10:00",
        "2027-01-01T25:00",
        "2027-01-01T10:00Z",
        "1999-12-31T23:00",
        "2200-01-01T00:00",
        "20270101T1000",
        "2027-01-01T10:00:00.000000000000000000001",
    ] {
        let error = parse_local("starts", text).unwrap_err();
        assert_eq!(
            (error.field.as_str(), error.code),
            ("starts", "time_impossible"),
            "{text}"
        );
    }
    assert!(parse_date("day", "2028-02-29").is_ok());
    assert_eq!(
        parse_date("day", "2027-02-29").unwrap_err().code,
        "time_impossible"
    );
    assert!(parse_zone("zone", " Europe/Vienna ").is_ok());
    assert_eq!(
        parse_zone("zone", "Mars/Olympus").unwrap_err().code,
        "time_zone_unknown"
    );
}
