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
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::devices::iso;
use super::door::{Answer, At, Door, answer};
use super::given::Body;
use super::scanners::{ScannerSettings, check_same, read_credential, settings};
use crate::problem::Problem;
use crate::scanners::{SignedScan, SyncAttempts, SyncRequest, Synced, ToldScan};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(sync_scanner))
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
    /// None once the device's right was taken back: it wipes its roster and its keys then.
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

/// Takes the scans that a device decided alone; each is kept once, whatever else is known.
#[utoipa::path(post, path = "/api/scanners/sync", tag = "scanners",
    security(("scanner" = [])), request_body = SyncBody,
    responses((status = 200, body = SyncAnswer)))]
async fn sync_scanner(
    State(door): At,
    headers: HeaderMap,
    Body(given): Body<SyncBody>,
) -> Answer<SyncAnswer> {
    answer(door, move |door| {
        let (id, credential) = read_credential(door, &headers)?;
        let home = door.event_of(id.0)?.refreshed()?;
        // The scans of a revoked device are taken all the same: they happened.
        let (row, active) = match home.admit_device(id, credential) {
            Ok(row) => (row, true),
            Err(problem) if problem.code == "scanner_revoked" => {
                let row = home.file().read(|view| view.device(id))?;
                (row.ok_or(problem)?, false)
            }
            Err(problem) => return Err(problem),
        };
        check_same(given.scanner_id, &row)?;
        let request = sync_request(row.id, given)?;
        let sent =
            !request.told.is_empty() || !request.records.is_empty() || !request.reasons.is_empty();
        if !active && !sent {
            return Err(Problem::new(
                "scanner_revoked",
                "this device's right was taken back; it admits nobody any more",
            ));
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

fn encode_record(scan: &SignedScan) -> SignedRecord {
    SignedRecord {
        record: STANDARD.encode(&scan.record),
        signature: STANDARD.encode(&scan.signature),
    }
}

fn sync_request(device: DeviceId, given: SyncBody) -> Result<SyncRequest, Problem> {
    let told = given
        .scans
        .into_iter()
        .enumerate()
        .map(|(n, scan)| {
            let scanned_at = time(&format!("scans.{n}.scannedAt"), &scan.scanned_at)?;
            let direction = scan.direction.unwrap_or(Direction::Entry);
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
        .collect::<Result<_, Problem>>()?;
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
