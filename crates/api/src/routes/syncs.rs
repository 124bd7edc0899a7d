//! Scans that registered devices decided alone: sent in pieces, each kept once.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use gatehouse_domain::admission::Code;
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::scan::Direction;
use gatehouse_store::event::DeviceRow;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::devices::iso;
use super::door::{Answer, At, Door, answer};
use super::given::{Body, Id};
use super::scanners::{ScannerSettings, bearer, check_same, settings};
use super::signed::{By, ManageGates};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::scanners::{SignedScan, SyncAttempts, SyncRequest, Synced, ToldScan};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(sync_scanner))
        .routes(routes!(bring_scans))
        .layer(DefaultBodyLimit::max(LARGEST))
}

/// The largest request of scans, in bytes.
const LARGEST: usize = 4 << 20;

/// One scan that a device decided alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SyncedScan {
    ticket_id: TicketId,
    /// RFC 3339.
    scanned_at: String,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "part of the scanning API's question; nothing depends on it"
    )]
    validation_mode: Option<String>,
    /// RFC 3339; when it was sent, by the device's own clock.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "part of the scanning API's question; nothing depends on it"
    )]
    device_time: Option<String>,
    /// Names it: the same again is the same scan.
    #[serde(default)]
    nonce: Option<Uuid>,
    #[serde(default)]
    direction: Option<Direction>,
    /// What the device showed; admitted, or exited, when absent.
    #[serde(default)]
    code: Option<Code>,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "part of the scanning API's question; nothing depends on it"
    )]
    verdict: Option<String>,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "part of the scanning API's question; nothing depends on it"
    )]
    jwt: Option<String>,
}

/// A signed record of a gate of ours; both base64.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignedRecord {
    record: String,
    signature: String,
}

/// How far a chain of records is known.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KnownChain {
    device: DeviceId,
    incarnation: u32,
    sequence: u64,
}

/// Scans that a device sends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SyncBody {
    #[serde(default)]
    scanner_id: Option<DeviceId>,
    #[serde(default)]
    scans: Vec<SyncedScan>,
    /// RFC 3339; when the last answer that the device heard was given.
    #[serde(default)]
    last_sync_at: Option<String>,
    /// Signed records, of gates of ours, in the order of their chain.
    #[serde(default)]
    records: Vec<SignedRecord>,
    /// How far the device knows the chains of others; it gets what it lacks.
    #[serde(default)]
    have: Option<Vec<KnownChain>>,
    /// Scans that the device still has.
    #[serde(default)]
    pending: Option<u32>,
    /// How often the device tried to send since that last went well, this time among them.
    #[serde(default)]
    sync_attempts: Option<u32>,
    /// Of those, the ones that failed.
    #[serde(default)]
    sync_failures: Option<u32>,
    /// Why the device let somebody in, of scans that are known or among these.
    #[serde(default)]
    reasons: Vec<ToldReason>,
}

/// Why a device let somebody in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToldReason {
    /// Names the scan.
    scan: Uuid,
    /// What a supervisor gave as the reason, or `entered_afterwards`.
    reason: String,
}

/// What became of one scan.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SyncResult {
    nonce: Uuid,
    ticket_id: Option<TicketId>,
    /// SUCCESS, DUPLICATE, EXPIRED, WRONG_EVENT or INVALID.
    status: &'static str,
    message: String,
    /// RFC 3339.
    original_scan_time: Option<String>,
    original_scanner: Option<String>,
}

impl From<Synced> for SyncResult {
    fn from(synced: Synced) -> Self {
        Self {
            nonce: Uuid::from_bytes(synced.nonce),
            ticket_id: synced.ticket,
            status: synced.status,
            message: synced.message,
            original_scan_time: synced.original_at.map(iso),
            original_scanner: synced.original_gate,
        }
    }
}

/// What a device gets for its scans.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SyncAnswer {
    /// What became of each scan, in the order sent. It is provisional: an older scan may arrive
    /// later, and then the reversal travels in `pendingUpdates`.
    sync_results: Vec<SyncResult>,
    /// None once the device's right has ended: it wipes its roster and its keys then.
    settings: Option<ScannerSettings>,
    /// RFC 3339.
    server_time: String,
    /// Scans of this device that were good until an older one arrived.
    pending_updates: Vec<SyncResult>,
    /// Records of other devices that this one lacks.
    records: Vec<SignedRecord>,
    /// Whether there are more of those.
    more: bool,
}

fn time(field: &str, text: &str) -> Result<i64, Problem> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.timestamp_millis())
        .map_err(|_| {
            FieldErrors(vec![FieldError::new(
                field,
                "time_impossible",
                "give a time such as 2026-11-29T10:05:00Z",
            )])
            .into()
        })
}

/// Who sends scans.
struct Sender {
    home: EventHome,
    row: DeviceRow,
    /// Why the device may do nothing else any more, and until when (UTC ms) what it decided counts.
    ended: Option<(Problem, i64)>,
}

/// Whose credential a request says: also one that is over or was replaced, and one whose device's
/// right was taken back. Its scans are taken all the same: they happened.
fn sender(door: &Door, headers: &HeaderMap) -> Result<Sender, Problem> {
    let credential = bearer(headers)?;
    let claims = door.workspace.authentic_credential(credential)?;
    let id = DeviceId(claims.scanner_id);
    let home = door.event_of(id.0)?.refreshed()?;
    let known = door.workspace.read_credential(credential);
    match known.and_then(|(id, credential)| home.admit_device(id, credential)) {
        Ok(row) => Ok(Sender {
            home,
            row,
            ended: None,
        }),
        Err(problem) if ENDED.contains(&problem.code) => {
            let row = home.file().read(|view| view.device(id))?;
            let Some(row) = row else {
                return Err(problem);
            };
            Ok(Sender {
                home,
                row,
                ended: Some((problem, claims.exp.saturating_mul(1_000))),
            })
        }
        Err(problem) => Err(problem),
    }
}

/// Why a device may do nothing any more but send its scans.
const ENDED: [&str; 3] = ["signed_out", "scanner_revoked", "scanner_replaced"];

/// Takes the scans that a device decided alone; each is kept once, whatever else is known.
///
/// A device whose credential is over or was replaced, or whose right was taken back, brings its
/// scans all the same, and learns nothing: `settings` is null. What it made after that is put aside
/// for a person to look at.
#[utoipa::path(post, path = "/api/scanners/sync", tag = "scanners",
    security(("scanner" = [])), request_body = SyncBody,
    responses((status = 200, body = SyncAnswer)))]
async fn sync_scanner(
    State(door): At,
    headers: HeaderMap,
    Body(given): Body<SyncBody>,
) -> Answer<SyncAnswer> {
    answer(door, move |door| {
        let Sender { home, row, ended } = sender(door, &headers)?;
        check_same(given.scanner_id, &row)?;
        let mut request = sync_request(row.id, given)?;
        let sent =
            !request.told.is_empty() || !request.records.is_empty() || !request.reasons.is_empty();
        let active = ended.is_none();
        if let Some((problem, until)) = ended {
            if !sent {
                return Err(problem);
            }
            request.until = Some(until);
            // Another phone has the device's place, and tells how it gets on by itself.
            if problem.code == "scanner_replaced" {
                request.pending = None;
                request.attempts = None;
            }
        }
        let report = home.sync(&row, request)?;
        let updates = report.reversals.into_iter().map(|reversal| SyncResult {
            nonce: Uuid::from_bytes(reversal.nonce),
            ticket_id: Some(reversal.ticket),
            status: "DUPLICATE",
            message: format!(
                "An older scan at {} arrived later; this one was the second",
                reversal.original_gate
            ),
            original_scan_time: Some(iso(reversal.original_at)),
            original_scanner: Some(reversal.original_gate),
        });
        Ok(SyncAnswer {
            sync_results: report.results.into_iter().map(SyncResult::from).collect(),
            settings: active.then(|| settings(&home, &row)).transpose()?,
            server_time: iso(door.workspace.surroundings().now()),
            pending_updates: updates.collect(),
            records: match active {
                true => report.records.iter().map(encode_record).collect(),
                false => Vec::new(),
            },
            more: active && report.more,
        })
    })
    .await
}

/// Scans of a device's file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BroughtScans {
    scans: Vec<SyncedScan>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BroughtAnswer {
    /// What became of each scan, in the order sent.
    sync_results: Vec<SyncResult>,
}

/// Takes the scans of a file that a device saved when it could not send them, whatever became of its
/// right since. What it made after its right had ended is put aside for a person to look at.
#[utoipa::path(post, path = "/api/devices/{id}/scans", tag = "devices",
    security(("account" = ["manage_gates"])), params(("id" = DeviceId, Path)),
    request_body = BroughtScans, responses((status = 200, body = BroughtAnswer)))]
async fn bring_scans(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<DeviceId>,
    Body(given): Body<BroughtScans>,
) -> Answer<BroughtAnswer> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        let row = home
            .file()
            .read(|view| view.device(id))?
            .ok_or_else(|| Problem::new("device_unknown", "this event has no such device"))?;
        if row.sealed.is_none() {
            return Err(Problem::new(
                "device_elsewhere",
                "this gate signs its scans itself and sends them as soon as it meets the office; \
                 nothing was taken",
            ));
        }
        let request = SyncRequest {
            told: told_scans(row.id, given.scans)?,
            until: row.expires_at,
            brought: true,
            ..SyncRequest::default()
        };
        let report = home.sync(&row, request)?;
        Ok(BroughtAnswer {
            sync_results: report.results.into_iter().map(SyncResult::from).collect(),
        })
    })
    .await
}

fn encode_record(scan: &SignedScan) -> SignedRecord {
    SignedRecord {
        record: STANDARD.encode(&scan.record),
        signature: STANDARD.encode(&scan.signature),
    }
}

fn told_scans(device: DeviceId, scans: Vec<SyncedScan>) -> Result<Vec<ToldScan>, Problem> {
    scans
        .into_iter()
        .enumerate()
        .map(|(n, scan)| {
            let scanned_at = time(&format!("scans.{n}.scannedAt"), &scan.scanned_at)?;
            let direction = scan.direction.unwrap_or(match scan.code {
                Some(Code::Exited) => Direction::Exit,
                _ => Direction::Entry,
            });
            let nonce = scan.nonce.map_or_else(
                || told_nonce(device, scan.ticket_id, direction, scanned_at),
                Uuid::into_bytes,
            );
            Ok(ToldScan {
                nonce,
                ticket: scan.ticket_id,
                scanned_at,
                direction,
                code: scan.code,
            })
        })
        .collect()
}

fn sync_request(device: DeviceId, given: SyncBody) -> Result<SyncRequest, Problem> {
    let told = told_scans(device, given.scans)?;
    let unreadable = || Problem::new("body_invalid", "a record is no base64; nothing was taken");
    let records = given
        .records
        .into_iter()
        .map(|scan| {
            Ok(SignedScan {
                record: STANDARD.decode(scan.record).map_err(|_| unreadable())?,
                signature: STANDARD.decode(scan.signature).map_err(|_| unreadable())?,
            })
        })
        .collect::<Result<_, Problem>>()?;
    Ok(SyncRequest {
        told,
        records,
        have: given.have.map(|chains| {
            chains
                .into_iter()
                .map(|chain| ((chain.device, chain.incarnation), chain.sequence))
                .collect::<HashMap<_, _>>()
        }),
        pending: given.pending,
        attempts: given.sync_attempts.map(|made| SyncAttempts {
            made,
            failed: given.sync_failures.unwrap_or(0),
        }),
        heard_at: given
            .last_sync_at
            .and_then(|text| DateTime::parse_from_rfc3339(&text).ok())
            .map(|time| time.timestamp_millis()),
        reasons: given
            .reasons
            .into_iter()
            .map(|told| (told.scan.into_bytes(), told.reason))
            .collect(),
        ..SyncRequest::default()
    })
}

/// The nonce of a scan that came without one: the same device, ticket, way and time is the same
/// scan. Times may be whole seconds, so that two devices can tell of one ticket at one time.
fn told_nonce(device: DeviceId, ticket: TicketId, direction: Direction, at: i64) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(device.as_bytes());
    hash.update(ticket.as_bytes());
    hash.update(direction.word());
    hash.update(at.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut nonce = [0; 16];
    nonce.copy_from_slice(&digest[..16]);
    nonce
}
