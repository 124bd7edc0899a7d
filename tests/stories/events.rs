//! Events of each kind by the command: the demonstration, days, series, calendar files.

use std::process::Command;

use serde_json::Value;

use crate::office::{Office, skip, text};

#[test]
fn the_main_job_runs_for_days_and_for_a_series() {
    for (kind, sessions, tickets, refused) in [
        ("multi_day", 3, 30, "wrong_day"),
        ("recurring", 12, 60, "not_this_session"),
    ] {
        let office = Office::empty();
        let dir = text(&office.path("demo"));
        let told = office.must(&[
            "demo", "--kind", kind, "--dir", &dir, "--guests", "30", "--json",
        ]);
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["kind"], kind);
        assert_eq!(told["sessions"], sessions, "{kind}");
        assert_eq!(told["tickets"], tickets, "{kind}");
        let gate = &told["gate"];
        assert!(gate[refused].as_u64().unwrap() > 0, "{kind}: {gate}");
        let count = |code: &str| gate[code].as_u64().unwrap_or(0);
        // Every code is presented on two days: it comes in, or is told why not.
        assert_eq!(
            count("admitted") + count(refused),
            2 * tickets,
            "{kind}: {gate}"
        );
        for code in [
            "replaced",
            "invalid_signature",
            "expired",
            "voided",
            "wrong_event",
        ] {
            assert_eq!(count(code), 1, "{kind}: {code}");
        }
    }
}

#[test]
fn an_event_goes_through_its_life_by_single_commands() {
    let office = Office::empty();
    let data = office.data();
    office.must(&["init", "--data", &data]);
    let create = |more: &[&str]| {
        let mut args = vec![
            "event",
            "create",
            "--data",
            &data,
            "--time-zone",
            "Europe/Vienna",
        ];
        args.extend_from_slice(&["--key", "ed25519", "--json"]);
        args.extend_from_slice(more);
        office.run(&args)
    };
    let looked = create(&[
        "--title",
        "Yoga",
        "--starts",
        "2031-01-06T09:00",
        "--ends",
        "2031-01-06T10:00",
        "--doors",
        "2031-01-06T08:45",
        "--rule",
        "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=12",
        "--preview",
    ]);
    assert!(looked.status.success());
    let looked: Value = serde_json::from_slice(&looked.stdout).unwrap();
    assert_eq!(looked["makes"], 12);
    for (pattern, more, makes) in [
        ("weekdays", ["--count", "7"], 7),
        ("monthly:last friday", ["--count", "3"], 3),
        ("monthly:15", ["--until", "2031-04-15"], 4),
        ("daily", ["--every", "2"], 274),
    ] {
        let looked = create(&[
            "--title",
            "Yoga",
            "--starts",
            "2031-01-06T09:00",
            "--ends",
            "2031-01-06T10:00",
            "--repeat",
            pattern,
            more[0],
            more[1],
            "--kind",
            "recurring",
            "--preview",
        ]);
        let told = String::from_utf8_lossy(&looked.stderr);
        assert!(looked.status.success(), "{pattern}: {told}");
        let looked: Value = serde_json::from_slice(&looked.stdout).unwrap();
        assert_eq!(looked["makes"], makes, "{pattern}");
    }
    let refused = create(&[
        "--title",
        "x",
        "--starts",
        "2031-02-30T09:00",
        "--ends",
        "2031-01-06T10:00",
        "--type",
        "Early:-5",
    ]);
    assert!(!refused.status.success());
    let told = String::from_utf8_lossy(&refused.stderr);
    for code in ["title_too_short", "time_impossible", "price_out_of_range"] {
        assert!(told.contains(code), "{code}: {told}");
    }
    let made = create(&[
        "--title",
        "Harbour Festival",
        "--day",
        "2031-06-05T14:00/2031-06-05T23:00/Main stage",
        "--day",
        "2031-06-06T12:00/2031-06-06T23:00",
        "--place",
        "Old Customs House",
        "--address",
        "Quay 4",
        "--city",
        "Vienna",
        "--country",
        "Austria",
        "--type",
        "Pass:9000:200",
        "--zone",
        "Lounge",
    ]);
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    let event = made["event"].as_str().unwrap();
    assert_eq!(made["sessions"], 2);
    let of = |command: &[&str], more: &[&str]| {
        let mut args = command.to_vec();
        args.extend_from_slice(&["--data", &data, "--event", event]);
        args.extend_from_slice(more);
        office.must(&args)
    };
    of(&["event", "publish"], &[]);
    let shown: Value = serde_json::from_str(&of(&["event", "show"], &["--json"])).unwrap();
    assert_eq!(shown["event"]["status"], "published");
    assert_eq!(shown["stage"], "published");
    assert_eq!(shown["ticket_types"][0]["price_minor"], 9_000);
    let second = shown["sessions"][1]["id"].as_str().unwrap().to_owned();
    of(
        &["session", "change"],
        &[&second, r#"{"starts":"2031-06-06T13:00","note":"Gate C"}"#],
    );
    let copy = of(
        &["event", "duplicate"],
        &["--begins", "2032-06-03", "--json"],
    );
    let copy: Value = serde_json::from_str(&copy).unwrap();
    assert_eq!(copy["sessions"], 2);
    of(&["session", "cancel"], &[&second, "--reason", "storm"]);
    let calendar = text(&office.path("festival.ics"));
    of(&["event", "calendar"], &["--out", &calendar]);
    read_by_another_library(&calendar, 2, "PUBLISH", 1);
    of(&["event", "cancel"], &["--reason", "storm"]);
    of(&["event", "calendar"], &["--out", &calendar]);
    read_by_another_library(&calendar, 2, "CANCEL", 2);
    let next: Value =
        serde_json::from_str(&office.must(&["event", "sessions", "--data", &data, "--json"]))
            .unwrap();
    assert_eq!(
        next["sessions"].as_array().unwrap().len(),
        2,
        "the copy's alone"
    );
}

/// Python's icalendar reads the file: so many components, so many of them called off.
fn read_by_another_library(path: &str, events: usize, method: &str, off: usize) {
    let Some(python) = std::env::var_os("GATEHOUSE_PYTHON") else {
        skip(
            "GATEHOUSE_PYTHON is not set: no independent calendar library (cargo xtask test sets it)",
        );
        return;
    };
    let read = Command::new(python)
        .args(["-c", READ, path])
        .output()
        .unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    let told: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(told["errors"], Value::Array(vec![]), "{told}");
    assert_eq!(told["events"], events);
    assert_eq!(told["method"], method);
    assert_eq!(told["off"], off);
    assert_eq!(told["uids"], events, "every component has a UID of its own");
    assert_eq!(told["utc"], true);
}

const READ: &str = "
import json, sys
from icalendar import Calendar
calendar = Calendar.from_ical(open(sys.argv[1], 'rb').read())
events = list(calendar.walk('VEVENT'))
for event in events:
    assert event['DTEND'].dt > event['DTSTART'].dt
    assert event['SEQUENCE'] >= 0 and event['SUMMARY'] and event['DTSTAMP'] and event['ORGANIZER']
print(json.dumps({
    'errors': [str(e) for part in calendar.walk() for e in part.errors],
    'events': len(events),
    'method': str(calendar['METHOD']),
    'off': sum(1 for event in events if event['STATUS'] == 'CANCELLED'),
    'uids': len({str(event['UID']) for event in events}),
    'utc': all(str(event['DTSTART'].dt.tzinfo) == 'UTC' for event in events),
}))
";

#[test]
fn readiness_says_what_to_do_about_each_line_that_is_not_in_order() {
    let office = Office::with_event("ed25519");
    let checked = office.on_event(&["preflight"], &["--json"]);
    assert_eq!(checked.status.code(), Some(1), "nobody has a ticket yet");
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let items = checked["items"].as_array().unwrap();
    for item in items {
        let todo = item["todo"].as_str();
        assert_eq!(todo.is_none(), item["state"] == "ok", "{item}");
        assert!(todo.is_none_or(|todo| todo.ends_with('.')), "{item}");
    }
    let todo = |code: &str| {
        let item = items.iter().find(|item| item["code"] == code).unwrap();
        item["todo"].as_str().unwrap().to_owned()
    };
    assert!(todo("camera").contains("camera"));
    let tickets = todo("tickets_issued");
    let told = office.on_event(&["preflight"], &[]);
    let told = String::from_utf8(told.stdout).unwrap();
    let (_, after) = told.split_once("MEND  tickets_issued\n").unwrap();
    assert_eq!(after.lines().next().unwrap().trim(), tickets);
}
