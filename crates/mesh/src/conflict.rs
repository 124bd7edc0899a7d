//! Doubles: two admissions that should have been one. A pure function of the set of scans.

use std::collections::{BTreeMap, BTreeSet};

use gatehouse_domain::admission::Code;
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::{HybridClock, Mode, ScanRecord, Verdict};

/// One of two admissions that should have been one: who, where, when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Side {
    /// When, in the order of scans.
    pub clock: HybridClock,
    /// The gate.
    pub device: DeviceId,
    /// Names the scan.
    pub nonce: [u8; 16],
    /// The zone at whose entrance the gate stands; none at the venue's.
    pub zone: Option<ZoneId>,
    /// The session.
    pub session: Option<SessionId>,
    /// The day in the event's zone, as yyyymmdd.
    pub day: u32,
    /// Whom the gate could ask.
    pub mode: Mode,
    /// How wrong its time may be, in milliseconds.
    pub uncertainty_ms: u32,
}

/// Two admissions of one ticket that should have been one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    /// The ticket.
    pub ticket: TicketId,
    /// The admission that stands: the first in the order of scans.
    pub stands: Side,
    /// The one that should not have been.
    pub double: Side,
    /// How far apart they were, in milliseconds.
    pub distance_ms: i64,
    /// Whether the two times overlap when their uncertainty is taken in; the order stands.
    pub order_uncertain: bool,
}

/// The scans in their one order, each once, without what was taken back.
///
/// Two records that one device signed with one clock are told apart by their place in its chain,
/// then by their bytes, so that the order is total whatever is in the set.
fn standing<'a>(records: impl IntoIterator<Item = &'a ScanRecord>) -> Vec<&'a ScanRecord> {
    let mut ordered: Vec<&ScanRecord> = records.into_iter().collect();
    let undone: BTreeSet<[u8; 16]> = ordered.iter().filter_map(|r| r.undoes).collect();
    ordered.retain(|r| {
        matches!(r.verdict, Verdict::Admitted | Verdict::Exited) && !undone.contains(&r.nonce)
    });
    ordered.sort_by_cached_key(|r| {
        (
            r.clock,
            r.device,
            r.incarnation,
            r.sequence,
            r.nonce,
            r.to_bytes(),
        )
    });
    // A nonce names one presentation at one device.
    let mut known = BTreeSet::new();
    ordered.retain(|r| known.insert((r.device, r.nonce)));
    ordered
}

fn side(record: &ScanRecord) -> Side {
    Side {
        clock: record.clock,
        device: record.device,
        nonce: record.nonce,
        zone: record.zone,
        session: record.session,
        day: record.day,
        mode: record.mode,
        uncertainty_ms: record.uncertainty_ms,
    }
}

fn conflict(ticket: TicketId, stands: &ScanRecord, double: &ScanRecord) -> Conflict {
    let distance_ms = double.clock.wall_ms.saturating_sub(stands.clock.wall_ms);
    let unsure = i64::from(stands.uncertainty_ms) + i64::from(double.uncertainty_ms);
    Conflict {
        ticket,
        stands: side(stands),
        double: side(double),
        distance_ms,
        order_uncertain: distance_ms <= unsure,
    }
}

/// Every conflict among scans, by ticket and in the order of scans.
///
/// The same for the same set, whatever the order it comes in. What a supervisor let in (code
/// `forced`) is no double, but stands where it came first.
#[must_use]
pub fn conflicts<'a>(
    policy: ReEntry,
    records: impl IntoIterator<Item = &'a ScanRecord>,
) -> Vec<Conflict> {
    type Place = (Option<ZoneId>, Option<SessionId>, u32);
    let mut places: BTreeMap<(TicketId, Place), Option<&ScanRecord>> = BTreeMap::new();
    let mut found = Vec::new();
    for record in standing(records) {
        let Some(ticket) = record.ticket else {
            continue;
        };
        if policy == ReEntry::AfterExit && record.leaves_venue() {
            let of_ticket = places.range_mut((ticket, (None, None, 0))..);
            for ((_, (_, session, _)), inside) in of_ticket.take_while(|((of, _), _)| *of == ticket)
            {
                if *session == record.session {
                    *inside = None;
                }
            }
            continue;
        }
        let day = match policy {
            ReEntry::OncePerDay => record.day,
            _ => 0,
        };
        let inside = places
            .entry((ticket, (record.zone, record.session, day)))
            .or_default();
        match (record.verdict, policy) {
            (_, ReEntry::Unlimited) => {}
            (Verdict::Admitted, _) => match inside {
                None => *inside = Some(record),
                Some(stands) if record.code != Code::Forced => {
                    found.push(conflict(ticket, stands, record));
                }
                Some(_) => {}
            },
            (_, ReEntry::AfterExit) => *inside = None,
            _ => {}
        }
    }
    found.sort();
    found
}

/// How many are where, as far as the scans tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeadCount {
    /// People inside each place now: a zone, or the venue.
    pub inside: BTreeMap<Option<ZoneId>, u64>,
    /// What each gate let in and let out.
    pub by_gate: BTreeMap<DeviceId, Passed>,
}

/// What a gate let in and let out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed {
    /// People let in.
    pub admitted: u64,
    /// People let out.
    pub exited: u64,
}

/// Counts heads. A pure function of the set, so that the counts of all who have the same scans are
/// the same. Somebody who came in twice is inside once; whoever came in before `emptied_at`
/// (UTC ms) went out then.
#[must_use]
pub fn count_heads<'a>(
    records: impl IntoIterator<Item = &'a ScanRecord>,
    emptied_at: Option<i64>,
) -> HeadCount {
    let mut count = HeadCount::default();
    let mut inside: BTreeMap<(TicketId, Option<ZoneId>), bool> = BTreeMap::new();
    for record in standing(records) {
        let passed = count.by_gate.entry(record.device).or_default();
        let entered = record.verdict == Verdict::Admitted;
        if entered {
            passed.admitted += 1;
        } else {
            passed.exited += 1;
        }
        if let Some(ticket) = record.ticket {
            let after = emptied_at.is_none_or(|emptied| record.clock.wall_ms >= emptied);
            if record.leaves_venue() {
                let zones = inside.range_mut((ticket, None)..);
                for (_, inside) in zones.take_while(|((of, _), _)| *of == ticket) {
                    *inside = false;
                }
            }
            inside.insert((ticket, record.zone), entered && after);
        }
    }
    for ((_, zone), inside) in inside {
        *count.inside.entry(zone).or_default() += u64::from(inside);
    }
    count
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::sim::a_record;

    #[test]
    fn whoever_left_the_venue_is_no_double_in_a_zone_and_counts_in_none() {
        let lounge = Some(ZoneId(Uuid::from_u128(4)));
        let at = |second: u8, verdict, zone| ScanRecord {
            sequence: second.into(),
            nonce: [second; 16],
            clock: HybridClock {
                wall_ms: second.into(),
                counter: 0,
            },
            verdict,
            zone,
            ..a_record()
        };
        let left = [
            at(1, Verdict::Admitted, None),
            at(2, Verdict::Admitted, lounge),
            at(3, Verdict::Exited, None),
            at(4, Verdict::Admitted, None),
        ];
        let again = at(5, Verdict::Admitted, lounge);
        let walk = || left.iter().chain([&again]);
        assert_eq!(conflicts(ReEntry::AfterExit, walk()), []);
        assert_eq!(conflicts(ReEntry::Single, walk()).len(), 2);
        let stayed = walk().filter(|record| record.verdict == Verdict::Admitted);
        assert_eq!(conflicts(ReEntry::AfterExit, stayed).len(), 2);
        let inside = |count: HeadCount| (count.inside[&None], count.inside[&lounge]);
        assert_eq!(inside(count_heads(&left, None)), (1, 0));
        assert_eq!(inside(count_heads(walk(), None)), (1, 1));
    }
}
