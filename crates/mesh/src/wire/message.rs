//! What peers say to each other, field by field in the order of the wire.

use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, EventId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::HybridClock;

use super::bytes::{Bytes, Wire, wire_codes, wire_struct, write_blob, write_list, write_text};
use super::{FrameError, RosterVersion};
use crate::limits::{
    MOST_DEVICES, MOST_LIVES, MOST_NOTE_BYTES, MOST_NOTES, MOST_RECORD_BYTES, MOST_SCANS,
    MOST_SEEN, MOST_SIGNATURE_BYTES, MOST_UNSEEN,
};

use crate::note::SignedNote;
use crate::scans::{Digest, Extent, Life, SignedScan};

wire_codes! {
    /// What a peer is.
    Role {
        /// The event's home.
        Home = 0 "home",
        /// Everybody else.
        Gate = 1 "gate",
    }
}

wire_codes! {
    /// Why a connection ends.
    ByeCode {
        /// No version of the protocol is spoken by both: the older side is to be updated.
        VersionsApart = 1 "versions_apart",
        /// The peer is of another event.
        OtherEvent = 2 "other_event",
        /// The peer calls itself otherwise than its certificate does.
        OtherDevice = 3 "other_device",
        /// The peer's right was taken back.
        Revoked = 4 "revoked",
        /// A frame could not be read, or broke a limit.
        BadFrame = 5 "bad_frame",
        /// Nothing was heard for too long.
        Silent = 6 "silent",
        /// There are as many peers as there may be.
        Crowded = 7 "crowded",
        /// It calls itself this event's home, and another one stands.
        OtherHome = 8 "other_home",
    }
}

wire_codes! {
    /// What a claim asks for.
    Want {
        /// To let in.
        Enter = 0 "enter",
        /// To let out: never denied, answered with what the gate has not seen.
        Leave = 1 "leave",
        /// To take a passage back: answered like one who leaves.
        TakeBack = 2 "take_back",
    }
}

wire_codes! {
    /// Why a claim is denied.
    DenyCode {
        /// An admission of the slot is known.
        Used = 1 "used",
        /// Another gate is letting in on the same slot, and comes first.
        Claimed = 2 "claimed",
        /// The gate's right was taken back.
        Revoked = 3 "revoked",
        /// This device came back from an old copy of its file: it scans again in a new life.
        RolledBack = 4 "rolled_back",
        /// More claims are under way than anybody remembers.
        Busy = 5 "busy",
        /// There is no room left for whom this device lets in now.
        Full = 6 "full",
    }
}

/// The first frame on a connection. Its fields never change, so that every version reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// The oldest version that the sender speaks.
    pub oldest: u16,
    /// The newest version that the sender speaks.
    pub newest: u16,
    /// The event.
    pub event: EventId,
    /// The sender.
    pub device: DeviceId,
    /// Its life.
    pub incarnation: u32,
    /// Whether it is the home.
    pub role: Role,
    /// The roster that it has.
    pub roster: RosterVersion,
    /// Whether the sender has read the receiver's greeting.
    pub heard: bool,
}
wire_struct!(Hello {
    oldest,
    newest,
    event,
    device,
    incarnation,
    role,
    roster,
    heard
});

/// The last frame on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bye {
    /// Why.
    pub code: ByeCode,
    /// The oldest version that the sender speaks.
    pub oldest: u16,
    /// The newest version that the sender speaks.
    pub newest: u16,
}
wire_struct!(Bye {
    code,
    oldest,
    newest
});

/// Presence, the question for the time, and in a few bytes whether the two have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// The sender's steady time, in microseconds; comes back as it is.
    pub sent_us: u64,
    /// The roster that it has.
    pub roster: RosterVersion,
    /// Digest of all scans and notes that it has.
    pub digest: Digest,
    /// Its peers.
    pub peers: Vec<DeviceId>,
}

impl Wire for Beat {
    fn write(&self, out: &mut Vec<u8>) {
        self.sent_us.write(out);
        self.roster.write(out);
        self.digest.write(out);
        write_list(out, &self.peers);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            sent_us: Wire::read(from)?,
            roster: Wire::read(from)?,
            digest: Wire::read(from)?,
            peers: from.list(MOST_DEVICES)?,
        })
    }
}

/// The answer to a beat: what its sender takes for home time, and its own clock as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Echo {
    /// The beat's own time, as it came.
    pub sent_us: u64,
    /// Home time when the beat was received, UTC ms.
    pub received_ms: i64,
    /// Home time when the echo was sent, UTC ms.
    pub echoed_ms: i64,
    /// How wrong that may be, in ms; `u32::MAX` where nobody knows the home's time.
    pub uncertainty_ms: u32,
    /// The device's own clock when the beat was received, UTC ms.
    pub device_ms: i64,
}
wire_struct!(Echo {
    sent_us,
    received_ms,
    echoed_ms,
    uncertainty_ms,
    device_ms
});

/// Which scans the sender has, life by life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Have {
    /// Each life of which it has scans.
    pub lives: Vec<Extent>,
    /// Devices whose scans it can't check yet, since its roster does not name them.
    pub strangers: Vec<DeviceId>,
    /// Digest of all notes that it has.
    pub notes: Digest,
    /// Whether it wants to be told the same in return.
    pub ask: bool,
}

impl Wire for Have {
    fn write(&self, out: &mut Vec<u8>) {
        write_list(out, &self.lives);
        write_list(out, &self.strangers);
        self.notes.write(out);
        self.ask.write(out);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            lives: from.list(MOST_LIVES)?,
            strangers: from.list(MOST_DEVICES)?,
            notes: Wire::read(from)?,
            ask: Wire::read(from)?,
        })
    }
}

wire_struct!(Life {
    device,
    incarnation
});
wire_struct!(Extent {
    life,
    upto,
    held,
    prefix,
    digest
});

impl Wire for SignedScan {
    fn write(&self, out: &mut Vec<u8>) {
        write_blob(out, &self.signed);
        write_blob(out, &self.signature);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        let signed = from.blob(MOST_RECORD_BYTES)?;
        let signature = from.blob(MOST_SIGNATURE_BYTES)?;
        Self::new(signed, signature).map_err(|_| FrameError::Damaged)
    }
}

/// Scans, in the order of their chains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scans {
    /// The scans.
    pub scans: Vec<SignedScan>,
    /// Whether there are more, for whoever says again what they have.
    pub more: bool,
}

impl Wire for Scans {
    fn write(&self, out: &mut Vec<u8>) {
        write_list(out, &self.scans);
        self.more.write(out);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            scans: from.list(MOST_SCANS)?,
            more: Wire::read(from)?,
        })
    }
}

/// A gate's wish to let somebody in or out, and what it has seen of the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
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
    /// The policy that the gate goes by.
    pub policy: ReEntry,
    /// When it was made, in the order of scans.
    pub clock: HybridClock,
    /// Nonces of the ticket's passages, of what took one back, and of what was taken back, as far
    /// as the gate knows them; the latest where there are too many.
    pub seen: Vec<[u8; 16]>,
    /// Everybody who is asked.
    pub asked: Vec<DeviceId>,
}

impl Wire for ReEntry {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Self::Single => 0,
            Self::AfterExit => 1,
            Self::OncePerDay => 2,
            Self::Unlimited => 3,
        });
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        match u8::read(from)? {
            0 => Ok(Self::Single),
            1 => Ok(Self::AfterExit),
            2 => Ok(Self::OncePerDay),
            3 => Ok(Self::Unlimited),
            _ => Err(FrameError::Damaged),
        }
    }
}

impl Wire for Claim {
    fn write(&self, out: &mut Vec<u8>) {
        self.nonce.write(out);
        self.want.write(out);
        self.ticket.write(out);
        self.session.write(out);
        self.zone.write(out);
        self.day.write(out);
        self.policy.write(out);
        self.clock.write(out);
        write_list(out, &self.seen);
        write_list(out, &self.asked);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            nonce: Wire::read(from)?,
            want: Wire::read(from)?,
            ticket: Wire::read(from)?,
            session: Wire::read(from)?,
            zone: Wire::read(from)?,
            day: Wire::read(from)?,
            policy: Wire::read(from)?,
            clock: Wire::read(from)?,
            seen: from.list(MOST_SEEN)?,
            asked: from.list(MOST_DEVICES)?,
        })
    }
}

/// Who stands in a claim's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denial {
    /// Why.
    pub code: DenyCode,
    /// The device at which it was used or is claimed.
    pub device: DeviceId,
    /// The zone of that gate; none at the venue's entrance.
    pub zone: Option<ZoneId>,
    /// When, in the order of scans.
    pub clock: HybridClock,
}
wire_struct!(Denial {
    code,
    device,
    zone,
    clock
});

/// The answer to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The claim.
    pub nonce: [u8; 16],
    /// What stands in its way; none where it is granted.
    pub denial: Option<Denial>,
    /// Passages of the ticket that the gate had not seen.
    pub unseen: Vec<SignedScan>,
}

impl Wire for Answer {
    fn write(&self, out: &mut Vec<u8>) {
        self.nonce.write(out);
        self.denial.is_some().write(out);
        if let Some(denial) = &self.denial {
            denial.write(out);
        }
        write_list(out, &self.unseen);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            nonce: Wire::read(from)?,
            denial: match bool::read(from)? {
                true => Some(Wire::read(from)?),
                false => None,
            },
            unseen: from.list(MOST_UNSEEN)?,
        })
    }
}

/// A claim that comes to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The claim.
    pub nonce: [u8; 16],
}
wire_struct!(Release { nonce });

/// Asks for a share of a zone's room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseAsk {
    /// The zone; none for the venue.
    pub zone: Option<ZoneId>,
    /// How many people more the gate wants to let in.
    pub want: u32,
}
wire_struct!(LeaseAsk { zone, want });

/// A share of a zone's room, for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// Names it among those of the giver: each is higher than the one before.
    pub number: u64,
    /// The zone; none for the venue.
    pub zone: Option<ZoneId>,
    /// For how many people.
    pub shares: u32,
    /// Until when, in home time, UTC ms.
    pub until_ms: i64,
}
wire_struct!(Lease {
    number,
    zone,
    shares,
    until_ms
});

/// The end of a lease: what was not used comes back. More than was given comes back where people
/// left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settle {
    /// The lease.
    pub number: u64,
    /// How many shares come back.
    pub back: u32,
}
wire_struct!(Settle { number, back });

/// The giver has taken the end of a lease down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The lease.
    pub number: u64,
}
wire_struct!(Settled { number });

/// What people decided on conflicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// The notes.
    pub notes: Vec<SignedNote>,
}

impl Wire for SignedNote {
    fn write(&self, out: &mut Vec<u8>) {
        write_blob(out, &self.note.to_bytes());
        write_blob(out, &self.signature);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        let signed = from.blob(MOST_RECORD_BYTES)?;
        Ok(Self {
            note: crate::note::Note::from_bytes(&signed)?,
            signature: from.blob(MOST_SIGNATURE_BYTES)?,
        })
    }
}

impl Wire for Notes {
    fn write(&self, out: &mut Vec<u8>) {
        write_list(out, &self.notes);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            notes: from.list(MOST_NOTES)?,
        })
    }
}

/// The words of a note, cut to what a frame takes.
pub(crate) fn write_note_text(out: &mut Vec<u8>, text: &str) {
    let mut end = text.len().min(MOST_NOTE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    write_text(out, &text[..end]);
}
