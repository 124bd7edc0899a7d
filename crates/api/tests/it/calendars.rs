//! Calendar files, and the list of all sessions to come.

use gatehouse_api::SessionChange;
use gatehouse_testkit::{Scratch, guest_list};

/// Values of a property, of every component that has it.
fn values(text: &str, property: &str) -> Vec<String> {
    // Long lines are folded (RFC 5545 §3.1).
    text.replace("\r\n ", "")
        .lines()
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let name = name.split(';').next()?;
            (name == property).then(|| value.to_owned())
        })
        .collect()
}

#[test]
fn a_session_keeps_its_uid_and_raises_its_sequence_with_each_change() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Festival", &["2026-12-04", "2026-12-05"]));
    let before = home.event_calendar().unwrap();
    assert_eq!(values(&before, "METHOD"), ["PUBLISH"]);
    assert_eq!(values(&before, "VERSION"), ["2.0"]);
    assert_eq!(values(&before, "PRODID").len(), 1);
    assert_eq!(values(&before, "STATUS"), ["TENTATIVE", "TENTATIVE"]);
    assert_eq!(
        values(&before, "DTSTART"),
        ["20261204T180000Z", "20261205T180000Z"]
    );
    home.change_session(
        home.sessions()[1].id,
        SessionChange {
            starts: Some("2026-12-05T20:00".into()),
            ..SessionChange::default()
        },
    )
    .unwrap();
    home.publish().unwrap();
    let after = home.event_calendar().unwrap();
    assert_eq!(values(&after, "UID"), values(&before, "UID"));
    assert_eq!(values(&after, "SEQUENCE"), ["0", "1"]);
    assert_eq!(values(&after, "STATUS"), ["CONFIRMED", "CONFIRMED"]);
    assert_eq!(values(&after, "DTSTART")[1], "20261205T190000Z");

    let second = home.sessions()[1].id;
    home.cancel_session(second, "storm").unwrap();
    let one = home.session_calendar(second).unwrap();
    assert_eq!(values(&one, "METHOD"), ["CANCEL"]);
    assert_eq!(values(&one, "STATUS"), ["CANCELLED"]);
    let sequence: u32 = values(&one, "SEQUENCE")[0].parse().unwrap();
    assert!(sequence > 1);
    assert_eq!(
        values(&home.event_calendar().unwrap(), "METHOD"),
        ["PUBLISH"]
    );
}

#[test]
fn a_void_ticket_is_taken_off_its_holders_calendar() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(1));
    let ticket = home.find_ticket("1").unwrap().id;
    let good = home.ticket_calendar(ticket).unwrap();
    assert_eq!(values(&good, "METHOD"), ["PUBLISH"]);
    assert!(values(&good, "DESCRIPTION")[0].contains("#1"));
    home.void_ticket(ticket, None).unwrap();
    let void = home.ticket_calendar(ticket).unwrap();
    assert_eq!(values(&void, "METHOD"), ["CANCEL"]);
    assert_eq!(values(&void, "UID"), values(&good, "UID"));
    assert_ne!(values(&void, "SEQUENCE"), values(&good, "SEQUENCE"));
}

#[test]
fn the_next_sessions_of_all_events_come_by_start() {
    let scratch = Scratch::new();
    let _ball = scratch.event(&Scratch::draft("Ball"));
    let yoga = scratch.event(&Scratch::series("Yoga", "2026-11-23", "FREQ=DAILY;COUNT=9"));
    scratch.go_to("2026-11-21T21:00");
    let told = |limit| {
        let rows = scratch.workspace.sessions_to_come(limit).unwrap();
        rows.iter()
            .map(|row| (row.event_title.clone(), row.place.clone()))
            .collect::<Vec<_>>()
    };
    let place = "Old Customs House, Quay 4, Vienna, Austria".to_owned();
    assert_eq!(told(50).len(), 10);
    assert_eq!(
        told(2),
        [("Ball".into(), place.clone()), ("Yoga".into(), place)]
    );
    yoga.cancel_session(yoga.sessions()[0].id, "").unwrap();
    assert_eq!(told(50).len(), 9);
}

#[test]
fn a_sequence_never_falls_also_when_a_change_is_undone_and_done_again() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Festival", &["2026-12-04", "2026-12-05"]));
    let told = || {
        let text = home.event_calendar().unwrap();
        let sequences = values(&text, "SEQUENCE");
        let starts = values(&text, "DTSTART");
        (
            sequences
                .iter()
                .map(|n| n.parse::<u32>().unwrap())
                .collect::<Vec<_>>(),
            starts,
        )
    };
    let (mut last, first_starts) = told();
    home.change_session(
        home.sessions()[0].id,
        SessionChange {
            starts: Some("2026-12-04T20:00".into()),
            ..SessionChange::default()
        },
    )
    .unwrap();
    let changed = told().1;
    let steps = [&first_starts, &changed, &first_starts];
    for expected in steps {
        let undone = home.edits(1).unwrap()[0].meta.id;
        home.undo(Some(undone)).unwrap();
        let (sequences, starts) = told();
        assert_eq!(&starts, expected);
        assert!(sequences[0] > last[0], "{sequences:?} after {last:?}");
        assert!(sequences[1] >= last[1]);
        last = sequences;
    }
}
