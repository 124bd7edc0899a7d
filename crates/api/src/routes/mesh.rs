//! The mesh: what a gate needs to take part in it, and what the office sees of it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_domain::id::{DeviceId, EventId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door, answer};
use super::given::{Body, Id};
use super::scanners::{check_same, who};
use super::signed::{By, ManageGates, ReadEvents};
use crate::mesh::{MeshView, Outcome};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(certify_scanner))
        .routes(routes!(show_mesh))
        .routes(routes!(resolve_double))
        .routes(routes!(write_off_room))
}

/// What a gate needs to take part in its event's mesh.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CertificateAnswer {
    /// The gate's certificate, then the authority's; each DER as base64.
    certificates: Vec<String>,
    /// Where the office and other gates are met, `host:port`; empty while the office meets nobody.
    peers: Vec<String>,
}

/// A gate that takes part in its event's mesh.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct CertificateWanted {
    /// The port that it listens on, so that other gates reach it where they don't find each other.
    listens: Option<u16>,
}

/// Certifies a gate's own key for the mesh, for a year and a month.
#[utoipa::path(post, path = "/api/scanners/{id}/certificate", tag = "scanners",
    security(("scanner" = [])), params(("id" = DeviceId, Path)),
    request_body = CertificateWanted, responses((status = 200, body = CertificateAnswer)))]
async fn certify_scanner(
    State(door): At,
    headers: HeaderMap,
    from: Option<Extension<ConnectInfo<SocketAddr>>>,
    Id(id): Id<DeviceId>,
    Body(given): Body<CertificateWanted>,
) -> Answer<CertificateAnswer> {
    answer(door, move |door| {
        let (home, row) = who(door, &headers)?;
        check_same(Some(id), &row)?;
        door.meet(&home)?;
        let address = from.map(|Extension(ConnectInfo(address))| address.ip());
        let listens = address.zip(given.listens).map(SocketAddr::from);
        let made = home.mesh_credentials(&row, listens)?;
        Ok(CertificateAnswer {
            certificates: made.chain.iter().map(|der| STANDARD.encode(der)).collect(),
            peers: made.peers,
        })
    })
    .await
}

/// The gates of an event as its office sees them: who is there, what is wrong, doubles.
#[utoipa::path(get, path = "/api/events/{id}/mesh", tag = "gates",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = MeshView)))]
async fn show_mesh(State(door): At, _: By<ReadEvents>, Id(id): Id<EventId>) -> Answer<MeshView> {
    answer(door, move |door| door.event(id)?.mesh_view()).await
}

/// What became of somebody who came in on a used ticket.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DoubleNote {
    /// The admission that should not have been.
    double: Uuid,
    outcome: Outcome,
    /// In a person's words, at most 1,000 bytes.
    #[serde(default)]
    note: String,
}

/// Keeps what a person decided on a double, for ever and at every gate.
#[utoipa::path(post, path = "/api/events/{id}/mesh/doubles", tag = "gates",
    security(("account" = ["manage_gates"])), params(("id" = EventId, Path)),
    request_body = DoubleNote, responses((status = 200, body = MeshView)))]
async fn resolve_double(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<EventId>,
    Body(given): Body<DoubleNote>,
) -> Answer<MeshView> {
    answer(door, move |door| {
        let home = door.act(&by, id)?;
        home.note_double(given.double.into_bytes(), given.outcome, &given.note)?;
        home.mesh_view()
    })
    .await
}

/// Takes back the room of a gate that is out of use.
#[utoipa::path(post, path = "/api/scanners/{id}/write-off", tag = "scanners",
    security(("account" = ["manage_gates"])), params(("id" = DeviceId, Path)),
    responses((status = 200, body = MeshView)))]
async fn write_off_room(
    State(door): At,
    By(by, _): By<ManageGates>,
    Id(id): Id<DeviceId>,
) -> Answer<MeshView> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.write_off(id)?;
        home.mesh_view()
    })
    .await
}
