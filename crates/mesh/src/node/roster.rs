//! The roster: numbered deltas of the home's, passed on by anybody; a snapshot for who is too far
//! behind; revocations ahead of all.

use std::collections::BTreeMap;

use gatehouse_domain::id::DeviceId;
use sha2::{Digest as _, Sha256};

use super::{Effect, Node};
use crate::ledger::{Ledger, Vouch};
use crate::limits::{
    AGAIN, FAR_BEHIND, FULL_DELTAS_BYTES, MOST_DELTAS, MOST_PARTS, MOST_REVOCATIONS, PART_BYTES,
};
use crate::scans::Flag;
use crate::time::Now;
use crate::wire::{
    ByeCode, Delta, Deltas, DenyCode, Frame, RosterAsk, RosterVersion, SnapshotHead, SnapshotPart,
};

/// Parts of a snapshot that are sent for one question.
const PARTS_AT_ONCE: u32 = 4;

/// A snapshot on its way in.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    head: SnapshotHead,
    bytes: Vec<u8>,
    next: u32,
    /// Parts that overtook others; no more than are sent at once.
    early: BTreeMap<u32, Vec<u8>>,
    revocations: Vec<Delta>,
}

impl Node {
    /// Asks a peer that has a newer roster for what is lacking; not again too soon, unless it has
    /// just brought some.
    pub(super) fn ask_roster(&mut self, of: DeviceId, now: Now, goes_on: bool) {
        let ours = self.roster;
        let Some(peer) = self.peers.get_mut(&of) else {
            return;
        };
        let soon = peer
            .asked_roster
            .is_some_and(|asked| asked + AGAIN > now.steady);
        let other_home =
            peer.follows_other == Some(peer.roster.epoch) && peer.roster.epoch == ours.epoch;
        if peer.roster <= ours || !peer.is_ready() || (soon && !goes_on) || other_home {
            return;
        }
        peer.asked_roster = Some(now.steady);
        let ask = RosterAsk {
            after: ours,
            snapshot: self.incoming.as_ref().map_or([0; 16], |i| i.head.digest()),
            part: self.incoming.as_ref().map_or(0, |i| i.next),
        };
        self.send(of, &Frame::RosterAsk(ask));
    }

    pub(super) fn answer_roster(&mut self, to: DeviceId, ask: &RosterAsk, ledger: &dyn Ledger) {
        if ask.after >= self.roster || !self.may_read_roster(to, ledger) {
            return;
        }
        if let Some(deltas) = self.deltas_after(ask.after, ledger) {
            self.send(to, &Frame::Deltas(Deltas { deltas }));
            return;
        }
        let Some(head) = ledger.snapshot() else {
            return;
        };
        let first = match head.digest() == ask.snapshot {
            true => ask.part,
            false => 0,
        };
        let parts = u32::try_from(head.parts()).unwrap_or(MOST_PARTS);
        for part in first..first.saturating_add(PARTS_AT_ONCE).min(parts) {
            let Some(bytes) = ledger.snapshot_part(&head, part) else {
                return;
            };
            let mut head = head.clone();
            if part == 0 {
                head.revocations.truncate(MOST_REVOCATIONS);
            } else {
                head.revocations.clear();
            }
            self.send(to, &Frame::SnapshotPart(SnapshotPart { head, part, bytes }));
        }
    }

    /// Whether a peer is one of those for whom the roster is. Whoever this roster does not name was
    /// enrolled later and has a newer one, or is of another event and only says otherwise.
    fn may_read_roster(&self, peer: DeviceId, ledger: &dyn Ledger) -> bool {
        !self.revoked.contains(&peer) && ledger.vouch(peer, &[], &[]) != Vouch::Stranger
    }

    /// The deltas that follow a roster; none where only a snapshot leads on.
    fn deltas_after(&self, after: RosterVersion, ledger: &dyn Ledger) -> Option<Vec<Delta>> {
        if after.epoch != self.roster.epoch || self.roster.number - after.number > FAR_BEHIND {
            return None;
        }
        let mut deltas = Vec::new();
        let mut bytes = 0;
        for number in after.number + 1..=self.roster.number {
            let version = RosterVersion { number, ..after };
            let delta = ledger.delta(version)?;
            bytes += delta.body.len();
            deltas.push(delta);
            if deltas.len() == MOST_DELTAS || bytes >= FULL_DELTAS_BYTES {
                break;
            }
        }
        Some(deltas)
    }

    pub(super) fn take_deltas(
        &mut self,
        from: DeviceId,
        deltas: Vec<Delta>,
        now: Now,
        ledger: &mut dyn Ledger,
    ) {
        let before = self.roster;
        for delta in deltas {
            self.take_delta(from, &delta, now, ledger);
        }
        if self.roster > before {
            self.roster_advanced(now, ledger);
            self.pass_roster_on(Some(from), ledger);
            self.ask_roster(from, now, true);
        }
    }

    fn take_delta(&mut self, from: DeviceId, delta: &Delta, now: Now, ledger: &mut dyn Ledger) {
        let version = delta.version;
        if version <= self.roster && version.epoch == self.roster.epoch {
            let known = ledger.delta(version);
            if known.is_some_and(|known| known != *delta) && ledger.is_home_delta(delta) {
                self.flag(Flag::TwoHomes { peer: from });
            }
        }
        if !ledger.is_home_delta(delta) {
            self.flag(Flag::Unsigned { peer: from });
            return;
        }
        // A revocation holds from when it is heard, whatever comes before it.
        if !self.hear_revocation(delta, now, ledger) {
            return;
        }
        if version.epoch < self.roster.epoch {
            self.flag(Flag::StaleHome { peer: from });
            return;
        }
        if self.is_of_other_home(from, version, &delta.signature, ledger) {
            return;
        }
        if let Some(peer) = self.peers.get_mut(&from) {
            peer.roster = peer.roster.max(version);
        }
        let next = RosterVersion {
            epoch: self.roster.epoch,
            number: self.roster.number + 1,
        };
        if version != next {
            return;
        }
        match ledger.apply_delta(delta) {
            Ok(()) => self.roster = version,
            Err(why) => self.not_kept(why),
        }
    }

    /// Whether another home of our epoch signed this: the first stands, and the peer that told of
    /// the second is not asked again.
    fn is_of_other_home(
        &mut self,
        from: DeviceId,
        version: RosterVersion,
        signature: &[u8],
        ledger: &dyn Ledger,
    ) -> bool {
        let of_other = version.epoch == self.roster.epoch
            && self.roster.number > 0
            && !ledger.is_same_home(signature);
        if of_other {
            self.flag(Flag::TwoHomes { peer: from });
            if let Some(peer) = self.peers.get_mut(&from) {
                peer.follows_other = Some(version.epoch);
            }
        }
        of_other
    }

    /// A device's right is taken back: from now on nothing is taken from it, and it is told why.
    /// `false` where it could not be kept, and has to come again.
    fn hear_revocation(&mut self, delta: &Delta, now: Now, ledger: &mut dyn Ledger) -> bool {
        let Some(device) = delta.revokes else {
            return true;
        };
        if self.revoked.contains(&device) {
            return true;
        }
        if let Err(why) = ledger.keep_revocation(delta) {
            self.not_kept(why);
            return false;
        }
        let deltas = vec![delta.clone()];
        for to in self.ready_peers() {
            let deltas = deltas.clone();
            self.send(to, &Frame::Deltas(Deltas { deltas }));
        }
        self.shut_out(device, now);
        true
    }

    /// Takes nothing from a device any more; where it is this one, it admits nobody.
    fn shut_out(&mut self, device: DeviceId, now: Now) {
        if !self.revoked.insert(device) {
            return;
        }
        if device == self.own.device {
            self.effects.push(Effect::Revoked);
            if !self.may_admit() {
                self.deny_all(DenyCode::Revoked);
            }
        } else if self.peers.contains_key(&device) {
            self.cut_off(device, ByeCode::Revoked, now);
        }
    }

    pub(super) fn take_part(
        &mut self,
        from: DeviceId,
        part: SnapshotPart,
        now: Now,
        ledger: &mut dyn Ledger,
    ) {
        let SnapshotPart { head, part, bytes } = part;
        if head.version <= self.roster {
            return;
        }
        let known = self
            .incoming
            .as_ref()
            .map(|i| (i.head.digest(), i.head.version));
        // A newer one, or the same roster written otherwise by a giver who has no other.
        let replaces = |(digest, version): (_, _)| {
            digest != head.digest()
                && (version < head.version || version == head.version && part == 0)
        };
        if known.is_none_or(replaces) {
            let fits = head.parts() <= u64::from(MOST_PARTS) && head.length > 0;
            if !fits || !ledger.is_home_snapshot(&head) {
                self.flag(Flag::Unsigned { peer: from });
                return;
            }
            if self.is_of_other_home(from, head.version, &head.signature, ledger) {
                return;
            }
            self.incoming = Some(Incoming {
                head: head.clone(),
                bytes: Vec::new(),
                next: 0,
                early: BTreeMap::new(),
                revocations: Vec::new(),
            });
        }
        let Some(incoming) = &mut self.incoming else {
            return;
        };
        let near = incoming.next..incoming.next.saturating_add(PARTS_AT_ONCE);
        if incoming.head.digest() != head.digest() || !near.contains(&part) {
            return;
        }
        // The length is the signed one: what is sent can't be more.
        let before = u64::from(part) * PART_BYTES as u64;
        let left = incoming.head.length.saturating_sub(before);
        if bytes.len() as u64 != left.min(PART_BYTES as u64) {
            return;
        }
        incoming.early.insert(part, bytes);
        let first = incoming.next;
        while let Some(bytes) = incoming.early.remove(&incoming.next) {
            incoming.bytes.extend_from_slice(&bytes);
            incoming.next += 1;
        }
        let round = first / PARTS_AT_ONCE < incoming.next / PARTS_AT_ONCE;
        if part == 0 {
            let mut revocations = head.revocations;
            revocations.retain(|delta| ledger.is_home_delta(delta));
            for delta in &revocations {
                self.hear_revocation(delta, now, ledger);
            }
            if let Some(incoming) = &mut self.incoming {
                incoming.revocations = revocations;
            }
        }
        self.finish_snapshot(from, round, now, ledger);
    }

    fn finish_snapshot(&mut self, from: DeviceId, round: bool, now: Now, ledger: &mut dyn Ledger) {
        let Some(incoming) = self.incoming.take() else {
            return;
        };
        if u64::from(incoming.next) < incoming.head.parts() {
            self.incoming = Some(incoming);
            if round {
                self.ask_roster(from, now, true);
            }
            return;
        }
        if <[u8; 32]>::from(Sha256::digest(&incoming.bytes)) != incoming.head.hash {
            self.flag(Flag::Unsigned { peer: from });
            return;
        }
        // A roster is not newer than the revocations that led to it.
        for delta in &incoming.revocations {
            if !self.hear_revocation(delta, now, ledger) {
                return;
            }
        }
        match ledger.apply_snapshot(&incoming.head, &incoming.bytes) {
            Ok(()) => {
                self.roster = incoming.head.version;
                self.roster_advanced(now, ledger);
                self.pass_roster_on(Some(from), ledger);
                self.ask_roster(from, now, true);
            }
            Err(why) => self.not_kept(why),
        }
    }

    /// The ledger has another roster than before: of this home's own making, or fetched otherwise.
    pub(super) fn take_changed_roster(&mut self, now: Now, ledger: &mut dyn Ledger) {
        let roster = ledger.roster();
        for delta in ledger.revocations() {
            self.hear_revocation(&delta, now, ledger);
        }
        if roster != self.roster {
            self.roster = roster;
            self.roster_advanced(now, ledger);
            self.pass_roster_on(None, ledger);
        }
    }

    fn roster_advanced(&mut self, now: Now, ledger: &dyn Ledger) {
        for device in ledger.revoked() {
            self.shut_out(device, now);
        }
        for (device, peer) in &mut self.peers {
            peer.is_home = peer.says_home() && ledger.is_home_device(*device);
        }
        // Devices that were strangers may be named now: their scans are asked for again.
        self.strangers.clear();
        let stale = |incoming: &mut Incoming| incoming.head.version <= self.roster;
        self.incoming.take_if(stale);
        self.effects.push(Effect::RosterAdvanced(self.roster));
    }

    /// Tells peers with an older roster at once.
    fn pass_roster_on(&mut self, from: Option<DeviceId>, ledger: &dyn Ledger) {
        for to in self.ready_peers() {
            let Some(theirs) = self.peers.get(&to).map(|peer| peer.roster) else {
                continue;
            };
            if Some(to) == from || theirs >= self.roster || !self.may_read_roster(to, ledger) {
                continue;
            }
            if let Some(deltas) = self.deltas_after(theirs, ledger) {
                self.send(to, &Frame::Deltas(Deltas { deltas }));
            }
        }
    }
}
