//! Signing keys and the recovery kit.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_credential::key::{KeyId, KeyProfile};
use gatehouse_domain::id::EventId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Body, Id, Items, wrong_query};
use super::refusal::Refusal;
use super::signed::{By, ManageKeys};
use crate::keys::KeySummary;
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_keys, rotate_key))
        .routes(routes!(revoke_key))
        .routes(routes!(make_kit))
}

/// An event's signing keys, oldest version first.
#[utoipa::path(get, path = "/api/events/{id}/keys", tag = "keys",
    security(("account" = ["manage_keys"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<KeySummary>)))]
async fn list_keys(
    State(door): At,
    _: By<ManageKeys>,
    Id(id): Id<EventId>,
) -> Answer<Items<KeySummary>> {
    answer(door, move |door| {
        Ok(Items {
            items: door.event(id)?.signing_keys()?,
        })
    })
    .await
}

/// A new key.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NewKey {
    /// Algorithm and size, such as `rsa-2048`; RSA-2048 when absent.
    profile: Option<String>,
}

/// Makes a new key that signs from now on; the one before goes on verifying.
#[utoipa::path(post, path = "/api/events/{id}/keys", tag = "keys",
    security(("account" = ["manage_keys"])), params(("id" = EventId, Path)),
    request_body = NewKey, responses((status = 201, body = KeySummary)))]
async fn rotate_key(
    State(door): At,
    By(by, _): By<ManageKeys>,
    Id(id): Id<EventId>,
    Body(given): Body<NewKey>,
) -> Result<(StatusCode, Json<KeySummary>), Refusal> {
    let made = blocking(door, move |door| {
        let profile = given
            .profile
            .as_deref()
            .map_or(Ok(KeyProfile::Rsa2048), |name| {
                name.parse().map_err(|_| {
                    wrong_query(
                        "profile",
                        "profile_unknown",
                        "choose rsa-2048, rsa-3072, rsa-4096 or ed25519".to_owned(),
                    )
                })
            })?;
        door.act(&by, id)?.add_signing_key(profile)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Takes a rotated key back: every ticket that it signed is refused.
#[utoipa::path(post, path = "/api/events/{id}/keys/{kid}/revoke", tag = "keys",
    security(("account" = ["manage_keys"])),
    params(("id" = EventId, Path), ("kid" = String, Path)), responses((status = 204)))]
async fn revoke_key(
    State(door): At,
    By(by, _): By<ManageKeys>,
    Id((id, kid)): Id<(EventId, String)>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        let kid: KeyId = kid
            .parse()
            .map_err(|_| Problem::new("key_unknown", "this event has no such signing key"))?;
        door.act(&by, id)?.revoke_signing_key(kid)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A recovery kit: keep the file and the code apart.
#[derive(Serialize, ToSchema)]
struct KitAnswer {
    /// The kit's text.
    kit: String,
    /// The code that opens it; it is shown once and kept nowhere.
    code: String,
    /// The kit as a page for the safe: PDF, Base64.
    page: String,
}

/// Makes a recovery kit and its code.
#[utoipa::path(post, path = "/api/recovery-kit", tag = "keys",
    security(("account" = ["manage_keys"])), responses((status = 201, body = KitAnswer)))]
async fn make_kit(
    State(door): At,
    _: By<ManageKeys>,
) -> Result<(StatusCode, Json<KitAnswer>), Refusal> {
    let made = blocking(door, |door| {
        let (kit, code) = door.workspace.make_recovery_kit()?;
        let page = door.workspace.print_recovery_page(&kit)?;
        Ok(KitAnswer {
            kit: kit.to_text(),
            code: code.to_text().to_string(),
            page: STANDARD.encode(page),
        })
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}
