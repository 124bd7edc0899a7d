//! Files that are made: tickets to print, door lists, bundles, exports; and a page seen before.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::Body as RawBody;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::account::Action;
use gatehouse_domain::id::EventId;
use gatehouse_print::Sheet;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door, blocking};
use super::given::{Asked, Body, Id, Items};
use super::refusal::Refusal;
use super::signed::{By, IssueTickets, ReadEvents};
use super::tasks::TaskAnswer;
use crate::export::ExportFormat;
use crate::home::EventHome;
use crate::printing::PrintJob;
use crate::problem::Problem;
use crate::surroundings::Progress;

/// Files that are kept until they are fetched; the oldest makes room.
const KEPT: usize = 16;

/// Files that long work made.
#[derive(Debug, Default, Clone)]
pub(super) struct Papers(Arc<Mutex<VecDeque<(Uuid, Paper)>>>);

/// A file and who may fetch it.
#[derive(Debug, Clone)]
pub(super) struct Paper {
    path: PathBuf,
    /// Gone with the last hold on it.
    _dir: Arc<TempDir>,
    media_type: &'static str,
    /// Whether it holds the workspace's keys.
    secret: bool,
}

impl Paper {
    /// A file with keys in it, for those who manage the workspace.
    pub(super) fn secret(path: PathBuf, dir: TempDir) -> Self {
        Self {
            path,
            _dir: Arc::new(dir),
            media_type: "application/vnd.gatehouse.event",
            secret: true,
        }
    }
}

/// A name as a file's name: without what file systems mind.
pub(super) fn plain_name(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| match c {
            c if c.is_control() => ' ',
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => ' ',
            c => c,
        })
        .take(80)
        .collect();
    match kept.trim_matches([' ', '.']) {
        "" => "Gatehouse".to_owned(),
        name => name.to_owned(),
    }
}

impl Papers {
    pub(super) fn keep(&self, task: Uuid, paper: Paper) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((task, paper));
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }

    fn find(&self, task: Uuid) -> Option<Paper> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(id, _)| *id == task)
            .map(|(_, paper)| paper.clone())
    }
}

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_sheets))
        .routes(routes!(preview_page))
        .routes(routes!(make_file))
        .routes(routes!(fetch_file))
}

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FileKind {
    /// Every good ticket on sheets.
    Tickets,
    /// The paper door list.
    DoorList,
    /// One PDF for each invitation, in a ZIP.
    Bundle,
    /// Every ticket as a table.
    Csv,
    /// Every ticket as a workbook.
    Xlsx,
    /// The event's calendar file.
    Calendar,
}

/// A file that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileWanted {
    kind: FileKind,
    /// Name of the sheet; see `GET /api/sheets`.
    #[serde(default)]
    sheet: Option<String>,
    /// Whether crop marks are drawn.
    #[serde(default)]
    marks: bool,
    /// Number of the first ticket to print.
    #[serde(default)]
    first: Option<u32>,
    /// Number of the last ticket to print.
    #[serde(default)]
    last: Option<u32>,
}

/// A sheet of paper by name.
#[derive(Debug, Serialize, ToSchema)]
struct SheetAnswer {
    name: String,
    /// Tickets on one.
    tickets: usize,
}

/// The sheets that there are.
#[utoipa::path(get, path = "/api/sheets", tag = "files",
    security(("account" = ["read_events"])), responses((status = 200, body = Items<SheetAnswer>)))]
async fn list_sheets(_: By<ReadEvents>) -> Answer<Items<SheetAnswer>> {
    Ok(Json(Items {
        items: Sheet::all()
            .map(|sheet| SheetAnswer {
                name: sheet.to_string(),
                tickets: sheet.tickets(),
            })
            .collect(),
    }))
}

fn sheet(name: Option<&str>) -> Result<Sheet, Problem> {
    name.map_or(Ok(Sheet::A6), |name| {
        name.parse().map_err(|_| {
            let known: Vec<String> = Sheet::all().map(|sheet| sheet.to_string()).collect();
            super::given::wrong_query(
                "sheet",
                "sheet_unknown",
                format!("choose one of {}", known.join(", ")),
            )
        })
    })
}

/// Which page is seen before.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PreviewQuery {
    /// Name of the sheet.
    sheet: Option<String>,
    /// Whether crop marks are drawn.
    #[serde(default)]
    marks: bool,
    /// Number of the first ticket to print.
    first: Option<u32>,
    /// Number of the last ticket to print.
    last: Option<u32>,
}

/// The first page as it would be printed, as a picture.
#[utoipa::path(get, path = "/api/events/{id}/preview", tag = "files",
    security(("account" = ["read_events"])), params(("id" = EventId, Path), PreviewQuery),
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
async fn preview_page(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<PreviewQuery>,
) -> Result<Response, Refusal> {
    let picture = blocking(door, move |door| {
        let sheet = sheet(query.sheet.as_deref())?;
        door.event(id)?.refreshed()?.preview_page(PrintJob {
            first: query.first,
            last: query.last,
            ..PrintJob::all(sheet, query.marks)
        })
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], picture).into_response())
}

/// Makes a file, as long work; fetch it from `/api/tasks/{id}/file` when it is done.
#[utoipa::path(post, path = "/api/events/{id}/files", tag = "files",
    security(("account" = ["issue_tickets"])), params(("id" = EventId, Path)),
    request_body = FileWanted, responses((status = 202, body = TaskAnswer)))]
async fn make_file(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<EventId>,
    Body(given): Body<FileWanted>,
) -> Result<(StatusCode, Json<TaskAnswer>), Refusal> {
    let task = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        let sheet = sheet(given.sheet.as_deref())?;
        let papers = door.papers.clone();
        Ok(door.begin_task(Some(home.id()), "file", move |task| {
            let dir = tempfile::Builder::new()
                .prefix("gatehouse-file-")
                .tempdir()?;
            let (name, media_type) = match given.kind {
                FileKind::Tickets => ("tickets.pdf", "application/pdf"),
                FileKind::DoorList => ("door-list.pdf", "application/pdf"),
                FileKind::Bundle => ("invitations.zip", "application/zip"),
                FileKind::Csv => ("tickets.csv", "text/csv"),
                FileKind::Xlsx => (
                    "tickets.xlsx",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                FileKind::Calendar => ("event.ics", "text/calendar"),
            };
            let path = dir.path().join(name);
            let result = make(&home, &given, sheet, &path, task)?;
            papers.keep(
                task.id(),
                Paper {
                    path,
                    _dir: Arc::new(dir),
                    media_type,
                    secret: false,
                },
            );
            Ok(result)
        }))
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(task)))
}

fn make(
    home: &EventHome,
    given: &FileWanted,
    sheet: Sheet,
    path: &std::path::Path,
    progress: &dyn Progress,
) -> Result<serde_json::Value, Problem> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok(match given.kind {
        FileKind::Tickets => {
            let job = PrintJob {
                first: given.first,
                last: given.last,
                ..PrintJob::all(sheet, given.marks)
            };
            let done = home.print_tickets(job, path, progress)?;
            serde_json::json!({"file": name, "tickets": done.tickets, "pages": done.pages,
                "bytes": done.bytes, "module_mm": done.module_mm, "warnings": done.warnings})
        }
        FileKind::DoorList => {
            let paper = if sheet == Sheet::Letter {
                sheet
            } else {
                Sheet::A4
            };
            let done = home.print_door_list(paper, path)?;
            serde_json::json!({"file": name, "tickets": done.tickets, "pages": done.pages,
                "bytes": done.bytes, "warnings": done.warnings})
        }
        FileKind::Bundle => {
            let done = home.bundle_invitations(path, progress)?;
            serde_json::json!({"file": name, "tickets": done.tickets, "files": done.files,
                "bytes": done.bytes})
        }
        FileKind::Csv | FileKind::Xlsx => {
            let format = match given.kind {
                FileKind::Csv => ExportFormat::Csv,
                _ => ExportFormat::Xlsx,
            };
            let done = home.export(format, path)?;
            serde_json::json!({"file": name, "rows": done.rows})
        }
        FileKind::Calendar => {
            std::fs::write(path, home.event_calendar()?)?;
            serde_json::json!({"file": name})
        }
    })
}

/// The file that long work made.
#[utoipa::path(get, path = "/api/tasks/{id}/file", tag = "files",
    security(("account" = ["issue_tickets"])), params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn fetch_file(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<Uuid>,
) -> Result<Response, Refusal> {
    let gone = || {
        Problem::new(
            "task_unknown",
            "there is no such file, or no longer; make it again",
        )
    };
    let paper = door.papers.find(id).ok_or_else(gone)?;
    if paper.secret {
        by.signed.check(Action::ManageWorkspace)?;
    }
    let file = tokio::fs::File::open(&paper.path)
        .await
        .map_err(|_| gone())?;
    let length = file.metadata().await.map_err(Problem::from)?.len();
    let name = paper
        .path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let mut response =
        RawBody::from_stream(ReaderStream::with_capacity(file, 1 << 16)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(paper.media_type),
    );
    headers.insert(header::CONTENT_LENGTH, length.into());
    if let Ok(value) = HeaderValue::from_str(&disposition(&name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// How an answer names its file (RFC 6266): plainly, and in full where that takes more letters.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii() { c } else { '_' })
        .collect();
    if plain == name {
        return format!("attachment; filename=\"{name}\"");
    }
    let full: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{full}")
}
