//! Scans that were given one name.

use gatehouse_domain::admission::Code;
use gatehouse_domain::id::DeviceId;
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict};
use gatehouse_store::event::{DeviceRow, Merged, ScanRow};
use gatehouse_store::{Lane, StoreError};
use uuid::Uuid;

use crate::house::{House, NOON};

fn scan(house: &House, device: u128, incarnation: u32, sequence: u64) -> ScanRow {
    let record = ScanRecord {
        event: house.file.id(),
        device: DeviceId(Uuid::from_u128(device)),
        incarnation,
        sequence,
        ticket: None,
        version: 0,
        session: None,
        day: 20_261_121,
        zone: None,
        direction: Direction::Entry,
        verdict: Verdict::Refused,
        code: Code::UnknownTicket,
        mode: Mode::Mesh,
        nonce: [7; 16],
        device_ms: NOON,
        clock: HybridClock {
            wall_ms: NOON,
            counter: 0,
        },
        uncertainty_ms: 0,
        previous: [0; 32],
        undoes: None,
    };
    ScanRow {
        signed: record.to_bytes(),
        signature: vec![1; 64],
        record,
    }
}

#[test]
fn a_name_that_another_took_silences_no_scan() {
    let house = House::new();
    let of = |device: u128| {
        let id = DeviceId(Uuid::from_u128(device));
        DeviceRow::of_office(id, "Gate", &[device as u8], vec![2], NOON)
    };
    let devices = [of(1), of(2)];
    let scans = [
        scan(&house, 1, 1, 1),
        scan(&house, 2, 1, 1),
        // One that came back from an old copy signs its presentation again.
        scan(&house, 1, 2, 1),
        scan(&house, 1, 1, 2),
    ];
    let all = scans.clone();
    let merged = house
        .file
        .append(Lane::Edit, move |change| {
            for device in &devices {
                change.insert_device(device)?;
            }
            let twice = all.iter().chain(&all);
            twice
                .map(|scan| change.merge_scan(scan, None))
                .collect::<Result<Vec<_>, StoreError>>()
        })
        .unwrap();
    let kept = [Merged::Added, Merged::Added, Merged::Added, Merged::Added];
    let known = [Merged::Known, Merged::Known, Merged::Known, Merged::Known];
    assert_eq!(merged, [kept, known].concat());
    let held = house.file.read(|view| view.scans()).unwrap();
    assert_eq!(held.len(), 4);
    for scan in &scans {
        assert!(held.iter().any(|row| row.signed == scan.signed));
        assert!(house.file.read(|view| view.has_scan(scan)).unwrap());
    }
}
