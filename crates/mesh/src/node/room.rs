//! Room of zones: asking for shares, giving them, and ending leases.

use std::collections::{BTreeMap, BTreeSet};

use gatehouse_domain::id::{DeviceId, ZoneId};
use gatehouse_domain::scan::{Direction, Verdict};

use super::Node;
use crate::lease::{Arrival, LeaseBook};
use crate::ledger::Ledger;
use crate::limits::AGAIN;
use crate::scans::SignedScan;
use crate::time::Now;
use crate::wire::{Frame, Lease, LeaseAsk, Role, Settle, Settled};

/// What one scan of this device does to the room of a place that it used, where who came in before
/// `since` (UTC ms) is counted no more.
fn use_of(scan: &SignedScan, place: Option<ZoneId>, of_ticket: &[SignedScan], since: i64) -> i64 {
    let record = &scan.record;
    let counts = |s: &&SignedScan| s.record.clock.wall_ms >= since;
    let entered = |wanted: [u8; 16]| {
        of_ticket
            .iter()
            .filter(counts)
            .any(|s| s.record.nonce == wanted && s.record.verdict == Verdict::Admitted)
    };
    match record.verdict {
        Verdict::Admitted => 1,
        Verdict::Undone => match record.undoes {
            Some(nonce) if entered(nonce) => -1,
            _ => 0,
        },
        // Only who was inside makes room by leaving.
        Verdict::Exited => {
            let before = of_ticket
                .iter()
                .filter(counts)
                .filter(|s| s.record.zone == place || s.record.leaves_venue())
                .filter(|s| s.order() < scan.order())
                .filter(|s| matches!(s.record.verdict, Verdict::Admitted | Verdict::Exited))
                .max_by_key(|s| s.order());
            -i64::from(before.is_some_and(|s| s.record.direction == Direction::Entry))
        }
        Verdict::Refused => 0,
    }
}

/// The places whose room a scan may change.
fn places_of(scan: &SignedScan, of_ticket: &[SignedScan]) -> BTreeSet<Option<ZoneId>> {
    let zones = of_ticket.iter().map(|s| s.record.zone);
    zones
        .filter(|_| scan.record.leaves_venue())
        .chain([scan.record.zone])
        .collect()
}

impl Node {
    /// How many people more this device may let into a place; none where nobody counts. The place
    /// is a zone, or the venue.
    #[must_use]
    pub fn room(&self, zone: Option<ZoneId>, ledger: &dyn Ledger) -> Option<u32> {
        let capacity = ledger.capacity(zone)?;
        let room = self.room_in(&self.book, zone, capacity);
        Some(u32::try_from(room).unwrap_or(0))
    }

    fn room_in(&self, book: &LeaseBook, zone: Option<ZoneId>, capacity: u32) -> i64 {
        let own = match self.own.role {
            Role::Home => capacity,
            Role::Gate => 0,
        };
        book.room(zone, own, self.used_in(zone))
    }

    /// How many people this device let into a place and not out again, with those whom it lets in
    /// just now.
    fn used_in(&self, zone: Option<ZoneId>) -> i64 {
        self.used.get(&zone).copied().unwrap_or(0) + self.coming_into(zone)
    }

    /// Counts anew who is inside, where the doors of something else opened or the place was emptied.
    pub(super) fn keep_count(&mut self, now: Now, ledger: &dyn Ledger) {
        let (known, next) = self.counted_since;
        if now.steady < next {
            return;
        }
        let since = ledger.counted_since(self.time.estimate(now).0);
        self.counted_since = (since, now.steady + AGAIN);
        if since != known || next.is_zero() {
            self.count_used(ledger);
        }
    }

    fn count_used(&mut self, ledger: &dyn Ledger) {
        self.used.clear();
        let mut own = Vec::new();
        ledger.each_scan(&mut |scan| {
            if scan.record.verdict != Verdict::Refused && self.counts(scan.record.device, ledger) {
                own.push(scan.clone());
            }
        });
        for scan in own {
            self.count_own(&scan, ledger);
        }
    }

    /// Whether people whom a device let in use this device's room.
    fn counts(&self, device: DeviceId, ledger: &dyn Ledger) -> bool {
        device == self.own.device || ledger.is_kept_here(device)
    }

    pub(super) fn count_own(&mut self, scan: &SignedScan, ledger: &dyn Ledger) {
        let record = &scan.record;
        if record.clock.wall_ms < self.counted_since.0
            || !(record.leaves_venue() || ledger.capacity(record.zone).is_some())
            || !self.counts(record.device, ledger)
        {
            return;
        }
        let Some(ticket) = record.ticket else {
            return;
        };
        let of_ticket = ledger.scans_of(ticket);
        for place in places_of(scan, &of_ticket) {
            if ledger.capacity(place).is_some() {
                let change = use_of(scan, place, &of_ticket, self.counted_since.0);
                *self.used.entry(place).or_default() += change;
            }
        }
    }

    /// Changes the book and writes it down; where that fails nothing has changed, and the answer is
    /// none.
    fn change_book<T>(
        &mut self,
        ledger: &mut dyn Ledger,
        change: impl FnOnce(&mut LeaseBook) -> Option<T>,
    ) -> Option<T> {
        let mut book = self.book.clone();
        let answer = change(&mut book)?;
        if book != self.book {
            if let Err(why) = ledger.keep_lease_book(&book.to_bytes()) {
                self.not_kept(why);
                return None;
            }
            self.book = book;
        }
        Some(answer)
    }

    /// Asks the home for room, or where it can't be reached the peers, one after the other.
    pub(super) fn want_room(&mut self, zone: Option<ZoneId>, want: u32, now: Now) {
        let rested = |device: &DeviceId| {
            let asked = self.peers.get(device).and_then(|peer| peer.asked_room);
            asked.is_none_or(|asked| asked + AGAIN <= now.steady)
        };
        let is_home = |device: &DeviceId| self.peers.get(device).is_some_and(|p| p.is_home);
        let ready = self.ready_peers();
        let home = ready.iter().copied().find(is_home);
        let first = home.or_else(|| {
            let oldest = |device: &DeviceId| self.peers.get(device).and_then(|p| p.asked_room);
            ready.iter().copied().min_by_key(oldest)
        });
        let Some(to) = first.filter(rested) else {
            return;
        };
        if let Some(peer) = self.peers.get_mut(&to) {
            peer.asked_room = Some(now.steady);
        }
        self.send(to, &Frame::LeaseAsk(LeaseAsk { zone, want }));
    }

    pub(super) fn take_lease_ask(
        &mut self,
        from: DeviceId,
        ask: LeaseAsk,
        now: Now,
        ledger: &mut dyn Ledger,
    ) {
        let Some(capacity) = ledger.capacity(ask.zone) else {
            return;
        };
        let room = self.room_in(&self.book, ask.zone, capacity);
        let home_ms = self.time.estimate(now).0;
        // What is given is on disk before anybody uses it.
        let given = self.change_book(ledger, |b| b.give(from, ask.zone, ask.want, room, home_ms));
        if let Some(lease) = given {
            self.send(from, &Frame::Lease(lease));
        }
    }

    pub(super) fn take_lease(
        &mut self,
        from: DeviceId,
        lease: &Lease,
        now: Now,
        ledger: &mut dyn Ledger,
    ) {
        // Room of a place where nobody counts is no room.
        if ledger.capacity(lease.zone).is_none() {
            return;
        }
        let home_ms = self.time.estimate(now).0;
        let arrival = self.change_book(ledger, |b| Some(b.take(from, lease, home_ms)));
        if let Some(Arrival::Back(settle)) = arrival {
            self.send(from, &Frame::Settle(settle));
        }
    }

    pub(super) fn take_settle(&mut self, from: DeviceId, settle: &Settle, ledger: &mut dyn Ledger) {
        // What is not known is settled already.
        let taken = self.change_book(ledger, |b| {
            b.settle(from, settle);
            Some(())
        });
        if taken.is_some() {
            let number = settle.number;
            self.send(from, &Frame::Settled(Settled { number }));
        }
    }

    pub(super) fn take_settled(
        &mut self,
        from: DeviceId,
        settled: Settled,
        ledger: &mut dyn Ledger,
    ) {
        self.change_book(ledger, |b| Some(b.settled(from, settled.number)));
    }

    pub(super) fn write_off(&mut self, device: DeviceId, ledger: &mut dyn Ledger) {
        self.change_book(ledger, |b| Some(b.write_off(device)));
    }

    /// Ends leases whose time is up, and tells the givers.
    pub(super) fn keep_leases(&mut self, now: Now, ledger: &mut dyn Ledger) {
        let home_ms = self.time.estimate(now).0;
        if self.book.next_end().is_none_or(|end| end > home_ms) || now.steady < self.book_rests {
            return;
        }
        let mut rooms = BTreeMap::new();
        for zone in self.book.zones() {
            let own = match self.own.role {
                Role::Home => ledger.capacity(zone).unwrap_or(0),
                Role::Gate => 0,
            };
            rooms.insert(zone, (own, self.used_in(zone)));
        }
        let ended = self.change_book(ledger, |b| {
            b.end_due(home_ms, |book, zone| {
                let (own, used) = rooms.get(&zone).copied().unwrap_or((0, 0));
                book.room(zone, own, used)
            })
            .then_some(())
        });
        if ended.is_none() {
            // The disk does not take it: not again at once.
            self.book_rests = now.steady + AGAIN;
            return;
        }
        for peer in self.ready_peers() {
            self.send_owed(peer);
        }
    }

    /// Tells a giver what comes back, until it has taken it down.
    pub(super) fn send_owed(&mut self, to: DeviceId) {
        let owed: Vec<Settle> = self.book.owed(to).collect();
        for settle in owed {
            self.send(to, &Frame::Settle(settle));
        }
    }
}

#[cfg(test)]
mod tests {
    use gatehouse_domain::scan::{HybridClock, ScanRecord};
    use uuid::Uuid;

    use super::*;
    use crate::sim::a_record;

    #[test]
    fn whoever_leaves_the_venue_makes_room_in_the_zones_they_were_in() {
        use Direction::{Entry, Exit};
        let lounge = Some(ZoneId(Uuid::from_u128(4)));
        let at = |second: i64, direction, zone| {
            let record = ScanRecord {
                zone,
                direction,
                verdict: match direction {
                    Entry => Verdict::Admitted,
                    Exit => Verdict::Exited,
                },
                clock: HybridClock {
                    wall_ms: second,
                    counter: 0,
                },
                ..a_record()
            };
            SignedScan::new(record.to_bytes(), Vec::new()).expect("a scan")
        };
        let walk = [
            at(1, Entry, None),
            at(2, Entry, lounge),
            at(3, Exit, None),
            at(4, Exit, lounge),
            at(5, Entry, None),
            at(6, Entry, lounge),
            at(7, Exit, lounge),
            at(8, Exit, None),
        ];
        let uses = |place: Option<ZoneId>| -> Vec<i64> {
            let heard = |scan: &&SignedScan| places_of(scan, &walk).contains(&place);
            walk.iter()
                .filter(heard)
                .map(|scan| use_of(scan, place, &walk, 0))
                .collect()
        };
        assert_eq!(uses(lounge), [1, -1, 0, 1, -1, 0]);
        assert_eq!(uses(None), [1, -1, 1, -1]);
    }
}
