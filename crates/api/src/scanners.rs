//! Scans that devices send: codes to decide about, and scans that they decided alone.

mod told;
pub mod wire;

use std::collections::HashMap;

use gatehouse_credential::key::PublicKey;
use gatehouse_domain::admission::{Code, slot_of};
use gatehouse_domain::chain::{ChainLink, vouched};
use gatehouse_domain::device::DeviceStatus;
use gatehouse_domain::event::ReEntry;
use gatehouse_domain::id::{DeviceId, SessionId, TicketId};
use gatehouse_domain::scan::{Direction, ScanRecord, Verdict};
use gatehouse_domain::validity::{Schedule, Validity, validity};
use gatehouse_store::Lane;
use gatehouse_store::event::{
    AdmissionSlot, Change, DeviceRow, Merged, Reversal, RosterMark, RosterTicket, ScanRow,
};
use uuid::Uuid;

use crate::alerts::{ATTEMPTS_MS, alert_of, tell_aside};
use crate::doors::{Gate, LONGEST_REASON, RosterHead};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::wording::day_and_time;
use told::{Told, alert_of_doubt, sign_told};

/// Scans that one request sends at most.
pub const MOST_SCANS: usize = 1_000;
/// The most scans of others that one answer tells: a gate that comes late has them in a few turns.
const MOST_TOLD: usize = 8_000;
/// Attempts that one exchange tells of at most; a device that says more is taken at this.
const MOST_ATTEMPTS: u32 = 1_000;
/// How far into the future a device's time is believed, in milliseconds.
const FUTURE_MS: i64 = 5_000;

/// A scan that a device decided alone, as the scanning API tells it.
#[derive(Debug, Clone)]
pub struct ToldScan {
    /// Names it; the same again is the same scan.
    pub nonce: [u8; 16],
    /// The ticket.
    pub ticket: TicketId,
    /// When, by the device's clock, UTC ms.
    pub scanned_at: i64,
    /// Which way.
    pub direction: Direction,
    /// What the device showed; admitted when absent.
    pub code: Option<Code>,
}

/// What became of a scan that a device told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// Names the scan.
    pub nonce: [u8; 16],
    /// Its ticket.
    pub ticket: Option<TicketId>,
    /// SUCCESS, DUPLICATE, EXPIRED, WRONG_EVENT or INVALID.
    pub status: &'static str,
    /// What happened, in one sentence.
    pub message: String,
    /// When the ticket was used before that, UTC ms.
    pub original_at: Option<i64>,
    /// Gate at which it was.
    pub original_gate: Option<String>,
}

/// A signed record of a gate of ours.
#[derive(Debug, Clone)]
pub struct SignedScan {
    /// The bytes that were signed.
    pub record: Vec<u8>,
    /// The device's signature.
    pub signature: Vec<u8>,
}

/// What a device sent.
#[derive(Debug, Clone, Default)]
pub struct SyncRequest {
    /// Scans in the scanning API's own words.
    pub told: Vec<ToldScan>,
    /// Signed records, in the order of the device's chain.
    pub records: Vec<SignedScan>,
    /// How far the device knows the chains of others.
    pub have: Option<HashMap<(DeviceId, u32), u64>>,
    /// Scans that it still has and did not send.
    pub pending: Option<u32>,
    /// How it got on since it last heard that its scans were taken, where it says so.
    pub attempts: Option<SyncAttempts>,
    /// When the last answer that it heard was given, UTC ms, where it says so: what it was told
    /// since is told again.
    pub heard_at: Option<i64>,
    /// Why it let somebody in, by the nonce of the scan.
    pub reasons: Vec<([u8; 16], String)>,
    /// Until when what it decided counts, UTC ms, where its right has ended in another way than by
    /// being taken back: what it made later is put aside.
    pub until: Option<i64>,
    /// Whether a person brings its scans in a file: the device itself was not heard of.
    pub brought: bool,
}

/// How often a device tried to send its scans since that last went well, this time among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SyncAttempts {
    /// Attempts.
    pub made: u32,
    /// Of those, the ones that failed.
    pub failed: u32,
}

/// What a device gets for it.
#[derive(Debug, Clone, Default)]
pub struct SyncReport {
    /// What became of each scan, in the order sent.
    pub results: Vec<Synced>,
    /// Admissions of this device that an older scan of another took the slot from.
    pub reversals: Vec<Reversal>,
    /// Records of others that the device lacks.
    pub records: Vec<SignedScan>,
    /// Whether there are more of those.
    pub more: bool,
}

/// Everything that a gate carries of an event.
#[derive(Debug, Clone)]
pub struct RosterBody {
    /// The event and all but its tickets.
    pub head: RosterHead,
    /// Devices of the event: id, name, incarnation and public key, so that their scans can be
    /// checked.
    pub devices: Vec<DeviceRow>,
    /// Its tickets.
    pub tickets: Vec<RosterTicket>,
    /// Which roster of the mesh it has at least; none where the home takes part in none.
    pub mark: Option<RosterMark>,
}

impl EventHome {
    /// The gate of a registered device, where its key is kept here.
    pub fn open_scanner(&self, device: DeviceRow) -> Result<Gate, Problem> {
        self.open_device(device)
    }

    /// Since when a ticket's time is over at a door at `at`, UTC ms; none where it is not, or was
    /// never issued. `only` is the session that the door stands for, when it stands for one.
    pub fn expired_at(
        &self,
        ticket: TicketId,
        only: Option<SessionId>,
        at: i64,
    ) -> Result<Option<i64>, Problem> {
        self.file().read(|view| {
            let Some(ticket) = view.door_ticket(ticket)? else {
                return Ok(None);
            };
            let head = RosterHead::of_home(self, view)?;
            let kind = head.types.iter().find(|kind| kind.id == ticket.ticket_type);
            let said = kind.map(|kind| validity(&schedule_of(&head), kind, only, at));
            Ok(match said {
                Some(Validity::TooLate { ended_at }) => Some(ended_at),
                _ => None,
            })
        })
    }

    /// Everything that a gate carries; only the head where the device has the tickets of `after`.
    pub fn roster(&self, after: Option<i64>) -> Result<Option<RosterBody>, Problem> {
        self.file().read(|view| {
            let head = RosterHead::of_home(self, view)?;
            if after == Some(head.as_of) {
                return Ok(None);
            }
            let door = &head.event.settings.door;
            let (with_facts, with_company) = (!door.rules.is_empty(), door.badge.shows_company());
            Ok(Some(RosterBody {
                devices: view.devices()?,
                tickets: view.roster_tickets(with_facts, with_company)?,
                mark: view.roster_mark()?,
                head,
            }))
        })
    }

    /// Takes the scans of a device, each once, whatever else is known: they happened.
    ///
    /// Those that a device made after its right had ended are kept and shown to a person, and count
    /// nowhere: they fill no slot, reverse nobody's admission and move nobody. When they were made
    /// is what a signed record says; what a revoked device merely tells is believed of no moment
    /// before its right was taken back.
    pub fn sync(&self, device: &DeviceRow, request: SyncRequest) -> Result<SyncReport, Problem> {
        let sent = request.told.len() + request.records.len();
        if sent > MOST_SCANS || request.reasons.len() > MOST_SCANS {
            return Err(Problem::new(
                "body_too_large",
                format!("send {MOST_SCANS} scans at a time at most; nothing was taken"),
            ));
        }
        let now = self.now();
        let checked = self.check_records(device, &request.records)?;
        let gate = match request.told.is_empty() {
            true => None,
            false => Some(self.open_scanner(device.clone())?),
        };
        let mut mint = self.mint();
        let ids: Vec<Uuid> = (0..request.told.len() + checked.len())
            .map(|_| mint.mint(now))
            .collect();
        let row = device.clone();
        let zone = self.event().time_zone;
        let told = request.told;
        let pending = request.pending;
        let attempts = request.attempts;
        let heard_at = request.heard_at;
        let reasons = request.reasons;
        let head = self.file().read(|view| RosterHead::of_home(self, view))?;
        let policy = head.event.settings.re_entry;
        let (until, brought) = (request.until, request.brought);
        let name = row.name.clone();
        let keep = move |change: &Change<'_>| {
            let mut report = SyncReport::default();
            let mut aside = Vec::new();
            let mut ids = ids.into_iter();
            let ended = |record: &ScanRecord| until.is_some_and(|at| record.clock.wall_ms >= at);
            let mut take = |change: &Change<'_>, signed: &ScanRow, alert: Uuid| {
                let merged = match ended(&signed.record) {
                    true => change.put_aside(signed)?,
                    false => merge(change, signed, policy)?,
                };
                if merged == Merged::Aside {
                    aside.push((alert, row.id, signed.record.clone()));
                }
                let times = (alert, now);
                let told =
                    told_result(change, &row, &signed.record, &merged, times, (policy, zone))?;
                Ok::<_, Problem>((merged, told))
            };
            for scan in &told {
                let gate = gate.as_ref().ok_or_else(|| {
                    Problem::new("device_elsewhere", "this device signs its own scans")
                })?;
                // A device did not scan before it was one: an older time would win every slot. Nor is
                // it believed of a time before its right was taken back.
                let since = row.revoked_at.unwrap_or(i64::MIN).max(row.created_at);
                let at = scan.scanned_at.min(now + FUTURE_MS).max(since);
                let alert = ids.next().unwrap_or_default();
                let (signed, doubt) = match sign_told(change, gate, &row, &head, scan, at)? {
                    Told::Scan(signed, doubt) => (signed, doubt),
                    Told::Untaken(synced) => {
                        report.results.push(synced);
                        continue;
                    }
                };
                let (merged, synced) = take(change, &signed, alert)?;
                if merged == Merged::Added && row.status == DeviceStatus::Active {
                    alert_of_doubt(change, &row, doubt, scan.ticket, (alert, now))?;
                }
                // A scan may have another name here than its device gave it.
                report.results.push(Synced {
                    nonce: scan.nonce,
                    ..synced
                });
            }
            for signed in &checked {
                let alert = ids.next().unwrap_or_default();
                let (_, synced) = take(change, signed, alert)?;
                change.raise_incarnation(row.id, signed.record.incarnation)?;
                report.results.push(synced);
            }
            tell_aside(change, &aside, now)?;
            for (nonce, reason) in reasons {
                let kept = change.scan_by_nonce(nonce)?;
                if kept.is_some_and(|kept| kept.record.device == row.id) {
                    let reason: String = reason.chars().take(LONGEST_REASON).collect();
                    change.insert_reason(nonce, &reason)?;
                }
            }
            if brought {
                return Ok::<_, Problem>(report);
            }
            report.reversals = change.reversals(row.id, heard_at)?;
            // Another phone may have the device's place by now, and hears of them still.
            if until.is_none() {
                change.mark_reversals_told(row.id, now)?;
            }
            change.note_sync(row.id, now, pending)?;
            if let Some(SyncAttempts { made, failed }) = attempts {
                let times = (now, now - ATTEMPTS_MS);
                change.note_attempts(row.id, times, made.min(MOST_ATTEMPTS), failed)?;
            }
            Ok(report)
        };
        let mut report = match brought {
            true => {
                let meta = self.edit_meta(&mut mint, "bring scans", Some(name));
                self.file().command(Lane::Edit, meta, keep)?
            }
            false => self.file().append(Lane::Scan, keep)?,
        };
        if let Some(have) = request.have {
            let (records, more) = self.records_lacking(device.id, &have)?;
            report.records = records;
            report.more = more;
        }
        self.watch_devices()?;
        Ok(report)
    }

    /// Records that somebody who knows chains as far as `have` lacks; not those of `device` itself.
    fn records_lacking(
        &self,
        device: DeviceId,
        have: &HashMap<(DeviceId, u32), u64>,
    ) -> Result<(Vec<SignedScan>, bool), Problem> {
        self.file().read(|view| {
            let mut records = Vec::new();
            for (other, incarnation, last) in view.chains()? {
                let after = have.get(&(other, incarnation)).copied().unwrap_or(0);
                if other == device || after >= last {
                    continue;
                }
                let room = (MOST_TOLD - records.len()) as u32;
                let rows = view.scans_after(other, incarnation, after, room)?;
                records.extend(rows.into_iter().map(|row| SignedScan {
                    record: row.signed,
                    signature: row.signature,
                }));
                if records.len() == MOST_TOLD {
                    return Ok((records, true));
                }
            }
            Ok((records, false))
        })
    }

    /// Reads records and checks that this device signed them for this event.
    fn check_records(
        &self,
        device: &DeviceRow,
        records: &[SignedScan],
    ) -> Result<Vec<ScanRow>, Problem> {
        let rows: Vec<ScanRow> = records
            .iter()
            .map(|scan| {
                let row = read_scan(scan)?;
                match row.record.event == self.id() && row.record.device == device.id {
                    true => Ok(row),
                    false => Err(record_refused()),
                }
            })
            .collect::<Result<_, _>>()?;
        let key = PublicKey::from_spki_der(&device.public_key).map_err(|_| record_refused())?;
        verify_scans(&rows, |_| Some(&key))?;
        Ok(rows)
    }
}

fn record_refused() -> Problem {
    Problem::new(
        "record_refused",
        "a scan is not this device's own for this event; nothing was taken",
    )
}

/// Reads a record; its signature is not looked at.
pub fn read_scan(scan: &SignedScan) -> Result<ScanRow, Problem> {
    Ok(ScanRow {
        record: ScanRecord::from_bytes(&scan.record).map_err(|_| record_refused())?,
        signed: scan.record.clone(),
        signature: scan.signature.clone(),
    })
}

/// Checks that each record's device stands for it; one that nobody stands for is an error.
fn verify_scans<'k>(
    scans: &[ScanRow],
    key_of: impl Fn(DeviceId) -> Option<&'k PublicKey>,
) -> Result<(), Problem> {
    match stand_for(scans, key_of).contains(&false) {
        true => Err(record_refused()),
        false => Ok(()),
    }
}

/// For which of these records their device stands: it signed the record, or a later one among them
/// that names it. For one whose device has no key here nobody does.
pub fn stand_for<'k>(
    scans: &[ScanRow],
    key_of: impl Fn(DeviceId) -> Option<&'k PublicKey>,
) -> Vec<bool> {
    let links: Vec<ChainLink> = scans
        .iter()
        .map(|row| ChainLink::of(&row.record, &row.signed, &row.signature))
        .collect();
    vouched(&links, |at| {
        let row = &scans[at];
        key_of(row.record.device).is_some_and(|key| key.verify(&row.signed, &row.signature))
    })
}

/// The slot that an admission fills under a policy.
fn slot_under(policy: ReEntry, record: &ScanRecord) -> Option<AdmissionSlot> {
    (record.verdict == Verdict::Admitted)
        .then(|| slot_of(policy, record.zone, record.session, record.day))
        .flatten()
        .map(AdmissionSlot)
}

/// Keeps a scan that came from a device. A supervisor's word stands beside whoever fills the slot,
/// whichever was first heard of; an admission after it is a double all the same.
///
/// What a device made after its right was taken back, by the time that it signed, is put aside; what
/// it made before counts, however late it is heard of.
pub fn merge(change: &Change<'_>, scan: &ScanRow, policy: ReEntry) -> Result<Merged, Problem> {
    let record = &scan.record;
    let revoked_at = change.revoked_at(record.device)?;
    if revoked_at.is_some_and(|at| record.clock.wall_ms >= at) {
        return Ok(change.put_aside(scan)?);
    }
    let slot = slot_under(policy, record);
    // A ticket that is not known here fills no slot; the scan is kept all the same.
    let known = match record.ticket {
        Some(id) => change.has_door_ticket(id)?,
        None => false,
    };
    let merged = change.merge_scan(scan, slot.as_ref().filter(|_| known))?;
    match merged {
        Merged::DoubleOf(_) if record.code == Code::Forced => Ok(Merged::Added),
        Merged::Displaced(nonce) if is_forced(change, nonce)? => {
            change.forget_reversal(nonce)?;
            Ok(Merged::Added)
        }
        merged => Ok(merged),
    }
}

fn is_forced(change: &Change<'_>, nonce: [u8; 16]) -> Result<bool, Problem> {
    let scan = change.scan_by_nonce(nonce)?;
    Ok(scan.is_some_and(|scan| scan.record.code == Code::Forced))
}

/// When the event takes place, whether or not it was called off.
fn schedule_of(head: &RosterHead) -> Schedule<'_> {
    Schedule {
        kind: head.event.kind,
        zone: head.event.time_zone,
        cancelled: false,
        sessions: &head.sessions,
    }
}

/// The scan that came before this one, where the two should have been one. A scan that is known
/// gets the answer of the first time, which may have been lost on the way.
fn original_of(
    change: &Change<'_>,
    record: &ScanRecord,
    merged: &Merged,
    policy: ReEntry,
) -> Result<Option<[u8; 16]>, Problem> {
    match merged {
        Merged::DoubleOf(nonce) => return Ok(Some(*nonce)),
        Merged::Known if record.code != Code::Forced => {}
        Merged::Known | Merged::Added | Merged::Displaced(_) | Merged::Aside => return Ok(None),
    }
    let (Some(ticket), Some(slot)) = (record.ticket, slot_under(policy, record)) else {
        return Ok(None);
    };
    if change.is_undone(record.nonce)? {
        return Ok(None);
    }
    let filler = change.slot_filler(ticket, &slot)?;
    Ok(filler.filter(|filler| *filler != record.nonce))
}

/// Tells what became of a scan, and adds the alert that it calls for.
fn told_result(
    change: &Change<'_>,
    device: &DeviceRow,
    record: &ScanRecord,
    merged: &Merged,
    (alert, now): (Uuid, i64),
    (policy, zone): (ReEntry, chrono_tz::Tz),
) -> Result<Synced, Problem> {
    let message = match change.is_aside(record.nonce)? {
        true => "Scan recorded and put aside: it was made after the device's right had ended",
        false => "Scan recorded",
    };
    let mut synced = Synced {
        nonce: record.nonce,
        ticket: record.ticket,
        status: record.code.scan_word(),
        message: message.to_owned(),
        original_at: None,
        original_gate: None,
    };
    let original = match original_of(change, record, merged, policy)? {
        Some(nonce) => change.scan_by_nonce(nonce)?,
        None => None,
    };
    if let Some(original) = original {
        let gate = change
            .device(original.record.device)?
            .map_or_else(String::new, |device| device.name);
        let at = original.record.clock.wall_ms;
        synced.status = "DUPLICATE";
        synced.message = format!(
            "Ticket already scanned at {gate} at {}",
            day_and_time(at, now, zone)
        );
        synced.original_at = Some(at);
        synced.original_gate = Some(gate);
    }
    alert_of(change, device, record, merged, (alert, now))?;
    Ok(synced)
}
