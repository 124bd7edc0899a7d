//! Scans: one presentation of a code at a device, whatever the verdict. Only ever added.
//!
//! A record is signed by its device and carries the hash of the device's record before it, so a
//! device's records form a chain that can't be rewritten or thinned out unseen. It holds no
//! personal data.

use sha2::{Digest, Sha256};

use crate::admission::Code;
use crate::id::{DeviceId, EventId, SessionId, TicketId, ZoneId};
use crate::words::words;

words! {
    /// Which way a holder goes.
    Direction("direction") {
        /// In.
        Entry = "entry",
        /// Out.
        Exit = "exit",
    }
}

words! {
    /// What the gate shows.
    Verdict("verdict") {
        /// Comes in.
        Admitted = "admitted",
        /// Goes out.
        Exited = "exited",
        /// Stays where they are; the code tells why.
        Refused = "refused",
        /// An earlier passage is taken back.
        Undone = "undone",
    }
}

words! {
    /// Whom a gate could ask before it decided.
    Mode("mode") {
        /// The event's home itself.
        Home = "home",
        /// Its peers.
        Mesh = "mesh",
        /// Nobody.
        Alone = "alone",
    }
}

/// A device's hybrid logical clock: its estimate of home time, moved forward by what it hears.
///
/// Ordered first by `wall_ms`, then by `counter`; with the device id as the last word it is one
/// total order that keeps cause before effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct HybridClock {
    /// Estimated home time, UTC ms.
    pub wall_ms: i64,
    /// Steps taken within one millisecond.
    pub counter: u32,
}

impl HybridClock {
    /// The clock's next value at the estimated home time `now_ms`; never below or equal to itself.
    #[must_use]
    pub fn tick(self, now_ms: i64) -> Self {
        if now_ms > self.wall_ms {
            Self {
                wall_ms: now_ms,
                counter: 0,
            }
        } else if self.counter == u32::MAX {
            Self {
                wall_ms: self.wall_ms + 1,
                counter: 0,
            }
        } else {
            Self {
                wall_ms: self.wall_ms,
                counter: self.counter + 1,
            }
        }
    }
}

/// SHA-256 of a record's signed bytes and signature, or zeros before the first record.
pub type ChainHash = [u8; 32];

/// One presentation of a code at a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRecord {
    /// The event at whose gate the code was presented.
    pub event: EventId,
    /// The device.
    pub device: DeviceId,
    /// Which life of the device: raised when it is enrolled anew or restored.
    pub incarnation: u32,
    /// The device's own count in this life, from 1, without gaps.
    pub sequence: u64,
    /// The ticket, where the code named one that its signature vouches for.
    pub ticket: Option<TicketId>,
    /// The credential's version; 0 without a ticket.
    pub version: u32,
    /// The session that was entered or asked for.
    pub session: Option<SessionId>,
    /// The day in the event's zone, as yyyymmdd.
    pub day: u32,
    /// The zone at whose entrance the gate stands; none at the venue's.
    pub zone: Option<ZoneId>,
    /// Which way.
    pub direction: Direction,
    /// What the gate showed.
    pub verdict: Verdict,
    /// Why, in one stable code.
    pub code: Code,
    /// Whom the gate could ask.
    pub mode: Mode,
    /// Names this presentation: the same nonce sent twice is one scan.
    pub nonce: [u8; 16],
    /// The device's own clock, UTC ms, as it was.
    pub device_ms: i64,
    /// The order of scans.
    pub clock: HybridClock,
    /// Half-width of the interval in which home time surely lay, in milliseconds.
    pub uncertainty_ms: u32,
    /// Hash of the device's record before this one in this life.
    pub previous: ChainHash,
    /// The nonce of the passage that this record takes back; of undone ones alone.
    pub undoes: Option<[u8; 16]>,
}

/// Separates a scan's signature from every other thing a device signs; the last byte is the
/// version of the record.
const SCAN_PREFIX: &[u8; 8] = b"GHSCAN\0\x01";
/// Version 2: a record that takes another back ends with that one's nonce. All others are version
/// 1.
const UNDO_PREFIX: &[u8; 8] = b"GHSCAN\0\x02";

/// Bytes that are no scan record of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScanBytesError {
    /// The prefix or version is another.
    #[error("these bytes are not a scan record of version 1 or 2")]
    OtherVersion,
    /// They end early, go on too long, or hold an impossible value.
    #[error("this scan record is damaged")]
    Damaged,
}

impl ScanRecord {
    /// Whether somebody went out at the venue's entrance, and so out of every zone.
    #[must_use]
    pub fn leaves_venue(&self) -> bool {
        self.verdict == Verdict::Exited && self.zone.is_none()
    }

    /// The bytes that the device signs: fixed order, big-endian, a prefix with the version.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(240);
        out.extend_from_slice(match self.undoes {
            None => SCAN_PREFIX,
            Some(_) => UNDO_PREFIX,
        });
        out.extend_from_slice(self.event.as_bytes());
        out.extend_from_slice(self.device.as_bytes());
        out.extend_from_slice(&self.incarnation.to_be_bytes());
        out.extend_from_slice(&self.sequence.to_be_bytes());
        put_id(&mut out, self.ticket.map(|t| t.0));
        out.extend_from_slice(&self.version.to_be_bytes());
        put_id(&mut out, self.session.map(|s| s.0));
        out.extend_from_slice(&self.day.to_be_bytes());
        put_id(&mut out, self.zone.map(|z| z.0));
        put_word(&mut out, self.direction.word());
        put_word(&mut out, self.verdict.word());
        put_word(&mut out, self.code.word());
        put_word(&mut out, self.mode.word());
        out.extend_from_slice(&self.nonce);
        out.extend_from_slice(&self.device_ms.to_be_bytes());
        out.extend_from_slice(&self.clock.wall_ms.to_be_bytes());
        out.extend_from_slice(&self.clock.counter.to_be_bytes());
        out.extend_from_slice(&self.uncertainty_ms.to_be_bytes());
        out.extend_from_slice(&self.previous);
        out.extend_from_slice(self.undoes.as_ref().map_or(&[][..], |nonce| nonce));
        out
    }

    /// Reads what [`Self::to_bytes`] wrote; anything else is refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ScanBytesError> {
        let mut bytes = Bytes(bytes);
        let undoing = match bytes.take::<8>()? {
            prefix if prefix == *SCAN_PREFIX => false,
            prefix if prefix == *UNDO_PREFIX => true,
            _ => return Err(ScanBytesError::OtherVersion),
        };
        let record = Self {
            event: EventId(uuid::Uuid::from_bytes(bytes.take()?)),
            device: DeviceId(uuid::Uuid::from_bytes(bytes.take()?)),
            incarnation: u32::from_be_bytes(bytes.take()?),
            sequence: u64::from_be_bytes(bytes.take()?),
            ticket: bytes.id()?.map(TicketId),
            version: u32::from_be_bytes(bytes.take()?),
            session: bytes.id()?.map(SessionId),
            day: u32::from_be_bytes(bytes.take()?),
            zone: bytes.id()?.map(ZoneId),
            direction: bytes.word()?,
            verdict: bytes.word()?,
            code: bytes.word()?,
            mode: bytes.word()?,
            nonce: bytes.take()?,
            device_ms: i64::from_be_bytes(bytes.take()?),
            clock: HybridClock {
                wall_ms: i64::from_be_bytes(bytes.take()?),
                counter: u32::from_be_bytes(bytes.take()?),
            },
            uncertainty_ms: u32::from_be_bytes(bytes.take()?),
            previous: bytes.take()?,
            undoes: undoing.then(|| bytes.take()).transpose()?,
        };
        if bytes.0.is_empty() {
            Ok(record)
        } else {
            Err(ScanBytesError::Damaged)
        }
    }
}

/// The hash that the device's next record carries: of the signed bytes and the signature.
#[must_use]
pub fn chain_hash(signed: &[u8], signature: &[u8]) -> ChainHash {
    let mut hash = Sha256::new();
    hash.update((signed.len() as u64).to_be_bytes());
    hash.update(signed);
    hash.update(signature);
    hash.finalize().into()
}

fn put_id(out: &mut Vec<u8>, id: Option<uuid::Uuid>) {
    out.extend_from_slice(id.unwrap_or(uuid::Uuid::nil()).as_bytes());
}

fn put_word(out: &mut Vec<u8>, word: &str) {
    out.push(word.len() as u8);
    out.extend_from_slice(word.as_bytes());
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ScanBytesError> {
        let (head, tail) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(ScanBytesError::Damaged)?;
        self.0 = tail;
        Ok(*head)
    }

    fn id(&mut self) -> Result<Option<uuid::Uuid>, ScanBytesError> {
        let id = uuid::Uuid::from_bytes(self.take()?);
        Ok((!id.is_nil()).then_some(id))
    }

    fn word<W: std::str::FromStr>(&mut self) -> Result<W, ScanBytesError> {
        let [length] = self.take::<1>()?;
        let (word, tail) = self
            .0
            .split_at_checked(usize::from(length))
            .ok_or(ScanBytesError::Damaged)?;
        self.0 = tail;
        std::str::from_utf8(word)
            .ok()
            .and_then(|word| word.parse().ok())
            .ok_or(ScanBytesError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn record() -> ScanRecord {
        ScanRecord {
            event: EventId(Uuid::from_u128(1)),
            device: DeviceId(Uuid::from_u128(2)),
            incarnation: 1,
            sequence: 7,
            ticket: Some(TicketId(Uuid::from_u128(3))),
            version: 2,
            session: Some(SessionId(Uuid::from_u128(4))),
            day: 20_261_121,
            zone: None,
            direction: Direction::Entry,
            verdict: Verdict::Refused,
            code: Code::Used,
            mode: Mode::Home,
            nonce: [5; 16],
            device_ms: 1_795_000_000_123,
            clock: HybridClock {
                wall_ms: 1_795_000_000_100,
                counter: 3,
            },
            uncertainty_ms: 20,
            previous: [9; 32],
            undoes: None,
        }
    }

    #[test]
    fn the_signed_bytes_are_these_and_no_others() {
        let hex: String = record()
            .to_bytes()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(
            hex,
            concat!(
                "47485343414e0001",
                "00000000000000000000000000000001",
                "00000000000000000000000000000002",
                "00000001",
                "0000000000000007",
                "00000000000000000000000000000003",
                "00000002",
                "00000000000000000000000000000004",
                "01352901",
                "00000000000000000000000000000000",
                "05656e747279",
                "0772656675736564",
                "0475736564",
                "04686f6d65",
                "05050505050505050505050505050505",
                "000001a1ee565e7b",
                "000001a1ee565e64",
                "00000003",
                "00000014",
                "0909090909090909090909090909090909090909090909090909090909090909",
            )
        );
    }

    proptest! {
        #[test]
        fn a_record_reads_as_it_was_written(
            sequence: u64, version: u32, day: u32, device_ms: i64, wall_ms: i64, counter: u32,
            nonce: [u8; 16], previous: [u8; 32], code in 0..Code::ALL.len(), ticket: Option<u128>,
            undoes: Option<[u8; 16]>,
        ) {
            let mut written = record();
            written.sequence = sequence;
            written.version = version;
            written.day = day;
            written.device_ms = device_ms;
            written.clock = HybridClock { wall_ms, counter };
            written.nonce = nonce;
            written.previous = previous;
            written.undoes = undoes;
            written.code = Code::ALL[code];
            written.ticket = ticket.filter(|t| *t != 0).map(|t| TicketId(Uuid::from_u128(t)));
            prop_assert_eq!(ScanRecord::from_bytes(&written.to_bytes()), Ok(written));
        }

        #[test]
        fn damaged_bytes_are_refused(cut in 0..200_usize, tail in 1..9_usize) {
            let bytes = record().to_bytes();
            prop_assert!(ScanRecord::from_bytes(&bytes[..cut.min(bytes.len() - 1)]).is_err());
            let longer = [bytes, vec![0; tail]].concat();
            prop_assert_eq!(ScanRecord::from_bytes(&longer), Err(ScanBytesError::Damaged));
        }

        #[test]
        fn the_clock_always_moves_on(times in proptest::collection::vec(-5_i64..50, 1..60)) {
            let mut clock = HybridClock::default();
            for now in times {
                let next = clock.tick(now);
                prop_assert!(next > clock);
                prop_assert!(next.wall_ms >= now);
                clock = next;
            }
        }
    }
}
