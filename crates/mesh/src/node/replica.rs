//! Scans and notes: telling what is here, sending what others lack, taking in what is new.

use std::collections::{BTreeMap, BTreeSet};

use gatehouse_domain::chain::{ChainLink, vouched};
use gatehouse_domain::id::DeviceId;

use super::peers::{Left, Peer};
use super::{Effect, Node};
use crate::ledger::{Ledger, Vouch};
use crate::limits::{AGAIN, LEFT_TO_THEIR_OWN, MOST_DEVICES, MOST_LIVES, MOST_NOTES, MOST_SCANS};
use crate::note::SignedNote;
use crate::scans::{Digest, Extent, Flag, Lack, Life, SignedScan};
use crate::time::Now;
use crate::wire::{DenyCode, Frame, Have, Notes, Scans};

/// Frames of scans that are sent for one [`Have`].
const FRAMES_AT_ONCE: usize = 4;

impl Node {
    /// What beats compare: all scans and notes in one.
    pub(super) fn digest(&self) -> Digest {
        let mut digest = self.chains.digest();
        for (byte, note) in digest.iter_mut().zip(self.notes.digest()) {
            *byte ^= note;
        }
        digest
    }

    /// Tells a peer what is here; not again too soon, unless it goes on with more.
    pub(super) fn tell_have(&mut self, to: DeviceId, ask: bool, now: Now) {
        let Some(peer) = self.peers.get_mut(&to) else {
            return;
        };
        let soon = peer.told_have.is_some_and(|told| told + AGAIN > now.steady);
        if ask && soon {
            return;
        }
        peer.told_have = Some(now.steady);
        let have = Have {
            lives: self.chains.extents().take(MOST_LIVES).collect(),
            strangers: self.strangers.iter().copied().take(MOST_DEVICES).collect(),
            notes: self.notes.digest(),
            ask,
        };
        self.send(to, &Frame::Have(have));
    }

    pub(super) fn take_have(&mut self, from: DeviceId, have: &Have, now: Now, ledger: &dyn Ledger) {
        // More of this life than was ever written here: what is shown of it tells, its number alone
        // does not.
        let own = have.lives.iter().find(|extent| extent.life == self.life());
        let unknown = own.is_some_and(|extent| !self.wrote(extent.upto, ledger));
        if have.ask || unknown {
            self.tell_have(from, false, now);
        }
        #[cfg(test)]
        if self.fault == super::Fault::KeepsToItself {
            return;
        }
        let Some(peer) = self.peers.get_mut(&from) else {
            return;
        };
        // The same again so soon: what it lacks is on its way.
        let again = peer
            .answered
            .as_ref()
            .is_some_and(|(at, lives)| *at + AGAIN > now.steady && *lives == have.lives);
        if again {
            return;
        }
        peer.answered = Some((now.steady, have.lives.clone()));
        if have.notes != self.notes.digest() {
            self.send_notes(from, ledger);
        }
        let strangers: BTreeSet<DeviceId> = have.strangers.iter().copied().collect();
        let lives: Vec<Life> = self
            .chains
            .lives()
            .filter(|life| !strangers.contains(&life.device))
            .collect();
        let theirs: BTreeMap<Life, &Extent> = have.lives.iter().map(|e| (e.life, e)).collect();
        let mut scans = Vec::new();
        let mut more = false;
        for life in lives {
            let theirs = theirs.get(&life).copied();
            if self.is_left_to_its_own(from, life, theirs, now) {
                continue;
            }
            more |= !self.add_lacking(from, life, theirs, &mut scans, ledger);
            if more {
                break;
            }
        }
        let frames = scans.chunks(MOST_SCANS).count();
        let chunks: Vec<Vec<SignedScan>> = scans.chunks(MOST_SCANS).map(<[_]>::to_vec).collect();
        for (at, scans) in chunks.into_iter().enumerate() {
            let more = more && at + 1 == frames;
            self.send(from, &Frame::Scans(Scans { scans, more }));
        }
    }

    /// Whether the device that wrote a life is there to give a peer what it lacks of it, so that it
    /// need not come from everybody at once; not for long where nothing comes.
    fn is_left_to_its_own(
        &mut self,
        to: DeviceId,
        life: Life,
        theirs: Option<&Extent>,
        now: Now,
    ) -> bool {
        if life.device == self.own.device || life.device == to {
            return false;
        }
        let is_here = self.peers.get(&life.device).is_some_and(Peer::is_ready);
        let Some(peer) = self.peers.get_mut(&to) else {
            return false;
        };
        if self.chains.lack(life, theirs) == Lack::Nothing {
            peer.left.remove(&life);
            return false;
        }
        let is_new = peer.since + LEFT_TO_THEIR_OWN > now.steady;
        let can_give = peer.peers.contains(&life.device) || is_new && is_here;
        if !can_give {
            return false;
        }
        let upto = theirs.map_or(0, |extent| extent.upto);
        let left = peer.left.entry(life).or_insert(Left {
            since: now.steady,
            upto,
        });
        let is_over = left.since + LEFT_TO_THEIR_OWN <= now.steady;
        if upto > left.upto && !is_over {
            *left = Left {
                since: now.steady,
                upto,
            };
        }
        !is_over
    }

    /// Adds what a peer lacks of a life; `false` where there is more than fits.
    fn add_lacking(
        &mut self,
        to: DeviceId,
        life: Life,
        theirs: Option<&Extent>,
        scans: &mut Vec<SignedScan>,
        ledger: &dyn Ledger,
    ) -> bool {
        let room = (MOST_SCANS * FRAMES_AT_ONCE).saturating_sub(scans.len());
        let Some(peer) = self.peers.get_mut(&to) else {
            return true;
        };
        let (after, whole) = match self.chains.lack(life, theirs) {
            Lack::Nothing => {
                peer.shown.remove(&life);
                return true;
            }
            Lack::After(after) => (after, false),
            Lack::Whole => (peer.shown.get(&life).copied().unwrap_or(0), true),
        };
        let found = ledger.scans_after(life, after, room);
        let full = found.len() >= room;
        if whole {
            // Records of one number stay together: the last number comes again.
            let shown = match (full, found.last()) {
                (true, Some(last)) => (last.record.sequence - 1).max(after),
                _ => 0,
            };
            // More records of one number than one turn shows: the rest is beyond help.
            let shown = match shown == after && full {
                true => after + 1,
                false => shown,
            };
            peer.shown.insert(life, shown);
        }
        scans.extend(found);
        !full
    }

    /// Takes scans of others in: each once, whatever else is known.
    pub(super) fn take_scans(
        &mut self,
        from: DeviceId,
        scans: Vec<SignedScan>,
        now: Now,
        ledger: &mut dyn Ledger,
    ) {
        // Nothing is taken from a device whose right was taken back.
        if self.revoked.contains(&from) {
            return;
        }
        let mut new: Vec<SignedScan> = Vec::new();
        for scan in scans {
            let record = &scan.record;
            if record.event != self.own.event || record.sequence == 0 {
                self.flag(Flag::Unsigned { peer: from });
                continue;
            }
            if self.chains.contains(&scan) || new.contains(&scan) {
                continue;
            }
            if self.chains.has_many_lives(&scan.life()) {
                self.flag(Flag::Unsigned { peer: from });
                continue;
            }
            // On disk, and told to somebody by another way than this before it was told here.
            let (life, before) = (scan.life(), record.sequence - 1);
            if life == self.life() && ledger.scans_after(life, before, 1).contains(&scan) {
                self.index(&scan);
                continue;
            }
            new.push(scan);
        }
        let fresh = self.vouched(from, new, ledger);
        if fresh.is_empty() {
            return;
        }
        let late: Vec<bool> = fresh
            .iter()
            .map(|scan| self.revoked.contains(&scan.record.device))
            .collect();
        if let Err(why) = ledger.keep_scans(&fresh, &late) {
            self.not_kept(why);
            return;
        }
        for scan in &fresh {
            self.index(scan);
            self.hear_clock(scan.record.device, scan.record.clock, now);
            if scan.life() == self.life() {
                self.roll_back();
            }
        }
        self.match_claims(&fresh, ledger);
        self.pass_on(Some(from), &fresh);
        self.effects.push(Effect::Merged(fresh));
    }

    /// Those of these scans that their devices stand for: signed, or named by one that is.
    fn vouched(
        &mut self,
        from: DeviceId,
        new: Vec<SignedScan>,
        ledger: &dyn Ledger,
    ) -> Vec<SignedScan> {
        let links: Vec<ChainLink> = new
            .iter()
            .map(|scan| ChainLink::of(&scan.record, &scan.signed, &scan.signature))
            .collect();
        let (mut wrong, mut strangers) = (false, BTreeSet::new());
        let all = vouched(&links, |at| {
            let SignedScan {
                record,
                signed,
                signature,
            } = &new[at];
            if self.chains.names(&links[at]) {
                return true;
            }
            match ledger.vouch(record.device, signed, signature) {
                Vouch::Holds => true,
                // Whoever passes it on may have had it with the record that names it.
                Vouch::Wrong => {
                    wrong |= record.device == from;
                    false
                }
                Vouch::Stranger => {
                    strangers.insert(record.device);
                    false
                }
            }
        });
        if wrong {
            self.flag(Flag::Unsigned { peer: from });
        }
        for device in strangers {
            if self.strangers.len() < MOST_DEVICES {
                self.strangers.insert(device);
            }
        }
        let fresh: Vec<SignedScan> = new
            .into_iter()
            .zip(all)
            .filter_map(|(scan, stands)| stands.then_some(scan))
            .collect();
        for scan in &fresh {
            self.strangers.remove(&scan.record.device);
        }
        fresh
    }

    /// Adds a scan to the index, and tells what it shows of its chain; `false` where it was there.
    fn index(&mut self, scan: &SignedScan) -> bool {
        let (life, sequence) = (scan.life(), scan.record.sequence);
        let is_new = self.chains.insert(scan);
        for flag in self.chains.flags_at(life, sequence) {
            self.flag(flag);
        }
        is_new
    }

    /// Whether this device knows of having written so far in this life.
    fn wrote(&self, sequence: u64, ledger: &dyn Ledger) -> bool {
        sequence <= self.chains.last(self.life())
            || !ledger
                .scans_after(self.life(), sequence.saturating_sub(1), 1)
                .is_empty()
    }

    fn roll_back(&mut self) {
        let life = self.life();
        if self.rolled_back {
            return;
        }
        self.rolled_back = true;
        self.flag(Flag::RolledBack { life });
        self.effects.push(Effect::RolledBack);
        self.deny_all(DenyCode::RolledBack);
    }

    /// A scan that this device wrote, or another whose key is kept here: it goes to everybody at
    /// once. The same one again changes nothing.
    pub(super) fn take_own(&mut self, scan: &SignedScan, ledger: &dyn Ledger) {
        self.fulfil(scan.record.nonce);
        if !self.index(scan) {
            return;
        }
        self.clock = self.clock.max(scan.record.clock);
        self.match_claims(std::slice::from_ref(scan), ledger);
        self.count_own(scan, ledger);
        self.pass_on(None, std::slice::from_ref(scan));
    }

    /// Passes scans on to peers that have them from nobody else.
    fn pass_on(&mut self, from: Option<DeviceId>, scans: &[SignedScan]) {
        #[cfg(test)]
        if self.fault == super::Fault::KeepsToItself {
            return;
        }
        for to in self.ready_peers() {
            if Some(to) == from {
                continue;
            }
            let Some(peer) = self.peers.get(&to) else {
                continue;
            };
            let has_them = |device: &DeviceId| *device == to || peer.peers.contains(device);
            let lacking: Vec<SignedScan> = scans
                .iter()
                .filter(|scan| match from {
                    None => true,
                    Some(from) => !has_them(&from) && !has_them(&scan.record.device),
                })
                .cloned()
                .collect();
            for scans in lacking.chunks(MOST_SCANS) {
                let scans = scans.to_vec();
                self.send(to, &Frame::Scans(Scans { scans, more: false }));
            }
        }
    }

    /// Shows a peer with other notes the notes that are here, some at a time, round and round.
    fn send_notes(&mut self, to: DeviceId, ledger: &dyn Ledger) {
        let all = ledger.notes();
        let Some(peer) = self.peers.get_mut(&to) else {
            return;
        };
        let from = match peer.notes_shown < all.len() {
            true => peer.notes_shown,
            false => 0,
        };
        peer.notes_shown = from + MOST_NOTES * FRAMES_AT_ONCE;
        for notes in all[from..].chunks(MOST_NOTES).take(FRAMES_AT_ONCE) {
            let notes = notes.to_vec();
            self.send(to, &Frame::Notes(Notes { notes }));
        }
    }

    pub(super) fn take_note(
        &mut self,
        from: Option<DeviceId>,
        note: &SignedNote,
        ledger: &mut dyn Ledger,
    ) {
        let (device, signed) = (note.note.device, note.note.to_bytes());
        if self.notes.contains(&note.note) || note.note.event != self.own.event {
            return;
        }
        if from.is_some_and(|from| self.revoked.contains(&from))
            || ledger.vouch(device, &signed, &note.signature) != Vouch::Holds
        {
            return;
        }
        if let Err(why) = ledger.keep_note(note) {
            self.not_kept(why);
            return;
        }
        self.notes.insert(&note.note);
        for to in self.ready_peers() {
            if Some(to) != from {
                let notes = vec![note.clone()];
                self.send(to, &Frame::Notes(Notes { notes }));
            }
        }
        if from.is_some() {
            self.effects.push(Effect::Noted(note.clone()));
        }
    }
}
