//! A ledger in memory. What is in it survives a crash of its node.

use std::collections::{BTreeMap, BTreeSet};

use gatehouse_domain::id::{DeviceId, EventId, TicketId, ZoneId};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::ledger::{Ledger, NotKept, Vouch};
use crate::limits::PART_BYTES;
use crate::note::SignedNote;
use crate::scans::{Life, SignedScan};
use crate::wire::{Delta, RosterVersion, SnapshotHead};

pub(crate) const EVENT: EventId = EventId(Uuid::from_u128(0xe0));

pub(crate) fn device(n: usize) -> DeviceId {
    DeviceId(Uuid::from_u128(0xd0_0000 + n as u128))
}

/// Stands in for a signature: only who knows the signer can write it.
pub(crate) fn sign(signer: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"key of");
    hash.update(signer);
    hash.update(bytes);
    hash.finalize().to_vec()
}

pub(crate) fn home_key(epoch: u32) -> Vec<u8> {
    format!("home {epoch}").into_bytes()
}

pub(crate) fn delta(version: RosterVersion, revokes: Option<DeviceId>, body: &[u8]) -> Delta {
    let mut delta = Delta {
        version,
        revokes,
        body: body.to_vec(),
        signature: Vec::new(),
    };
    delta.signature = sign(&home_key(version.epoch), &delta.signed_bytes(EVENT));
    delta
}

/// The event's file.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemoryLedger {
    pub(crate) scans: Vec<SignedScan>,
    by_ticket: BTreeMap<TicketId, Vec<usize>>,
    by_life: BTreeMap<(Life, u64), Vec<usize>>,
    pub(crate) late: usize,
    /// Devices that the roster names.
    pub(crate) devices: BTreeSet<DeviceId>,
    pub(crate) version: RosterVersion,
    /// What the roster says: the bodies of all deltas.
    pub(crate) content: Vec<u8>,
    deltas: BTreeMap<RosterVersion, Delta>,
    revocations: Vec<Delta>,
    notes: Vec<SignedNote>,
    pub(crate) capacity: Option<u32>,
    book: Option<Vec<u8>>,
    offset: Option<i64>,
    /// How many writes it takes until the disk refuses one; 0 for never.
    pub(crate) fails_each: u64,
    writes: u64,
    /// The home that the roster names; any device that it names where none.
    pub(crate) home: Option<DeviceId>,
    /// Devices that the roster says are revoked, without a revocation of their own.
    pub(crate) shut_out: Vec<DeviceId>,
}

impl MemoryLedger {
    fn write(&mut self) -> Result<(), NotKept> {
        self.writes += 1;
        match self.fails_each > 0 && self.writes.is_multiple_of(self.fails_each) {
            true => Err(NotKept("the disk is full".to_owned())),
            false => Ok(()),
        }
    }

    pub(crate) fn add(&mut self, scan: SignedScan) {
        let at = self.scans.len();
        if let Some(ticket) = scan.record.ticket {
            self.by_ticket.entry(ticket).or_default().push(at);
        }
        let key = (scan.life(), scan.record.sequence);
        self.by_life.entry(key).or_default().push(at);
        self.scans.push(scan);
    }

    pub(crate) fn last_of(&self, life: Life) -> Option<&SignedScan> {
        let mut range = self.by_life.range((life, 0)..=(life, u64::MAX));
        let (_, at) = range.next_back()?;
        Some(&self.scans[*at.first()?])
    }

    /// Deltas before a number are thrown away, so that only a snapshot helps who lacks them.
    pub(crate) fn forget_deltas_before(&mut self, number: u64) {
        self.deltas.retain(|version, _| version.number >= number);
    }

    fn take_content(&mut self, delta: &Delta) {
        if let Ok(id) = <[u8; 16]>::try_from(delta.body.as_slice()) {
            self.devices.insert(DeviceId(Uuid::from_bytes(id)));
        }
        self.content
            .extend_from_slice(&(delta.body.len() as u32).to_be_bytes());
        self.content.extend_from_slice(&delta.body);
    }
}

impl Ledger for MemoryLedger {
    fn each_scan(&self, look: &mut dyn FnMut(&SignedScan)) {
        self.scans.iter().for_each(look);
    }

    fn scans_of(&self, ticket: TicketId) -> Vec<SignedScan> {
        let found = self.by_ticket.get(&ticket).into_iter().flatten();
        found.map(|at| self.scans[*at].clone()).collect()
    }

    fn scans_after(&self, life: Life, after: u64, most: usize) -> Vec<SignedScan> {
        self.by_life
            .range((life, after.saturating_add(1))..=(life, u64::MAX))
            .flat_map(|(_, at)| at)
            .take(most)
            .map(|at| self.scans[*at].clone())
            .collect()
    }

    fn vouch(&self, device: DeviceId, signed: &[u8], signature: &[u8]) -> Vouch {
        if !self.devices.contains(&device) {
            return Vouch::Stranger;
        }
        match sign(device.as_bytes(), signed) == signature {
            true => Vouch::Holds,
            false => Vouch::Wrong,
        }
    }

    fn is_home_device(&self, device: DeviceId) -> bool {
        match self.home {
            Some(home) => device == home,
            None => self.devices.contains(&device),
        }
    }

    fn keep_scans(&mut self, scans: &[SignedScan], late: &[bool]) -> Result<(), NotKept> {
        self.write()?;
        for (scan, late) in scans.iter().zip(late) {
            self.late += usize::from(*late);
            self.add(scan.clone());
        }
        Ok(())
    }

    fn roster(&self) -> RosterVersion {
        self.version
    }

    fn delta(&self, version: RosterVersion) -> Option<Delta> {
        self.deltas.get(&version).cloned()
    }

    fn is_home_delta(&self, delta: &Delta) -> bool {
        sign(&home_key(delta.version.epoch), &delta.signed_bytes(EVENT)) == delta.signature
    }

    fn apply_delta(&mut self, delta: &Delta) -> Result<(), NotKept> {
        assert_eq!(delta.version.number, self.version.number + 1, "in order");
        self.write()?;
        self.take_content(delta);
        self.version = delta.version;
        self.deltas.insert(delta.version, delta.clone());
        Ok(())
    }

    fn snapshot(&self) -> Option<SnapshotHead> {
        let mut head = SnapshotHead {
            version: self.version,
            length: self.content.len() as u64,
            hash: Sha256::digest(&self.content).into(),
            revocations: self.revocations.clone(),
            signature: Vec::new(),
        };
        head.signature = sign(&home_key(head.version.epoch), &head.signed_bytes(EVENT));
        Some(head)
    }

    fn snapshot_part(&self, _: &SnapshotHead, part: u32) -> Option<Vec<u8>> {
        let part = self.content.chunks(PART_BYTES).nth(part as usize)?;
        Some(part.to_vec())
    }

    fn is_home_snapshot(&self, head: &SnapshotHead) -> bool {
        sign(&home_key(head.version.epoch), &head.signed_bytes(EVENT)) == head.signature
    }

    fn apply_snapshot(&mut self, head: &SnapshotHead, bytes: &[u8]) -> Result<(), NotKept> {
        self.write()?;
        assert!(head.version > self.version, "forward");
        self.version = head.version;
        self.content = bytes.to_vec();
        let mut rest = bytes;
        while let Some((length, tail)) = rest.split_first_chunk::<4>() {
            let (body, tail) = tail.split_at(u32::from_be_bytes(*length) as usize);
            if let Ok(id) = <[u8; 16]>::try_from(body) {
                self.devices.insert(DeviceId(Uuid::from_bytes(id)));
            }
            rest = tail;
        }
        Ok(())
    }

    fn revocations(&self) -> Vec<Delta> {
        self.revocations.clone()
    }

    fn revoked(&self) -> Vec<DeviceId> {
        self.shut_out.clone()
    }

    fn keep_revocation(&mut self, delta: &Delta) -> Result<(), NotKept> {
        self.write()?;
        self.revocations.push(delta.clone());
        self.revocations.sort_by_key(|d| d.version);
        self.revocations.dedup();
        Ok(())
    }

    fn notes(&self) -> Vec<SignedNote> {
        self.notes.clone()
    }

    fn keep_note(&mut self, note: &SignedNote) -> Result<(), NotKept> {
        self.write()?;
        self.notes.push(note.clone());
        Ok(())
    }

    fn capacity(&self, zone: Option<ZoneId>) -> Option<u32> {
        self.capacity.filter(|_| zone.is_none())
    }

    fn lease_book(&self) -> Option<Vec<u8>> {
        self.book.clone()
    }

    fn keep_lease_book(&mut self, book: &[u8]) -> Result<(), NotKept> {
        self.write()?;
        self.book = Some(book.to_vec());
        Ok(())
    }

    fn home_offset_ms(&self) -> Option<i64> {
        self.offset
    }

    fn keep_home_offset_ms(&mut self, offset_ms: i64) -> Result<(), NotKept> {
        self.write()?;
        self.offset = Some(offset_ms);
        Ok(())
    }
}
