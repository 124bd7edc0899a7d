//! Badges and receipts at the door.

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use gatehouse_domain::badge::BadgeSettings;
use gatehouse_domain::id::{EventId, TicketId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::behind::Behind;
use super::door::{At, Door, blocking};
use super::gates::AtGate;
use super::given::{Asked, Body, Id};
use super::refusal::Refusal;
use super::signed::{By, ReadEvents, Scan};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    gate_router().routes(routes!(preview_badge))
}

/// What a gate away from its office prints, too.
pub(super) fn gate_router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Behind: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(print_badge))
}

/// The badge or receipt of a ticket that was let in, as the event prints it: one page, PDF. The
/// same again is the same page.
#[utoipa::path(get, path = "/api/events/{id}/door/badges/{ticket}", tag = "gates",
    security(("account" = ["scan"])),
    params(("id" = EventId, Path), ("ticket" = TicketId, Path), AtGate),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn print_badge(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id((id, ticket)): Id<(EventId, TicketId)>,
    Asked(at): Asked<AtGate>,
) -> Result<Response, Refusal> {
    let badge = behind
        .blocking(move |behind| behind.gate(&by, id, at.gate.as_deref())?.badge(ticket))
        .await?;
    let named = format!("inline; filename=\"badge-{:04}.pdf\"", badge.number);
    Ok((
        [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (header::CONTENT_DISPOSITION, named),
            // It holds a name, and perhaps a code that admits.
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ],
        badge.pdf,
    )
        .into_response())
}

/// What these settings would print, for somebody made up, as a picture. Nothing is kept.
#[utoipa::path(post, path = "/api/events/{id}/door/badges/preview", tag = "gates",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    request_body = BadgeSettings,
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
async fn preview_badge(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Body(wanted): Body<BadgeSettings>,
) -> Result<Response, Refusal> {
    let picture = blocking(door, move |door| {
        door.event(id)?.refreshed()?.preview_badge(&wanted)
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], picture).into_response())
}
