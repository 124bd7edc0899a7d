//! The event's file as the mesh sees it.

use std::collections::{BTreeSet, HashMap};
use std::io::{BufReader, Read};
use std::sync::{Mutex, MutexGuard, PoisonError};

use flate2::read::ZlibDecoder;
use gatehouse_credential::home::{is_signed_by_home, signer_of};
use gatehouse_credential::key::PublicKey;
use gatehouse_domain::device::{DeviceKind, DeviceStatus};
use gatehouse_domain::event::{Event, ReEntry, Zone};
use gatehouse_domain::id::{DeviceId, EventId, TicketId, ZoneId};
use gatehouse_domain::session::Session;
use gatehouse_mesh::limits::{FAR_BEHIND, PART_BYTES};
use gatehouse_mesh::note::{Note, SignedNote};
use gatehouse_mesh::wire::{Delta, RosterVersion, SnapshotHead};
use gatehouse_mesh::{Ledger, Life, NotKept, SignedScan, Vouch};
use gatehouse_store::Lane;
use gatehouse_store::event::{
    Change, DeltaRow, DeviceRow, EventFile, Merged, NoteRow, RevocationRow, RosterMark, ScanRow,
    SnapshotRow, View,
};

use crate::alerts::{alert_of, tell_aside};
use crate::doors::{RosterHead, counted_since};
use crate::problem::Problem;
use crate::scanners::wire::{RosterEdit, RosterWire, read_device, read_ticket};
use crate::scanners::{RosterBody, merge};
use crate::surroundings::Surroundings;

/// A whole roster has no more bytes than this once it is inflated.
const MOST_ROSTER_BYTES: u64 = 512 * 1024 * 1024;
/// How much of a roster is inflated before it is read, in bytes.
const INFLATED_AT_ONCE: usize = 64 * 1024;
/// Edits of the roster that are kept: more than anybody may lack before a snapshot is sent.
pub(super) const DELTAS_KEPT: u64 = FAR_BEHIND + 64;

/// An event's file as the mesh keeps and reads it, at the event's home or at one of its gates.
#[derive(Debug)]
pub struct EventLedger {
    file: EventFile,
    surroundings: Surroundings,
    root: PublicKey,
    is_home: bool,
    keys: Mutex<HashMap<DeviceId, PublicKey>>,
    terms: Mutex<Terms>,
}

/// What the mesh needs of the event itself, as of an edit.
#[derive(Debug)]
struct Terms {
    as_of: Option<i64>,
    policy: ReEntry,
    zones: Vec<Zone>,
    /// The event with its sessions; none before they were read.
    schedule: Option<(Event, Vec<Session>)>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            as_of: None,
            policy: ReEntry::Single,
            zones: Vec::new(),
            schedule: None,
        }
    }
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn version(mark: RosterMark) -> RosterVersion {
    RosterVersion {
        epoch: mark.epoch,
        number: mark.number,
    }
}

pub(super) fn mark(version: RosterVersion) -> RosterMark {
    RosterMark {
        epoch: version.epoch,
        number: version.number,
    }
}

fn not_kept(problem: &Problem) -> NotKept {
    NotKept(format!("{}: {}", problem.code, problem.detail))
}

fn damaged(detail: impl std::fmt::Display) -> Problem {
    Problem::new(
        "roster_damaged",
        format!("the guest list that a peer sent can't be read ({detail}); the one here stays"),
    )
}

fn signed_scan(row: ScanRow) -> SignedScan {
    SignedScan {
        record: row.record,
        signed: row.signed,
        signature: row.signature,
    }
}

fn delta_of(row: DeltaRow) -> Delta {
    Delta {
        version: version(row.mark),
        revokes: row.revokes,
        body: row.body,
        signature: row.signature,
    }
}

fn revocation_of(row: RevocationRow) -> Delta {
    Delta {
        version: version(row.mark),
        revokes: Some(row.device),
        body: Vec::new(),
        signature: row.signature,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

impl EventLedger {
    /// The ledger of an event's home; `root` is the workspace root's public key.
    pub(crate) fn of_home(file: EventFile, root: PublicKey, surroundings: Surroundings) -> Self {
        Self {
            file,
            surroundings,
            root,
            is_home: true,
            keys: Mutex::default(),
            terms: Mutex::default(),
        }
    }

    /// The ledger of a gate away from home, in its own file.
    ///
    /// # Errors
    /// `roster_missing` where the gate was given no guest list yet, or was told to forget it.
    pub fn of_gate(file: EventFile, surroundings: Surroundings) -> Result<Self, Problem> {
        let head = file.read(carried_head)?;
        let root = PublicKey::from_spki_der(&head.root)
            .map_err(|e| Problem::new("key_failed", e.to_string()))?;
        Ok(Self {
            is_home: false,
            ..Self::of_home(file, root, surroundings)
        })
    }

    fn event(&self) -> EventId {
        self.file.id()
    }

    /// What the file answers; where it can't be read, that is written down, and nothing is known.
    fn ask<T: Default>(&self, ask: impl FnOnce(&View<'_>) -> Result<T, Problem>) -> T {
        self.file.read(ask).unwrap_or_else(|problem| {
            tracing::error!(
                code = problem.code,
                "the mesh could not read the event's file"
            );
            T::default()
        })
    }

    fn write(
        &self,
        write: impl FnOnce(&Change<'_>) -> Result<(), Problem> + Send + 'static,
    ) -> Result<(), NotKept> {
        self.file
            .append(Lane::Scan, write)
            .map_err(|problem| not_kept(&problem))
    }

    /// The terms as they are now; read anew only after an edit.
    fn terms(&self) -> MutexGuard<'_, Terms> {
        let mut terms = locked(&self.terms);
        let known = terms.as_of;
        let fresh = self.ask(|view| {
            let as_of = view.last_edit()?;
            if known == Some(as_of) {
                return Ok(None);
            }
            let (event, sessions, zones) = match self.is_home {
                true => (view.event()?, view.sessions()?, view.zones()?),
                false => {
                    let head = carried_head(view)?;
                    (head.event, head.sessions, head.zones)
                }
            };
            Ok(Some(Terms {
                as_of: Some(as_of),
                policy: event.settings.re_entry,
                zones,
                schedule: Some((event, sessions)),
            }))
        });
        if let Some(fresh) = fresh {
            *terms = fresh;
        }
        terms
    }

    fn key_of(&self, device: DeviceId) -> Option<PublicKey> {
        if let Some(key) = locked(&self.keys).get(&device) {
            return Some(key.clone());
        }
        let row = self.ask(|view| Ok(view.device(device)?))?;
        let key = PublicKey::from_spki_der(&row.public_key).ok()?;
        locked(&self.keys).insert(device, key.clone());
        Some(key)
    }

    fn is_home_signature(&self, epoch: u32, signed: &[u8], signature: &[u8]) -> bool {
        is_signed_by_home(&self.root, self.event(), epoch, signed, signature)
    }

    /// Whether everything that leads from the snapshot to the roster is here.
    fn leads_on(view: &View<'_>, from: RosterMark) -> Result<bool, Problem> {
        let here = view.roster_mark()?.unwrap_or_default();
        if from.epoch != here.epoch || here.number.saturating_sub(from.number) > DELTAS_KEPT {
            return Ok(false);
        }
        for number in from.number + 1..=here.number {
            if view.roster_delta(RosterMark { number, ..from })?.is_none() {
                return Ok(false);
            }
        }
        Ok(from.number <= here.number)
    }

    fn revoke_here(&self, delta: &Delta) -> Option<(RevocationRow, i64)> {
        let row = RevocationRow {
            device: delta.revokes?,
            mark: mark(delta.version),
            signature: delta.signature.clone(),
        };
        // In the home's time: what the device made after it is put aside by that.
        let ahead = self.home_offset_ms().unwrap_or(0);
        Some((row, self.surroundings.now().saturating_add(ahead)))
    }
}

fn carried_head(view: &View<'_>) -> Result<RosterHead, Problem> {
    let text = view.carried_head()?.ok_or_else(|| {
        Problem::new(
            "roster_missing",
            "this gate has no guest list yet, or its right was taken back; connect it to its office",
        )
    })?;
    serde_json::from_str(&text).map_err(damaged)
}

/// Keeps a right's end: the device admits no more wherever this is known.
fn keep_revoked(change: &Change<'_>, row: &RevocationRow, now: i64) -> Result<(), Problem> {
    change.insert_revocation(row)?;
    // The first that was heard tells since when; heard again it moves nothing.
    let holds =
        |device: &DeviceRow| device.status == DeviceStatus::Active || device.revoked_at.is_none();
    if change.device(row.device)?.as_ref().is_some_and(holds) {
        change.revoke_device(row.device, now)?;
    }
    Ok(())
}

/// A whole roster as it was sent.
pub(super) fn read_snapshot(bytes: &[u8]) -> Result<RosterBody, Problem> {
    let reader = ZlibDecoder::new(bytes).take(MOST_ROSTER_BYTES);
    let reader = BufReader::with_capacity(INFLATED_AT_ONCE, reader);
    let wire: RosterWire = serde_json::from_reader(reader).map_err(damaged)?;
    wire.try_into()
}

impl Ledger for EventLedger {
    fn each_scan(&self, look: &mut dyn FnMut(&SignedScan)) {
        self.ask(|view| Ok(view.each_scan(&mut |row| look(&signed_scan(row)))?));
    }

    fn scans_of(&self, ticket: TicketId) -> Vec<SignedScan> {
        let rows = self.ask(|view| Ok(view.passage_scans(ticket)?));
        rows.into_iter().map(signed_scan).collect()
    }

    fn counted_scans_of(&self, ticket: TicketId) -> Vec<SignedScan> {
        let rows = self.ask(|view| Ok(view.counted_scans(ticket)?));
        rows.into_iter().map(signed_scan).collect()
    }

    fn scans_after(&self, life: Life, after: u64, most: usize) -> Vec<SignedScan> {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let rows =
            self.ask(|view| Ok(view.scans_after(life.device, life.incarnation, after, most)?));
        rows.into_iter().map(signed_scan).collect()
    }

    fn vouch(&self, device: DeviceId, signed: &[u8], signature: &[u8]) -> Vouch {
        match self.key_of(device) {
            None => Vouch::Stranger,
            Some(key) if key.verify(signed, signature) => Vouch::Holds,
            Some(_) => Vouch::Wrong,
        }
    }

    fn is_kept_here(&self, device: DeviceId) -> bool {
        let kept = self.ask(|view| Ok(view.device(device)?.map(|row| row.sealed.is_some())));
        self.is_home && kept == Some(true)
    }

    fn is_home_device(&self, device: DeviceId) -> bool {
        let known = self.ask(|view| Ok(view.device(device)?));
        known.is_some_and(|row| row.kind == DeviceKind::Office)
    }

    fn keep_scans(&mut self, scans: &[SignedScan], late: &[bool]) -> Result<(), NotKept> {
        let policy = self.terms().policy;
        let now = self.surroundings.now();
        let mut mint = self.surroundings.mint(self.event().route());
        let is_home = self.is_home;
        let rows: Vec<(ScanRow, bool, uuid::Uuid)> = scans
            .iter()
            .zip(late.iter().copied().chain(std::iter::repeat(false)))
            .map(|(scan, late)| {
                let row = ScanRow {
                    record: scan.record.clone(),
                    signed: scan.signed.clone(),
                    signature: scan.signature.clone(),
                };
                (row, late, mint.mint(now))
            })
            .collect();
        let keep = move |change: &Change<'_>| {
            let lives: BTreeSet<_> = rows
                .iter()
                .map(|(row, _, _)| (row.record.device, row.record.incarnation))
                .collect();
            for (device, incarnation) in lives {
                change.raise_incarnation(device, incarnation)?;
            }
            let mut aside = Vec::new();
            for (row, late, alert) in rows {
                let merged = merge(change, &row, policy)?;
                if !is_home {
                    continue;
                }
                let Some(device) = change.device(row.record.device)? else {
                    continue;
                };
                let status = match late {
                    true => DeviceStatus::Revoked,
                    false => device.status,
                };
                let device = DeviceRow { status, ..device };
                alert_of(change, &device, &row.record, &merged, (alert, now))?;
                if merged == Merged::Aside {
                    aside.push((alert, row.record.device, row.record));
                }
            }
            tell_aside(change, &aside, now)
        };
        // Whoever made them has them on its disk, so a claim at a gate waits for no sync of what
        // others scanned. What the home has a gate may forget: there the disk has it first.
        let kept = match is_home {
            true => self.file.append(Lane::Scan, keep),
            false => self.file.append_unsynced(Lane::Scan, keep),
        };
        kept.map_err(|problem: Problem| not_kept(&problem))
    }

    fn roster(&self) -> RosterVersion {
        version(self.ask(|view| Ok(view.roster_mark()?)).unwrap_or_default())
    }

    fn delta(&self, version: RosterVersion) -> Option<Delta> {
        self.ask(|view| Ok(view.roster_delta(mark(version))?))
            .map(delta_of)
    }

    fn is_home_delta(&self, delta: &Delta) -> bool {
        let signed = delta.signed_bytes(self.event());
        self.is_home_signature(delta.version.epoch, &signed, &delta.signature)
    }

    fn is_same_home(&self, signature: &[u8]) -> bool {
        let devices = self.ask(|view| Ok(view.devices()?));
        signer_of(signature)
            .is_some_and(|key| devices.iter().any(|device| device.public_key == key))
    }

    fn apply_delta(&mut self, delta: &Delta) -> Result<(), NotKept> {
        if self.is_home {
            return Err(NotKept("the home's roster is its own".to_owned()));
        }
        let row = DeltaRow {
            mark: mark(delta.version),
            revokes: delta.revokes,
            body: delta.body.clone(),
            signature: delta.signature.clone(),
        };
        let revoked = self.revoke_here(delta);
        let edit = match delta.revokes {
            Some(_) => None,
            None => Some(
                serde_json::from_slice::<RosterEdit>(&delta.body)
                    .map_err(|e| not_kept(&damaged(e)))?,
            ),
        };
        let now = self.surroundings.now();
        locked(&self.keys).clear();
        self.write(move |change| {
            if let Some((row, now)) = &revoked {
                keep_revoked(change, row, *now)?;
            }
            if let Some(edit) = edit {
                amend(change, edit, now)?;
            }
            change.insert_roster_delta(&row, DELTAS_KEPT)?;
            Ok(change.mark_roster(row.mark)?)
        })
    }

    fn snapshot(&self) -> Option<SnapshotHead> {
        let (row, revocations) = self.ask(|view| {
            let Some(row) = view.roster_snapshot()? else {
                return Ok(None);
            };
            match Self::leads_on(view, row.mark)? {
                true => Ok(Some((row, view.revocations()?))),
                false => Ok(None),
            }
        })?;
        Some(SnapshotHead {
            version: version(row.mark),
            length: row.length,
            hash: row.hash,
            revocations: revocations.into_iter().map(revocation_of).collect(),
            signature: row.signature,
        })
    }

    fn snapshot_part(&self, head: &SnapshotHead, part: u32) -> Option<Vec<u8>> {
        let from = u64::from(part) * PART_BYTES as u64;
        let of = mark(head.version);
        self.ask(|view| Ok(view.roster_snapshot_part(of, from, PART_BYTES as u32)?))
    }

    fn is_home_snapshot(&self, head: &SnapshotHead) -> bool {
        let signed = head.signed_bytes(self.event());
        self.is_home_signature(head.version.epoch, &signed, &head.signature)
    }

    fn apply_snapshot(&mut self, head: &SnapshotHead, bytes: &[u8]) -> Result<(), NotKept> {
        if self.is_home {
            return Err(NotKept("the home's roster is its own".to_owned()));
        }
        let body = read_snapshot(bytes).map_err(|problem| not_kept(&problem))?;
        if body.head.event.id != self.event() {
            return Err(not_kept(&damaged("it is of another event")));
        }
        let row = SnapshotRow {
            mark: mark(head.version),
            length: head.length,
            hash: head.hash,
            signature: head.signature.clone(),
        };
        let bytes = bytes.to_vec();
        let now = self.surroundings.now();
        locked(&self.keys).clear();
        self.write(move |change| {
            take_roster(change, &body, now)?;
            change.keep_roster_snapshot(&row, &bytes)?;
            Ok(change.mark_roster(row.mark)?)
        })
    }

    fn revocations(&self) -> Vec<Delta> {
        let rows = self.ask(|view| Ok(view.revocations()?));
        rows.into_iter().map(revocation_of).collect()
    }

    fn revoked(&self) -> Vec<DeviceId> {
        let devices = self.ask(|view| Ok(view.devices()?)).into_iter();
        devices
            .filter(|device| device.status == DeviceStatus::Revoked)
            .map(|device| device.id)
            .collect()
    }

    fn keep_revocation(&mut self, delta: &Delta) -> Result<(), NotKept> {
        let Some((row, now)) = self.revoke_here(delta) else {
            return Ok(());
        };
        self.write(move |change| keep_revoked(change, &row, now))
    }

    fn notes(&self) -> Vec<SignedNote> {
        let rows = self.ask(|view| Ok(view.double_notes()?));
        let read = |row: NoteRow| {
            Some(SignedNote {
                note: Note::from_bytes(&row.note).ok()?,
                signature: row.signature,
            })
        };
        rows.into_iter().filter_map(read).collect()
    }

    fn keep_note(&mut self, note: &SignedNote) -> Result<(), NotKept> {
        let row = NoteRow {
            note: note.note.to_bytes(),
            signature: note.signature.clone(),
        };
        self.write(move |change| Ok(change.insert_double_note(&row)?))
    }

    fn capacity(&self, zone: Option<ZoneId>) -> Option<u32> {
        // The venue as a whole is counted by everybody's scans and not leased: a gate that is cut
        // off would otherwise let nobody in at all.
        let zone = zone?;
        let terms = self.terms();
        let found = terms.zones.iter().find(|known| known.id == zone);
        found.and_then(|zone| zone.capacity)
    }

    fn counted_since(&self, now_ms: i64) -> i64 {
        let terms = self.terms();
        let schedule = terms.schedule.as_ref();
        schedule.map_or(i64::MIN, |(event, sessions)| {
            counted_since(event, sessions, now_ms)
        })
    }

    fn lease_book(&self) -> Option<Vec<u8>> {
        self.ask(|view| Ok(view.lease_book()?))
            .as_deref()
            .and_then(unhex)
    }

    fn keep_lease_book(&mut self, book: &[u8]) -> Result<(), NotKept> {
        let book = hex(book);
        self.write(move |change| Ok(change.keep_lease_book(&book)?))
    }

    fn home_offset_ms(&self) -> Option<i64> {
        self.ask(|view| Ok(view.home_offset_ms()?))
    }

    fn keep_home_offset_ms(&mut self, offset_ms: i64) -> Result<(), NotKept> {
        self.write(move |change| Ok(change.keep_home_offset_ms(offset_ms)?))
    }
}

/// Takes a whole roster in, in a gate's own file, at `now` (UTC ms).
pub fn take_roster(change: &Change<'_>, body: &RosterBody, now: i64) -> Result<(), Problem> {
    let head = serde_json::to_string(&body.head).map_err(damaged)?;
    change.carry(body.head.as_of, now, &head, &body.devices, &body.tickets)?;
    Ok(())
}

/// Takes an edit of the roster in, at `now` (UTC ms).
fn amend(change: &Change<'_>, edit: RosterEdit, now: i64) -> Result<(), Problem> {
    let head = RosterHead {
        as_of: edit.as_of,
        ..match edit.head {
            Some(head) => head,
            None => carried_head(change)?,
        }
    };
    let at = head.event.created_at;
    let devices: Vec<DeviceRow> = edit
        .devices
        .into_iter()
        .map(|device| read_device(device, at))
        .collect::<Result<_, _>>()?;
    let tickets: Vec<_> = edit.tickets.into_iter().map(read_ticket).collect();
    let head = serde_json::to_string(&head).map_err(damaged)?;
    change.amend(edit.as_of, now, &head, &devices, &tickets, &edit.gone)?;
    Ok(())
}
