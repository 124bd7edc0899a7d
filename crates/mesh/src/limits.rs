//! What the mesh accepts from outside at most, and how long it waits.

use std::time::Duration;

/// The oldest version of the protocol that is spoken.
pub const OLDEST_VERSION: u16 = 1;
/// The newest version of the protocol that is spoken.
pub const NEWEST_VERSION: u16 = 1;

/// The largest frame, in bytes without its length.
pub const MOST_FRAME_BYTES: usize = 512 * 1024;
/// Scans in one frame.
pub const MOST_SCANS: usize = 256;
/// The signed bytes of one scan record or note.
pub const MOST_RECORD_BYTES: usize = 2_048;
/// One signature.
pub const MOST_SIGNATURE_BYTES: usize = 1_024;
/// Lives of devices of which one frame tells.
pub const MOST_LIVES: usize = 4_096;
/// Lives of one device whose scans are taken: each but the first is a file that was put back from a
/// copy.
pub const MOST_LIVES_OF_ONE: usize = 64;
/// Devices that one list in a frame names.
pub const MOST_DEVICES: usize = 256;
/// Peers that a device is connected to.
pub const MOST_PEERS: usize = 64;
/// Nonces that a claim names as seen.
pub const MOST_SEEN: usize = 128;
/// Scans that come with the answer to a claim.
pub const MOST_UNSEEN: usize = 16;
/// Claims of others that are remembered at a time; the next ones are denied as busy.
pub const MOST_PROMISES: usize = 4_096;
/// The body of one roster delta, in bytes.
pub const MOST_DELTA_BYTES: usize = 128 * 1024;
/// Deltas in one frame.
pub const MOST_DELTAS: usize = 64;
/// The bytes of deltas in one frame, from which on no further one is added.
pub const FULL_DELTAS_BYTES: usize = 256 * 1024;
/// Deltas that somebody may lack before a snapshot is sent in their place.
pub const FAR_BEHIND: u64 = 512;
/// The bytes of one part of a snapshot; all but the last are of this length.
pub const PART_BYTES: usize = 64 * 1024;
/// Parts of one snapshot: 128 MiB.
pub const MOST_PARTS: u32 = 2_048;
/// Revocations that a snapshot carries.
pub const MOST_REVOCATIONS: usize = 256;
/// Notes in one frame.
pub const MOST_NOTES: usize = 128;
/// The longest note, in bytes of UTF-8.
pub const MOST_NOTE_BYTES: usize = 1_000;
/// Shares of a zone's room that one lease gives.
pub const MOST_SHARES: u32 = 1_000_000;

/// For how long a claim waits for the answers of its peers; one that stays silent is treated as
/// gone.
pub const SILENT: Duration = Duration::from_millis(150);
/// For how long a granted claim may be acted upon, from when it was made.
pub const GRANT_HOLDS: Duration = Duration::from_millis(2_500);
/// For how long a device keeps others from what it was granted, until it says whether it wrote the
/// scan: longer than any disk takes.
pub const GRANT_BARS: Duration = Duration::from_secs(60);
/// For how long a peer remembers the claim that it granted, and defers: longer than a grant holds.
pub const PROMISE_HOLDS: Duration = Duration::from_secs(5);
/// How often a peer says that it is there.
pub const BEAT: Duration = Duration::from_millis(500);
/// After how long without a word a peer counts as disconnected.
pub const GONE: Duration = Duration::from_secs(2);
/// How often the same peer is asked or told the same again, at most.
pub const AGAIN: Duration = Duration::from_millis(1_000);
/// For how long scans are left to the device that wrote them, where it can give them itself; and for
/// how long a new peer may not have said yet whom it talks to.
pub const LEFT_TO_THEIR_OWN: Duration = Duration::from_millis(1_500);
/// How far ahead of everyone a clock may be and be believed, in milliseconds.
pub const BELIEVED_AHEAD_MS: i64 = 5_000;
/// The uncertainty of a clock that was never held against the home's, in milliseconds.
pub const UNSURE_MS: u32 = 5_000;
/// By how much a clock drifts, at worst: one part in this many.
pub const DRIFT_PARTS: u64 = 10_000;
/// How long a lease of room lasts, in milliseconds of home time.
pub const LEASE_MS: i64 = 60_000;
/// How much earlier the lessee stops, in milliseconds.
pub const LEASE_MARGIN_MS: i64 = 2_000;
