//! One device of the mesh, as a state machine.

mod claims;
mod peers;
mod replica;
mod room;
mod roster;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use gatehouse_domain::id::{DeviceId, EventId, ZoneId};
use gatehouse_domain::scan::{HybridClock, Mode};

use crate::claim::Wish;
use crate::lease::LeaseBook;
use crate::ledger::Ledger;
use crate::note::{NoteSet, SignedNote};
use crate::scans::{Chains, Flag, Life, SignedScan};
use crate::time::{HomeTime, Now};
use crate::wire::{ByeCode, Denial, Frame, Role, RosterVersion};

use claims::{Held, Promise};
use peers::Peer;
use roster::Incoming;
pub use view::PeerView;

/// Who this device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    /// The event.
    pub event: EventId,
    /// The device.
    pub device: DeviceId,
    /// Its life.
    pub incarnation: u32,
    /// Whether it is the event's home.
    pub role: Role,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A connection stands; the transport has made sure that this device is at its other end.
    Connected(DeviceId),
    /// It is gone.
    Disconnected(DeviceId),
    /// It brought one frame, without its length.
    Received(DeviceId, Vec<u8>),
    /// A gate wants to let somebody in or out, after its own rules have said yes.
    Claim(Wish),
    /// Nothing comes of a claim: the scan was not written.
    Withdrawn([u8; 16]),
    /// A scan of this device was written to the ledger.
    Stored(Box<SignedScan>),
    /// The ledger has another roster.
    RosterChanged,
    /// A person wrote a note here; it is kept and passed on.
    Noted(Box<SignedNote>),
    /// A gate wants room for this many people more in a place.
    WantRoom(Option<ZoneId>, u32),
    /// A person says that a device is out of use: the room that it holds comes back.
    WriteOff(DeviceId),
    /// The time that [`Node::next_timer`] named has come.
    Timer,
}

/// What a claim came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// The gate may go on, if it has written the scan by `until`.
    Granted {
        /// Whom it could ask.
        mode: Mode,
        /// The clock that the record carries.
        clock: HybridClock,
        /// How wrong that may be, in ms.
        uncertainty_ms: u32,
        /// Steady time after which the grant is void.
        until: Duration,
    },
    /// It may not: who, where, when.
    Denied(Denial),
}

/// What is to be done, or was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send a frame, which has its length before it.
    Send(DeviceId, Vec<u8>),
    /// End a connection. Nothing comes of it any more; a [`Input::Disconnected`] may follow.
    Close(DeviceId, ByeCode),
    /// A claim is decided.
    Decided([u8; 16], Permission),
    /// Scans of others were kept.
    Merged(Vec<SignedScan>),
    /// A note of another device was kept.
    Noted(SignedNote),
    /// Something is wrong with a device or a home; told once for each.
    Flagged(Flag),
    /// The roster is another one.
    RosterAdvanced(RosterVersion),
    /// This device's right was taken back: it admits no more, and wipes roster and key.
    Revoked,
    /// This device came back from an old copy of its file: it admits no more in this life.
    RolledBack,
    /// The ledger did not keep something; it will come again.
    NotKept(String),
}

/// How a node breaks its rules, to show that the tests see it.
#[cfg(test)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Fault {
    /// Not at all.
    #[default]
    None,
    /// It grants every claim.
    GrantsAll,
    /// It does not send what others lack.
    KeepsToItself,
    /// It goes by its own clock.
    OwnClock,
    /// It admits though its right was taken back.
    DeafToRevocation,
}

/// One device of the mesh.
///
/// It holds what it knows of its peers, the claims under way and an index of the scans in the
/// ledger. Every input is answered at once; nothing blocks, nothing panics, and memory is bounded
/// by the limits of [`crate::limits`] and the number of scans.
#[derive(Debug)]
pub struct Node {
    own: Own,
    peers: BTreeMap<DeviceId, Peer>,
    chains: Chains,
    clock: HybridClock,
    time: HomeTime,
    claims: BTreeMap<[u8; 16], Held>,
    promises: BTreeMap<(DeviceId, [u8; 16]), Promise>,
    strangers: BTreeSet<DeviceId>,
    revoked: BTreeSet<DeviceId>,
    roster: RosterVersion,
    incoming: Option<Incoming>,
    notes: NoteSet,
    book: LeaseBook,
    /// Steady time before which the book is not written again, after it could not be.
    book_rests: Duration,
    /// People whom this device let in, less those whom it let out.
    used: BTreeMap<Option<ZoneId>, i64>,
    /// Since when people inside are counted, UTC ms; and steady time at which that is looked up anew.
    counted_since: (i64, Duration),
    flags: BTreeSet<Flag>,
    rolled_back: bool,
    /// Steady time since which claims went through without any peer; none while there is one.
    alone_since: Option<i64>,
    effects: Vec<Effect>,
    #[cfg(test)]
    pub(crate) fault: Fault,
}

impl Node {
    /// A device that starts at `now` with what its ledger holds.
    #[must_use]
    pub fn new(own: Own, now: Now, ledger: &dyn Ledger) -> Self {
        let mut node = Self {
            own,
            peers: BTreeMap::new(),
            chains: Chains::default(),
            clock: HybridClock::default(),
            time: HomeTime::new(own.role == Role::Home, ledger.home_offset_ms()),
            claims: BTreeMap::new(),
            promises: BTreeMap::new(),
            strangers: BTreeSet::new(),
            revoked: ledger
                .revocations()
                .iter()
                .filter_map(|d| d.revokes)
                .chain(ledger.revoked())
                .collect(),
            roster: ledger.roster(),
            incoming: None,
            notes: NoteSet::default(),
            book: LeaseBook::default(),
            book_rests: Duration::ZERO,
            used: BTreeMap::new(),
            counted_since: (i64::MIN, Duration::ZERO),
            flags: BTreeSet::new(),
            rolled_back: false,
            alone_since: None,
            effects: Vec::new(),
            #[cfg(test)]
            fault: Fault::None,
        };
        ledger.each_scan(&mut |scan| {
            node.chains.insert(scan);
        });
        ledger.each_scan(&mut |scan| {
            let (wall, device) = (scan.record.clock.wall_ms, scan.record.device);
            // Its own clock goes back from nowhere but from where it can't have been (`tick`), whatever
            // others believe.
            if device == own.device || node.time.believes(device, wall, now) {
                node.clock = node.clock.max(scan.record.clock);
            }
        });
        for note in ledger.notes() {
            node.notes.insert(&note.note);
        }
        if let Some(book) = ledger.lease_book() {
            node.book = LeaseBook::from_bytes(&book).unwrap_or_default();
        }
        node.keep_count(now, ledger);
        node.alone_since = Some(node.time.estimate(now).0);
        node
    }

    /// Takes one input in, and tells what is to be done. Time passes with [`Input::Timer`] alone, so
    /// that whoever was held up reads what came meanwhile before it finds anybody silent.
    pub fn handle(&mut self, now: Now, input: Input, ledger: &mut dyn Ledger) -> Vec<Effect> {
        match input {
            Input::Connected(peer) => self.connect(peer, now, ledger),
            Input::Disconnected(peer) => self.disconnect(peer, now),
            Input::Received(peer, body) => self.receive(peer, &body, now, ledger),
            Input::Claim(wish) => self.claim(wish, now, ledger),
            Input::Withdrawn(nonce) => self.withdraw(nonce),
            Input::Stored(scan) => self.take_own(&scan, ledger),
            Input::RosterChanged => self.take_changed_roster(now, ledger),
            Input::Noted(note) => self.take_note(None, &note, ledger),
            Input::WantRoom(zone, want) => self.want_room(zone, want, now),
            Input::WriteOff(device) => self.write_off(device, ledger),
            Input::Timer => self.keep_time(now, ledger),
        }
        self.keep_company(now);
        std::mem::take(&mut self.effects)
    }

    /// When the node wants to be woken, in steady time, unless something happens before; none
    /// while nothing is under way.
    #[must_use]
    pub fn next_timer(&self, now: Now) -> Option<Duration> {
        let beats = self.peers.values().map(Peer::next_wake);
        let claims = self.claims.values().map(Held::next_wake);
        let lease = self.book.next_end().map(|end| {
            let wait = end.saturating_sub(self.time.estimate(now).0);
            let end = now.steady + Duration::from_millis(u64::try_from(wait).unwrap_or(0));
            end.max(self.book_rests)
        });
        beats.chain(claims).chain(lease).min()
    }

    /// The clock that the device's next record carries, and how wrong it may be in ms.
    pub fn stamp(&mut self, now: Now) -> (HybridClock, u32) {
        let estimate = self.time.estimate(now).0;
        #[cfg(test)]
        let estimate = match self.fault {
            Fault::OwnClock => now.device_ms,
            _ => estimate,
        };
        self.clock = self.clock.tick(estimate);
        (self.clock, self.time.uncertainty_ms(now))
    }

    /// Whether this device may admit: its right stands, and its life goes on from where it was.
    #[must_use]
    pub fn may_admit(&self) -> bool {
        #[cfg(test)]
        if self.fault == Fault::DeafToRevocation {
            return true;
        }
        !self.is_revoked() && !self.rolled_back
    }

    /// Whether this device has heard that its right was taken back.
    #[must_use]
    pub fn is_revoked(&self) -> bool {
        self.revoked.contains(&self.own.device)
    }

    fn life(&self) -> Life {
        Life {
            device: self.own.device,
            incarnation: self.own.incarnation,
        }
    }

    /// Moves the clock on by one that was heard, where it is believed.
    fn hear_clock(&mut self, device: DeviceId, clock: HybridClock, now: Now) {
        if self.time.believes(device, clock.wall_ms, now) {
            self.clock = self.clock.max(clock);
        } else {
            self.flag(Flag::ClockAhead { device });
        }
    }

    fn flag(&mut self, flag: Flag) {
        if self.flags.insert(flag) {
            self.effects.push(Effect::Flagged(flag));
        }
    }

    fn send(&mut self, peer: DeviceId, frame: &Frame) {
        self.effects.push(Effect::Send(peer, frame.to_bytes()));
    }

    /// Peers that can be spoken to: both have read the other's greeting.
    fn ready_peers(&self) -> Vec<DeviceId> {
        let ready = self.peers.iter().filter(|(_, peer)| peer.is_ready());
        ready.map(|(device, _)| *device).collect()
    }

    fn not_kept(&mut self, why: crate::ledger::NotKept) {
        self.effects.push(Effect::NotKept(why.0));
    }

    fn keep_time(&mut self, now: Now, ledger: &mut dyn Ledger) {
        self.keep_claims(now);
        self.keep_peers(now);
        self.keep_leases(now, ledger);
        self.keep_count(now, ledger);
    }

    /// Notes since when nobody is there.
    fn keep_company(&mut self, now: Now) {
        let alone = self.ready_peers().is_empty();
        match (alone, self.alone_since) {
            (true, None) => self.alone_since = Some(self.time.estimate(now).0),
            (false, Some(_)) => self.alone_since = None,
            _ => {}
        }
    }
}
