//! What peers say of the roster, field by field in the order of the wire.

use gatehouse_domain::id::{DeviceId, EventId};

use super::FrameError;
use super::bytes::{Bytes, Wire, wire_struct, write_blob, write_list};
use crate::limits::{
    MOST_DELTA_BYTES, MOST_DELTAS, MOST_REVOCATIONS, MOST_SIGNATURE_BYTES, PART_BYTES,
};
use crate::scans::Digest;

/// Which roster: of which home, and how many deltas of it. A later home's is newer whatever its
/// number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RosterVersion {
    /// The home's epoch.
    pub epoch: u32,
    /// The number of the last delta.
    pub number: u64,
}
wire_struct!(RosterVersion { epoch, number });

/// Asks for what is newer than a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterAsk {
    /// The roster that the sender has.
    pub after: RosterVersion,
    /// The snapshot of which it has parts; zeros where it has none.
    pub snapshot: Digest,
    /// The first part that it lacks.
    pub part: u32,
}
wire_struct!(RosterAsk {
    after,
    snapshot,
    part
});

/// One numbered edit of the roster, signed by the home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// The roster that it makes.
    pub version: RosterVersion,
    /// The device whose right it takes back.
    pub revokes: Option<DeviceId>,
    /// What else it says; not this protocol's to read. Empty where it revokes, so that it may be
    /// shown to the one whom it concerns.
    pub body: Vec<u8>,
    /// The home's signature over [`Delta::signed_bytes`].
    pub signature: Vec<u8>,
}

/// Separates a delta's signature from every other thing that the home signs.
const DELTA_PREFIX: &[u8; 8] = b"GHDELT\0\x01";
/// The same for snapshots.
const SNAPSHOT_PREFIX: &[u8; 8] = b"GHSNAP\0\x01";

impl Delta {
    /// The bytes that the home signs: a prefix with the version of the format, the event, then
    /// the fields as on the wire.
    #[must_use]
    pub fn signed_bytes(&self, event: EventId) -> Vec<u8> {
        let mut out = DELTA_PREFIX.to_vec();
        event.write(&mut out);
        self.version.write(&mut out);
        self.revokes.write(&mut out);
        write_blob(&mut out, &self.body);
        out
    }
}

impl Wire for Delta {
    fn write(&self, out: &mut Vec<u8>) {
        self.version.write(out);
        self.revokes.write(out);
        write_blob(out, &self.body);
        write_blob(out, &self.signature);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            version: Wire::read(from)?,
            revokes: Wire::read(from)?,
            body: from.blob(MOST_DELTA_BYTES)?,
            signature: from.blob(MOST_SIGNATURE_BYTES)?,
        })
    }
}

/// Edits of the roster, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deltas {
    /// The edits.
    pub deltas: Vec<Delta>,
}

impl Wire for Deltas {
    fn write(&self, out: &mut Vec<u8>) {
        write_list(out, &self.deltas);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            deltas: from.list(MOST_DELTAS)?,
        })
    }
}

/// What a whole roster is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotHead {
    /// The roster that it is.
    pub version: RosterVersion,
    /// How many bytes it has.
    pub length: u64,
    /// SHA-256 of them.
    pub hash: [u8; 32],
    /// Every delta that took a device's right back.
    pub revocations: Vec<Delta>,
    /// The home's signature over [`SnapshotHead::signed_bytes`].
    pub signature: Vec<u8>,
}

impl SnapshotHead {
    /// The bytes that the home signs. The revocations are signed each for itself.
    #[must_use]
    pub fn signed_bytes(&self, event: EventId) -> Vec<u8> {
        let mut out = SNAPSHOT_PREFIX.to_vec();
        event.write(&mut out);
        self.version.write(&mut out);
        self.length.write(&mut out);
        self.hash.write(&mut out);
        out
    }

    /// How many parts it is sent in.
    #[must_use]
    pub fn parts(&self) -> u64 {
        self.length.div_ceil(PART_BYTES as u64)
    }

    /// What names it on the wire.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut digest = [0; 16];
        digest.copy_from_slice(&self.hash[..16]);
        digest
    }
}

impl Wire for SnapshotHead {
    fn write(&self, out: &mut Vec<u8>) {
        self.version.write(out);
        self.length.write(out);
        self.hash.write(out);
        write_list(out, &self.revocations);
        write_blob(out, &self.signature);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            version: Wire::read(from)?,
            length: Wire::read(from)?,
            hash: Wire::read(from)?,
            revocations: from.list(MOST_REVOCATIONS)?,
            signature: from.blob(MOST_SIGNATURE_BYTES)?,
        })
    }
}

/// A part of a whole roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotPart {
    /// What it is a part of.
    pub head: SnapshotHead,
    /// Which part, from 0.
    pub part: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Wire for SnapshotPart {
    fn write(&self, out: &mut Vec<u8>) {
        self.head.write(out);
        self.part.write(out);
        write_blob(out, &self.bytes);
    }
    fn read(from: &mut Bytes<'_>) -> Result<Self, FrameError> {
        Ok(Self {
            head: Wire::read(from)?,
            part: Wire::read(from)?,
            bytes: from.blob(PART_BYTES)?,
        })
    }
}
