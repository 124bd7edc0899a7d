//! What the mesh keeps and looks up, behind a trait: the event's file, at a gate or at its home.

use gatehouse_domain::id::{DeviceId, TicketId, ZoneId};

use crate::note::SignedNote;
use crate::scans::{Life, SignedScan};
use crate::wire::{Delta, RosterVersion, SnapshotHead};

/// What a device's signature is worth here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vouch {
    /// It holds.
    Holds,
    /// It does not.
    Wrong,
    /// The roster does not name the device yet.
    Stranger,
}

/// Something could not be kept; nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotKept(pub String);

/// The event's file, as the mesh sees it.
///
/// Whatever `keep_…` and `apply_…` returned for is on disk and survives a crash; each is all or
/// nothing. What it is asked is answered from what is kept.
pub trait Ledger {
    /// Shows every scan that is kept, in any order.
    fn each_scan(&self, look: &mut dyn FnMut(&SignedScan));
    /// Every scan of a ticket.
    fn scans_of(&self, ticket: TicketId) -> Vec<SignedScan>;
    /// As [`Ledger::scans_of`], without those that were put aside: they stand in nobody's way.
    fn counted_scans_of(&self, ticket: TicketId) -> Vec<SignedScan> {
        self.scans_of(ticket)
    }
    /// Scans of a life after a number, by their numbers; several of one number are all shown.
    fn scans_after(&self, life: Life, after: u64, most: usize) -> Vec<SignedScan>;
    /// Checks a device's signature over a record or a note. The device's key is the roster's; one
    /// that the roster does not name is a stranger whatever is shown.
    fn vouch(&self, device: DeviceId, signed: &[u8], signature: &[u8]) -> Vouch;
    /// Whether a device has no mesh of its own and lets in through this one: a second gate at the
    /// home, a phone.
    fn is_kept_here(&self, _device: DeviceId) -> bool {
        false
    }
    /// Whether the roster names a device as the event's home.
    fn is_home_device(&self, device: DeviceId) -> bool;
    /// Keeps scans of others. `late` says that a scan came after its device's right was taken
    /// back: it is kept, and shown to a person; one that was made after that as well is put aside.
    fn keep_scans(&mut self, scans: &[SignedScan], late: &[bool]) -> Result<(), NotKept>;

    /// The roster that is kept.
    fn roster(&self) -> RosterVersion;
    /// The delta that made a version, where it is still kept.
    fn delta(&self, version: RosterVersion) -> Option<Delta>;
    /// Whether the home signed a delta. At another epoch it is the key of that epoch's home, as
    /// the workspace root certifies it.
    fn is_home_delta(&self, delta: &Delta) -> bool;
    /// Whether what a home signed is of the home whose roster is kept, as far as both are of one
    /// epoch: a home signs with the key of a device that its own roster names.
    fn is_same_home(&self, _signature: &[u8]) -> bool {
        true
    }
    /// Applies the delta that follows the roster which is kept.
    fn apply_delta(&mut self, delta: &Delta) -> Result<(), NotKept>;
    /// The whole roster, where it can be given.
    fn snapshot(&self) -> Option<SnapshotHead>;
    /// A part of it.
    fn snapshot_part(&self, head: &SnapshotHead, part: u32) -> Option<Vec<u8>>;
    /// Whether the home signed a snapshot; see [`Ledger::is_home_delta`].
    fn is_home_snapshot(&self, head: &SnapshotHead) -> bool;
    /// Puts a whole roster in the place of the one that is kept.
    fn apply_snapshot(&mut self, head: &SnapshotHead, bytes: &[u8]) -> Result<(), NotKept>;

    /// Every revocation that was heard, applied or not yet.
    fn revocations(&self) -> Vec<Delta>;
    /// Devices whose right the roster that is kept says was taken back, also where no revocation of
    /// theirs was heard by itself.
    fn revoked(&self) -> Vec<DeviceId>;
    /// Keeps a revocation, ahead of its turn.
    fn keep_revocation(&mut self, delta: &Delta) -> Result<(), NotKept>;

    /// Every note.
    fn notes(&self) -> Vec<SignedNote>;
    /// Keeps a note.
    fn keep_note(&mut self, note: &SignedNote) -> Result<(), NotKept>;

    /// How many people a zone takes; `zone` none is the venue. None where nobody counts.
    fn capacity(&self, zone: Option<ZoneId>) -> Option<u32>;
    /// Since when people inside are counted at a moment, both UTC ms.
    fn counted_since(&self, _now_ms: i64) -> i64 {
        i64::MIN
    }
    /// The book of leases, as it was kept last.
    fn lease_book(&self) -> Option<Vec<u8>>;
    /// Keeps the book of leases.
    fn keep_lease_book(&mut self, book: &[u8]) -> Result<(), NotKept>;

    /// By how much the home's time was ahead of the device's clock when it was last measured, ms.
    fn home_offset_ms(&self) -> Option<i64>;
    /// Keeps that.
    fn keep_home_offset_ms(&mut self, offset_ms: i64) -> Result<(), NotKept>;
}
