//! Somebody sets the machine's clock while doors are open, or before the program starts.

use std::sync::Arc;
use std::time::Duration;

use gatehouse_api::{Around, CheckState, EventHome, Gate, Shown, Workspace};
use gatehouse_credential::vault::{PassphraseCost, Protector, Vault};
use gatehouse_domain::clock::{Clock, EvenClock, SETTLED};
use gatehouse_testkit::{HandClock, Scratch, guest_list};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const YEAR: i64 = 365 * 24 * HOUR;

/// An office whose machine has a clock that people set, and one that nobody sets.
struct Machine {
    scratch: Scratch,
    since_start: Arc<HandClock>,
    home: EventHome,
}

impl Machine {
    fn open() -> Self {
        let scratch = Scratch::new();
        drop(scratch.issued("Ball", &guest_list(9)));
        scratch.open_doors();
        let settled = i64::try_from(SETTLED.as_millis()).unwrap();
        let since_start = Arc::new(HandClock::at(settled));
        let steady = Arc::clone(&since_start);
        let steady = move || Duration::from_millis(steady.now_ms().unsigned_abs());
        let mut surroundings = scratch.workspace.surroundings().clone();
        surroundings.clock = Arc::new(EvenClock::new(Arc::clone(&scratch.clock), steady));
        let workspace = Workspace::open(scratch.dir(), surroundings, |_, protection| {
            let protector = Protector::Passphrase {
                passphrase: "open sesame",
                cost: PassphraseCost::FOR_TESTS,
            };
            Ok(Vault::unlock(protection, protector).unwrap())
        });
        let home = workspace.unwrap().open_event("Ball").unwrap();
        let machine = Self {
            scratch,
            since_start,
            home,
        };
        assert_eq!(machine.now(), machine.scratch.clock.now_ms());
        machine
    }

    fn pass(&self, ms: i64) {
        self.scratch.clock.advance(ms);
        self.since_start.advance(ms);
    }

    fn now(&self) -> i64 {
        self.home.workspace().surroundings().now()
    }

    fn clock_line(&self) -> CheckState {
        let checks = self.home.preflight(Around::default()).unwrap().items;
        checks
            .iter()
            .find(|check| check.code == "clock")
            .unwrap()
            .state
    }
}

fn admit(home: &EventHome, gate: &Gate, number: &str) -> Shown {
    let text = home.code_text(&home.find_ticket(number).unwrap()).unwrap();
    gate.admit(&text).unwrap()
}

#[test]
fn a_clock_set_a_year_on_between_two_scans_and_back_changes_nothing_at_the_door() {
    let machine = Machine::open();
    let home = &machine.home;
    let gate = home.open_gate("Front door").unwrap();
    let first = admit(home, &gate, "1");
    assert_eq!(first.code.word(), "admitted");
    assert_eq!(machine.clock_line(), CheckState::Ok);

    machine.scratch.clock.advance(YEAR);
    machine.pass(SECOND);
    let second = admit(home, &gate, "2");
    assert_eq!(second.code.word(), "admitted", "it is the same evening");
    assert_eq!(second.at, first.at + SECOND);
    let again = admit(home, &gate, "1");
    assert_eq!(
        (again.code.word(), again.first_used_at),
        ("used", Some(first.at))
    );
    let door = gate.look().unwrap();
    assert_eq!((door.clock_ms, door.clock_set_ms), (machine.now(), YEAR));
    assert_eq!((door.counts.inside, door.counts.last_minute), (2, 2));
    assert_eq!(machine.clock_line(), CheckState::Failed);

    // Taking back ends after minutes, not in a year.
    machine.pass(HOUR);
    let late = gate.undo(second.scan.into_bytes(), None, gate.new_nonce());
    assert_eq!(late.unwrap_err().code, "undo_too_late");

    machine.scratch.clock.advance(-YEAR);
    machine.pass(SECOND);
    let third = admit(home, &gate, "3");
    assert_eq!(third.code.word(), "admitted");
    assert_eq!(third.at, machine.scratch.clock.now_ms());
    let door = gate.look().unwrap();
    assert_eq!((door.clock_set_ms, door.counts.last_minute), (0, 1));
    assert_eq!(machine.clock_line(), CheckState::Ok);
}

#[test]
fn a_clock_set_an_hour_back_between_two_scans_keeps_their_order_and_opens_nothing() {
    let machine = Machine::open();
    let home = &machine.home;
    let gate = home.open_gate("Front door").unwrap();
    let first = admit(home, &gate, "1");
    machine.scratch.clock.advance(-HOUR);
    machine.pass(MINUTE);
    let second = admit(home, &gate, "2");
    assert_eq!(second.code.word(), "admitted");
    assert_eq!(second.at, first.at + MINUTE);
    assert_eq!(gate.look().unwrap().clock_set_ms, -HOUR);
    machine.pass(HOUR);
    let late = gate.undo(first.scan.into_bytes(), None, gate.new_nonce());
    assert_eq!(late.unwrap_err().code, "undo_too_late");
}

#[test]
fn scans_of_a_program_that_started_a_year_ahead_drag_no_later_one_along() {
    let scratch = Scratch::new();
    let home = scratch.issued("Ball", &guest_list(2));
    scratch.open_doors();
    scratch.clock.advance(YEAR);
    let gate = home.open_gate("Front door").unwrap();
    assert_eq!(admit(&home, &gate, "1").code.word(), "expired");

    // The clock is put right, and the program started anew.
    scratch.clock.advance(-YEAR);
    let home = scratch.reopen().unwrap().open_event("Ball").unwrap();
    let gate = home.open_gate("Front door").unwrap();
    let now = scratch.clock.now_ms();
    let first = admit(&home, &gate, "1");
    assert_eq!((first.code.word(), first.at), ("admitted", now));
    scratch.clock.advance(MINUTE);
    assert_eq!(admit(&home, &gate, "1").first_used_at, Some(now));
    assert_eq!(gate.look().unwrap().counts.last_minute, 0);
    scratch.clock.advance(HOUR);
    let late = gate.undo(first.scan.into_bytes(), None, gate.new_nonce());
    assert_eq!(late.unwrap_err().code, "undo_too_late");
}
