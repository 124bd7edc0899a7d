//! Pictures of an event; a public one shows at least three.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::id::{EventId, PhotoId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Asked, Id, Items};
use super::refusal::Refusal;
use super::signed::{By, PlanEvents, ReadEvents};
use crate::home::EventHome;
use crate::problem::Problem;

/// Bytes of a request with a picture at most: more than a picture may have, so that the refusal can
/// say so.
const LARGEST: usize = 12 << 20;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_photos, add_photo))
        .layer(DefaultBodyLimit::max(LARGEST))
        .merge(OpenApiRouter::new().routes(routes!(show_photo, remove_photo)))
}

/// A picture without its bytes.
#[derive(Debug, Serialize, ToSchema)]
struct PhotoAnswer {
    id: PhotoId,
    caption: String,
    media_type: String,
    /// Its length in bytes.
    bytes: u64,
}

fn list(home: &EventHome) -> Result<Vec<PhotoAnswer>, Problem> {
    Ok(home
        .photos()?
        .into_iter()
        .map(|row| PhotoAnswer {
            id: row.id,
            caption: row.caption,
            media_type: row.media_type,
            bytes: row.bytes,
        })
        .collect())
}

/// An event's pictures, the cover first.
#[utoipa::path(get, path = "/api/events/{id}/photos", tag = "photos",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<PhotoAnswer>)))]
async fn list_photos(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<PhotoAnswer>> {
    answer(door, move |door| {
        Ok(Items {
            items: list(&door.event(id)?)?,
        })
    })
    .await
}

/// What is said of a picture.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PhotoQuery {
    /// What it shows, 300 characters at most.
    #[serde(default)]
    caption: String,
}

/// Adds a picture: PNG, JPEG or WebP of 10 MB at most, 50 for one event.
#[utoipa::path(post, path = "/api/events/{id}/photos", tag = "photos",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path), PhotoQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Items<PhotoAnswer>)))]
async fn add_photo(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<PhotoQuery>,
    picture: Bytes,
) -> Result<(StatusCode, Json<Items<PhotoAnswer>>), Refusal> {
    let items = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        home.add_photo(picture.to_vec(), &query.caption)?;
        list(&home)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(Items { items })))
}

/// A picture.
#[utoipa::path(get, path = "/api/photos/{id}", tag = "photos",
    security(("account" = ["read_events"])), params(("id" = PhotoId, Path)),
    responses((status = 200, content_type = "image/*", body = Vec<u8>)))]
async fn show_photo(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<PhotoId>,
) -> Result<Response, Refusal> {
    let (kind, bytes) = blocking(door, move |door| {
        let home = door.event_of(id.0)?;
        home.photo(id)
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// Removes a picture; a published public event keeps at least three.
#[utoipa::path(delete, path = "/api/photos/{id}", tag = "photos",
    security(("account" = ["plan_events"])), params(("id" = PhotoId, Path)),
    responses((status = 204)))]
async fn remove_photo(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<PhotoId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| door.act_on(&by, id.0)?.remove_photo(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
