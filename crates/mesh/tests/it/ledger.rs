//! A ledger in memory, with true signatures, that a gate and its mesh share.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use gatehouse_domain::id::{DeviceId, EventId, TicketId, ZoneId};
use gatehouse_mesh::note::SignedNote;
use gatehouse_mesh::wire::{Delta, RosterVersion, SnapshotHead};
use gatehouse_mesh::{Ledger, Life, NotKept, SignedScan, Vouch};
use uuid::Uuid;

pub(crate) const EVENT: EventId =
    EventId(Uuid::from_u128(0x00c0_ffee_0000_8000_8000_0000_0000_00e0));

/// The devices of the tests; the first is the home.
pub(crate) fn device(n: usize) -> DeviceId {
    DeviceId(Uuid::from_u128(
        0x00c0_ffee_0000_8000_8000_0000_0001_0000 + n as u128,
    ))
}

fn key(whose: u8, n: usize) -> Ed25519KeyPair {
    let mut seed = [whose; 32];
    seed[..8].copy_from_slice(&(n as u64).to_be_bytes());
    Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()
}

/// The key with which a device signs scans.
pub(crate) fn device_key(n: usize) -> Ed25519KeyPair {
    key(b'd', n)
}

fn home_key() -> Ed25519KeyPair {
    key(b'h', 0)
}

/// A word of the home's.
pub(crate) fn delta(number: u64, revokes: Option<DeviceId>, body: &[u8]) -> Delta {
    let mut delta = Delta {
        version: RosterVersion { epoch: 1, number },
        revokes,
        body: body.to_vec(),
        signature: Vec::new(),
    };
    let signature = home_key().sign(&delta.signed_bytes(EVENT));
    delta.signature = signature.as_ref().to_vec();
    delta
}

/// What is kept of the event.
#[derive(Default)]
pub(crate) struct File {
    pub(crate) scans: Vec<SignedScan>,
    by_ticket: BTreeMap<TicketId, Vec<usize>>,
    by_life: BTreeMap<(Life, u64), usize>,
    keys: BTreeMap<DeviceId, Vec<u8>>,
    pub(crate) roster: RosterVersion,
    deltas: BTreeMap<RosterVersion, Delta>,
    revocations: Vec<Delta>,
    notes: Vec<SignedNote>,
    book: Option<Vec<u8>>,
    offset: Option<i64>,
}

impl File {
    pub(crate) fn add(&mut self, scan: SignedScan) {
        let at = self.scans.len();
        if let Some(ticket) = scan.record.ticket {
            self.by_ticket.entry(ticket).or_default().push(at);
        }
        self.by_life.insert((scan.life(), scan.record.sequence), at);
        self.scans.push(scan);
    }

    pub(crate) fn last_of(&self, life: Life) -> Option<&SignedScan> {
        let mut of_life = self.by_life.range((life, 0)..=(life, u64::MAX));
        of_life.next_back().map(|(_, at)| &self.scans[*at])
    }

    pub(crate) fn of_ticket(&self, ticket: TicketId) -> Vec<&SignedScan> {
        let found = self.by_ticket.get(&ticket).into_iter().flatten();
        found.map(|at| &self.scans[*at]).collect()
    }
}

/// The file, as a gate and its mesh both hold it.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<File>>);

impl Shared {
    /// A file whose roster names this many devices.
    pub(crate) fn naming(devices: usize) -> Self {
        let public = |n| (device(n), device_key(n).public_key().as_ref().to_vec());
        Self(Arc::new(Mutex::new(File {
            keys: (0..devices).map(public).collect(),
            roster: RosterVersion {
                epoch: 1,
                number: 0,
            },
            ..File::default()
        })))
    }

    pub(crate) fn file(&self) -> MutexGuard<'_, File> {
        self.0.lock().unwrap()
    }

    /// An edit at the home itself.
    pub(crate) fn edit(&self, delta: &Delta) {
        let mut file = self.file();
        file.roster = delta.version;
        file.deltas.insert(delta.version, delta.clone());
        if delta.revokes.is_some() {
            file.revocations.push(delta.clone());
        }
    }
}

impl Ledger for Shared {
    fn each_scan(&self, look: &mut dyn FnMut(&SignedScan)) {
        self.file().scans.iter().for_each(look);
    }

    fn scans_of(&self, ticket: TicketId) -> Vec<SignedScan> {
        self.file().of_ticket(ticket).into_iter().cloned().collect()
    }

    fn scans_after(&self, life: Life, after: u64, most: usize) -> Vec<SignedScan> {
        let file = self.file();
        let range = (life, after.saturating_add(1))..=(life, u64::MAX);
        let found = file.by_life.range(range).take(most);
        found.map(|(_, at)| file.scans[*at].clone()).collect()
    }

    fn vouch(&self, device: DeviceId, signed: &[u8], signature: &[u8]) -> Vouch {
        let file = self.file();
        let Some(key) = file.keys.get(&device) else {
            return Vouch::Stranger;
        };
        match UnparsedPublicKey::new(&ED25519, key).verify(signed, signature) {
            Ok(()) => Vouch::Holds,
            Err(_) => Vouch::Wrong,
        }
    }

    fn is_home_device(&self, device: DeviceId) -> bool {
        self.vouch(device, &[], &[]) != Vouch::Stranger
    }

    fn keep_scans(&mut self, scans: &[SignedScan], _: &[bool]) -> Result<(), NotKept> {
        let mut file = self.file();
        for scan in scans {
            file.add(scan.clone());
        }
        Ok(())
    }

    fn roster(&self) -> RosterVersion {
        self.file().roster
    }

    fn delta(&self, version: RosterVersion) -> Option<Delta> {
        self.file().deltas.get(&version).cloned()
    }

    fn is_home_delta(&self, delta: &Delta) -> bool {
        UnparsedPublicKey::new(&ED25519, home_key().public_key().as_ref())
            .verify(&delta.signed_bytes(EVENT), &delta.signature)
            .is_ok()
    }

    fn apply_delta(&mut self, delta: &Delta) -> Result<(), NotKept> {
        let mut file = self.file();
        file.roster = delta.version;
        file.deltas.insert(delta.version, delta.clone());
        Ok(())
    }

    fn snapshot(&self) -> Option<SnapshotHead> {
        None
    }

    fn snapshot_part(&self, _: &SnapshotHead, _: u32) -> Option<Vec<u8>> {
        None
    }

    fn is_home_snapshot(&self, _: &SnapshotHead) -> bool {
        false
    }

    fn apply_snapshot(&mut self, _: &SnapshotHead, _: &[u8]) -> Result<(), NotKept> {
        Err(NotKept("there are no snapshots here".to_owned()))
    }

    fn revocations(&self) -> Vec<Delta> {
        self.file().revocations.clone()
    }

    fn revoked(&self) -> Vec<DeviceId> {
        Vec::new()
    }

    fn keep_revocation(&mut self, delta: &Delta) -> Result<(), NotKept> {
        self.file().revocations.push(delta.clone());
        Ok(())
    }

    fn notes(&self) -> Vec<SignedNote> {
        self.file().notes.clone()
    }

    fn keep_note(&mut self, note: &SignedNote) -> Result<(), NotKept> {
        self.file().notes.push(note.clone());
        Ok(())
    }

    fn capacity(&self, _: Option<ZoneId>) -> Option<u32> {
        None
    }

    fn lease_book(&self) -> Option<Vec<u8>> {
        self.file().book.clone()
    }

    fn keep_lease_book(&mut self, book: &[u8]) -> Result<(), NotKept> {
        self.file().book = Some(book.to_vec());
        Ok(())
    }

    fn home_offset_ms(&self) -> Option<i64> {
        self.file().offset
    }

    fn keep_home_offset_ms(&mut self, offset_ms: i64) -> Result<(), NotKept> {
        self.file().offset = Some(offset_ms);
        Ok(())
    }
}
