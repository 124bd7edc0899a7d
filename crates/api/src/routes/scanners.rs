//! The scanning API: what registered devices ask, each with its own credential.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use gatehouse_domain::admission::Code;
use gatehouse_domain::device::{DeviceInfo, DeviceKind};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{DeviceId, EventId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::{Direction, Verdict};
use gatehouse_store::event::DeviceRow;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::devices::iso;
use super::door::{Answer, At, Door, answer, blocking};
use super::gates::{Showing, present_at};
use super::given::{Body, Id};
use super::refusal::Refusal;
use crate::devices::DeviceDraft;
use crate::doors::{Shown, Shows};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::scanners::{SignedScan, SyncAttempts, SyncRequest, Synced, ToldScan};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(validate_ticket))
        .routes(routes!(show_scanner_settings))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(sync_scanner))
                .layer(DefaultBodyLimit::max(LARGEST_SYNC)),
        )
}

/// Routes whose questions or answers hold secrets.
pub(super) fn secret_router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new().routes(routes!(register_scanner))
}

/// The largest request of scans, in bytes.
const LARGEST_SYNC: usize = 4 << 20;

/// The event and the device that a request's credential names, where it is good.
pub(super) fn who(door: &Door, headers: &HeaderMap) -> Result<(EventHome, DeviceRow), Problem> {
    let (id, credential) = read_credential(door, headers)?;
    let home = door.event_of(id.0)?.refreshed()?;
    let row = home.admit_device(id, credential)?;
    Ok((home, row))
}

fn read_credential(door: &Door, headers: &HeaderMap) -> Result<(DeviceId, u32), Problem> {
    let credential = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, credential)| credential.trim())
        .ok_or_else(|| Problem::new("signed_out", "say the device's credential"))?;
    door.workspace.read_credential(credential)
}

/// Refuses a request in which a device names another one.
pub(super) fn check_same(named: Option<DeviceId>, row: &DeviceRow) -> Result<(), Problem> {
    match named {
        Some(named) if named != row.id => Err(Problem::new(
            "not_allowed",
            "this credential is another device's",
        )),
        _ => Ok(()),
    }
}

/// What a device is told, in the scanning API's words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScannerSettings {
    offline_mode_enabled: bool,
    sync_interval_minutes: u16,
    /// Always `AUTO_SYNC`.
    offline_data_source: &'static str,
    /// None for as long as the event lasts.
    max_offline_hours: Option<u16>,
    allowed_event_ids: Vec<EventId>,
    zone: Option<ZoneId>,
    session: Option<SessionId>,
    direction: Direction,
    kiosk: bool,
    /// Places for spare gates that it may ask for ahead.
    spare_gates: u8,
    /// Tickets for people without one that it may ask for ahead.
    walk_ins: u16,
    device_name: String,
    /// `ACTIVE`.
    status: &'static str,
}

pub(super) fn settings(home: &EventHome, row: &DeviceRow) -> ScannerSettings {
    ScannerSettings {
        offline_mode_enabled: row.settings.offline_mode,
        sync_interval_minutes: row.settings.sync_interval_minutes,
        offline_data_source: "AUTO_SYNC",
        max_offline_hours: row.settings.max_offline_hours,
        allowed_event_ids: vec![home.id()],
        zone: row.stand.zone,
        session: row.stand.session,
        direction: row.stand.direction,
        kiosk: row.kind == DeviceKind::Kiosk,
        spare_gates: row.settings.spare_gates,
        walk_ins: row.settings.walk_ins,
        device_name: row.name.clone(),
        status: "ACTIVE",
    }
}

/// A device that registers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RegisterBody {
    token: String,
    #[serde(default)]
    device_name: String,
    #[serde(default)]
    device_info: DeviceInfo,
    /// Its own key, SubjectPublicKeyInfo DER as base64 (Ed25519); the home keeps one when absent.
    #[serde(default)]
    public_key: Option<String>,
}

/// The event that a device was registered for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ScannerEvent {
    id: EventId,
    title: String,
    time_zone: String,
}

/// What a device gets when it is registered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RegisterAnswer {
    scanner_id: DeviceId,
    /// Its credential, good for a year.
    credentials: String,
    /// The key that signs tickets now, SubjectPublicKeyInfo DER as base64; empty before the first.
    public_key: String,
    settings: ScannerSettings,
    event: ScannerEvent,
    /// SHA-256 of the workspace's certificate authority.
    ca_fingerprint: String,
}

/// Registers a device with a token that the office showed.
#[utoipa::path(post, path = "/api/scanners/register", tag = "scanners", security(()),
    request_body = RegisterBody, responses((status = 201, body = RegisterAnswer)))]
async fn register_scanner(
    State(door): At,
    Body(given): Body<RegisterBody>,
) -> Result<(StatusCode, Json<RegisterAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let invalid = || {
            Problem::new(
                "token_invalid",
                "this code registers no device; ask the office for a new one",
            )
        };
        let token: Uuid = given.token.trim().parse().map_err(|_| invalid())?;
        let home = door.event_of(token).map_err(|_| invalid())?.refreshed()?;
        let public_key = given
            .public_key
            .map(|key| STANDARD.decode(key))
            .transpose()
            .map_err(|_| {
                Problem::from(FieldErrors(vec![FieldError::new(
                    "publicKey",
                    "key_unusable",
                    "give the key as base64",
                )]))
            })?;
        let made = home.register(
            token,
            &DeviceDraft {
                name: given.device_name,
                info: given.device_info,
                public_key,
            },
        )?;
        if let Err(problem) = door.meet(&home) {
            tracing::warn!(code = problem.code, "the event's gates can't be met");
        }
        let keys = home.file().read(|view| view.signing_keys())?;
        let active = keys
            .into_iter()
            .find(|key| key.status == gatehouse_domain::key::KeyStatus::Active);
        let authority = Sha256::digest(door.workspace.authority_der()?);
        Ok(RegisterAnswer {
            scanner_id: made.device.id,
            credentials: made.credential,
            public_key: active.map_or_else(String::new, |key| STANDARD.encode(key.public_key)),
            settings: settings(&home, &made.device),
            event: ScannerEvent {
                id: home.id(),
                title: home.event().title.clone(),
                time_zone: home.event().time_zone.name().to_owned(),
            },
            ca_fingerprint: authority.iter().map(|b| format!("{b:02x}")).collect(),
        })
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// A code that a device presents.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ValidateBody {
    /// What the code says, in either form.
    jwt: String,
    #[serde(default)]
    scanner_id: Option<DeviceId>,
    /// RFC 3339.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "part of the scanning API's question; nothing depends on it"
    )]
    device_time: Option<String>,
    /// Names this presentation: the same again is the same scan.
    #[serde(default)]
    nonce: Option<Uuid>,
    #[serde(default)]
    direction: Option<Direction>,
    /// Whether staff asked what the event wants to know.
    #[serde(default)]
    answered: bool,
}

/// What became of a code, in the scanning API's words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ValidateAnswer {
    valid: bool,
    ticket_id: Option<TicketId>,
    attendee_name: Option<String>,
    event_name: String,
    ticket_type: Option<String>,
    /// DUPLICATE, EXPIRED, WRONG_EVENT, INVALID_SIGNATURE or INVALID, where it is not valid.
    reason: Option<&'static str>,
    message: String,
    /// RFC 3339.
    original_scan_time: Option<String>,
    original_scanner: Option<String>,
    /// All that a gate shows.
    shown: Shown,
}

/// Decides about a code that a device presents; 400 where it may not enter.
#[utoipa::path(post, path = "/api/tickets/validate", tag = "scanners",
    security(("scanner" = [])), request_body = ValidateBody,
    responses((status = 200, body = ValidateAnswer), (status = 400, body = ValidateAnswer)))]
async fn validate_ticket(
    State(door): At,
    headers: HeaderMap,
    Body(given): Body<ValidateBody>,
) -> Result<Response, Refusal> {
    let answer = blocking(door, move |door| {
        let (home, row) = who(door, &headers)?;
        check_same(given.scanner_id, &row)?;
        let gate = home.open_scanner(row)?;
        let showing = Showing {
            what: Shows::Code(&given.jwt),
            direction: given.direction,
            nonce: given.nonce,
            answered: given.answered,
        };
        let shown = present_at(door, &home, &gate, &showing)?;
        let valid = shown.verdict != Verdict::Refused;
        Ok(ValidateAnswer {
            valid,
            ticket_id: shown.ticket,
            attendee_name: shown.name.clone(),
            event_name: home.event().title.clone(),
            ticket_type: shown.ticket_type.clone(),
            reason: (!valid).then_some(match shown.code {
                Code::InvalidSignature => "INVALID_SIGNATURE",
                code => code.scan_word(),
            }),
            message: match shown.code {
                Code::Admitted => "Entry granted".to_owned(),
                _ => shown.message.clone(),
            },
            original_scan_time: shown.first_used_at.map(iso),
            original_scanner: shown.first_used_gate.clone(),
            shown,
        })
    })
    .await?;
    let status = if answer.valid {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    Ok((status, Json(answer)).into_response())
}

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
    /// RFC 3339.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "part of the scanning API's question; nothing depends on it"
    )]
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
        let sent = !request.told.is_empty() || !request.records.is_empty();
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
            settings: active.then(|| settings(&home, &row)),
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

/// What a device is told.
#[utoipa::path(get, path = "/api/scanners/{id}/settings", tag = "scanners",
    security(("scanner" = [])), params(("id" = DeviceId, Path)),
    responses((status = 200, body = ScannerSettings)))]
async fn show_scanner_settings(
    State(door): At,
    headers: HeaderMap,
    Id(id): Id<DeviceId>,
) -> Answer<ScannerSettings> {
    answer(door, move |door| {
        let (home, row) = who(door, &headers)?;
        check_same(Some(id), &row)?;
        Ok(settings(&home, &row))
    })
    .await
}
