//! What was done, by whom, and taking it back.

use std::sync::Arc;

use axum::extract::State;
use gatehouse_domain::id::{EditId, EventId};
use gatehouse_store::event::EditRow;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer};
use super::given::{Asked, Body, Id, Items, ListQuery, limit};
use super::rows::EditAnswer;
use super::signed::{By, EditGuests, ManageWorkspace, ReadAudit};

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_edits))
        .routes(routes!(undo))
        .routes(routes!(list_workspace_edits))
}

/// Which changes of an event.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EditListQuery {
    /// Of the newest, only those that whoever asks made, and from the machine they ask from.
    #[serde(default)]
    own: bool,
    /// How many of the newest are looked at, 1 to 500; 100 when absent.
    limit: Option<u32>,
}

/// The newest changes of an event, newest first.
#[utoipa::path(get, path = "/api/events/{id}/audit", tag = "history",
    security(("account" = ["read_audit"])), params(("id" = EventId, Path), EditListQuery),
    responses((status = 200, body = Items<EditAnswer>)))]
async fn list_edits(
    State(door): At,
    By(by, _): By<ReadAudit>,
    Id(id): Id<EventId>,
    Asked(query): Asked<EditListQuery>,
) -> Answer<Items<EditAnswer>> {
    answer(door, move |door| {
        let names = door.workspace.names_of_accounts()?;
        let edits = door.event(id)?.edits(limit(query.limit)?)?;
        let asks = door.actor(&by);
        Ok(Items {
            items: edits
                .into_iter()
                .filter(|EditRow { meta, .. }| {
                    !query.own || (meta.actor == asks.name && meta.machine == asks.machine)
                })
                .map(|row| EditAnswer::named(row, &names))
                .collect(),
        })
    })
    .await
}

/// Which edit.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct UndoBody {
    /// The edit; the newest that can be undone when absent.
    edit: Option<EditId>,
}

/// Undoes an edit; one that a later edit stands in the way of is refused, and says which.
#[utoipa::path(post, path = "/api/events/{id}/undo", tag = "history",
    security(("account" = ["edit_guests"])), params(("id" = EventId, Path)),
    request_body = UndoBody, responses((status = 200, body = EditAnswer)))]
async fn undo(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<EventId>,
    Body(given): Body<UndoBody>,
) -> Answer<EditAnswer> {
    answer(door, move |door| {
        let names = door.workspace.names_of_accounts()?;
        let undone = door.act(&by, id)?.undo(given.edit)?;
        Ok(EditAnswer::named(undone, &names))
    })
    .await
}

/// A change of the workspace itself.
#[derive(Debug, Serialize, ToSchema)]
struct WorkspaceEditAnswer {
    at: i64,
    actor: String,
    machine: String,
    command: String,
    subject: String,
}

/// The newest changes of the workspace itself: accounts and settings.
#[utoipa::path(get, path = "/api/audit", tag = "history",
    security(("account" = ["manage_workspace"])), params(ListQuery),
    responses((status = 200, body = Items<WorkspaceEditAnswer>)))]
async fn list_workspace_edits(
    State(door): At,
    _: By<ManageWorkspace>,
    Asked(query): Asked<ListQuery>,
) -> Answer<Items<WorkspaceEditAnswer>> {
    answer(door, move |door| {
        let names = door.workspace.names_of_accounts()?;
        let named = |id: String| names.get(&id).cloned().unwrap_or(id);
        let edits = door.workspace.file().workspace_edits(query.limit()?)?;
        Ok(Items {
            items: edits
                .into_iter()
                .map(|edit| WorkspaceEditAnswer {
                    at: edit.at,
                    actor: named(edit.actor),
                    machine: edit.machine,
                    command: edit.command,
                    subject: named(edit.subject),
                })
                .collect(),
        })
    })
    .await
}
