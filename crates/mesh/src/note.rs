//! What people decided on conflicts: kept for ever, only ever added.

use std::collections::BTreeMap;

use gatehouse_domain::id::{DeviceId, EventId};
use gatehouse_domain::scan::HybridClock;
use sha2::{Digest as _, Sha256};

use crate::limits::MOST_NOTE_BYTES;
use crate::scans::Digest;
use crate::wire::FrameError;
use crate::wire::bytes::{Bytes, Wire, wire_codes};

wire_codes! {
    /// What became of somebody who came in on a used ticket.
    Outcome {
        /// They stay.
        LetStay = 0 "let_stay",
        /// They were asked to leave.
        AskedToLeave = 1 "asked_to_leave",
        /// There was no second person.
        Mistaken = 2 "mistaken",
    }
}

/// A person's decision on a conflict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The event.
    pub event: EventId,
    /// The admission that should not have been.
    pub double: [u8; 16],
    /// When it was written, in the order of scans.
    pub clock: HybridClock,
    /// Where it was written.
    pub device: DeviceId,
    /// What became of them.
    pub outcome: Outcome,
    /// In a person's words, at most 1,000 bytes.
    pub text: String,
}

/// Separates a note's signature from every other thing that a device signs.
const NOTE_PREFIX: &[u8; 8] = b"GHNOTE\0\x01";

impl Note {
    /// The bytes that its device signs; a text that is too long is cut.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = NOTE_PREFIX.to_vec();
        self.event.write(&mut out);
        self.double.write(&mut out);
        self.clock.write(&mut out);
        self.device.write(&mut out);
        self.outcome.write(&mut out);
        crate::wire::write_note_text(&mut out, &self.text);
        out
    }

    /// Reads what [`Self::to_bytes`] wrote; anything else is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        let mut bytes = Bytes(bytes);
        if bytes.array::<8>()? != *NOTE_PREFIX {
            return Err(FrameError::Damaged);
        }
        let note = Self {
            event: Wire::read(&mut bytes)?,
            double: Wire::read(&mut bytes)?,
            clock: Wire::read(&mut bytes)?,
            device: Wire::read(&mut bytes)?,
            outcome: Wire::read(&mut bytes)?,
            text: bytes.text(MOST_NOTE_BYTES)?,
        };
        match bytes.0 {
            [] => Ok(note),
            _ => Err(FrameError::Damaged),
        }
    }
}

/// A note and its device's signature.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignedNote {
    /// The note.
    pub note: Note,
    /// The signature over its bytes.
    pub signature: Vec<u8>,
}

/// The notes on each conflict, the latest last. The same for the same set, whatever its order.
#[must_use]
pub fn notes_by_double(notes: impl IntoIterator<Item = Note>) -> BTreeMap<[u8; 16], Vec<Note>> {
    let mut by_double: BTreeMap<[u8; 16], Vec<Note>> = BTreeMap::new();
    for note in notes {
        by_double.entry(note.double).or_default().push(note);
    }
    for notes in by_double.values_mut() {
        notes.sort_by(|a, b| (a.clock, a.device, a).cmp(&(b.clock, b.device, b)));
        notes.dedup();
    }
    by_double
}

/// What a set of notes is compared by.
#[derive(Debug, Clone, Default)]
pub(crate) struct NoteSet(std::collections::BTreeSet<[u8; 32]>);

impl NoteSet {
    /// Adds a note; `false` where it was here.
    pub(crate) fn insert(&mut self, note: &Note) -> bool {
        self.0.insert(Sha256::digest(note.to_bytes()).into())
    }

    pub(crate) fn contains(&self, note: &Note) -> bool {
        self.0
            .contains(&<[u8; 32]>::from(Sha256::digest(note.to_bytes())))
    }

    /// The digest of the set: zeros of an empty one.
    pub(crate) fn digest(&self) -> Digest {
        let mut digest = [0; 16];
        if self.0.is_empty() {
            return digest;
        }
        let mut hash = Sha256::new();
        for note in &self.0 {
            hash.update(note);
        }
        digest.copy_from_slice(&hash.finalize()[..16]);
        digest
    }
}
