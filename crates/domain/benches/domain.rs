//! What rules cost: a list of 100,000 rows examined, and one decision at a gate.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput};
use gatehouse_domain::admission::{Code, DeviceRight, Door, KnownTicket, Presented, Terms, decide};
use gatehouse_domain::entry_rule::HolderFacts;
use gatehouse_domain::event::{EventKind, ReEntry};
use gatehouse_domain::id::{GuestId, SessionId, TicketId, TicketTypeId};
use gatehouse_domain::import::{ImportOptions, ListedGuest, examine};
use gatehouse_domain::passage::Passage;
use gatehouse_domain::scan::Direction;
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_domain::validity::Schedule;
use uuid::Uuid;

const ROWS: usize = 100_000;
const HOUR_MS: i64 = 3_600_000;
/// 2026-12-01T00:00:00Z.
const FIRST_DAY_MS: i64 = 1_796_083_200_000;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    measure_import(&mut criterion);
    measure_decision(&mut criterion);
    criterion.final_summary();
}

fn measure_import(criterion: &mut Criterion) {
    let list = invent_list();
    let options = ImportOptions::default();
    let first = examine(&list[..], &options, &[]).expect("the list is one of guests");
    assert_eq!(first.drafts.len(), ROWS);
    let guests: Vec<ListedGuest> = (1..)
        .zip(first.drafts)
        .map(|(id, draft)| ListedGuest {
            id: GuestId(Uuid::from_u128(id)),
            values: draft.values,
        })
        .collect();
    let mut group = criterion.benchmark_group("list of 100,000 rows");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("examine for a new event", |b| {
        b.iter(|| examine(black_box(&list[..]), &options, &[]));
    });
    group.bench_function("examine where all are known", |b| {
        b.iter(|| examine(black_box(&list[..]), &options, &guests));
    });
    group.finish();
}

fn invent_list() -> Vec<Vec<String>> {
    let header = ["Name", "E-mail", "Phone", "Company", "Ticket type", "Notes"];
    std::iter::once(header.map(str::to_owned).to_vec())
        .chain((0..ROWS).map(|n| {
            vec![
                format!("Zoë Guest-{n} O’Neill"),
                format!("guest{n}@example.com"),
                format!("+44 7700 {:06}", 900_000 + n % 1000),
                format!("Firm {}, Ltd", n / 7),
                ["VIP", "Standard", "Press"][n % 3].to_owned(),
                format!("likes the window seat in row {n}"),
            ]
        }))
        .collect()
}

/// An event of 30 evenings, its holder back on the twentieth.
fn measure_decision(criterion: &mut Criterion) {
    let session = |day: u32| SessionId(Uuid::from_u128(u128::from(day) + 1));
    let sessions: Vec<Session> = (0..30)
        .map(|day| {
            let starts = FIRST_DAY_MS + (i64::from(day) * 24 + 19) * HOUR_MS;
            Session::scheduled(session(day), starts - HOUR_MS, starts, starts + 4 * HOUR_MS)
        })
        .collect();
    let door = Door {
        right: DeviceRight {
            active: true,
            zone: None,
            way: None,
        },
        offline_too_long: false,
        zone: None,
        direction: Direction::Entry,
        session: None,
        schedule: Schedule {
            kind: EventKind::MultiDay,
            zone: chrono_tz::Europe::Madrid,
            cancelled: false,
            sessions: &sessions,
        },
        re_entry: ReEntry::OncePerDay,
        roster_complete: true,
        now_ms: sessions[19].starts_at,
        terms: Terms::default(),
    };
    let ticket_type = TicketType::plain(TicketTypeId(Uuid::from_u128(8)), "Pass", 0);
    let known = KnownTicket {
        status: TicketStatus::Active,
        version: 1,
        ticket_type: &ticket_type,
        holder: &HolderFacts::default(),
    };
    let presented = Presented::Genuine {
        ticket: TicketId(Uuid::from_u128(9)),
        version: 1,
        not_before_ms: 0,
        expires_ms: i64::MAX,
    };
    let passages: Vec<Passage> = (0..19)
        .map(|day| Passage {
            direction: Direction::Entry,
            session: Some(session(day)),
            day: 20_261_201 + day,
            zone: None,
            at: sessions[day as usize].starts_at,
        })
        .collect();
    let decided = decide(presented, &door, Some(&known), &passages);
    assert_eq!(decided.code, Code::Admitted);
    criterion.bench_function("decide, 30 sessions and 19 passages", |b| {
        b.iter(|| {
            decide(
                presented,
                black_box(&door),
                Some(&known),
                black_box(&passages),
            )
        });
    });
}
