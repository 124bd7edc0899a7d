//! What a device carries of an event, so that it can decide alone.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_credential::key::KeyId;
use gatehouse_domain::entry_rule::{EntryRule, NamedFacts};
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::Direction;
use gatehouse_store::event::PassageNews;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Asked, Id};
use super::refusal::Refusal;
use super::scanners::{check_same, who};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::scanners::RosterBody;
use crate::scanners::wire::RosterWire;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(show_roster))
        .routes(routes!(list_passages))
}

/// Which roster a device has, and what it can read.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RosterQuery {
    /// The `as_of` of the roster that it has; nothing comes where that is the newest.
    after: Option<i64>,
    /// `gate` for all that a gate of ours carries; refused (403) to whoever else asks.
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
        // It holds the supervisor's PIN as a hash, and all that is known of holders.
        if of_gate && !(row.kind.is_own() && row.sealed.is_none()) {
            return Err(Problem::new(
                "not_allowed",
                "only a gate of ours, with a key of its own, carries all of the list",
            ));
        }
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
    let settings = &head.event.settings.door;
    let named = NamedFacts::of(&settings.rules);
    let rules: Vec<&EntryRule> = settings.rules.iter().filter(|r| r.enabled).collect();
    let zones: Vec<Value> = head
        .zones
        .iter()
        .map(|zone| json!({ "id": zone.id, "name": zone.name }))
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
                named.pick(&ticket.holder),
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
            "auto_exit_minute": settings.auto_exit_minute,
            "undo_minutes": settings.undo_minutes,
            "questions": settings.questions,
        },
        "keys": keys,
        "sessions": sessions,
        "ticket_types": types,
        "zones": zones,
        "rules": rules,
        "tickets": tickets,
    }))
}

/// How far a device heard of passages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PassagesQuery {
    /// The `to` of the page before; from the beginning where it is absent, or of another home's.
    after: Option<String>,
}

/// One passage of a ticket.
#[derive(Debug, Serialize, ToSchema)]
struct ToldPassage {
    /// Names its scan.
    nonce: Uuid,
    direction: Direction,
    session: Option<SessionId>,
    /// The day that it counts for in the event's zone, as yyyymmdd.
    day: u32,
    /// None at the venue's entrance.
    zone: Option<ZoneId>,
    /// UTC ms.
    at: i64,
}

/// A ticket whose passages changed, with all that is known of them.
#[derive(Debug, Serialize, ToSchema)]
struct TicketPassages {
    ticket: TicketId,
    /// In the order of scans; the newest 200.
    passages: Vec<ToldPassage>,
    /// Scans that were taken back.
    undone: Vec<Uuid>,
}

/// Tickets whose passages changed since a device heard last.
#[derive(Debug, Serialize, ToSchema)]
struct PassagesAnswer {
    tickets: Vec<TicketPassages>,
    /// What to ask after next.
    to: String,
    /// Whether there are more of them now.
    more: bool,
}

/// Tickets that one page tells of.
const NEWS_PAGE: u32 = 500;

/// Tells a device which tickets were used since it heard last, wherever that was. Nobody is named.
#[utoipa::path(get, path = "/api/scanners/{id}/passages", tag = "scanners",
    security(("scanner" = [])), params(("id" = DeviceId, Path), PassagesQuery),
    responses((status = 200, body = PassagesAnswer)))]
async fn list_passages(
    State(door): At,
    headers: HeaderMap,
    Id(id): Id<DeviceId>,
    Asked(asked): Asked<PassagesQuery>,
) -> Answer<PassagesAnswer> {
    answer(door, move |door| {
        let (home, row) = who(door, &headers)?;
        check_same(Some(id), &row)?;
        home.file().read(|view| {
            let epoch = home.event().home_epoch;
            let newest = view.newest_passage_news()?;
            // Another home counts by itself.
            let after = asked
                .after
                .as_deref()
                .and_then(|text| text.split_once('.'))
                .filter(|(of, _)| *of == epoch.to_string())
                .and_then(|(_, count)| count.parse::<i64>().ok())
                .filter(|count| (0..=newest).contains(count))
                .unwrap_or(0);
            let news = view.passage_news(after, NEWS_PAGE)?;
            let to = news.last().map_or(after, |last| last.news);
            Ok(PassagesAnswer {
                to: format!("{epoch}.{to}"),
                more: to < newest,
                tickets: news.into_iter().map(TicketPassages::from).collect(),
            })
        })
    })
    .await
}

impl From<PassageNews> for TicketPassages {
    fn from(news: PassageNews) -> Self {
        Self {
            ticket: news.ticket,
            passages: news
                .passages
                .into_iter()
                .map(|(nonce, passage)| ToldPassage {
                    nonce: Uuid::from_bytes(nonce),
                    direction: passage.direction,
                    session: passage.session,
                    day: passage.day,
                    zone: passage.zone,
                    at: passage.at,
                })
                .collect(),
            undone: news.undone.into_iter().map(Uuid::from_bytes).collect(),
        }
    }
}
