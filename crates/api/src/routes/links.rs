//! Links that make browsers scanners and that nobody has opened yet: listed, and taken back. Those
//! that were opened are devices.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::id::EventId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Id, Items};
use super::refusal::Refusal;
use super::signed::{By, ManageGates};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_open_links))
        .routes(routes!(end_link))
}

/// A scanner's link that nobody has opened.
#[derive(Debug, Serialize, ToSchema)]
struct OpenLink {
    /// Names it, and opens nothing.
    id: String,
    /// What the device is to be called.
    name: String,
    created_at: i64,
    /// Until when it is good, UTC ms.
    expires_at: i64,
}

/// Links that nobody has opened yet, oldest first.
#[utoipa::path(get, path = "/api/events/{id}/scanner-links", tag = "devices",
    security(("account" = ["manage_gates"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<OpenLink>)))]
async fn list_open_links(
    State(door): At,
    _: By<ManageGates>,
    Id(id): Id<EventId>,
) -> Answer<Items<OpenLink>> {
    answer(door, move |door| {
        let links = door.event(id)?.open_links()?.into_iter();
        Ok(Items {
            items: links
                .map(|link| OpenLink {
                    id: link.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
                    name: link.notes,
                    created_at: link.created_at,
                    expires_at: link.expires_at,
                })
                .collect(),
        })
    })
    .await
}

/// Takes a link back that nobody has opened: it opens nothing any more.
#[utoipa::path(delete, path = "/api/events/{id}/scanner-links/{link}", tag = "devices",
    security(("account" = ["manage_gates"])),
    params(("id" = EventId, Path), ("link" = String, Path)), responses((status = 204)))]
async fn end_link(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id((id, link)): Id<(EventId, String)>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| door.act(&by, id)?.end_link(&link)).await?;
    Ok(StatusCode::NO_CONTENT)
}
