//! The guest list: looked through, added to, changed, one or many at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::guest::{GuestChange, GuestOrder, GuestStanding};
use gatehouse_domain::id::{EventId, GuestId, TicketTypeId};
use gatehouse_domain::import::GuestValues;
use gatehouse_store::event::GuestQuery;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::etag::{IfMatch, Versioned};
use super::given::{Asked, Body, Id, Page, limit, text, wrong_cursor};
use super::refusal::Refusal;
use super::rows::GuestAnswer;
use super::signed::{By, EditGuests, ReadEvents};
use crate::guests::GuestsRemoved;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::version::version_of;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_event_guests, add_event_guest))
        .routes(routes!(list_guests, add_guest))
        .routes(routes!(show_guest, change_guest, delete_guest))
        .routes(routes!(change_guests))
        .routes(routes!(remove_guests))
}

/// What is asked of a guest list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GuestListQuery {
    /// Words that name, e-mail, phone, company, group or invitation hold, all of them; case and
    /// accents do not matter.
    q: Option<String>,
    /// Of this ticket type.
    ticket_type: Option<TicketTypeId>,
    /// Who are that far.
    standing: Option<GuestStanding>,
    /// Order.
    sort: Option<GuestOrder>,
    /// Whether the order is turned round.
    #[serde(default)]
    descending: bool,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows at most, 1 to 500; 100 when absent.
    limit: Option<u32>,
}

/// What is asked of the guests of an event by its id.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct GuestsQuery {
    /// The event.
    event_id: EventId,
    /// Words that the guest holds, all of them.
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows at most, 1 to 500; 100 when absent.
    limit: Option<u32>,
}

/// A guest with all that is known.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GuestDetail {
    #[serde(flatten)]
    row: GuestAnswer,
    values: GuestValues,
    /// The line of the list that they came from last.
    line: Option<u32>,
}

fn detail(home: &EventHome, id: GuestId) -> Result<Versioned<GuestDetail>, Problem> {
    let guest = home.guest(id)?;
    let row = home
        .file()
        .read(|view| view.guest_row(id))?
        .ok_or_else(crate::guests::guest_unknown)?;
    Ok(Versioned {
        version: version_of(&guest.values)?,
        body: GuestDetail {
            row: row.into(),
            line: guest.line,
            values: guest.values,
        },
    })
}

fn page(home: &EventHome, query: &GuestListQuery) -> Result<Page<GuestAnswer>, Problem> {
    let after = query
        .after
        .as_deref()
        .map(|cursor| cursor.parse::<GuestId>().map_err(|_| wrong_cursor()))
        .transpose()?;
    let found = home.file().guest_rows(&GuestQuery {
        text: text(query.q.as_deref())?.to_owned(),
        ticket_type: query.ticket_type,
        standing: query.standing,
        order: query.sort,
        descending: query.descending,
        after,
        limit: limit(query.limit)?,
    })?;
    Ok(Page {
        next: found
            .rows
            .last()
            .filter(|_| found.more)
            .map(|row| row.id.to_string()),
        items: found.rows.into_iter().map(GuestAnswer::from).collect(),
        total: Some(found.total),
    })
}

/// An event's guests: searched, filtered, ordered, page by page.
#[utoipa::path(get, path = "/api/events/{id}/guests", tag = "guests",
    security(("account" = ["read_events"])), params(("id" = EventId, Path), GuestListQuery),
    responses((status = 200, body = Page<GuestAnswer>)))]
async fn list_event_guests(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<GuestListQuery>,
) -> Answer<Page<GuestAnswer>> {
    answer(door, move |door| page(&door.event(id)?, &query)).await
}

/// An event's guests, for those who name the event in the question.
#[utoipa::path(get, path = "/api/guests", tag = "guests",
    security(("account" = ["read_events"])), params(GuestsQuery),
    responses((status = 200, body = Page<GuestAnswer>)))]
async fn list_guests(
    State(door): At,
    _: By<ReadEvents>,
    Asked(query): Asked<GuestsQuery>,
) -> Answer<Page<GuestAnswer>> {
    answer(door, move |door| {
        let home = door.event(query.event_id)?;
        page(
            &home,
            &GuestListQuery {
                q: query.q,
                after: query.after,
                limit: query.limit,
                ..GuestListQuery::default()
            },
        )
    })
    .await
}

/// A new guest of an event.
#[derive(Deserialize, ToSchema)]
struct NewGuest {
    /// The event.
    event_id: EventId,
    #[serde(flatten)]
    guest: GuestChange,
}

/// Adds a guest to an event's list.
#[utoipa::path(post, path = "/api/events/{id}/guests", tag = "guests",
    security(("account" = ["edit_guests"])), params(("id" = EventId, Path)),
    request_body = GuestChange, responses((status = 201, body = GuestDetail)))]
async fn add_event_guest(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<EventId>,
    Body(given): Body<GuestChange>,
) -> Result<(StatusCode, Versioned<GuestDetail>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        let made = home.add_guest(&given)?;
        detail(&home, made)
    })
    .await?;
    Ok((StatusCode::CREATED, made))
}

/// Adds a guest to the list of the event that the body names.
#[utoipa::path(post, path = "/api/guests", tag = "guests",
    security(("account" = ["edit_guests"])), request_body = NewGuest,
    responses((status = 201, body = GuestDetail)))]
async fn add_guest(
    State(door): At,
    By(by, _): By<EditGuests>,
    Body(given): Body<NewGuest>,
) -> Result<(StatusCode, Versioned<GuestDetail>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act(&by, given.event_id)?;
        let made = home.add_guest(&given.guest)?;
        detail(&home, made)
    })
    .await?;
    Ok((StatusCode::CREATED, made))
}

/// One guest.
#[utoipa::path(get, path = "/api/guests/{id}", tag = "guests",
    security(("account" = ["read_events"])), params(("id" = GuestId, Path)),
    responses((status = 200, body = GuestDetail)))]
async fn show_guest(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<GuestId>,
) -> Result<Versioned<GuestDetail>, Refusal> {
    blocking(door, move |door| detail(&door.event_of(id.0)?, id)).await
}

/// Changes a guest; what is absent stays, blank text removes.
#[utoipa::path(put, path = "/api/guests/{id}", tag = "guests",
    security(("account" = ["edit_guests"])), params(("id" = GuestId, Path)),
    request_body = GuestChange, responses((status = 200, body = GuestDetail)))]
async fn change_guest(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<GuestId>,
    IfMatch(seen): IfMatch,
    Body(given): Body<GuestChange>,
) -> Result<Versioned<GuestDetail>, Refusal> {
    blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?.if_seen(seen.as_deref());
        home.change_guest(id, &given)?;
        detail(&home, id)
    })
    .await
}

/// Takes a guest off the list; one whom an invitation covers stays, and is told as such.
#[utoipa::path(delete, path = "/api/guests/{id}", tag = "guests",
    security(("account" = ["edit_guests"])), params(("id" = GuestId, Path)),
    responses((status = 204)))]
async fn delete_guest(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<GuestId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.guest(id)?;
        let done = home.remove_guests(&[id])?;
        if done.invited > 0 {
            return Err(Problem::new(
                "guest_invited",
                "an invitation covers this guest, who stays on the list; void the invitation \
                 instead",
            ));
        }
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Many guests, and what is changed of each.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkChange {
    guests: Vec<GuestId>,
    change: GuestChange,
}

/// Many guests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkRemoval {
    guests: Vec<GuestId>,
}

/// How many.
#[derive(Serialize, ToSchema)]
struct Changed {
    changed: usize,
}

/// Changes many guests in the same way, all or none; one edit, undone at once.
#[utoipa::path(post, path = "/api/events/{id}/guests/change", tag = "guests",
    security(("account" = ["edit_guests"])), params(("id" = EventId, Path)),
    request_body = BulkChange, responses((status = 200, body = Changed)))]
async fn change_guests(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<EventId>,
    Body(given): Body<BulkChange>,
) -> Result<Json<Changed>, Refusal> {
    answer(door, move |door| {
        let changed = door
            .act(&by, id)?
            .change_guests(&given.guests, &given.change)?;
        Ok(Changed { changed })
    })
    .await
}

/// Takes many guests off the list; those whom an invitation covers stay.
#[utoipa::path(post, path = "/api/events/{id}/guests/remove", tag = "guests",
    security(("account" = ["edit_guests"])), params(("id" = EventId, Path)),
    request_body = BulkRemoval, responses((status = 200, body = GuestsRemoved)))]
async fn remove_guests(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<EventId>,
    Body(given): Body<BulkRemoval>,
) -> Result<Json<GuestsRemoved>, Refusal> {
    answer(door, move |door| {
        door.act(&by, id)?.remove_guests(&given.guests)
    })
    .await
}
