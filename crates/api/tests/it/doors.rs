//! At the door: who comes in, who does not and why, and what is kept of it.

use std::sync::mpsc::channel;
use std::time::Duration;

use gatehouse_api::{
    DoorChange, EventHome, Gate, GateStand, Issuing, Presentation, Problem, Quiet, Shows,
};
use gatehouse_credential::key::{KeyProfile, PublicKey};
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::event::draft::ScheduleDraft;
use gatehouse_domain::scan::{Direction, chain_hash};
use gatehouse_domain::ticket::TicketHold;
use gatehouse_store::{Lane, StoreError};
use gatehouse_testkit::{Scratch, guest_list};

const DAYS: [&str; 2] = ["2026-11-21", "2026-11-22"];

fn code(home: &EventHome, ticket: &str) -> String {
    home.code_text(&home.find_ticket(ticket).unwrap()).unwrap()
}

fn said(gate: &Gate, text: &str) -> &'static str {
    gate.admit(text).unwrap().code.word()
}

#[test]
fn each_refusal_has_its_own_reason() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(6));
    let other = scratch.issued("Rehearsal", &guest_list(1));
    let gate = home.open_gate("Front door").unwrap();
    let codes: Vec<String> = (1..=6).map(|n| code(&home, &n.to_string())).collect();

    let early = gate.admit(&codes[0]).unwrap();
    assert_eq!(early.code.word(), "too_early");
    assert_eq!(
        early.message, "Doors open for this ticket at 19:00. Ask the guest to wait.",
        "in the event's zone"
    );
    scratch.open_doors();
    home.void_ticket(home.find_ticket("2").unwrap().id, None)
        .unwrap();
    home.regenerate_ticket(home.find_ticket("3").unwrap().id, None)
        .unwrap();
    let foreign = Scratch::new().issued("Ball", &guest_list(1));
    let table = [
        ("good", codes[0].as_str(), "admitted"),
        ("again", &codes[0], "used"),
        ("void", &codes[1], "voided"),
        ("old copy", &codes[2], "replaced"),
        ("new copy", &code(&home, "3"), "admitted"),
        ("another event's", &code(&other, "1"), "wrong_event"),
        ("another workspace's", &code(&foreign, "1"), "unknown_key"),
        ("no ticket", "https://example.org/menu", "malformed"),
        ("nothing", "", "malformed"),
    ];
    for (says, text, expected) in table {
        assert_eq!(said(&gate, text), expected, "{says}");
    }
    let again = gate.admit(&codes[0]).unwrap();
    assert!(
        again
            .message
            .starts_with("This ticket was used at Front door at 20:00."),
        "{}",
        again.message
    );
    assert_eq!(
        home.regenerate_ticket(home.find_ticket("1").unwrap().id, None)
            .unwrap_err()
            .code,
        "ticket_used"
    );
    let ends_at = home.sessions()[0].ends_at;
    scratch.clock.set(ends_at);
    assert_eq!(said(&gate, &codes[3]), "expired");
}

#[test]
fn a_ticket_that_is_held_back_says_why_until_it_is_released() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(2));
    scratch.open_doors();
    let gate = home.open_gate("Front door").unwrap();
    let ticket = home.find_ticket("1").unwrap().id;
    let shown = code(&home, "1");
    assert_eq!(
        home.release_ticket(ticket).unwrap_err().code,
        "ticket_not_held"
    );
    for hold in TicketHold::ALL {
        home.hold_ticket(ticket, *hold, Some("see the desk".to_owned()))
            .unwrap();
        assert_eq!(said(&gate, &shown), hold.word());
    }
    home.release_ticket(ticket).unwrap();
    assert_eq!(said(&gate, &shown), "admitted");
    // Whoever was sent away after they came in is not let in again.
    home.hold_ticket(ticket, TicketHold::Blocked, None).unwrap();
    assert_eq!(said(&gate, &shown), "blocked");
    home.release_ticket(ticket).unwrap();
    assert_eq!(said(&gate, &shown), "used");
    let taken = home.find_ticket("2").unwrap().id;
    home.void_ticket(taken, None).unwrap();
    let refused = home.hold_ticket(taken, TicketHold::Unpaid, None);
    assert_eq!(refused.unwrap_err().code, "ticket_voided");
}

#[test]
fn a_rotated_key_still_verifies_and_a_revoked_one_does_not_at_a_gate_that_stands_open() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(2));
    scratch.open_doors();
    let gate = home.open_gate("Front door").unwrap();
    let (first, second) = (code(&home, "1"), code(&home, "2"));
    let old = home.signing_keys().unwrap()[0].kid.parse().unwrap();
    assert_eq!(home.revoke_signing_key(old).unwrap_err().code, "key_active");
    home.add_signing_key(KeyProfile::Rsa2048).unwrap();
    assert_eq!(said(&gate, &first), "admitted");
    home.revoke_signing_key(old).unwrap();
    assert_eq!(said(&gate, &second), "revoked_key");
    home.regenerate_ticket(home.find_ticket("2").unwrap().id, None)
        .unwrap();
    assert_eq!(
        said(&gate, &code(&home, "2")),
        "admitted",
        "signed by the new key"
    );
}

#[test]
fn eight_gates_at_once_admit_a_ticket_once() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(20));
    scratch.open_doors();
    let other = scratch.reopen().unwrap().open_event("Ball").unwrap();
    let gates: Vec<Gate> = (0..8)
        .map(|n| {
            let home = if n % 2 == 0 { &home } else { &other };
            home.open_gate(&format!("Gate {n}")).unwrap()
        })
        .collect();
    for n in 1..=20 {
        let text = code(&home, &n.to_string());
        let admitted: usize = std::thread::scope(|scope| {
            let doors: Vec<_> = gates
                .iter()
                .map(|gate| scope.spawn(|| said(gate, &text) == "admitted"))
                .collect();
            doors
                .into_iter()
                .map(|door| usize::from(door.join().unwrap()))
                .sum()
        });
        assert_eq!(admitted, 1, "ticket {n}");
    }
}

#[test]
fn a_code_that_comes_while_another_program_holds_the_file_waits_and_is_one_scan() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(1));
    scratch.open_doors();
    let gate = home.open_gate("Front door").unwrap();
    let text = code(&home, "1");
    let presentation = gate.presentation(Shows::Code(&text));
    let other = scratch.reopen().unwrap().open_event("Ball").unwrap();
    let (hold, held) = channel();
    let (release, released) = channel::<()>();
    let (answer, answered) = channel();
    let shown = std::thread::scope(|scope| {
        let other = &other;
        let backup = scope.spawn(move || {
            other.file().append(Lane::Bulk, move |_| {
                hold.send(()).unwrap();
                // Whoever asks has gone where the test failed.
                released.recv().ok();
                Ok::<_, StoreError>(())
            })
        });
        held.recv().unwrap();
        scope.spawn(|| answer.send(gate.present(&presentation)).unwrap());
        // Nothing can be told before: the scan is not on disk.
        let early = answered.recv_timeout(Duration::from_millis(1_500));
        release.send(()).unwrap();
        assert!(early.is_err(), "told while the file was held: {early:?}");
        backup.join().unwrap().unwrap();
        answered.recv().unwrap().unwrap()
    });
    assert_eq!(shown.code.word(), "admitted");
    let again = gate.present(&presentation).unwrap();
    assert_eq!(
        (again.code.word(), again.scan),
        ("admitted", shown.scan),
        "asked again, it is the same scan"
    );
    let ticket = home.find_ticket("1").unwrap().id;
    let lines = home.file().read(|view| view.scan_lines(ticket)).unwrap();
    assert_eq!(lines.len(), 1, "nothing lost, nothing doubled");
    assert_eq!(said(&gate, &text), "used");
}

#[test]
fn the_same_presentation_sent_twice_is_one_scan() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(1));
    scratch.open_doors();
    let gate = home.open_gate("Front door").unwrap();
    let text = code(&home, "1");
    let presentation = gate.presentation(Shows::Code(&text));
    let first = gate.present(&presentation).unwrap();
    let second = gate.present(&presentation).unwrap();
    assert_eq!(
        (first.code.word(), second.code.word()),
        ("admitted", "admitted")
    );
    let scans = home
        .file()
        .read(|view| view.scans())
        .map_err(Problem::from)
        .unwrap();
    assert_eq!(scans.len(), 1);
}

#[test]
fn scans_are_a_signed_chain_without_gaps_and_refusals_are_in_it() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(5));
    scratch.open_doors();
    let gate = home.open_gate("Front door").unwrap();
    for n in ["1", "2", "1", "3"] {
        said(&gate, &code(&home, n));
        scratch.clock.advance(-500);
    }
    said(&gate, "no ticket");
    let (scans, devices) = home
        .file()
        .read(|view| Ok::<_, Problem>((view.scans()?, view.devices()?)))
        .unwrap();
    let key = PublicKey::from_spki_der(&devices[0].public_key).unwrap();
    let mut previous = [0; 32];
    for (index, scan) in scans.iter().enumerate() {
        assert_eq!(scan.record.sequence, index as u64 + 1);
        assert_eq!(scan.record.previous, previous);
        assert!(key.verify(&scan.signed, &scan.signature));
        previous = chain_hash(&scan.signed, &scan.signature);
    }
    assert_eq!(scans.len(), 5);
    let ordered = scans
        .windows(2)
        .all(|two| two[0].record.clock < two[1].record.clock);
    assert!(
        ordered,
        "a clock that steps back does not turn the order round"
    );
}

#[test]
fn a_zone_opens_to_those_whose_type_opens_it_and_exits_are_never_refused() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Ball");
    draft.settings.re_entry = ReEntry::AfterExit;
    let home = scratch.event(&draft);
    scratch.import(&home, "Name,Ticket type\nAda Lark,VIP\nBen Moss,Standard\n");
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    scratch.open_doors();
    let gate = home.open_gate("Lounge").unwrap();
    let zone = home
        .file()
        .read(|view| view.zones())
        .map_err(Problem::from)
        .unwrap()[0]
        .id;
    let present = |text: &str, direction, zone| {
        let nonce = gate.new_nonce();
        let presentation = Presentation {
            nonce,
            direction,
            zone,
            ..gate.presentation(Shows::Code(text))
        };
        gate.present(&presentation).unwrap().code.word()
    };
    let (vip, standard) = (code(&home, "1"), code(&home, "2"));
    let table = [
        (&vip, Direction::Entry, Some(zone), "admitted"),
        (&standard, Direction::Entry, Some(zone), "wrong_zone"),
        (&standard, Direction::Entry, None, "admitted"),
        (&standard, Direction::Entry, None, "used"),
        (&standard, Direction::Exit, None, "exited"),
        (&standard, Direction::Entry, None, "admitted"),
    ];
    for (text, direction, zone, expected) in table {
        assert_eq!(present(text, direction, zone), expected);
    }
    home.void_ticket(home.find_ticket("2").unwrap().id, None)
        .unwrap();
    assert_eq!(present(&standard, Direction::Exit, None), "exited");
}

#[test]
fn a_full_zone_waits_until_somebody_leaves_and_counts_nobody_twice() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Ball");
    draft.settings.re_entry = ReEntry::AfterExit;
    let home = scratch.event(&draft);
    scratch.import(&home, "Name,Ticket type\nAda Lark,VIP\nBen Moss,VIP\n");
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let zone = home
        .file()
        .read(|view| view.zones())
        .map_err(Problem::from)
        .unwrap()[0]
        .id;
    let home = home
        .change_doors(DoorChange {
            capacities: vec![(zone, Some(1))],
            ..DoorChange::default()
        })
        .unwrap();
    scratch.open_doors();
    let stand = GateStand {
        zone: Some(zone),
        ..GateStand::default()
    };
    home.place_gate("Lounge", stand).unwrap();
    let gate = home.open_gate("Lounge").unwrap();
    let out = home.open_gate("Lounge").unwrap();
    let leave = |text: &str| {
        let presentation = Presentation {
            direction: Direction::Exit,
            ..out.presentation(Shows::Code(text))
        };
        out.present(&presentation).unwrap().code.word()
    };
    let (ada, ben) = (code(&home, "1"), code(&home, "2"));
    assert_eq!(said(&gate, &ada), "admitted");
    assert_eq!(said(&gate, &ben), "zone_full");
    assert_eq!(gate.look().unwrap().counts.inside, 1);
    assert_eq!(leave(&ada), "exited");
    assert_eq!(leave(&ada), "exited", "whoever is out goes out again");
    assert_eq!(said(&gate, &ben), "admitted");
    assert_eq!(said(&gate, &ada), "zone_full");
}

#[test]
fn whoever_never_left_yesterday_takes_room_today() {
    let scratch = Scratch::new();
    let mut draft = Scratch::days("Fair", &DAYS);
    draft.settings.re_entry = ReEntry::AfterExit;
    let home = scratch.event(&draft);
    scratch.import(&home, "Name,Ticket type\nAda Lark,VIP\nBen Moss,VIP\n");
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let zone = home.file().read(|view| view.zones()).unwrap()[0].id;
    let home = home
        .change_doors(DoorChange {
            capacities: vec![(zone, Some(1))],
            ..DoorChange::default()
        })
        .unwrap();
    let stand = GateStand {
        zone: Some(zone),
        ..GateStand::default()
    };
    home.place_gate("Lounge", stand).unwrap();
    let gate = home.open_gate("Lounge").unwrap();
    let (ada, ben) = (code(&home, "1"), code(&home, "2"));
    scratch.go_to("2026-11-21T19:30");
    assert_eq!(said(&gate, &ada), "admitted");
    assert_eq!(said(&gate, &ben), "zone_full");
    scratch.go_to("2026-11-22T19:30");
    assert_eq!(said(&gate, &ben), "admitted");
    assert_eq!(said(&gate, &ada), "zone_full", "she was inside yesterday");
}

#[test]
fn the_use_that_is_named_is_the_one_that_makes_this_one_the_second() {
    let scratch = Scratch::new();
    let home = scratch.event(&Scratch::days("Fair", &DAYS));
    scratch.import(&home, "Name,Ticket type\nAda Lark,VIP\n");
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let zone = home.file().read(|view| view.zones()).unwrap()[0].id;
    let stand = GateStand {
        zone: Some(zone),
        ..GateStand::default()
    };
    home.place_gate("Lounge", stand).unwrap();
    let (front, back) = (
        home.open_gate("Front door").unwrap(),
        home.open_gate("Back door").unwrap(),
    );
    let lounge = home.open_gate("Lounge").unwrap();
    let ada = code(&home, "1");
    for (gate, at, expected) in [
        (&lounge, "2026-11-21T18:30", "admitted"),
        (&front, "2026-11-21T18:40", "admitted"),
        (&back, "2026-11-22T18:10", "admitted"),
        (&lounge, "2026-11-22T18:20", "admitted"),
    ] {
        scratch.go_to(at);
        assert_eq!(said(gate, &ada), expected, "{at}");
    }
    scratch.go_to("2026-11-22T18:30");
    let named = |gate: &Gate| gate.admit(&ada).unwrap().first_used_gate.unwrap();
    assert_eq!(named(&front), "Back door", "the same day, at the venue");
    assert_eq!(named(&lounge), "Lounge");
    let shown = front.admit(&ada).unwrap();
    assert!(
        shown
            .message
            .starts_with("This ticket was used at Back door at 18:10."),
        "{}",
        shown.message
    );
}

#[test]
fn a_use_of_another_day_is_named_with_its_date() {
    let scratch = Scratch::new();
    let mut draft = Scratch::draft("Ball");
    if let ScheduleDraft::OneTime { session } = &mut draft.schedule {
        session.ends = "2026-11-22T02:00".into();
    }
    let home = scratch.event(&draft);
    scratch.import(&home, "Name\nAda Lark\n");
    home.form_invitations("First").unwrap();
    home.issue_tickets(Issuing::default(), &Quiet).unwrap();
    let gate = home.open_gate("Front door").unwrap();
    scratch.go_to("2026-11-21T23:30");
    let text = code(&home, "1");
    assert_eq!(said(&gate, &text), "admitted");
    scratch.go_to("2026-11-22T00:30");
    let message = gate.admit(&text).unwrap().message;
    assert!(message.contains("at 2026-11-21 23:30."), "{message}");
}
