//! Peers: greeting, presence, and the time.

use std::collections::BTreeMap;
use std::time::Duration;

use gatehouse_domain::id::DeviceId;

use super::{Effect, Node};
use crate::ledger::Ledger;
use crate::limits::{BEAT, GONE, MOST_DEVICES, MOST_PEERS, NEWEST_VERSION, OLDEST_VERSION};
use crate::scans::{Digest, Extent, Flag, Life};
use crate::time::Now;
use crate::wire::{Beat, Bye, ByeCode, Deltas, Echo, Frame, Hello, Role, RosterVersion};

/// What is known of a peer while the connection stands.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    /// What it said of itself.
    pub(super) hello: Option<Hello>,
    /// Whether it is the event's home: it says so, and so does the roster.
    pub(super) is_home: bool,
    /// Whether it has read our greeting.
    pub(super) heard_us: bool,
    /// Since when the connection stands.
    pub(super) since: Duration,
    /// When anything came from it last.
    pub(super) last_word: Duration,
    /// When it is told next that we are here.
    pub(super) next_beat: Duration,
    /// Whether it let a claim wait too long and was not heard since.
    pub(super) silent: bool,
    /// The roster that it has.
    pub(super) roster: RosterVersion,
    /// Digest of its scans and notes.
    pub(super) digest: Digest,
    /// Its peers.
    pub(super) peers: Vec<DeviceId>,
    /// When it was told last what we have.
    pub(super) told_have: Option<Duration>,
    /// What it said last that it has, and when it was sent what it lacks of that.
    pub(super) answered: Option<(Duration, Vec<Extent>)>,
    /// When it was asked last for a newer roster.
    pub(super) asked_roster: Option<Duration>,
    /// The epoch of which it follows another home than we do.
    pub(super) follows_other: Option<u32>,
    /// When it was asked last for room.
    pub(super) asked_room: Option<Duration>,
    /// How far a chain that it has otherwise was shown to it.
    pub(super) shown: BTreeMap<Life, u64>,
    /// How many of the notes it was shown in this round.
    pub(super) notes_shown: usize,
    /// What it lacks and is given by whoever wrote it.
    pub(super) left: BTreeMap<Life, Left>,
}

/// A life whose scans are left to their own device to give.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    /// Since when nothing of it came.
    pub(super) since: Duration,
    /// How far it came.
    pub(super) upto: u64,
}

impl Peer {
    fn new(now: Duration) -> Self {
        Self {
            hello: None,
            is_home: false,
            heard_us: false,
            since: now,
            last_word: now,
            next_beat: now + BEAT,
            silent: false,
            roster: RosterVersion::default(),
            digest: [0; 16],
            peers: Vec::new(),
            told_have: None,
            answered: None,
            asked_roster: None,
            follows_other: None,
            asked_room: None,
            shown: BTreeMap::new(),
            notes_shown: 0,
            left: BTreeMap::new(),
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.hello.is_some() && self.heard_us
    }

    pub(super) fn says_home(&self) -> bool {
        self.hello.is_some_and(|hello| hello.role == Role::Home)
    }

    pub(super) fn next_wake(&self) -> Duration {
        self.next_beat.min(self.last_word + GONE)
    }
}

impl Node {
    pub(super) fn connect(&mut self, peer: DeviceId, now: Now, ledger: &dyn Ledger) {
        if peer == self.own.device || self.is_revoked() {
            self.effects.push(Effect::Close(peer, ByeCode::Revoked));
            return;
        }
        if self.revoked.contains(&peer) {
            self.turn_away(peer, ledger);
            return;
        }
        if self.peers.len() >= MOST_PEERS && !self.peers.contains_key(&peer) {
            self.say_bye(peer, ByeCode::Crowded);
            return;
        }
        self.peers.insert(peer, Peer::new(now.steady));
        self.greet(peer, false);
    }

    pub(super) fn disconnect(&mut self, peer: DeviceId, now: Now) {
        if self.peers.remove(&peer).is_some() {
            self.time.forget(peer);
            self.lose_answers_of(peer, now);
        }
    }

    fn greet(&mut self, peer: DeviceId, heard: bool) {
        let hello = Hello {
            oldest: OLDEST_VERSION,
            newest: NEWEST_VERSION,
            event: self.own.event,
            device: self.own.device,
            incarnation: self.own.incarnation,
            role: self.own.role,
            roster: self.roster,
            heard,
        };
        self.send(peer, &Frame::Hello(hello));
    }

    /// Ends a connection with a reason that the other side can read.
    pub(super) fn say_bye(&mut self, peer: DeviceId, code: ByeCode) {
        let bye = Bye {
            code,
            oldest: OLDEST_VERSION,
            newest: NEWEST_VERSION,
        };
        self.send(peer, &Frame::Bye(bye));
        self.effects.push(Effect::Close(peer, code));
    }

    /// Shows a device whose right was taken back the home's word on it, and nothing else.
    pub(super) fn turn_away(&mut self, peer: DeviceId, ledger: &dyn Ledger) {
        self.greet(peer, true);
        let word = ledger.revocations().into_iter();
        let deltas: Vec<_> = word.filter(|d| d.revokes == Some(peer)).take(1).collect();
        self.send(peer, &Frame::Deltas(Deltas { deltas }));
        self.say_bye(peer, ByeCode::Revoked);
    }

    pub(super) fn cut_off(&mut self, peer: DeviceId, code: ByeCode, now: Now) {
        self.say_bye(peer, code);
        self.disconnect(peer, now);
    }

    pub(super) fn receive(
        &mut self,
        from: DeviceId,
        body: &[u8],
        now: Now,
        ledger: &mut dyn Ledger,
    ) {
        let Some(peer) = self.peers.get_mut(&from) else {
            return;
        };
        peer.last_word = now.steady;
        peer.silent = false;
        let greeted = peer.hello.is_some();
        let frame = match Frame::from_body(body) {
            Ok(frame) => frame,
            Err(_) => {
                self.cut_off(from, ByeCode::BadFrame, now);
                return;
            }
        };
        match frame {
            Frame::Hello(hello) => self.take_hello(from, &hello, now, ledger),
            Frame::Bye(bye) => {
                if bye.code == ByeCode::OtherHome {
                    self.flag(Flag::TwoHomes { peer: from });
                }
                self.effects.push(Effect::Close(from, bye.code));
                self.disconnect(from, now);
            }
            // Whoever has not greeted yet is not listened to; they greet again.
            _ if !greeted => {}
            frame => {
                if let Some(peer) = self.peers.get_mut(&from) {
                    peer.heard_us = true;
                }
                self.take_frame(from, frame, now, ledger);
            }
        }
    }

    fn take_frame(&mut self, from: DeviceId, frame: Frame, now: Now, ledger: &mut dyn Ledger) {
        match frame {
            Frame::Beat(beat) => self.take_beat(from, beat, now),
            Frame::Echo(echo) => {
                let is_home = self.peers.get(&from).is_some_and(|peer| peer.is_home);
                if let Some(offset) = self.time.hear((from, is_home), &echo, now)
                    && let Err(why) = ledger.keep_home_offset_ms(offset)
                {
                    self.not_kept(why);
                }
            }
            Frame::Have(have) => self.take_have(from, &have, now, ledger),
            Frame::Scans(scans) => {
                self.take_scans(from, scans.scans, now, ledger);
                if scans.more {
                    self.tell_have(from, false, now);
                }
            }
            Frame::Claim(claim) => self.take_claim(from, claim, now, ledger),
            Frame::Answer(answer) => self.take_answer(from, answer, now, ledger),
            Frame::Release(release) => {
                self.promises.remove(&(from, release.nonce));
            }
            Frame::RosterAsk(ask) => self.answer_roster(from, &ask, ledger),
            Frame::Deltas(deltas) => self.take_deltas(from, deltas.deltas, now, ledger),
            Frame::SnapshotPart(part) => self.take_part(from, part, now, ledger),
            Frame::LeaseAsk(ask) => self.take_lease_ask(from, ask, now, ledger),
            Frame::Lease(lease) => self.take_lease(from, &lease, now, ledger),
            Frame::Settle(settle) => self.take_settle(from, &settle, ledger),
            Frame::Settled(settled) => self.take_settled(from, settled, ledger),
            Frame::Notes(notes) => {
                for note in &notes.notes {
                    self.take_note(Some(from), note, ledger);
                }
            }
            Frame::Hello(_) | Frame::Bye(_) | Frame::Unknown(_) => {}
        }
    }

    fn take_hello(&mut self, from: DeviceId, hello: &Hello, now: Now, ledger: &dyn Ledger) {
        let common = hello.newest.min(NEWEST_VERSION);
        let code = if common < hello.oldest.max(OLDEST_VERSION) {
            Some(ByeCode::VersionsApart)
        } else if hello.event != self.own.event {
            Some(ByeCode::OtherEvent)
        } else if hello.device != from {
            Some(ByeCode::OtherDevice)
        } else {
            None
        };
        if let Some(code) = code {
            self.cut_off(from, code, now);
            return;
        }
        let homes = |h: &Hello| h.role == Role::Home && h.roster.epoch == hello.roster.epoch;
        let own_home = self.own.role == Role::Home && self.roster.epoch == hello.roster.epoch;
        let other_home = self
            .peers
            .iter()
            .any(|(device, peer)| *device != from && peer.hello.as_ref().is_some_and(homes));
        if hello.role == Role::Home && (own_home || other_home) {
            self.flag(Flag::TwoHomes { peer: from });
        }
        if hello.role == Role::Home && hello.roster.epoch < self.roster.epoch {
            self.flag(Flag::StaleHome { peer: from });
        }
        // The home that stands is named by its own roster.
        let same_epoch = hello.roster.epoch == self.roster.epoch && self.roster.number > 0;
        let is_home = hello.role == Role::Home && ledger.is_home_device(from);
        if hello.role == Role::Home && same_epoch && !is_home {
            self.flag(Flag::TwoHomes { peer: from });
            self.cut_off(from, ByeCode::OtherHome, now);
            return;
        }
        let Some(peer) = self.peers.get_mut(&from) else {
            return;
        };
        let first = peer.hello.is_none();
        let was_ready = peer.is_ready();
        peer.hello = Some(*hello);
        peer.is_home = is_home;
        peer.heard_us |= hello.heard;
        peer.roster = peer.roster.max(hello.roster);
        let ready = peer.is_ready();
        // Both are told once that they were heard.
        if first || !hello.heard {
            self.greet(from, true);
        }
        if ready && !was_ready {
            self.beat(from, now);
            self.tell_have(from, true, now);
            self.send_owed(from);
        }
        self.ask_roster(from, now, false);
    }

    fn beat(&mut self, to: DeviceId, now: Now) {
        let beat = Beat {
            sent_us: u64::try_from(now.steady.as_micros()).unwrap_or(u64::MAX),
            roster: self.roster,
            digest: self.digest(),
            peers: self.ready_peers().into_iter().take(MOST_DEVICES).collect(),
        };
        self.send(to, &Frame::Beat(beat));
        if let Some(peer) = self.peers.get_mut(&to) {
            peer.next_beat = now.steady + BEAT;
        }
    }

    fn take_beat(&mut self, from: DeviceId, beat: Beat, now: Now) {
        let (home, uncertainty) = self.time.estimate(now);
        let echo = Echo {
            sent_us: beat.sent_us,
            received_ms: home,
            echoed_ms: home,
            uncertainty_ms: uncertainty.unwrap_or(u32::MAX),
            device_ms: now.device_ms,
        };
        self.send(from, &Frame::Echo(echo));
        let differs = beat.digest != self.digest();
        if let Some(peer) = self.peers.get_mut(&from) {
            peer.roster = beat.roster;
            peer.digest = beat.digest;
            peer.peers = beat.peers;
        }
        if differs {
            self.tell_have(from, true, now);
        }
        self.ask_roster(from, now, false);
    }

    /// Beats, and parts with whoever was not heard for too long.
    pub(super) fn keep_peers(&mut self, now: Now) {
        let gone: Vec<DeviceId> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.last_word + GONE <= now.steady)
            .map(|(device, _)| *device)
            .collect();
        for peer in gone {
            self.cut_off(peer, ByeCode::Silent, now);
        }
        let due: Vec<(DeviceId, bool, bool)> = self
            .peers
            .iter()
            .filter(|(_, peer)| peer.next_beat <= now.steady)
            .map(|(device, peer)| (*device, peer.is_ready(), peer.hello.is_some()))
            .collect();
        for (peer, ready, greeted) in due {
            if ready {
                self.beat(peer, now);
                self.send_owed(peer);
            } else {
                self.greet(peer, greeted);
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.next_beat = now.steady + BEAT;
                }
            }
        }
        if !self.may_admit() && self.is_revoked() {
            let peers: Vec<DeviceId> = self.peers.keys().copied().collect();
            for peer in peers {
                self.cut_off(peer, ByeCode::Revoked, now);
            }
        }
    }
}
