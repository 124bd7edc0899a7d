//! What becomes of a series' sessions when its rule changes.

use uuid::Uuid;

use crate::calendar::local::parse_local;
use crate::calendar::recurrence::{Occurrence, Recurrence, horizon};
use crate::calendar::series::{SeriesSession, plan_series};
use crate::id::SessionId;

const ZONE: chrono_tz::Tz = chrono_tz::Europe::Vienna;

fn expand(starts: &str, rule: &str, minutes: u32) -> Vec<Occurrence> {
    Recurrence {
        rule: rule.into(),
        starts: parse_local("starts", starts).unwrap(),
        duration_minutes: minutes,
        doors_minutes: 0,
        exdates: vec![],
        rdates: vec![],
    }
    .expand(ZONE, None, horizon(0, ZONE))
    .unwrap()
}

fn session(n: u128, at: &Occurrence) -> SeriesSession {
    SeriesSession {
        id: SessionId(Uuid::from_u128(n)),
        original: Some(at.original),
        doors_at: at.doors_at,
        starts_at: at.starts_at,
        ends_at: at.ends_at,
        customized: false,
        cancelled: false,
        tickets: 0,
    }
}

#[test]
fn each_session_finds_its_place() {
    let old = expand("2027-01-04T09:00", "FREQ=WEEKLY;COUNT=8", 60);
    let mut existing: Vec<SeriesSession> = (1..).zip(&old).map(|(n, at)| session(n, at)).collect();
    let id = |n: u128| SessionId(Uuid::from_u128(n));
    // 1 is past; 2 was changed; 3 called off; 4 has a ticket; 5 to 8 are plain.
    existing[1].customized = true;
    existing[2].cancelled = true;
    existing[3].tickets = 1;
    existing.push(SeriesSession {
        original: None,
        ..session(9, &old[7])
    });
    let now = old[0].starts_at;

    // Two weeks apart and longer: 5 and 7 move, 6 and 8 go, 10 weeks on comes one more.
    let wanted = expand("2027-01-04T09:00", "FREQ=WEEKLY;INTERVAL=2;COUNT=6", 90);
    let plan = plan_series(&existing, &wanted, now);
    assert_eq!(plan.kept_past, [id(1)]);
    assert_eq!(plan.kept_customized, [id(2), id(3), id(9)]);
    assert_eq!(plan.kept_with_tickets, [id(4)]);
    let moved: Vec<_> = plan.move_to.iter().map(|(id, _)| *id).collect();
    assert_eq!(moved, [id(5), id(7)]);
    assert_eq!(plan.remove, [id(6), id(8)]);
    assert!(plan.keep.is_empty());
    let added: Vec<_> = plan
        .add
        .iter()
        .map(|at| at.original.date().to_string())
        .collect();
    assert_eq!(added, ["2027-03-01", "2027-03-15"]);
    let summary = plan.summary();
    assert_eq!(
        (summary.added, summary.moved, summary.removed, summary.kept),
        (2, 2, 2, 5)
    );

    // The same rule again changes nothing.
    let same = plan_series(&existing, &old, now);
    assert_eq!(same.keep, [id(4), id(5), id(6), id(7), id(8)]);
    assert!(same.add.is_empty() && same.remove.is_empty() && same.move_to.is_empty());

    // Nothing is added in the past, and what is on is not touched.
    let later = plan_series(&[], &old, old[3].starts_at);
    assert_eq!(later.add.len(), 4);
}

#[test]
fn another_hour_moves_sessions_and_doubles_none_that_is_sold() {
    let old = expand("2027-01-04T09:00", "FREQ=WEEKLY;COUNT=4", 60);
    let mut existing: Vec<SeriesSession> = (1..).zip(&old).map(|(n, at)| session(n, at)).collect();
    let id = |n: u128| SessionId(Uuid::from_u128(n));
    existing[1].tickets = 1;
    existing[2].customized = true;
    let wanted = expand("2027-01-04T10:00", "FREQ=WEEKLY;COUNT=5", 60);
    let plan = plan_series(&existing, &wanted, 0);
    let moved: Vec<_> = plan.move_to.iter().map(|(id, _)| *id).collect();
    assert_eq!(moved, [id(1), id(4)]);
    assert_eq!(plan.kept_with_tickets, [id(2)]);
    assert_eq!(plan.kept_customized, [id(3)]);
    assert!(plan.remove.is_empty());
    let added: Vec<_> = plan.add.iter().map(|at| at.original.to_string()).collect();
    assert_eq!(added, ["2027-02-01 10:00:00"], "the fifth alone");
}
