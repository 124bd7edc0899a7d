//! Sessions, series, ticket types and zones of an event.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::calendar::series::SeriesSummary;
use gatehouse_domain::event::Zone;
use gatehouse_domain::event::draft::{SeriesDraft, SessionDraft, TicketTypeDraft, ZoneDraft};
use gatehouse_domain::id::{EventId, SessionId, TicketTypeId, ZoneId};
use gatehouse_domain::session::{AgendaItem, Session};
use gatehouse_domain::ticket_type::TicketType;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::etag::{IfMatch, Versioned};
use super::events::Reason;
use super::given::{Asked, Body, Id};
use super::refusal::Refusal;
use super::signed::{By, PlanEvents, ReadEvents};
use crate::home::EventHome;
use crate::lifecycle::Cancelled;
use crate::problem::Problem;
use crate::schedule::SessionChange;
use crate::tiers::TicketTypeChange;
use crate::version::version_of;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(add_session))
        .routes(routes!(show_session, change_session))
        .routes(routes!(cancel_session))
        .routes(routes!(preview_series))
        .routes(routes!(change_series))
        .routes(routes!(add_ticket_type))
        .routes(routes!(
            show_ticket_type,
            change_ticket_type,
            delete_ticket_type
        ))
        .routes(routes!(add_zone))
}

/// A session with its agenda.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionAnswer {
    #[serde(flatten)]
    session: Session,
    agenda: Vec<AgendaItem>,
}

fn session(home: &EventHome, id: SessionId) -> Result<Versioned<SessionAnswer>, Problem> {
    home.file().read(|view| {
        let session = view
            .session(id)?
            .ok_or_else(|| Problem::new("session_unknown", "there is no such session"))?;
        let agenda = view.agenda()?;
        Ok(Versioned {
            version: version_of(&session)?,
            body: SessionAnswer {
                agenda: agenda
                    .into_iter()
                    .filter(|item| item.session == id)
                    .collect(),
                session,
            },
        })
    })
}

fn ticket_type(home: &EventHome, id: TicketTypeId) -> Result<Versioned<TicketType>, Problem> {
    let types = home.file().read(|view| view.ticket_types())?;
    let kind = types
        .into_iter()
        .find(|kind| kind.id == id)
        .ok_or_else(|| Problem::new("ticket_type_unknown", "there is no such ticket type"))?;
    Ok(Versioned {
        version: version_of(&kind)?,
        body: kind,
    })
}

/// Adds a day to a multi-day event, or one more session to a series.
#[utoipa::path(post, path = "/api/events/{id}/sessions", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    request_body = SessionDraft, responses((status = 201, body = SessionAnswer)))]
async fn add_session(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Body(draft): Body<SessionDraft>,
) -> Result<(StatusCode, Versioned<SessionAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        let made = home.add_session(draft)?;
        session(&home, made)
    })
    .await?;
    Ok((StatusCode::CREATED, made))
}

/// One session with its agenda.
#[utoipa::path(get, path = "/api/sessions/{id}", tag = "schedule",
    security(("account" = ["read_events"])), params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionAnswer)))]
async fn show_session(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<SessionId>,
) -> Result<Versioned<SessionAnswer>, Refusal> {
    blocking(door, move |door| session(&door.event_of(id.0)?, id)).await
}

/// Changes one session alone; its series leaves it as it is from then on.
#[utoipa::path(put, path = "/api/sessions/{id}", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = SessionId, Path)),
    request_body = SessionChange, responses((status = 200, body = SessionAnswer)))]
async fn change_session(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<SessionId>,
    IfMatch(seen): IfMatch,
    Body(change): Body<SessionChange>,
) -> Result<Versioned<SessionAnswer>, Refusal> {
    blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?.if_seen(seen.as_deref());
        home.change_session(id, change)?;
        session(&home, id)
    })
    .await
}

/// Calls one session off.
#[utoipa::path(post, path = "/api/sessions/{id}/cancel", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = SessionId, Path)),
    request_body = Reason, responses((status = 200, body = Cancelled)))]
async fn cancel_session(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<SessionId>,
    Body(given): Body<Reason>,
) -> Answer<Cancelled> {
    answer(door, move |door| {
        door.act_on(&by, id.0)?.cancel_session(id, &given.reason)
    })
    .await
}

/// What another rule would do to a series.
#[derive(Debug, Serialize, ToSchema)]
struct SeriesAnswer {
    /// The rule (RFC 5545).
    rule: String,
    /// Sessions that it gives, up to its horizon.
    occurrences: usize,
    changes: SeriesSummary,
}

/// Tells what another rule would do; nothing is written.
#[utoipa::path(post, path = "/api/events/{id}/series/preview", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    request_body = SeriesDraft, responses((status = 200, body = SeriesAnswer)))]
async fn preview_series(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Body(draft): Body<SeriesDraft>,
) -> Answer<SeriesAnswer> {
    answer(door, move |door| {
        let preview = door.act(&by, id)?.preview_series(&draft)?;
        Ok(SeriesAnswer {
            changes: preview.plan.summary(),
            rule: preview.recurrence.rule,
            occurrences: preview.occurrences,
        })
    })
    .await
}

/// Gives a series another rule; what is past, sold, changed or called off stays.
#[utoipa::path(put, path = "/api/events/{id}/series", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    request_body = SeriesDraft, responses((status = 200, body = SeriesAnswer)))]
async fn change_series(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Body(draft): Body<SeriesDraft>,
) -> Answer<SeriesAnswer> {
    answer(door, move |door| {
        let home = door.act(&by, id)?;
        let preview = home.preview_series(&draft)?;
        let done = SeriesAnswer {
            changes: preview.plan.summary(),
            rule: preview.recurrence.rule.clone(),
            occurrences: preview.occurrences,
        };
        home.accept_series(preview)?;
        Ok(done)
    })
    .await
}

/// Which session a new ticket type is for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SessionQuery {
    /// The one session of a series that gets it; the whole event when absent.
    session: Option<SessionId>,
}

/// Adds a ticket type.
#[utoipa::path(post, path = "/api/events/{id}/ticket-types", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path), SessionQuery),
    request_body = TicketTypeDraft, responses((status = 201, body = TicketType)))]
async fn add_ticket_type(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<SessionQuery>,
    Body(draft): Body<TicketTypeDraft>,
) -> Result<(StatusCode, Versioned<TicketType>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        let made = home.add_ticket_type(&draft, query.session)?;
        ticket_type(&home, made)
    })
    .await?;
    Ok((StatusCode::CREATED, made))
}

/// One ticket type.
#[utoipa::path(get, path = "/api/ticket-types/{id}", tag = "schedule",
    security(("account" = ["read_events"])), params(("id" = TicketTypeId, Path)),
    responses((status = 200, body = TicketType)))]
async fn show_ticket_type(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<TicketTypeId>,
) -> Result<Versioned<TicketType>, Refusal> {
    blocking(door, move |door| ticket_type(&door.event_of(id.0)?, id)).await
}

/// Changes a ticket type; a new price holds for new orders only.
#[utoipa::path(put, path = "/api/ticket-types/{id}", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = TicketTypeId, Path)),
    request_body = TicketTypeChange, responses((status = 200, body = TicketType)))]
async fn change_ticket_type(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<TicketTypeId>,
    IfMatch(seen): IfMatch,
    Body(change): Body<TicketTypeChange>,
) -> Result<Versioned<TicketType>, Refusal> {
    blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?.if_seen(seen.as_deref());
        home.change_ticket_type(id, change)?;
        ticket_type(&home, id)
    })
    .await
}

/// Removes a ticket type that nobody has.
#[utoipa::path(delete, path = "/api/ticket-types/{id}", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = TicketTypeId, Path)),
    responses((status = 204)))]
async fn delete_ticket_type(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<TicketTypeId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        door.act_on(&by, id.0)?.delete_ticket_type(id)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds a zone.
#[utoipa::path(post, path = "/api/events/{id}/zones", tag = "schedule",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    request_body = ZoneDraft, responses((status = 201, body = Zone)))]
async fn add_zone(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Body(draft): Body<ZoneDraft>,
) -> Result<(StatusCode, Json<Zone>), Refusal> {
    let zone = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        let made: ZoneId = home.add_zone(&draft)?;
        let zones = home.file().read(|view| view.zones())?;
        zones
            .into_iter()
            .find(|zone| zone.id == made)
            .ok_or_else(|| Problem::new("zone_unknown", "there is no such zone"))
    })
    .await?;
    Ok((StatusCode::CREATED, Json(zone)))
}
