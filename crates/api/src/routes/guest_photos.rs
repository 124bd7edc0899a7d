//! Pictures of guests: given and looked at in the office, shown at doors.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRef, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::id::{DeviceId, EventId, GuestId, TicketId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::behind::Behind;
use super::door::{At, Door, blocking};
use super::gates::AtGate;
use super::given::{Asked, Id, Items};
use super::refusal::Refusal;
use super::scanners::{check_same, who};
use super::signed::{By, EditGuests, ReadEvents, Scan};

/// Bytes of a request with a picture at most: more than a picture may have, so that the refusal can
/// say so.
const LARGEST: usize = 12 << 20;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(
            show_guest_photo,
            set_guest_photo,
            remove_guest_photo
        ))
        .layer(DefaultBodyLimit::max(LARGEST))
        .merge(
            gate_router()
                .routes(routes!(list_carried_photos))
                .routes(routes!(show_carried_photo)),
        )
}

/// What a gate away from its office shows, too.
pub(super) fn gate_router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Behind: FromRef<S>,
{
    OpenApiRouter::new().routes(routes!(show_door_photo))
}

/// A picture that nobody keeps on the way: it shows a person.
fn jpeg(picture: Vec<u8>) -> Response {
    let head = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (head, picture).into_response()
}

/// A guest's picture.
#[utoipa::path(get, path = "/api/guests/{id}/photo", tag = "guests",
    security(("account" = ["read_events"])), params(("id" = GuestId, Path)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
async fn show_guest_photo(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<GuestId>,
) -> Result<Response, Refusal> {
    let picture = blocking(door, move |door| door.event_of(id.0)?.guest_photo(id)).await?;
    Ok(jpeg(picture))
}

/// Gives a guest a picture: PNG or JPEG of 10 MB at most; it is kept small.
#[utoipa::path(put, path = "/api/guests/{id}/photo", tag = "guests",
    security(("account" = ["edit_guests"])), params(("id" = GuestId, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204)))]
async fn set_guest_photo(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<GuestId>,
    picture: Bytes,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        door.act_on(&by, id.0)?.set_guest_photo(id, &picture)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a guest's picture, also from gates that carry it.
#[utoipa::path(delete, path = "/api/guests/{id}/photo", tag = "guests",
    security(("account" = ["edit_guests"])), params(("id" = GuestId, Path)),
    responses((status = 204)))]
async fn remove_guest_photo(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<GuestId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        door.act_on(&by, id.0)?.remove_guest_photo(id)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The picture of a ticket's holder, where the event shows it at its doors.
#[utoipa::path(get, path = "/api/events/{id}/door/photos/{ticket}", tag = "gates",
    security(("account" = ["scan"])),
    params(("id" = EventId, Path), ("ticket" = TicketId, Path), AtGate),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
async fn show_door_photo(
    State(behind): State<Behind>,
    By(by, _): By<Scan>,
    Id((id, ticket)): Id<(EventId, TicketId)>,
    Asked(at): Asked<AtGate>,
) -> Result<Response, Refusal> {
    let picture = behind
        .blocking(move |behind| behind.gate(&by, id, at.gate.as_deref())?.photo(ticket))
        .await?;
    Ok(jpeg(picture))
}

/// A picture that a gate carries.
#[derive(Debug, Serialize, ToSchema)]
struct CarriedPhoto {
    ticket: TicketId,
    /// Another number is another picture.
    version: i64,
}

/// The pictures that a gate carries; what is not among them it forgets.
#[utoipa::path(get, path = "/api/scanners/{id}/photos", tag = "scanners",
    security(("scanner" = [])), params(("id" = DeviceId, Path)),
    responses((status = 200, body = Items<CarriedPhoto>)))]
async fn list_carried_photos(
    State(door): At,
    headers: HeaderMap,
    Id(id): Id<DeviceId>,
) -> Result<Json<Items<CarriedPhoto>>, Refusal> {
    let items = blocking(door, move |door| {
        let (home, row) = who(door, &headers)?;
        check_same(Some(id), &row)?;
        home.carried_photos()
    })
    .await?;
    let items = items
        .into_iter()
        .map(|(ticket, version)| CarriedPhoto { ticket, version })
        .collect();
    Ok(Json(Items { items }))
}

/// One picture for a gate that carries it.
#[utoipa::path(get, path = "/api/scanners/{id}/photos/{ticket}", tag = "scanners",
    security(("scanner" = [])), params(("id" = DeviceId, Path), ("ticket" = TicketId, Path)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>)))]
async fn show_carried_photo(
    State(door): At,
    headers: HeaderMap,
    Id((id, ticket)): Id<(DeviceId, TicketId)>,
) -> Result<Response, Refusal> {
    let picture = blocking(door, move |door| {
        let (home, row) = who(door, &headers)?;
        check_same(Some(id), &row)?;
        home.carried_photo(ticket)
    })
    .await?;
    Ok(jpeg(picture))
}
