//! Claims: who may let in on a slot when several gates want to at once.
//!
//! Nothing here knows of peers or time-outs; it tells which claims stand in each other's way, and
//! what a device knows against one.

use std::collections::BTreeSet;

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::Verdict;

use crate::limits::{MOST_SEEN, MOST_UNSEEN};
use crate::scans::SignedScan;
use crate::wire::{Claim, Denial, DenyCode, Want};

/// What a gate wishes to do with a ticket, after its own rules have said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Names the presentation, and the scan that comes of it.
    pub nonce: [u8; 16],
    /// What it asks for.
    pub want: Want,
    /// The ticket.
    pub ticket: TicketId,
    /// The session.
    pub session: Option<SessionId>,
    /// The zone at whose entrance the gate stands; none at the venue's.
    pub zone: Option<ZoneId>,
    /// The day in the event's zone, as yyyymmdd.
    pub day: u32,
    /// The policy.
    pub policy: ReEntry,
    /// Whether it takes up room in its zone, where room is counted.
    pub takes_room: bool,
}

/// Whether of two claims only one may be granted.
pub(crate) fn are_rivals(a: &Claim, b: &Claim) -> bool {
    a.ticket == b.ticket
        && a.want == Want::Enter
        && b.want == Want::Enter
        && a.zone == b.zone
        && a.session == b.session
        && match (a.policy, b.policy) {
            (ReEntry::Unlimited, _) | (_, ReEntry::Unlimited) => false,
            (ReEntry::OncePerDay, ReEntry::OncePerDay) => a.day == b.day,
            _ => true,
        }
}

/// What a gate has seen of a ticket, as its claim says it.
pub(crate) fn seen(scans: &[SignedScan]) -> Vec<[u8; 16]> {
    let mut passed: Vec<&SignedScan> = scans
        .iter()
        .filter(|scan| scan.record.verdict != Verdict::Refused)
        .collect();
    passed.sort_by_key(|scan| std::cmp::Reverse(scan.order()));
    let mut seen = Vec::new();
    for scan in passed {
        seen.push(scan.record.nonce);
        seen.extend(scan.record.undoes);
    }
    seen.truncate(MOST_SEEN);
    seen
}

/// What the scans of a ticket say against a claim, and those among them that its gate has not
/// seen, latest first.
pub(crate) fn judge(claim: &Claim, scans: &[SignedScan]) -> (Option<Denial>, Vec<SignedScan>) {
    let seen: BTreeSet<[u8; 16]> = claim.seen.iter().copied().collect();
    let undone: BTreeSet<[u8; 16]> = scans.iter().filter_map(|s| s.record.undoes).collect();
    let mut passed: Vec<&SignedScan> = scans
        .iter()
        .filter(|scan| scan.record.verdict != Verdict::Refused)
        .collect();
    passed.sort_by_key(|scan| std::cmp::Reverse(scan.order()));
    let mut here = passed.iter().copied().filter(|scan| {
        let record = &scan.record;
        matches!(record.verdict, Verdict::Admitted | Verdict::Exited)
            && !undone.contains(&record.nonce)
            && (record.zone == claim.zone || record.leaves_venue())
            && record.session == claim.session
    });
    let unseen_entry = |scan: &&SignedScan| {
        scan.record.verdict == Verdict::Admitted && !seen.contains(&scan.record.nonce)
    };
    let against = match (claim.want, claim.policy) {
        (Want::Leave | Want::TakeBack, _) | (_, ReEntry::Unlimited) => None,
        (_, ReEntry::Single) => here.rfind(unseen_entry),
        (_, ReEntry::OncePerDay) => here
            .filter(|scan| scan.record.day == claim.day)
            .rfind(unseen_entry),
        (_, ReEntry::AfterExit) => here.next().filter(unseen_entry),
    };
    let denial = against.map(|scan| Denial {
        code: DenyCode::Used,
        device: scan.record.device,
        zone: scan.record.zone,
        clock: scan.record.clock,
    });
    let unseen = passed
        .into_iter()
        .filter(|scan| !seen.contains(&scan.record.nonce))
        .take(MOST_UNSEEN)
        .cloned()
        .collect();
    (denial, unseen)
}

/// The denial of a claim that stands behind another gate's.
pub(crate) fn claimed_by(device: DeviceId, other: &Claim) -> Denial {
    Denial {
        code: DenyCode::Claimed,
        device,
        zone: other.zone,
        clock: other.clock,
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_domain::scan::{HybridClock, ScanRecord};
    use uuid::Uuid;

    use super::*;
    use crate::sim::a_record;

    #[test]
    fn an_exit_at_the_venue_lets_its_holder_into_a_zone_again() {
        let lounge = Some(ZoneId(Uuid::from_u128(4)));
        let scan = |second: u8, verdict, zone| {
            let record = ScanRecord {
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
            SignedScan::new(record.to_bytes(), Vec::new()).expect("a scan")
        };
        let claim = Claim {
            nonce: [9; 16],
            want: Want::Enter,
            ticket: TicketId(Uuid::from_u128(3)),
            session: None,
            zone: lounge,
            day: 20_261_121,
            policy: ReEntry::AfterExit,
            clock: HybridClock::default(),
            seen: Vec::new(),
            asked: Vec::new(),
        };
        let entered = scan(1, Verdict::Admitted, lounge);
        let left = scan(2, Verdict::Exited, None);
        let denied = |claim: &Claim, scans: &[SignedScan]| judge(claim, scans).0.is_some();
        assert!(denied(&claim, std::slice::from_ref(&entered)));
        let scans = [entered, left];
        assert!(!denied(&claim, &scans));
        let single = Claim {
            policy: ReEntry::Single,
            ..claim
        };
        assert!(denied(&single, &scans));
    }
}
