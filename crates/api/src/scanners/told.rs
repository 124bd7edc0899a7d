//! Scans in the scanning API's own words: what a device merely tells is signed for it here.

use gatehouse_domain::admission::Code;
use gatehouse_domain::calendar::local::day_of;
use gatehouse_domain::device::AlertKind;
use gatehouse_domain::id::{SessionId, TicketId};
use gatehouse_domain::scan::{Direction, HybridClock, Mode, ScanRecord, Verdict, chain_hash};
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_domain::validity::{Validity, validity};
use gatehouse_store::event::{Change, DeviceRow, ScanRow};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Synced, ToldScan, schedule_of};
use crate::alerts::{alert_once, new_alert};
use crate::doors::{Gate, RosterHead};
use crate::problem::Problem;

/// What is doubtful about an admission that a device tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Nothing.
    None,
    /// Its ticket was never issued.
    Unknown,
    /// Its ticket is not good.
    NotGood,
}

/// What is made of a scan that a device tells of.
pub(super) enum Told {
    /// It is taken, signed.
    Scan(ScanRow, Doubt),
    /// It is not taken, and the device is told why.
    Untaken(Synced),
}

fn untaken(scan: &ToldScan, why: &str) -> Told {
    Told::Untaken(Synced {
        nonce: scan.nonce,
        ticket: Some(scan.ticket),
        status: "INVALID",
        message: format!("{why}; this scan was not kept"),
        original_at: None,
        original_gate: None,
    })
}

/// Why a device may not tell of a code; none where it may.
fn unfit(code: Code, direction: Direction) -> Option<&'static str> {
    match (code, direction) {
        (Code::Forced, _) => Some("A supervisor's word is taken at the office and its own gates"),
        (Code::Undone, _) => Some("A scan that takes another back can't be told"),
        (Code::Admitted, Direction::Exit) => Some("Nobody is admitted on the way out"),
        (Code::Exited, Direction::Entry) => Some("Nobody leaves on the way in"),
        _ => None,
    }
}

const fn verdict_of(code: Code) -> Verdict {
    match code {
        Code::Admitted | Code::Forced => Verdict::Admitted,
        Code::Exited => Verdict::Exited,
        _ => Verdict::Refused,
    }
}

/// Signs a scan for a device whose key is kept here; the same nonce again is the scan of before.
///
/// Where a nonce names something else that the device did, such as a code that the office refused
/// before the device decided alone, the scan gets a name of its own.
pub(super) fn sign_told(
    change: &Change<'_>,
    gate: &Gate,
    device: &DeviceRow,
    head: &RosterHead,
    scan: &ToldScan,
    at: i64,
) -> Result<Told, Problem> {
    let ticket = change.door_ticket(scan.ticket)?;
    let said = scan.code.unwrap_or(match scan.direction {
        Direction::Entry => Code::Admitted,
        Direction::Exit => Code::Exited,
    });
    let (code, doubt) = match (&ticket, verdict_of(said)) {
        (None, Verdict::Admitted | Verdict::Exited) => (Code::UnknownTicket, Doubt::Unknown),
        (Some(ticket), Verdict::Admitted) if ticket.status != TicketStatus::Active => {
            (said, Doubt::NotGood)
        }
        _ => (said, Doubt::None),
    };
    let verdict = verdict_of(code);
    let is_same = |kept: &ScanRecord| {
        kept.device == device.id
            && kept.ticket == Some(scan.ticket)
            && (kept.verdict == verdict || verdict == Verdict::Refused)
    };
    let mut nonce = scan.nonce;
    while let Some(kept) = change.scan_by_nonce(nonce)? {
        if is_same(&kept.record) {
            return Ok(Told::Scan(kept, doubt));
        }
        if nonce != scan.nonce {
            return Ok(untaken(scan, "Its name was given to another scan"));
        }
        nonce = other_name(device, scan, verdict);
    }
    if let Some(why) = unfit(said, scan.direction) {
        return Ok(untaken(scan, why));
    }
    let end = change.chain_end(device.id, device.incarnation)?;
    let kind = ticket
        .as_ref()
        .and_then(|ticket| head.types.iter().find(|kind| kind.id == ticket.ticket_type));
    let (session, day) = place_in_time(head, kind, device.stand.session, at);
    let record = ScanRecord {
        event: head.event.id,
        device: device.id,
        incarnation: device.incarnation,
        sequence: end.as_ref().map_or(1, |e| e.sequence + 1),
        ticket: Some(scan.ticket),
        version: ticket.map_or(0, |ticket| ticket.version),
        session,
        day,
        zone: device.stand.zone,
        direction: scan.direction,
        verdict,
        code,
        mode: Mode::Alone,
        nonce,
        device_ms: scan.scanned_at,
        clock: HybridClock {
            wall_ms: at,
            counter: 0,
        },
        uncertainty_ms: 0,
        previous: end.map_or([0; 32], |e| chain_hash(&e.signed, &e.signature)),
        undoes: None,
    };
    let signed = record.to_bytes();
    let signature = gate.sign(&signed);
    let row = ScanRow {
        record,
        signed,
        signature,
    };
    Ok(Told::Scan(row, doubt))
}

/// What a scan is called here whose nonce names another one.
fn other_name(device: &DeviceRow, scan: &ToldScan, verdict: Verdict) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(b"gatehouse/told-scan/v1\0");
    hash.update(device.id.as_bytes());
    hash.update(scan.nonce);
    hash.update(scan.ticket.as_bytes());
    hash.update(verdict.word());
    let digest: [u8; 32] = hash.finalize().into();
    let mut name = [0; 16];
    name.copy_from_slice(&digest[..16]);
    name
}

/// The session and day that a scan of `at` counts for.
fn place_in_time(
    head: &RosterHead,
    kind: Option<&TicketType>,
    only: Option<SessionId>,
    at: i64,
) -> (Option<SessionId>, u32) {
    let schedule = schedule_of(head);
    let today = day_of(at, head.event.time_zone);
    match kind.map(|kind| validity(&schedule, kind, only, at)) {
        Some(Validity::Valid { session, day }) => (Some(session), day),
        // Whoever was let in too early came for it.
        Some(Validity::TooEarly { session, .. }) => (Some(session), schedule.day_of(session, at)),
        _ => (only, today),
    }
}

/// Adds the alert that a doubtful admission calls for.
pub(super) fn alert_of_doubt(
    change: &Change<'_>,
    device: &DeviceRow,
    doubt: Doubt,
    ticket: TicketId,
    (alert, now): (Uuid, i64),
) -> Result<(), Problem> {
    let (kind, text, ticket) = match doubt {
        Doubt::None => return Ok(()),
        // There is no number to tell such tickets apart by.
        Doubt::Unknown => (
            AlertKind::UnknownTicket,
            "It let in a ticket that was never issued; that counts nowhere.",
            None,
        ),
        Doubt::NotGood => (
            AlertKind::NotGood,
            "It let in a ticket that is not good.",
            Some(ticket),
        ),
    };
    let row = new_alert(alert, kind, device.id, now, text.to_owned());
    alert_once(change, row, ticket)
}
