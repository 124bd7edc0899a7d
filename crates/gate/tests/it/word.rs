//! What an office says of its gates, and a supervisor at one of them.

use gatehouse_api::{DeviceChange, Forcing, GateStand, Presentation, Shows};
use gatehouse_domain::device::{DeviceKind, DeviceSettings};
use gatehouse_domain::scan::Direction;
use gatehouse_domain::ticket::TicketHold;

use crate::over::{Away, Served, evening};

const MINUTE: i64 = 60_000;

#[test]
fn a_gate_that_may_not_go_on_without_its_office_lets_out_and_nobody_in() {
    let (scratch, home, _) = evening();
    let office = Served::open(&scratch, 0);
    let port = office.port;
    let gate = Away::enrol(&scratch, &home, port);
    let change = DeviceChange {
        settings: Some(DeviceSettings {
            offline_mode: false,
            ..DeviceSettings::of(DeviceKind::Gate)
        }),
        ..DeviceChange::default()
    };
    home.change_device(gate.outpost.device(), &change).unwrap();
    gate.outpost.exchange().unwrap();
    assert_eq!(gate.admit(&home, "1"), "admitted");
    drop(office);
    gate.outpost.exchange().unwrap_err();
    gate.clock.advance(2 * MINUTE);
    assert_eq!(
        gate.admit(&home, "2"),
        "admitted",
        "it may be late by a little"
    );
    gate.clock.advance(1);
    let door = gate.outpost.gate().unwrap();
    let code = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
    let out = Presentation {
        direction: Direction::Exit,
        ..door.presentation(Shows::Code(&code))
    };
    assert_eq!(door.present(&out).unwrap().code.word(), "exited");
    assert_eq!(gate.admit(&home, "2"), "offline_too_long");
    let _office = Served::open(&scratch, port);
    gate.outpost.exchange().unwrap();
    assert_eq!(gate.admit(&home, "2"), "used");
}

#[test]
fn a_gate_whose_clock_is_set_back_gains_no_time_alone() {
    let (scratch, home, _) = evening();
    let office = Served::open(&scratch, 0);
    let gate = Away::enrol(&scratch, &home, office.port);
    let change = DeviceChange {
        settings: Some(DeviceSettings {
            max_offline_hours: Some(2),
            ..DeviceSettings::of(DeviceKind::Gate)
        }),
        ..DeviceChange::default()
    };
    home.change_device(gate.outpost.device(), &change).unwrap();
    gate.outpost.exchange().unwrap();
    drop(office);
    gate.clock.advance(-5 * MINUTE);
    assert_eq!(
        gate.admit(&home, "1"),
        "admitted",
        "a clock may be put right by a little"
    );
    gate.clock.advance(-1);
    assert_eq!(gate.admit(&home, "2"), "offline_too_long");
    gate.clock.advance(6 * MINUTE);
    assert_eq!(gate.admit(&home, "2"), "admitted");
}

#[test]
fn a_gate_that_may_not_be_turned_round_leads_one_way_without_its_office_too() {
    let (scratch, home, _) = evening();
    let office = Served::open(&scratch, 0);
    let gate = Away::enrol(&scratch, &home, office.port);
    let code = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
    let passes = |direction| {
        let door = gate.outpost.gate().unwrap();
        let presentation = Presentation {
            direction,
            ..door.presentation(Shows::Code(&code))
        };
        door.present(&presentation).unwrap().code.word()
    };
    assert_eq!(passes(Direction::Entry), "admitted");
    assert_eq!(passes(Direction::Exit), "exited");
    let change = DeviceChange {
        stand: Some(GateStand {
            may_turn: false,
            ..GateStand::default()
        }),
        ..DeviceChange::default()
    };
    home.change_device(gate.outpost.device(), &change).unwrap();
    gate.outpost.exchange().unwrap();
    drop(office);
    assert_eq!(passes(Direction::Exit), "device_not_allowed");
    assert_eq!(passes(Direction::Entry), "used");
}

#[test]
fn a_ticket_that_the_office_holds_back_is_refused_without_it_too() {
    let (scratch, home, _) = evening();
    let office = Served::open(&scratch, 0);
    let gate = Away::enrol(&scratch, &home, office.port);
    let ticket = home.find_ticket("1").unwrap().id;
    home.hold_ticket(ticket, TicketHold::Unpaid, None).unwrap();
    gate.outpost.exchange().unwrap();
    assert_eq!(gate.admit(&home, "1"), "unpaid");
    home.release_ticket(ticket).unwrap();
    gate.outpost.exchange().unwrap();
    drop(office);
    assert_eq!(gate.admit(&home, "1"), "admitted");
}

#[test]
fn the_office_hears_why_somebody_was_let_in_away_from_it() {
    let (scratch, home, _) = evening();
    home.set_door_pin(Some("4711")).unwrap();
    let office = Served::open(&scratch, 0);
    let gate = Away::enrol(&scratch, &home, office.port);
    assert_eq!(gate.admit(&home, "1"), "admitted");
    let door = gate.outpost.gate().unwrap();
    let code = home.code_text(&home.find_ticket("1").unwrap()).unwrap();
    let used = door.admit(&code).unwrap();
    let forcing = Forcing {
        pin: "4711",
        reason: "left to park the car",
    };
    let forced = door
        .force(used.scan.into_bytes(), &forcing, door.new_nonce())
        .unwrap();
    assert_eq!(forced.code.word(), "forced");
    for _ in 0..2 {
        gate.outpost.exchange().unwrap();
        let ticket = home.find_ticket("1").unwrap().id;
        let lines = home.file().read(|view| view.scan_lines(ticket)).unwrap();
        let reasons: Vec<Option<&str>> = lines.iter().map(|line| line.reason.as_deref()).collect();
        assert_eq!(reasons, [None, None, Some("left to park the car")]);
    }
}
