//! What files cost: a scan kept for good, against this disk's own sync, and guests written,
//! against SQLite alone.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput};
use gatehouse_domain::admission::Code;
use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{DeviceId, GuestId, TicketId};
use gatehouse_domain::import::GuestValues;
use gatehouse_domain::key::KeyStatus;
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict};
use gatehouse_domain::ticket::TicketSource;
use gatehouse_store::event::{AdmissionSlot, DeviceRow, IssuedTicket, ScanRow, SigningKeyRow};
use gatehouse_store::{Lane, floor};
use uuid::Uuid;

use house::{House, NOON};

#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests use the rest of it, and end by panicking"
)]
#[path = "../tests/it/house.rs"]
mod house;

const GUESTS: usize = 10_000;
const KEY: [u8; 8] = *b"key 0001";

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    measure_scans(&mut criterion);
    measure_guests(&mut criterion);
    criterion.final_summary();
}

/// Each scan admits one ticket to one more place, so that it fills a slot like any other.
fn measure_scans(criterion: &mut Criterion) {
    let mut house = House::new();
    let (gate, ticket) = open_gate(&mut house);
    let mut group = criterion.benchmark_group("kept for good");
    group.throughput(Throughput::Elements(1));
    let mut log = File::create(house.dir.path().join("sync.log")).expect("the folder is there");
    let page = [0x5a_u8; 4_096];
    group.bench_function("4 KB written and synced", |b| {
        b.iter(|| {
            log.write_all(&page).expect("the disk has room");
            log.sync_data().expect("the disk works");
        });
    });
    let mut sequence = 0;
    group.bench_function("a scan that admits", |b| {
        b.iter(|| {
            sequence += 1;
            let scan = admission(&house, gate, ticket, sequence);
            let slot = AdmissionSlot(format!("bench/{sequence}"));
            house
                .file
                .append(Lane::Scan, move |change| {
                    change.insert_scan(&scan, Some(&slot))
                })
                .expect("the slot is free");
        });
    });
    group.finish();
}

/// A gate, and a guest's ticket that it may admit.
fn open_gate(house: &mut House) -> (DeviceId, TicketId) {
    let guest = house.guest("Ada Lark");
    house.add("Mira", &guest);
    let (invitation, member) = house.invitation_of(&guest, 1);
    let gate = DeviceId(house.mint.mint(NOON));
    let ticket = IssuedTicket {
        id: TicketId(house.mint.mint(NOON)),
        member: member.member.id,
        invitation: member.member.invitation,
        guest: member.member.guest,
        session: None,
        ticket_type: house.kind,
        signing_key: KEY,
        packed: vec![7; 300],
    };
    let id = ticket.id;
    house
        .file
        .append(Lane::Edit, move |change| {
            change.insert_invitation(&invitation)?;
            change.insert_member(&member)?;
            change.insert_signing_key(&SigningKeyRow {
                id: KEY,
                version: 1,
                profile: "ed25519".into(),
                public_key: vec![1],
                sealed: vec![2],
                certificate: "{}".into(),
                status: KeyStatus::Active,
                created_at: NOON,
            })?;
            change.insert_device(&DeviceRow {
                sealed: None,
                ..DeviceRow::of_office(gate, "Gate A", &[3], vec![], NOON)
            })?;
            change.insert_issued(&[ticket], TicketSource::Invitation, NOON)
        })
        .expect("the file is new");
    (gate, id)
}

fn admission(house: &House, device: DeviceId, ticket: TicketId, sequence: u64) -> ScanRow {
    let record = ScanRecord {
        event: house.file.id(),
        device,
        incarnation: 1,
        sequence,
        ticket: Some(ticket),
        version: 1,
        session: None,
        day: 20_261_121,
        zone: None,
        direction: Direction::Entry,
        verdict: Verdict::Admitted,
        code: Code::Admitted,
        mode: Mode::Home,
        nonce: u128::from(sequence).to_be_bytes(),
        device_ms: NOON,
        clock: HybridClock {
            wall_ms: NOON + sequence.cast_signed(),
            counter: 0,
        },
        uncertainty_ms: 0,
        previous: [0; 32],
        undoes: None,
    };
    ScanRow {
        signed: record.to_bytes(),
        signature: vec![9; 64],
        record,
    }
}

fn measure_guests(criterion: &mut Criterion) {
    let guests = invent_guests();
    let mut group = criterion.benchmark_group("10,000 guests in one transaction");
    group.throughput(Throughput::Elements(GUESTS as u64));
    group.bench_function("SQLite alone", |b| {
        b.iter_custom(|runs| {
            (0..runs)
                .map(|_| {
                    let dir = tempfile::tempdir().expect("there is a place for files");
                    floor::bulk_insert_guests(&dir.path().join("floor.db"), &guests)
                        .expect("the file is new")
                })
                .sum()
        });
    });
    group.bench_function("as the store writes them", |b| {
        b.iter_batched(
            || (House::new(), guests.clone()),
            |(house, guests)| {
                let kind = house.kind;
                house
                    .file
                    .append(Lane::Bulk, move |change| {
                        guests.iter().try_for_each(|guest| {
                            change.insert_guest(guest, Some(kind), None, NOON)
                        })
                    })
                    .expect("the guests are new");
                house
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn invent_guests() -> Vec<Guest> {
    (0..GUESTS)
        .map(|n| Guest {
            id: GuestId(Uuid::from_u128(n as u128 + 1)),
            values: GuestValues {
                name: format!("Zoë Guest-{n} O’Neill").into(),
                email: format!("guest{n}@example.com").into(),
                company: format!("Firm {}, Ltd", n / 7).into(),
                notes: format!("likes the window seat in row {n}").into(),
                ..GuestValues::default()
            },
            line: u32::try_from(n + 2).ok(),
        })
        .collect()
}
