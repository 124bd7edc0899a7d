//! The scanning API: what registered devices ask, each with its own credential.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(validate_ticket))
        .routes(routes!(show_scanner_settings))
}

/// Routes whose questions or answers hold secrets.
pub(super) fn secret_router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new().routes(routes!(register_scanner))
}

/// The event and the device that a request's credential names, where it is good.
pub(super) fn who(door: &Door, headers: &HeaderMap) -> Result<(EventHome, DeviceRow), Problem> {
    let (id, credential) = read_credential(door, headers)?;
    let home = door.event_of(id.0)?.refreshed()?;
    let row = home.admit_device(id, credential)?;
    Ok((home, row))
}

pub(super) fn read_credential(
    door: &Door,
    headers: &HeaderMap,
) -> Result<(DeviceId, u32), Problem> {
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
    /// Whether a presentation may lead the other way.
    may_turn: bool,
    kiosk: bool,
    /// Places for spare gates that it may ask for ahead.
    spare_gates: u8,
    /// Tickets for people without one that it may ask for ahead.
    walk_ins: u16,
    device_name: String,
    /// `ACTIVE`.
    status: &'static str,
    /// How many more people fit where it stands, as this was answered; none where nobody counts.
    room: Option<u32>,
}

pub(super) fn settings(home: &EventHome, row: &DeviceRow) -> Result<ScannerSettings, Problem> {
    Ok(ScannerSettings {
        offline_mode_enabled: row.settings.offline_mode,
        sync_interval_minutes: row.settings.sync_interval_minutes,
        offline_data_source: "AUTO_SYNC",
        max_offline_hours: row.settings.max_offline_hours,
        allowed_event_ids: vec![home.id()],
        zone: row.stand.zone,
        session: row.stand.session,
        direction: row.stand.direction,
        may_turn: row.stand.may_turn,
        kiosk: row.kind == DeviceKind::Kiosk,
        spare_gates: row.settings.spare_gates,
        walk_ins: row.settings.walk_ins,
        device_name: row.name.clone(),
        status: "ACTIVE",
        room: home.room(row.stand.zone, row.stand.session)?,
    })
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
            settings: settings(&home, &made.device)?,
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
    /// RFC 3339; since when its time is over.
    expired_at: Option<String>,
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
        let stand = row.stand;
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
            expired_at: match (shown.code, shown.ticket) {
                (Code::Expired, Some(ticket)) => {
                    home.expired_at(ticket, stand.session, shown.at)?.map(iso)
                }
                _ => None,
            },
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
        settings(&home, &row)
    })
    .await
}
