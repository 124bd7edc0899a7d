//! Codes presented at this home, and who came.

use std::sync::Arc;

use axum::extract::State;
use gatehouse_domain::id::EventId;
use gatehouse_domain::scan::Direction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door, answer};
use super::given::{Body, Id, Items};
use super::invitations::present;
use super::signed::{By, ReadEvents, Scan};
use crate::doors::Shown;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(present_code))
        .routes(routes!(list_arrivals))
}

/// A code at a gate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ScanBody {
    /// What the code says, in either form.
    code: String,
    /// Name of the gate; registered when it is new.
    #[serde(default)]
    gate: Option<String>,
    #[serde(default = "entry")]
    direction: Direction,
    /// Names this presentation: the same again is the same scan.
    #[serde(default)]
    nonce: Option<Uuid>,
}

fn entry() -> Direction {
    Direction::Entry
}

/// Presents a code: decides, writes the scan, and only then tells. A refusal is an answer, not a
/// problem.
#[utoipa::path(post, path = "/api/events/{id}/scans", tag = "gates",
    security(("account" = ["scan"])), params(("id" = EventId, Path)), request_body = ScanBody,
    responses((status = 200, body = Shown)))]
async fn present_code(
    State(door): At,
    By(by, _): By<Scan>,
    Id(id): Id<EventId>,
    Body(given): Body<ScanBody>,
) -> Answer<Shown> {
    answer(door, move |door| {
        let home = door.act(&by, id)?;
        let nonce = given.nonce.map(Uuid::into_bytes);
        present(
            door,
            &home,
            &given.code,
            given.gate.as_deref(),
            given.direction,
            nonce,
        )
    })
    .await
}

/// How many were admitted in one minute.
#[derive(Debug, Serialize, ToSchema)]
struct Arrivals {
    /// Start of the minute, UTC ms.
    at: i64,
    admitted: u32,
}

/// Admissions by the minute, oldest first; minutes without any are left out.
#[utoipa::path(get, path = "/api/events/{id}/arrivals", tag = "gates",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<Arrivals>)))]
async fn list_arrivals(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<Arrivals>> {
    answer(door, move |door| {
        let minutes = door
            .event(id)?
            .file()
            .read(|view| view.arrivals_by_minute())?;
        Ok(Items {
            items: minutes
                .into_iter()
                .map(|(at, admitted)| Arrivals { at, admitted })
                .collect(),
        })
    })
    .await
}
