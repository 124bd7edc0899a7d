//! Room at the venue, where several sessions have their doors open together.

use gatehouse_api::{EventHome, Gate, GateStand, Issuing, Quiet};
use gatehouse_domain::event::draft::{EventDraft, ScheduleDraft, SessionDraft, TicketTypeDraft};
use gatehouse_testkit::Scratch;

/// An event whose sessions are these: doors, start, end, and how many the venue takes; each has a
/// ticket type of its own, called by its number.
fn classes(sessions: &[(&str, &str, &str, Option<u32>)]) -> EventDraft {
    let at = |time: &str| format!("2026-11-21T{time}");
    let day = |(doors, starts, ends, capacity): &(&str, &str, &str, Option<u32>)| SessionDraft {
        doors: Some(at(doors)),
        starts: at(starts),
        ends: at(ends),
        capacity: *capacity,
        ..SessionDraft::default()
    };
    let kind = |number: u32| TicketTypeDraft {
        days: vec![number],
        ..TicketTypeDraft::named(number.to_string())
    };
    EventDraft {
        schedule: ScheduleDraft::MultiDay {
            days: sessions.iter().map(day).collect(),
        },
        ticket_types: (1..).take(sessions.len()).map(kind).collect(),
        zones: vec![],
        ..Scratch::draft("Classes")
    }
}

fn issued(scratch: &Scratch, draft: &EventDraft, list: &str) -> EventHome {
    let home = scratch.event(draft);
    scratch.import(&home, list);
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    home
}

fn said(home: &EventHome, gate: &Gate, ticket: &str) -> &'static str {
    let text = home.code_text(&home.find_ticket(ticket).unwrap()).unwrap();
    gate.admit(&text).unwrap().code.word()
}

fn counts(gate: &Gate) -> (u32, Option<u32>) {
    let counts = gate.look().unwrap().counts;
    (counts.inside, counts.capacity)
}

const GUESTS: &str = "Name,Ticket type\nAda Lark,1\nBen Moss,2\nCleo Finch,2\n";

#[test]
fn the_venue_takes_as_many_as_all_sessions_that_are_on_together() {
    let scratch = Scratch::new();
    let draft = classes(&[
        ("16:30", "17:00", "18:00", Some(1)),
        ("17:30", "18:00", "19:00", Some(2)),
    ]);
    let home = issued(&scratch, &draft, GUESTS);
    let gate = home.open_gate("Front door").unwrap();
    scratch.go_to("2026-11-21T16:45");
    assert_eq!(counts(&gate), (0, Some(1)));
    assert_eq!(said(&home, &gate, "1"), "admitted");
    scratch.go_to("2026-11-21T17:45");
    assert_eq!(counts(&gate), (1, Some(3)));
    assert_eq!(said(&home, &gate, "2"), "admitted");
    assert_eq!(said(&home, &gate, "3"), "admitted");
    assert_eq!(counts(&gate), (3, Some(3)));
    scratch.go_to("2026-11-21T18:15");
    assert_eq!(counts(&gate).1, Some(2), "the first is over");
}

#[test]
fn one_session_without_a_limit_leaves_the_venue_without_one() {
    let scratch = Scratch::new();
    let draft = classes(&[
        ("16:30", "17:00", "18:00", Some(1)),
        ("17:30", "18:00", "19:00", None),
    ]);
    let home = issued(&scratch, &draft, GUESTS);
    let gate = home.open_gate("Front door").unwrap();
    scratch.go_to("2026-11-21T17:45");
    assert_eq!(counts(&gate), (0, None));
    for ticket in ["1", "2", "3"] {
        assert_eq!(said(&home, &gate, ticket), "admitted");
    }
}

#[test]
fn a_gate_of_one_session_counts_the_room_and_the_guests_of_that_one() {
    let scratch = Scratch::new();
    let draft = classes(&[
        ("16:30", "17:00", "18:00", Some(1)),
        ("17:30", "18:00", "19:00", Some(2)),
    ]);
    let home = issued(&scratch, &draft, GUESTS);
    let of = |name: &str, number: usize| {
        let stand = GateStand {
            session: Some(home.sessions()[number].id),
            ..GateStand::default()
        };
        home.place_gate(name, stand).unwrap();
        home.open_gate(name).unwrap()
    };
    let (first, second) = (of("Hall", 0), of("Studio", 1));
    scratch.go_to("2026-11-21T17:45");
    assert_eq!(said(&home, &first, "1"), "admitted");
    assert_eq!(counts(&first), (1, Some(1)));
    assert_eq!(counts(&second), (0, Some(2)));
    assert_eq!(said(&home, &second, "2"), "admitted");
    assert_eq!(said(&home, &second, "3"), "admitted");
    assert_eq!(counts(&second), (2, Some(2)));
    assert_eq!(counts(&first), (1, Some(1)));
    // Her ticket is taken back while she is inside, and somebody else has one in its place.
    home.void_ticket(home.find_ticket("1").unwrap().id, None)
        .unwrap();
    scratch.import(&home, "Name,Ticket type\nDan Wren,1\n");
    home.form_invitations("Second").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    assert_eq!(said(&home, &first, "4"), "zone_full");
}

#[test]
fn a_session_that_was_called_off_neither_gives_room_nor_counts_people() {
    let scratch = Scratch::new();
    let draft = classes(&[
        ("15:30", "16:00", "17:30", None),
        ("17:00", "18:00", "20:00", Some(1)),
        ("18:00", "20:00", "22:00", Some(2)),
    ]);
    let list = "Name,Ticket type\nAda Lark,1\nBen Moss,3\nCleo Finch,3\n";
    let home = issued(&scratch, &draft, list);
    home.cancel_session(home.sessions()[1].id, "the singer is ill")
        .unwrap();
    let gate = home.open_gate("Front door").unwrap();
    scratch.go_to("2026-11-21T17:10");
    assert_eq!(said(&home, &gate, "1"), "admitted");
    scratch.go_to("2026-11-21T18:30");
    assert_eq!(counts(&gate), (0, Some(2)));
    assert_eq!(said(&home, &gate, "2"), "admitted");
    assert_eq!(said(&home, &gate, "3"), "admitted");
    assert_eq!(counts(&gate), (2, Some(2)));
}
