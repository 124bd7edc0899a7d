//! Guest lists sent in: looked at, corrected, accepted.

use std::sync::Arc;

use axum::body::Body as RawBody;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use gatehouse_domain::id::EventId;
use gatehouse_domain::import::{ImportReport, ListField, PlanCounts};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Asked, Body, Id};
use super::refusal::Refusal;
use super::signed::{By, EditGuests};
use super::uploads::{Upload, receive};
use crate::import::ImportChoices;
use crate::problem::Problem;

/// The longest list, in bytes.
const LONGEST: u64 = 200 << 20;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(look_at_list))
        .layer(DefaultBodyLimit::disable())
        .routes(routes!(look_again, forget_list))
        .routes(routes!(accept_list))
}

/// The file's name.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NameQuery {
    /// The file's name, with its ending.
    name: String,
}

/// What a person chose for an import.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct Choices {
    /// Columns that they assigned, each a field and a header.
    map: Vec<ColumnChoice>,
    /// Whether good rows are taken when others are bad.
    skip_bad_rows: bool,
    /// Whether guests that the list no longer names are taken off it.
    remove_missing: bool,
    /// Whether ticket types that the event lacks are made.
    create_ticket_types: bool,
}

/// One column and what it means.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ColumnChoice {
    field: ListField,
    header: String,
}

impl From<Choices> for ImportChoices {
    fn from(given: Choices) -> Self {
        Self {
            map: given
                .map
                .into_iter()
                .map(|column| (column.field, column.header))
                .collect(),
            skip_bad_rows: given.skip_bad_rows,
            remove_missing: given.remove_missing,
            create_ticket_types: given.create_ticket_types,
        }
    }
}

/// A list that was looked at and waits.
#[derive(Serialize, ToSchema)]
struct ListAnswer {
    id: Uuid,
    file_name: String,
    /// What the list holds and what accepting would do.
    #[schema(value_type = ImportReport<'static>)]
    report: Box<RawValue>,
}

/// What an import wrote.
#[derive(Serialize, ToSchema)]
struct Imported {
    plan: PlanCounts,
    /// Guests taken off the list.
    removed: usize,
}

/// Sends a list (CSV or XLSX, 200 MB at most) and tells what importing it would do; nothing is
/// written.
#[utoipa::path(post, path = "/api/events/{id}/imports", tag = "imports",
    security(("account" = ["edit_guests"])), params(("id" = EventId, Path), NameQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = ListAnswer)))]
async fn look_at_list(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<EventId>,
    Asked(query): Asked<NameQuery>,
    body: RawBody,
) -> Result<(StatusCode, axum::Json<ListAnswer>), Refusal> {
    // Before a byte is taken.
    let event = {
        let by = by.clone();
        blocking(Arc::clone(&door), move |door| Ok(door.act(&by, id)?.id())).await?
    };
    let dir = tempfile::Builder::new()
        .prefix("gatehouse-list-")
        .tempdir()
        .map_err(Problem::from)?;
    let path = dir.path().join(plain_name(&query.name));
    receive(body, &path, LONGEST).await?;
    let listed = blocking(door, move |door| {
        let surroundings = door.workspace.surroundings();
        let at = surroundings.now();
        let key = surroundings.mint(event.route()).mint(at);
        let upload = Upload {
            event,
            path,
            _dir: dir,
            preview: None,
            at,
        };
        let choices = ImportChoices {
            create_ticket_types: true,
            ..ImportChoices::default()
        };
        look(door, &by, key, upload, choices, false)
    })
    .await?;
    Ok((StatusCode::CREATED, axum::Json(listed)))
}

/// The last part of a name, without what a file system minds.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let kept: String = last
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|'))
        .take(120)
        .collect();
    match kept.trim_matches([' ', '.']) {
        "" => "list.csv".to_owned(),
        name => name.to_owned(),
    }
}

/// Looks at a list with these choices and keeps it.
fn look(
    door: &Door,
    by: &super::signed::Person,
    id: Uuid,
    mut upload: Upload,
    choices: ImportChoices,
    waits: bool,
) -> Result<ListAnswer, Problem> {
    let home = door.act(by, upload.event)?;
    let looked = home.preview_import(&upload.path, choices);
    let preview = match looked {
        Ok(preview) => preview,
        Err(problem) => {
            // A choice that does not fit the list must not cost the list.
            if waits {
                door.uploads.keep(id, upload);
            }
            return Err(problem);
        }
    };
    let report = serde_json::value::to_raw_value(&preview.report())
        .map_err(|e| Problem::new("report_unwritable", e.to_string()))?;
    upload.preview = Some(preview);
    let file_name = upload
        .path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    door.uploads.keep(id, upload);
    Ok(ListAnswer {
        id,
        file_name,
        report,
    })
}

/// Looks at a waiting list again, with other choices.
#[utoipa::path(put, path = "/api/imports/{id}", tag = "imports",
    security(("account" = ["edit_guests"])), params(("id" = Uuid, Path)), request_body = Choices,
    responses((status = 200, body = ListAnswer)))]
async fn look_again(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<Uuid>,
    Body(given): Body<Choices>,
) -> Answer<ListAnswer> {
    answer(door, move |door| {
        let upload = door.uploads.take(id)?;
        look(door, &by, id, upload, given.into(), true)
    })
    .await
}

/// Lets a waiting list go.
#[utoipa::path(delete, path = "/api/imports/{id}", tag = "imports",
    security(("account" = ["edit_guests"])), params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn forget_list(
    State(door): At,
    _: By<EditGuests>,
    Id(id): Id<Uuid>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| door.uploads.take(id).map(drop)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Imports a waiting list as it was looked at: all of it, or nothing.
#[utoipa::path(post, path = "/api/imports/{id}/accept", tag = "imports",
    security(("account" = ["edit_guests"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = Imported)))]
async fn accept_list(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<Uuid>,
) -> Answer<Imported> {
    answer(door, move |door| {
        let mut upload = door.uploads.take(id)?;
        let home = door.act(&by, upload.event)?;
        let preview = upload
            .preview
            .take()
            .ok_or_else(|| Problem::new("import_unknown", "look at the list first"))?;
        match home.accept_import(preview) {
            Ok(done) => {
                home.project_contacts()?;
                Ok(Imported {
                    plan: done.plan,
                    removed: done.removed,
                })
            }
            Err(problem) => {
                // The file stays, so that it can be looked at again.
                door.uploads.keep(id, upload);
                Err(problem)
            }
        }
    })
    .await
}
