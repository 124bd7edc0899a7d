//! Devices of an event: registered, placed, told what to do, revoked; and what to look at.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat};
use gatehouse_credential::qr::QrCode;
use gatehouse_domain::device::{
    AlertKind, DeviceInfo, DeviceKind, DeviceSettings, DeviceStatus, USUAL_TOKEN_MINUTES,
};
use gatehouse_domain::event::EventStatus;
use gatehouse_domain::id::{DeviceId, EventId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::Direction;
use gatehouse_store::event::{AlertRow, DeviceRow, GateStand};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Body, Id, Items};
use super::refusal::Refusal;
use super::signed::{By, ManageGates, ReadEvents, Scan};
use crate::devices::{DeviceChange, RegistrationToken, TokenDraft};
use crate::doors::DeviceDoor;
use crate::home::EventHome;
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(show_token))
        .routes(routes!(list_devices))
        .routes(routes!(look_at_device))
        .routes(routes!(change_device))
        .routes(routes!(revoke_device))
        .routes(routes!(revoke_scanner))
        .routes(routes!(list_alerts))
        .routes(routes!(resolve_alert))
}

/// Routes whose answers hold secrets.
pub(super) fn secret_router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(generate_token))
        .routes(routes!(make_link))
}

/// A device that was heard of within this time counts as there, in milliseconds.
const ONLINE_MS: i64 = 90_000;
/// Alerts in one answer.
const MOST_ALERTS: u32 = 500;

/// UTC ms as the scanning API writes times: RFC 3339 in UTC.
pub(super) fn iso(at: i64) -> String {
    DateTime::from_timestamp_millis(at)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A device to be.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct TokenBody {
    /// For how long it is good, 1 to 60 minutes; 5 when absent.
    validity_minutes: Option<u32>,
    /// What the person noted; the device's name unless it gives another.
    notes: String,
    /// The event; may be absent where only one is planned.
    event_id: Option<EventId>,
    /// What the device becomes; a gate when absent.
    kind: Option<DeviceKind>,
    /// The zone at whose entrance it will stand.
    zone: Option<ZoneId>,
    /// The session that it will stand for.
    session: Option<SessionId>,
    /// Which way it will lead.
    direction: Option<Direction>,
    /// Whether staff may turn it round; absent, they may unless it becomes a kiosk.
    may_turn: Option<bool>,
}

/// A token that registers one device, told once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenAnswer {
    token: Uuid,
    /// A picture of the code, as a data address of a PNG.
    qr_code_base64: String,
    /// What the code says: the token, this office's addresses and its authority's fingerprint.
    qr_text: String,
    /// When it is over, RFC 3339.
    expires_at: String,
    validity_minutes: u32,
}

/// Makes a token that registers one device.
#[utoipa::path(post, path = "/api/registration-tokens/generate", tag = "devices",
    security(("account" = ["manage_gates"])), request_body = TokenBody,
    responses((status = 201, body = TokenAnswer)))]
async fn generate_token(
    State(door): At,
    By(by, _): By<ManageGates>,
    Body(given): Body<TokenBody>,
) -> Result<(StatusCode, Json<TokenAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let event = match given.event_id {
            Some(event) => event,
            None => only_event(door)?,
        };
        let home = door.act(&by, event)?;
        let minutes = given.validity_minutes.unwrap_or(USUAL_TOKEN_MINUTES);
        let kind = given.kind.unwrap_or(DeviceKind::Gate);
        if matches!(kind, DeviceKind::Office | DeviceKind::Browser) {
            return Err(Problem::new(
                "body_invalid",
                "a token registers a gate, a kiosk or a scanner",
            ));
        }
        let draft = TokenDraft {
            kind,
            stand: GateStand {
                zone: given.zone,
                session: given.session,
                direction: given.direction.unwrap_or(Direction::Entry),
                may_turn: given.may_turn.unwrap_or(kind.turns()),
            },
            notes: given.notes,
        };
        let made = home.make_token(&draft, minutes)?;
        let qr_text = enrol_text(door, &made)?;
        Ok(TokenAnswer {
            token: made.token,
            qr_code_base64: picture(&qr_text)?,
            qr_text,
            expires_at: iso(made.expires_at),
            validity_minutes: minutes,
        })
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// The event that a token is for where nobody said: the one that is not over.
fn only_event(door: &Door) -> Result<EventId, Problem> {
    let now = door.workspace.surroundings().now();
    let mut events = door.workspace.events()?.into_iter().filter(|event| {
        event.ends_at > now
            && !matches!(
                event.status,
                EventStatus::Cancelled | EventStatus::Completed
            )
    });
    match (events.next(), events.next()) {
        (Some(event), None) => Ok(event.id),
        _ => Err(Problem::new(
            "event_required",
            "there is not exactly one event to come; say which in `eventId`",
        )),
    }
}

/// What a device reads: where this office is, how its authority is known, and the token.
fn enrol_text(door: &Door, made: &RegistrationToken) -> Result<String, Problem> {
    let authority = Sha256::digest(door.workspace.authority_der()?);
    let authority: String = authority.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut text = format!("gatehouse://enrol?token={}&ca={authority}", made.token);
    for address in door.addresses().into_iter().take(4) {
        text.push_str("&at=");
        text.push_str(&address);
    }
    Ok(text)
}

fn picture(text: &str) -> Result<String, Problem> {
    let png = QrCode::encode(text)
        .and_then(|code| code.to_png(8, 4))
        .map_err(|e| Problem::new("code_too_long", e.to_string()))?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(png)))
}

/// What became of a token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TokenState {
    used: bool,
    scanner_id: Option<DeviceId>,
    scanner_name: Option<String>,
    /// Title of the event that it is for.
    event_title: String,
    /// RFC 3339.
    expires_at: String,
}

/// What became of a token.
#[utoipa::path(get, path = "/api/registration-tokens/{token}", tag = "devices",
    security(("account" = ["manage_gates"])), params(("token" = Uuid, Path)),
    responses((status = 200, body = TokenState)))]
async fn show_token(
    State(door): At,
    _: By<ManageGates>,
    Id(token): Id<Uuid>,
) -> Answer<TokenState> {
    answer(door, move |door| {
        let home = door.event_of(token)?;
        let row = home.registration(token)?;
        let device = match row.device {
            Some(device) => home.file().read(|view| view.device(device))?,
            None => None,
        };
        Ok(TokenState {
            used: row.used_at.is_some(),
            scanner_id: row.device,
            scanner_name: device.map(|device| device.name),
            event_title: home.event().title.clone(),
            expires_at: iso(row.expires_at),
        })
    })
    .await
}

/// A scanner's link to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LinkBody {
    /// The device's name.
    device_name: String,
    /// Until when it is good, UTC ms; some hours after the last session when absent.
    #[serde(default)]
    expires_at: Option<i64>,
}

/// A link that turns a browser into a scanner, told once.
#[derive(Debug, Serialize, ToSchema)]
struct LinkAnswer {
    /// The path of the page, below this office's address.
    link: String,
    /// The whole address, where other machines are let in.
    address: Option<String>,
    /// A picture of the address, as a data address of a PNG.
    qr_code_base64: String,
    expires_at: i64,
}

/// Makes a link that turns a browser into a scanner of this event.
#[utoipa::path(post, path = "/api/events/{id}/scanner-links", tag = "devices",
    security(("account" = ["manage_gates"])), params(("id" = EventId, Path)),
    request_body = LinkBody, responses((status = 201, body = LinkAnswer)))]
async fn make_link(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<EventId>,
    Body(given): Body<LinkBody>,
) -> Result<(StatusCode, Json<LinkAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let made = door
            .act(&by, id)?
            .make_link(&given.device_name, given.expires_at)?;
        let link = format!("/scan/{}", made.token);
        let address = door
            .addresses()
            .into_iter()
            .next()
            .map(|address| format!("{address}{link}"));
        Ok(LinkAnswer {
            qr_code_base64: picture(address.as_deref().unwrap_or(&link))?,
            link,
            address,
            expires_at: made.expires_at,
        })
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// A device as the office sees it.
#[derive(Debug, Serialize, ToSchema)]
struct Device {
    id: DeviceId,
    name: String,
    kind: DeviceKind,
    status: DeviceStatus,
    created_at: i64,
    /// Until when its credential is good, UTC ms.
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    last_seen_at: Option<i64>,
    last_synced_at: Option<i64>,
    /// Whether it was heard of a moment ago.
    online: bool,
    /// Scans that it still has, as it said last.
    pending: Option<u32>,
    zone: Option<ZoneId>,
    session: Option<SessionId>,
    direction: Direction,
    /// Whether staff may turn it round.
    may_turn: bool,
    info: DeviceInfo,
    settings: DeviceSettings,
    /// The gate that may enrol it while the office is away, where it is a spare one.
    spare_of: Option<DeviceId>,
    /// Presentations, all of them and those that admitted.
    scans: u64,
    admitted: u64,
}

fn device(home: &EventHome, row: DeviceRow) -> Result<Device, Problem> {
    let ((scans, admitted), spare_of) = home
        .file()
        .read(|view| Ok::<_, Problem>((view.count_scans(row.id)?, view.spare_of(row.id)?)))?;
    let now = home.workspace().surroundings().now();
    Ok(Device {
        id: row.id,
        name: row.name,
        kind: row.kind,
        status: row.status,
        created_at: row.created_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        last_seen_at: row.last_seen_at,
        last_synced_at: row.last_synced_at,
        online: row.kind == DeviceKind::Office
            || row.last_seen_at.is_some_and(|seen| now - seen < ONLINE_MS),
        pending: row.pending,
        zone: row.stand.zone,
        session: row.stand.session,
        direction: row.stand.direction,
        may_turn: row.stand.may_turn,
        info: row.info,
        settings: row.settings,
        spare_of,
        scans,
        admitted,
    })
}

/// The devices of an event, oldest first.
#[utoipa::path(get, path = "/api/events/{id}/devices", tag = "devices",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<Device>)))]
async fn list_devices(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<Device>> {
    answer(door, move |door| {
        let home = door.event(id)?;
        home.watch_devices()?;
        let rows = home.file().read(|view| view.devices())?;
        Ok(Items {
            items: rows
                .into_iter()
                .map(|row| device(&home, row))
                .collect::<Result<_, _>>()?,
        })
    })
    .await
}

/// What is changed of a device; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct DeviceBody {
    name: Option<String>,
    /// Null puts it at the venue's entrance.
    #[serde(deserialize_with = "given")]
    zone: Option<Option<ZoneId>>,
    /// Null lets it stand for every session.
    #[serde(deserialize_with = "given")]
    session: Option<Option<SessionId>>,
    direction: Option<Direction>,
    /// Whether staff may turn it round.
    may_turn: Option<bool>,
    settings: Option<DeviceSettings>,
}

/// Tells null from nothing.
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Changes a device: its name, where it stands, what it is told.
#[utoipa::path(patch, path = "/api/devices/{id}", tag = "devices",
    security(("account" = ["manage_gates"])), params(("id" = DeviceId, Path)),
    request_body = DeviceBody, responses((status = 200, body = Device)))]
async fn change_device(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<DeviceId>,
    Body(given): Body<DeviceBody>,
) -> Answer<Device> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        let row = home
            .file()
            .read(|view| view.device(id))?
            .ok_or_else(device_unknown)?;
        let stand = GateStand {
            zone: given.zone.unwrap_or(row.stand.zone),
            session: given.session.unwrap_or(row.stand.session),
            direction: given.direction.unwrap_or(row.stand.direction),
            may_turn: given.may_turn.unwrap_or(row.stand.may_turn),
        };
        let change = DeviceChange {
            name: given.name,
            stand: (stand != row.stand).then_some(stand),
            settings: given.settings,
        };
        device(&home, home.change_device(id, &change)?)
    })
    .await
}

/// A device's door as the event's file tells it: counts, and the last scans that came here.
#[utoipa::path(get, path = "/api/events/{id}/devices/{device}/door", tag = "devices",
    security(("account" = ["scan"])), params(("id" = EventId, Path), ("device" = DeviceId, Path)),
    responses((status = 200, body = DeviceDoor)))]
async fn look_at_device(
    State(door): At,
    _: By<Scan>,
    Id((id, device)): Id<(EventId, DeviceId)>,
) -> Answer<DeviceDoor> {
    answer(door, move |door| door.event(id)?.look_at_device(device)).await
}

fn device_unknown() -> Problem {
    Problem::new("device_unknown", "this event has no such device")
}

/// Takes a device's right away, at once.
#[utoipa::path(post, path = "/api/devices/{id}/revoke", tag = "devices",
    security(("account" = ["manage_gates"])), params(("id" = DeviceId, Path)),
    responses((status = 200, body = Device)))]
async fn revoke_device(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<DeviceId>,
) -> Answer<Device> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        device(&home, home.revoke_device(id)?)
    })
    .await
}

/// A revoked scanner, in the scanning API's words.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RevokedScanner {
    scanner_id: DeviceId,
    /// Always `REVOKED`.
    status: &'static str,
    /// RFC 3339.
    revoked_at: String,
}

/// Takes a scanner's right away, at once.
#[utoipa::path(post, path = "/api/scanners/{id}/revoke", tag = "devices",
    security(("account" = ["manage_gates"])), params(("id" = DeviceId, Path)),
    responses((status = 200, body = RevokedScanner)))]
async fn revoke_scanner(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<DeviceId>,
) -> Answer<RevokedScanner> {
    answer(door, move |door| {
        let row = door.act_on(&by, id.0)?.revoke_device(id)?;
        Ok(RevokedScanner {
            scanner_id: row.id,
            status: "REVOKED",
            revoked_at: iso(row.revoked_at.unwrap_or_default()),
        })
    })
    .await
}

/// What somebody in the office should look at.
#[derive(Debug, Serialize, ToSchema)]
struct Alert {
    id: Uuid,
    kind: AlertKind,
    device: Option<DeviceId>,
    device_name: Option<String>,
    at: i64,
    ticket: Option<TicketId>,
    /// The ticket's number.
    number: Option<u32>,
    /// What happened, in one sentence.
    text: String,
    resolved_at: Option<i64>,
    note: Option<String>,
}

impl From<AlertRow> for Alert {
    fn from(row: AlertRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            device: row.device,
            device_name: row.device_name,
            at: row.at,
            ticket: row.ticket,
            number: row.number,
            text: row.text,
            resolved_at: row.resolved_at,
            note: row.note,
        }
    }
}

/// Alerts of an event, those that wait first, then the newest.
#[utoipa::path(get, path = "/api/events/{id}/alerts", tag = "devices",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<Alert>)))]
async fn list_alerts(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<Alert>> {
    answer(door, move |door| {
        let home = door.event(id)?;
        home.watch_devices()?;
        let rows = home.file().read(|view| view.alerts(MOST_ALERTS))?;
        Ok(Items {
            items: rows.into_iter().map(Alert::from).collect(),
        })
    })
    .await
}

/// What somebody noted of an alert.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResolveBody {
    #[serde(default)]
    note: String,
}

/// Marks an alert as looked at.
#[utoipa::path(post, path = "/api/alerts/{id}/resolve", tag = "devices",
    security(("account" = ["manage_gates"])), params(("id" = Uuid, Path)),
    request_body = ResolveBody, responses((status = 204)))]
async fn resolve_alert(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<Uuid>,
    Body(given): Body<ResolveBody>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        door.act_on(&by, id)?.resolve_alert(id, &given.note)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
