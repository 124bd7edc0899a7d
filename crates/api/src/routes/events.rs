//! Events: planned, looked at, changed, published, called off.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use gatehouse_credential::key::KeyProfile;
use gatehouse_domain::event::EventStatus;
use gatehouse_domain::event::draft::EventDraft;
use gatehouse_domain::field::FieldError;
use gatehouse_domain::id::EventId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::etag::{IfMatch, Versioned};
use super::given::{Asked, Body, Id, Items, limit};
use super::refusal::Refusal;
use super::rows::{EventAnswer, SessionRowAnswer};
use super::signed::{By, PlanEvents, ReadEvents};
use crate::copies::Duplication;
use crate::home::EventHome;
use crate::lifecycle::{Cancelled, EventChange};
use crate::problem::Problem;
use crate::version::version_of;
use crate::workspace::EventSummary;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_events, create_event))
        .routes(routes!(preview_event))
        .routes(routes!(show_event, change_event, delete_event))
        .routes(routes!(publish_event))
        .routes(routes!(cancel_event))
        .routes(routes!(complete_event))
        .routes(routes!(duplicate_event))
        .routes(routes!(list_templates))
        .routes(routes!(save_template))
        .routes(routes!(list_sessions_to_come))
}

/// All events, newest start first.
#[utoipa::path(get, path = "/api/events", tag = "events",
    security(("account" = ["read_events"])), responses((status = 200, body = Items<EventSummary>)))]
async fn list_events(State(door): At, _: By<ReadEvents>) -> Answer<Items<EventSummary>> {
    answer(door, |door| {
        Ok(Items {
            items: door.workspace.events()?,
        })
    })
    .await
}

/// Plans an event.
#[utoipa::path(post, path = "/api/events", tag = "events",
    security(("account" = ["plan_events"])), request_body = EventDraft,
    responses((status = 201, body = EventAnswer)))]
async fn create_event(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Body(draft): Body<EventDraft>,
) -> Result<(StatusCode, Versioned<EventAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let home =
            door.workspace
                .create_event_by(&draft, KeyProfile::Rsa2048, Some(door.actor(&by)))?;
        door.adopt(&home);
        show(&home)
    })
    .await?;
    Ok((StatusCode::CREATED, made))
}

/// A planned session, before it is made.
#[derive(Debug, Serialize, ToSchema)]
struct PlannedSession {
    doors_at: i64,
    starts_at: i64,
    ends_at: i64,
    /// What a person should know: a clock that skips this hour, or shows it twice.
    note: Option<&'static str>,
}

/// What a draft would make.
#[derive(Debug, Serialize, ToSchema)]
struct EventPreview {
    sessions: Vec<PlannedSession>,
    /// The rule of a series (RFC 5545).
    rule: Option<String>,
}

/// Tells what a draft would make; nothing is written.
#[utoipa::path(post, path = "/api/events/preview", tag = "events",
    security(("account" = ["plan_events"])), request_body = EventDraft,
    responses((status = 200, body = EventPreview)))]
async fn preview_event(
    State(door): At,
    _: By<PlanEvents>,
    Body(draft): Body<EventDraft>,
) -> Answer<EventPreview> {
    answer(door, move |door| {
        let plan = door.workspace.preview_event(&draft)?;
        Ok(EventPreview {
            rule: plan.recurrence.map(|recurrence| recurrence.rule),
            sessions: plan
                .sessions
                .iter()
                .map(|session| PlannedSession {
                    doors_at: session.doors_at,
                    starts_at: session.starts_at,
                    ends_at: session.ends_at,
                    note: None,
                })
                .collect(),
        })
    })
    .await
}

/// An event with all that it is made of.
#[utoipa::path(get, path = "/api/events/{id}", tag = "events",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = EventAnswer)))]
async fn show_event(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Result<Versioned<EventAnswer>, Refusal> {
    blocking(door, move |door| show(&door.event(id)?)).await
}

/// Changes an event's own fields; what is absent stays.
#[utoipa::path(put, path = "/api/events/{id}", tag = "events",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    request_body = EventChange, responses((status = 200, body = EventAnswer)))]
async fn change_event(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    IfMatch(seen): IfMatch,
    Body(change): Body<EventChange>,
) -> Result<Versioned<EventAnswer>, Refusal> {
    blocking(door, move |door| {
        let home = door.act(&by, id)?.if_seen(seen.as_deref());
        show(&home.change_event(change)?)
    })
    .await
}

/// Deletes a draft that has no tickets; its file can be fetched back from the folder `deleted`.
#[utoipa::path(delete, path = "/api/events/{id}", tag = "events",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    responses((status = 204)))]
async fn delete_event(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        let home = door.act(&by, id)?;
        door.forget(id);
        home.delete_event()
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Publishes a draft; everything that it lacks is named.
#[utoipa::path(post, path = "/api/events/{id}/publish", tag = "events",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = EventAnswer)))]
async fn publish_event(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
) -> Result<Versioned<EventAnswer>, Refusal> {
    blocking(door, move |door| show(&door.act(&by, id)?.publish()?)).await
}

/// Why something is called off.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Reason {
    pub(super) reason: String,
}

/// Calls an event off: its tickets are void.
#[utoipa::path(post, path = "/api/events/{id}/cancel", tag = "events",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    request_body = Reason, responses((status = 200, body = Cancelled)))]
async fn cancel_event(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Body(given): Body<Reason>,
) -> Answer<Cancelled> {
    answer(door, move |door| {
        door.act(&by, id)?.cancel_event(&given.reason)
    })
    .await
}

/// Closes the books of an event that is over.
#[utoipa::path(post, path = "/api/events/{id}/complete", tag = "events",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = EventAnswer)))]
async fn complete_event(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
) -> Result<Versioned<EventAnswer>, Refusal> {
    blocking(door, move |door| {
        show(&door.act(&by, id)?.complete_event()?)
    })
    .await
}

/// How an event is duplicated.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct DuplicateBody {
    /// The copy's title; the same when absent.
    title: Option<String>,
    /// Day on which it begins; by whole weeks the next one when absent.
    begins: Option<NaiveDate>,
    /// Whether the guest list comes along.
    with_guests: bool,
}

/// Plans an event like another.
#[utoipa::path(post, path = "/api/events/{id}/duplicate", tag = "events",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    request_body = DuplicateBody, responses((status = 201, body = EventAnswer)))]
async fn duplicate_event(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Body(given): Body<DuplicateBody>,
) -> Result<(StatusCode, Versioned<EventAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let source = door.act(&by, id)?;
        let how = Duplication {
            title: given.title,
            begins: given.begins,
            with_guests: given.with_guests,
        };
        let home = door
            .workspace
            .duplicate_event(&source, &how, KeyProfile::Rsa2048)?;
        door.adopt(&home);
        show(&home)
    })
    .await?;
    Ok((StatusCode::CREATED, made))
}

/// A name.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

/// Saved plans that new events begin from.
#[utoipa::path(get, path = "/api/templates", tag = "events",
    security(("account" = ["read_events"])), responses((status = 200, body = Items<String>)))]
async fn list_templates(State(door): At, _: By<ReadEvents>) -> Answer<Items<String>> {
    answer(door, |door| {
        Ok(Items {
            items: door.workspace.templates()?,
        })
    })
    .await
}

/// Keeps an event's plan under a name.
#[utoipa::path(post, path = "/api/events/{id}/template", tag = "events",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)), request_body = Named,
    responses((status = 204)))]
async fn save_template(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Body(given): Body<Named>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        let source = door.act(&by, id)?;
        door.workspace.save_template(&source, &given.name)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LimitQuery {
    /// Rows at most, 1 to 500; 100 when absent.
    limit: Option<u32>,
}

/// Sessions of all events that are on or to come, by start.
#[utoipa::path(get, path = "/api/sessions", tag = "events",
    security(("account" = ["read_events"])), params(LimitQuery),
    responses((status = 200, body = Items<SessionRowAnswer>)))]
async fn list_sessions_to_come(
    State(door): At,
    _: By<ReadEvents>,
    Asked(query): Asked<LimitQuery>,
) -> Answer<Items<SessionRowAnswer>> {
    answer(door, move |door| {
        let rows = door.workspace.sessions_to_come(limit(query.limit)?)?;
        Ok(Items {
            items: rows.into_iter().map(SessionRowAnswer::from).collect(),
        })
    })
    .await
}

/// The event as its file stands now, with its version.
pub(super) fn show(home: &EventHome) -> Result<Versioned<EventAnswer>, Problem> {
    let keys = home.signing_keys()?;
    let lacking: Vec<FieldError> = match home.check_publish() {
        Ok(()) => vec![],
        Err(problem) => problem.errors,
    };
    let counts = home.file().counts()?;
    home.file().read(|view| {
        let event = view.event()?;
        let lacking = if event.status == EventStatus::Draft {
            lacking
        } else {
            vec![]
        };
        Ok(Versioned {
            version: version_of(&event)?,
            body: EventAnswer::read(view, counts, home.now(), keys, lacking)?,
        })
    })
}
