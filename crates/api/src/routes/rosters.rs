//! What a device carries of an event, so that it can decide alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_credential::key::KeyId;
use gatehouse_domain::id::{DeviceId, SessionId};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{At, Door, blocking};
use super::given::{Asked, Id};
use super::refusal::Refusal;
use super::scanners::{check_same, who};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::scanners::RosterBody;
use crate::scanners::wire::RosterWire;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new().routes(routes!(show_roster))
}

/// Which roster a device has, and what it can read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RosterQuery {
    /// The `as_of` of the roster that it has; nothing comes where that is the newest.
    after: Option<i64>,
    /// `gate` for all that a gate of ours carries.
    form: Option<String>,
}

/// What a device carries of an event: what it needs to decide alone, and no more.
#[utoipa::path(get, path = "/api/scanners/{id}/roster", tag = "scanners",
    security(("scanner" = [])), params(("id" = DeviceId, Path), RosterQuery),
    responses((status = 200, body = Value), (status = 304)))]
async fn show_roster(
    State(door): At,
    headers: HeaderMap,
    Id(id): Id<DeviceId>,
    Asked(asked): Asked<RosterQuery>,
) -> Result<Response, Refusal> {
    let roster = blocking(door, move |door| {
        let (home, row) = who(door, &headers)?;
        check_same(Some(id), &row)?;
        let of_gate = asked.form.as_deref() == Some("gate");
        home.roster(asked.after)?
            .map(|roster| match of_gate {
                true => gate_roster(roster),
                false => browser_roster(&home, &roster),
            })
            .transpose()
    })
    .await?;
    Ok(match roster {
        Some(roster) => Json(roster).into_response(),
        None => StatusCode::NOT_MODIFIED.into_response(),
    })
}

fn gate_roster(roster: RosterBody) -> Result<Value, Problem> {
    serde_json::to_value(RosterWire::from(roster))
        .map_err(|e| Problem::new("roster_failed", e.to_string()))
}

fn browser_roster(home: &EventHome, roster: &RosterBody) -> Result<Value, Problem> {
    let head = &roster.head;
    let keys = home.file().read(|view| view.signing_keys())?;
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({
                "kid": KeyId(key.id).to_string(),
                "profile": key.profile,
                "spki": STANDARD.encode(&key.public_key),
                "status": key.status,
            })
        })
        .collect();
    let types: Vec<Value> = head
        .types
        .iter()
        .map(|kind| {
            let sessions: Vec<SessionId> = head
                .sessions
                .iter()
                .map(|session| session.id)
                .filter(|session| kind.opens(*session))
                .collect();
            json!({
                "id": kind.id,
                "name": kind.name,
                "colour": kind.colour,
                "attendance": kind.attendance,
                "sessions": sessions,
                "zones": kind.zones,
            })
        })
        .collect();
    let sessions: Vec<Value> = head
        .sessions
        .iter()
        .map(|session| {
            json!({
                "id": session.id,
                "title": session.title,
                "doors_at": session.doors_at,
                "starts_at": session.starts_at,
                "ends_at": session.ends_at,
                "status": session.status,
            })
        })
        .collect();
    let index = |id| head.types.iter().position(|kind| kind.id == id);
    let tickets: Vec<Value> = roster
        .tickets
        .iter()
        .map(|row| {
            let ticket = &row.ticket;
            json!([
                ticket.id,
                ticket.number,
                ticket.version,
                ticket.status,
                index(ticket.ticket_type),
                ticket.shown_name(),
                ticket.seat,
                ticket.note(),
                row.used_at,
            ])
        })
        .collect();
    Ok(json!({
        "as_of": head.as_of,
        "complete": true,
        "event": {
            "id": head.event.id,
            "title": head.event.title,
            "time_zone": head.event.time_zone.name(),
            "kind": head.event.kind,
            "status": head.event.status,
            "re_entry": head.event.settings.re_entry,
            "auto_exit_minute": head.event.settings.door.auto_exit_minute,
            "undo_minutes": head.event.settings.door.undo_minutes,
            "questions": head.event.settings.door.questions,
        },
        "keys": keys,
        "sessions": sessions,
        "ticket_types": types,
        // A browser asks no rules: where there are any, it decides only with its office.
        "rules": head.event.settings.door.rules.iter().filter(|rule| rule.enabled).count(),
        "tickets": tickets,
    }))
}
