//! How the workspace presents itself: what is set, its logo and font, and a sample ticket.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use gatehouse_domain::branding::{BrandFont, Branding};
use gatehouse_store::workspace::BrandingRow;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{At, Door, blocking};
use super::etag::{IfMatch, Versioned};
use super::given::Body;
use super::refusal::Refusal;
use super::signed::{By, ManageWorkspace, ReadEvents};
use crate::branding::{LARGEST_FONT, LARGEST_LOGO};
use crate::problem::Problem;
use crate::version::version_of;

/// Bytes beyond a file's own limit that are still read, so that the refusal can say what is wrong.
const SLACK: usize = 1 << 20;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(set_logo))
        .layer(DefaultBodyLimit::max(LARGEST_LOGO + SLACK))
        .merge(
            OpenApiRouter::new()
                .routes(routes!(set_font))
                .layer(DefaultBodyLimit::max(LARGEST_FONT + SLACK)),
        )
        .merge(
            OpenApiRouter::new()
                .routes(routes!(show_branding, change_branding))
                .routes(routes!(show_logo, remove_logo))
                .routes(routes!(remove_font))
                .routes(routes!(preview_branding)),
        )
}

/// How the workspace presents itself.
#[derive(Debug, Serialize, ToSchema)]
struct BrandingAnswer {
    /// Who invites, on events that name nobody.
    organizer: String,
    /// The main colour as `#rrggbb`.
    colour: Option<String>,
    font: BrandFont,
    /// Family of the own font, once its file was given.
    own_font: Option<String>,
    has_logo: bool,
    sender_name: String,
    sender_email: Option<String>,
}

fn show(row: BrandingRow) -> Result<Versioned<BrandingAnswer>, Problem> {
    Ok(Versioned {
        version: version_of(&row.settings)?,
        body: BrandingAnswer {
            organizer: row.settings.organizer,
            colour: row.settings.colour,
            font: row.settings.font,
            own_font: row.own_font.map(|(_, name)| name),
            has_logo: row.logo.is_some(),
            sender_name: row.settings.sender_name,
            sender_email: row.settings.sender_email,
        },
    })
}

/// The branding.
#[utoipa::path(get, path = "/api/branding", tag = "branding",
    security(("account" = ["read_events"])), responses((status = 200, body = BrandingAnswer)))]
async fn show_branding(
    State(door): At,
    _: By<ReadEvents>,
) -> Result<Versioned<BrandingAnswer>, Refusal> {
    blocking(door, |door| show(door.workspace.branding()?)).await
}

/// Changes the branding.
#[utoipa::path(put, path = "/api/branding", tag = "branding",
    security(("account" = ["manage_workspace"])), request_body = Branding,
    responses((status = 200, body = BrandingAnswer)))]
async fn change_branding(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
    IfMatch(seen): IfMatch,
    Body(wanted): Body<Branding>,
) -> Result<Versioned<BrandingAnswer>, Refusal> {
    blocking(door, move |door| {
        show(
            door.workspace
                .set_branding(&by.signed, &wanted, seen.as_deref())?,
        )
    })
    .await
}

/// The logo.
#[utoipa::path(get, path = "/api/branding/logo", tag = "branding",
    security(("account" = ["read_events"])),
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
async fn show_logo(State(door): At, _: By<ReadEvents>) -> Result<Response, Refusal> {
    let (bytes, kind) = blocking(door, |door| {
        door.workspace
            .branding()?
            .logo
            .ok_or_else(|| Problem::new("logo_unknown", "no logo was given yet"))
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// Keeps a logo: PNG or JPEG of 2 MB at most.
#[utoipa::path(put, path = "/api/branding/logo", tag = "branding",
    security(("account" = ["manage_workspace"])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = BrandingAnswer)))]
async fn set_logo(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
    picture: Bytes,
) -> Result<Versioned<BrandingAnswer>, Refusal> {
    blocking(door, move |door| {
        show(
            door.workspace
                .set_logo(&by.signed, Some(picture.to_vec()))?,
        )
    })
    .await
}

/// Removes the logo.
#[utoipa::path(delete, path = "/api/branding/logo", tag = "branding",
    security(("account" = ["manage_workspace"])),
    responses((status = 200, body = BrandingAnswer)))]
async fn remove_logo(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
) -> Result<Versioned<BrandingAnswer>, Refusal> {
    blocking(door, move |door| {
        show(door.workspace.set_logo(&by.signed, None)?)
    })
    .await
}

/// Keeps the organizer's own font: TrueType of 8 MB at most, embeddable, with Latin letters.
#[utoipa::path(put, path = "/api/branding/font", tag = "branding",
    security(("account" = ["manage_workspace"])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = BrandingAnswer)))]
async fn set_font(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
    font: Bytes,
) -> Result<Versioned<BrandingAnswer>, Refusal> {
    blocking(door, move |door| {
        show(
            door.workspace
                .set_own_font(&by.signed, Some(font.to_vec()))?,
        )
    })
    .await
}

/// Removes the own font; Inter stands in its place.
#[utoipa::path(delete, path = "/api/branding/font", tag = "branding",
    security(("account" = ["manage_workspace"])),
    responses((status = 200, body = BrandingAnswer)))]
async fn remove_font(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
) -> Result<Versioned<BrandingAnswer>, Refusal> {
    blocking(door, move |door| {
        show(door.workspace.set_own_font(&by.signed, None)?)
    })
    .await
}

/// A sample ticket as a picture; nothing is kept.
#[utoipa::path(post, path = "/api/branding/preview", tag = "branding",
    security(("account" = ["manage_workspace"])), request_body = Branding,
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
async fn preview_branding(
    State(door): At,
    _: By<ManageWorkspace>,
    Body(wanted): Body<Branding>,
) -> Result<Response, Refusal> {
    let picture = blocking(door, move |door| door.workspace.preview_branding(&wanted)).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], picture).into_response())
}
