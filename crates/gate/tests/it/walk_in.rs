//! Somebody comes without a ticket while the office is away.

use gatehouse_api::{DeviceChange, DoorChange, Outlying};
use gatehouse_domain::device::{DeviceKind, DeviceSettings};
use gatehouse_domain::door::DoorSettings;
use gatehouse_domain::scan::Verdict;
use gatehouse_gate::outpost::{Alone, Talk};

use crate::over::{Away, Served, evening};

#[test]
fn no_ticket_is_given_away_before_whoever_walks_in_was_asked() {
    let (scratch, home, _) = evening();
    let home = home
        .change_doors(DoorChange {
            settings: Some(DoorSettings {
                questions: vec!["Any allergies?".into()],
                ..DoorSettings::default()
            }),
            ..DoorChange::default()
        })
        .unwrap();
    let office = Served::open(&scratch, 0);
    let gate = Away::enrol(&scratch, &home, office.port);
    let change = DeviceChange {
        settings: Some(DeviceSettings {
            walk_ins: 1,
            ..DeviceSettings::of(DeviceKind::Gate)
        }),
        ..DeviceChange::default()
    };
    home.change_device(gate.outpost.device(), &change).unwrap();
    // The gate hears what it may have, is given it, and reads it on the list.
    for _ in 0..3 {
        gate.outpost.exchange().unwrap();
    }
    drop(office);
    let alone = Alone::begin(gate.outpost, Talk::default(), None, None, |_| {}).unwrap();
    let nonce = Some([7; 16]);
    let refused = alone.walk_in("Mara Quill", false, nonce).unwrap_err();
    assert_eq!(refused.code, "questions_open");
    assert_eq!(alone.ahead().walk_ins, 1, "nobody has the ticket");
    let came = alone.walk_in("Mara Quill", true, nonce).unwrap();
    assert_eq!(came.verdict, Verdict::Admitted, "{}", came.message);
    assert_eq!(alone.ahead().walk_ins, 0);
    let again = alone.walk_in("Mara Quill", true, nonce).unwrap();
    assert_eq!((again.scan, again.ticket), (came.scan, came.ticket));
    alone.end();
}
