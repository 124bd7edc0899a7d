//! Who is inside, in whatever order scans are heard of.

use gatehouse_domain::admission::Code;
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict};
use gatehouse_store::Lane;
use gatehouse_store::event::{DeviceRow, ScanRow};
use uuid::Uuid;

use crate::house::{House, NOON};

const ADA: TicketId = TicketId(Uuid::from_u128(7));
const LOUNGE: Option<ZoneId> = Some(ZoneId(Uuid::from_u128(8)));
const EVENING: SessionId = SessionId(Uuid::from_u128(9));
const MATINEE: SessionId = SessionId(Uuid::from_u128(10));

/// A passage of a ticket, `at` so long after noon.
fn passage(
    house: &House,
    sequence: u64,
    zone: Option<ZoneId>,
    direction: Direction,
    at: (i64, u32),
) -> ScanRow {
    let (verdict, code) = match direction {
        Direction::Entry => (Verdict::Admitted, Code::Admitted),
        Direction::Exit => (Verdict::Exited, Code::Exited),
    };
    signed(ScanRecord {
        event: house.file.id(),
        device: DeviceId(Uuid::from_u128(1)),
        incarnation: 1,
        sequence,
        ticket: Some(ADA),
        version: 1,
        session: Some(EVENING),
        day: 20_261_121,
        zone,
        direction,
        verdict,
        code,
        mode: Mode::Mesh,
        nonce: [u8::try_from(sequence).unwrap(); 16],
        device_ms: NOON,
        clock: HybridClock {
            wall_ms: NOON + at.0,
            counter: at.1,
        },
        uncertainty_ms: 0,
        previous: [0; 32],
        undoes: None,
    })
}

fn signed(record: ScanRecord) -> ScanRow {
    ScanRow {
        signed: record.to_bytes(),
        signature: vec![1; 64],
        record,
    }
}

fn with_gate() -> House {
    let house = House::new();
    let gate = DeviceId(Uuid::from_u128(1));
    let row = DeviceRow::of_office(gate, "Gate", &[1], vec![2], NOON);
    house
        .file
        .append(Lane::Edit, move |change| change.insert_device(&row))
        .unwrap();
    house
}

fn hear(house: &House, scan: ScanRow) {
    house
        .file
        .append(Lane::Scan, move |change| change.merge_scan(&scan, None))
        .unwrap();
}

fn inside(house: &House, zone: Option<ZoneId>) -> bool {
    let found = house
        .file
        .read(|view| {
            let counted = view.count_inside(zone, NOON)?;
            Ok::<_, gatehouse_store::StoreError>((counted, view.is_inside(ADA, zone, NOON)?))
        })
        .unwrap();
    assert_eq!(found.0 == 1, found.1);
    found.1
}

#[test]
fn whoever_left_the_venue_left_its_zones_in_whatever_order_that_is_heard_of() {
    use Direction::{Entry, Exit};
    for order in [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [0, 2, 3, 1],
        [2, 0, 1, 3],
        [1, 3, 0, 2],
    ] {
        let house = with_gate();
        let walk = [
            passage(&house, 1, None, Entry, (1, 0)),
            passage(&house, 2, LOUNGE, Entry, (2, 0)),
            passage(&house, 3, None, Exit, (3, 0)),
            passage(&house, 4, None, Entry, (4, 0)),
        ];
        for n in order {
            hear(&house, walk[n].clone());
        }
        assert!(inside(&house, None), "{order:?}");
        assert!(!inside(&house, LOUNGE), "{order:?}");
    }
}

#[test]
fn an_exit_that_is_taken_back_leaves_its_holder_in_every_zone_they_were_in() {
    use Direction::{Entry, Exit};
    let house = with_gate();
    hear(&house, passage(&house, 1, None, Entry, (1, 0)));
    hear(&house, passage(&house, 2, LOUNGE, Entry, (2, 0)));
    let left = passage(&house, 3, None, Exit, (3, 0));
    hear(&house, left.clone());
    assert!(!inside(&house, LOUNGE));
    let undo = ScanRecord {
        verdict: Verdict::Undone,
        code: Code::Undone,
        undoes: Some(left.record.nonce),
        ..passage(&house, 4, None, Exit, (4, 0)).record
    };
    hear(&house, signed(undo));
    assert!(inside(&house, None));
    assert!(inside(&house, LOUNGE));
}

#[test]
fn of_two_passages_in_one_millisecond_the_counter_tells_the_later() {
    use Direction::{Entry, Exit};
    for turned in [false, true] {
        let house = with_gate();
        let mut walk = [
            passage(&house, 1, LOUNGE, Entry, (1, 0)),
            passage(&house, 2, LOUNGE, Exit, (1, 1)),
        ];
        if turned {
            walk.reverse();
        }
        for scan in walk {
            hear(&house, scan);
        }
        assert!(!inside(&house, LOUNGE), "turned: {turned}");
    }
}

#[test]
fn those_inside_are_counted_for_the_session_that_they_came_in_for_last() {
    let house = with_gate();
    let of = |sequence, session, at| {
        let scan = passage(&house, sequence, None, Direction::Entry, (at, 0));
        signed(ScanRecord {
            session: Some(session),
            ..scan.record
        })
    };
    let counted = || {
        let count = |session| {
            house
                .file
                .read(|view| view.count_inside_session(session, NOON))
                .unwrap()
        };
        (count(MATINEE), count(EVENING))
    };
    hear(&house, of(1, MATINEE, 1));
    assert_eq!(counted(), (1, 0));
    hear(&house, of(2, EVENING, 2));
    assert_eq!(counted(), (0, 1));
}
