//! Backups made and brought back, and events that move to another machine.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::Body as RawBody;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use gatehouse_domain::id::{EventId, WorkspaceId};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door, answer, blocking};
use super::etag::Versioned;
use super::events::show;
use super::given::{Body, Id};
use super::papers::{Paper, plain_name};
use super::refusal::Refusal;
use super::rows::EventAnswer;
use super::signed::{By, ManageWorkspace};
use super::tasks::TaskAnswer;
use super::uploads::receive;
use crate::backup::BackupReport;
use crate::problem::Problem;
use crate::restore::{Backup, KitAndCode};

/// The longest backup file, in bytes.
const LONGEST: u64 = 16 << 30;
/// Backups that wait at a time; the one that waited longest makes room.
const WAITING: usize = 4;

/// Backup files that were sent and wait to be brought back.
#[derive(Debug, Default)]
pub(super) struct Backups {
    waiting: Mutex<HashMap<Uuid, Waiting>>,
}

#[derive(Debug)]
struct Waiting {
    path: PathBuf,
    dir: TempDir,
    /// Once it is open.
    backup: Option<Backup>,
    at: i64,
}

impl Backups {
    fn keep(&self, id: Uuid, given: Waiting) {
        let mut waiting = self.lock();
        if waiting.len() >= WAITING
            && let Some(oldest) = waiting
                .iter()
                .min_by_key(|(_, given)| given.at)
                .map(|(id, _)| *id)
        {
            waiting.remove(&oldest);
        }
        waiting.insert(id, given);
    }

    /// Takes a backup out; whoever goes on with it keeps it again.
    fn take(&self, id: Uuid) -> Result<Waiting, Problem> {
        self.lock().remove(&id).ok_or_else(|| {
            Problem::new(
                "backup_unknown",
                "this backup is not waiting any more; choose the file again",
            )
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Uuid, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(look_at_backup))
        .layer(DefaultBodyLimit::disable())
        .merge(
            OpenApiRouter::new()
                .routes(routes!(make_backup))
                .routes(routes!(show_last_backup))
                .routes(routes!(open_backup))
                .routes(routes!(restore_events))
                .routes(routes!(restore_all))
                .routes(routes!(hand_over))
                .routes(routes!(take_back)),
        )
}

/// A backup that is wanted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BackupWanted {
    /// The events to take; the whole workspace when empty.
    #[serde(default)]
    events: Vec<EventId>,
    /// What the file is encrypted with, 8 characters or more; plain without one.
    #[serde(default)]
    passphrase: Option<String>,
}

/// Makes a backup, as long work; fetch it from `/api/tasks/{id}/file` when it is done.
#[utoipa::path(post, path = "/api/backups", tag = "backups",
    security(("account" = ["manage_workspace"])), request_body = BackupWanted,
    responses((status = 202, body = TaskAnswer)))]
async fn make_backup(
    State(door): At,
    _: By<ManageWorkspace>,
    Body(given): Body<BackupWanted>,
) -> Result<(StatusCode, Json<TaskAnswer>), Refusal> {
    let task = blocking(door, move |door| {
        let workspace = Arc::clone(&door.workspace);
        let papers = door.papers.clone();
        let name = match given.events.as_slice() {
            [] => format!("{}.gatehouse-backup", plain_name(workspace.name())),
            _ => "events.gatehouse-backup".to_owned(),
        };
        Ok(door.begin_task(None, "backup", move |task| {
            let dir = backup_dir()?;
            let path = dir.path().join(&name);
            let passphrase = given.passphrase.as_deref();
            let done = workspace.back_up(&given.events, passphrase, &path, task)?;
            papers.keep(task.id(), Paper::secret(path, dir));
            Ok(told(&name, done))
        }))
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(task)))
}

fn backup_dir() -> Result<TempDir, Problem> {
    Ok(tempfile::Builder::new()
        .prefix("gatehouse-file-")
        .tempdir()?)
}

fn told(name: &str, done: BackupReport) -> serde_json::Value {
    serde_json::json!({"file": name, "events": done.events, "bytes": done.bytes})
}

/// When the whole workspace was backed up last.
#[derive(Debug, Serialize, ToSchema)]
struct LastBackup {
    /// UTC ms; none while it never was.
    made_at: Option<i64>,
}

/// When the whole workspace was backed up last.
#[utoipa::path(get, path = "/api/backups/last", tag = "backups",
    security(("account" = ["manage_workspace"])), responses((status = 200, body = LastBackup)))]
async fn show_last_backup(State(door): At, _: By<ManageWorkspace>) -> Answer<LastBackup> {
    answer(door, |door| {
        Ok(LastBackup {
            made_at: door.workspace.last_backup()?,
        })
    })
    .await
}

/// A backup file that was sent.
#[derive(Debug, Serialize, ToSchema)]
struct BackupAnswer {
    id: Uuid,
    /// Whether only its passphrase opens it.
    locked: bool,
    /// What is in it, once it is open.
    content: Option<BackupContent>,
}

/// What is in a backup.
#[derive(Debug, Serialize, ToSchema)]
struct BackupContent {
    /// When it was made, UTC ms.
    made_at: i64,
    workspace: BackupWorkspace,
    /// Whether it was made of this workspace.
    same_workspace: bool,
    /// Whether the whole workspace is in it.
    whole: bool,
    /// Whether the recovery kit of its workspace is needed to open its keys.
    needs_kit: bool,
    events: Vec<BackupEvent>,
}

/// The workspace that a backup was made of.
#[derive(Debug, Serialize, ToSchema)]
struct BackupWorkspace {
    id: WorkspaceId,
    name: String,
}

/// An event in a backup.
#[derive(Debug, Serialize, ToSchema)]
struct BackupEvent {
    id: EventId,
    title: String,
    starts_at: i64,
    here: BackupHere,
}

/// Whether an event of a backup is in this workspace too.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BackupHere {
    Absent,
    Present,
}

fn content(door: &Door, backup: &Backup) -> Result<BackupContent, Problem> {
    let here = door.workspace.events()?;
    let (workspace, name) = backup.workspace();
    Ok(BackupContent {
        made_at: backup.made_at(),
        same_workspace: workspace == door.workspace.id(),
        workspace: BackupWorkspace {
            id: workspace,
            name: name.to_owned(),
        },
        whole: backup.is_whole(),
        needs_kit: backup.needs_kit(&door.workspace),
        events: backup
            .events()
            .map(|(id, title, starts_at)| BackupEvent {
                id,
                title: title.to_owned(),
                starts_at,
                here: if here.iter().any(|event| event.id == id) {
                    BackupHere::Present
                } else {
                    BackupHere::Absent
                },
            })
            .collect(),
    })
}

/// Sends a backup file (16 GB at most) and tells what is in it; nothing is brought back yet.
#[utoipa::path(post, path = "/api/backups/look", tag = "backups",
    security(("account" = ["manage_workspace"])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = BackupAnswer)))]
async fn look_at_backup(
    State(door): At,
    _: By<ManageWorkspace>,
    body: RawBody,
) -> Result<(StatusCode, Json<BackupAnswer>), Refusal> {
    let dir = backup_dir()?;
    let path = dir.path().join("given");
    receive(body, &path, LONGEST).await?;
    let seen = blocking(door, move |door| {
        let surroundings = door.workspace.surroundings();
        let at = surroundings.now();
        let id = surroundings.mint(door.workspace.id().route()).mint(at);
        let locked = Backup::is_locked(&path)?;
        let backup = if locked {
            None
        } else {
            Some(Backup::open(&path, None, dir.path())?)
        };
        let content = backup.as_ref().map(|b| content(door, b)).transpose()?;
        door.backups.keep(
            id,
            Waiting {
                path,
                dir,
                backup,
                at,
            },
        );
        Ok(BackupAnswer {
            id,
            locked,
            content,
        })
    })
    .await?;
    Ok((StatusCode::CREATED, Json(seen)))
}

/// What a backup was encrypted with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BackupPassphrase {
    passphrase: String,
}

/// Opens a backup that waits with its passphrase.
#[utoipa::path(post, path = "/api/backups/{id}/open", tag = "backups",
    security(("account" = ["manage_workspace"])), params(("id" = Uuid, Path)),
    request_body = BackupPassphrase, responses((status = 200, body = BackupAnswer)))]
async fn open_backup(
    State(door): At,
    _: By<ManageWorkspace>,
    Id(id): Id<Uuid>,
    Body(given): Body<BackupPassphrase>,
) -> Answer<BackupAnswer> {
    answer(door, move |door| {
        let mut waiting = door.backups.take(id)?;
        let opened = Backup::open(&waiting.path, Some(&given.passphrase), waiting.dir.path());
        let seen = opened.and_then(|backup| {
            let content = content(door, &backup)?;
            waiting.backup = Some(backup);
            Ok(BackupAnswer {
                id,
                locked: false,
                content: Some(content),
            })
        });
        // A wrong passphrase must not cost the file.
        door.backups.keep(id, waiting);
        seen
    })
    .await
}

/// What is brought back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RestoreWanted {
    /// The events; at least one.
    events: Vec<EventId>,
    /// The recovery kit's text, where it is needed.
    #[serde(default)]
    kit: Option<String>,
    /// The kit's code.
    #[serde(default)]
    code: Option<String>,
}

/// What was brought back.
#[derive(Debug, Serialize, ToSchema)]
struct RestoredEvents {
    events: Vec<RestoredEvent>,
    /// Events that were here before and are kept as files beside the new ones.
    put_aside: usize,
}

/// An event that was brought back.
#[derive(Debug, Serialize, ToSchema)]
struct RestoredEvent {
    id: EventId,
    title: String,
}

/// Lets `work` use a backup that waits and is open; it goes on waiting afterwards.
fn with_backup<T>(
    door: &Door,
    id: Uuid,
    work: impl FnOnce(&Backup) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let waiting = door.backups.take(id)?;
    let done = match &waiting.backup {
        Some(backup) => work(backup),
        None => Err(Problem::new(
            "backup_locked",
            "open this backup with its passphrase first",
        )),
    };
    door.backups.keep(id, waiting);
    done
}

fn kit<'a>(kit: Option<&'a String>, code: Option<&'a String>) -> Option<KitAndCode<'a>> {
    Some((kit?.as_str(), code?.as_str()))
}

/// Brings events of a backup back: each has its home here from then on.
#[utoipa::path(post, path = "/api/backups/{id}/restore", tag = "backups",
    security(("account" = ["manage_workspace"])), params(("id" = Uuid, Path)),
    request_body = RestoreWanted, responses((status = 200, body = RestoredEvents)))]
async fn restore_events(
    State(door): At,
    _: By<ManageWorkspace>,
    Id(id): Id<Uuid>,
    Body(given): Body<RestoreWanted>,
) -> Answer<RestoredEvents> {
    answer(door, move |door| {
        with_backup(door, id, |backup| {
            for event in &given.events {
                door.forget(*event);
            }
            let kit = kit(given.kit.as_ref(), given.code.as_ref());
            let taken = door.workspace.take_in(backup, &given.events, kit)?;
            let mut events = Vec::new();
            for id in taken.events {
                door.forget(id);
                events.push(RestoredEvent {
                    id,
                    title: door.event(id)?.event().title.clone(),
                });
            }
            Ok(RestoredEvents {
                events,
                put_aside: taken.put_aside,
            })
        })
    })
    .await
}

/// The recovery kit, where it is needed.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct RestoreAll {
    kit: Option<String>,
    code: Option<String>,
}

/// What is left to do.
#[derive(Debug, Serialize, ToSchema)]
struct RestoreStaged {
    /// The program is to be started anew.
    restart: bool,
}

/// Makes the backup's whole workspace ready; it stands in the place of this one when the program
/// is started anew, and this one is kept beside.
#[utoipa::path(post, path = "/api/backups/{id}/restore-all", tag = "backups",
    security(("account" = ["manage_workspace"])), params(("id" = Uuid, Path)),
    request_body = RestoreAll, responses((status = 200, body = RestoreStaged)))]
async fn restore_all(
    State(door): At,
    _: By<ManageWorkspace>,
    Id(id): Id<Uuid>,
    Body(given): Body<RestoreAll>,
) -> Answer<RestoreStaged> {
    answer(door, move |door| {
        with_backup(door, id, |backup| {
            let kit = kit(given.kit.as_ref(), given.code.as_ref());
            door.workspace.stage_restore(backup, kit)?;
            Ok(RestoreStaged { restart: true })
        })
    })
    .await
}

/// Hands an event over to another machine, as long work: from now on it is only looked at here.
/// Fetch the file for the other machine from `/api/tasks/{id}/file`.
#[utoipa::path(post, path = "/api/events/{id}/hand-over", tag = "backups",
    security(("account" = ["manage_workspace"])), params(("id" = EventId, Path)),
    request_body = BackupPassphrase, responses((status = 202, body = TaskAnswer)))]
async fn hand_over(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
    Id(id): Id<EventId>,
    Body(given): Body<BackupPassphrase>,
) -> Result<(StatusCode, Json<TaskAnswer>), Refusal> {
    let task = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        let papers = door.papers.clone();
        let name = format!("{}.gatehouse", plain_name(&home.event().title));
        Ok(door.begin_task(Some(home.id()), "hand_over", move |task| {
            let dir = backup_dir()?;
            let path = dir.path().join(&name);
            let done = home.hand_over(&given.passphrase, &path, task)?;
            papers.keep(task.id(), Paper::secret(path, dir));
            Ok(told(&name, done))
        }))
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(task)))
}

/// Takes an event back that was handed over; the other machine's is refused from then on.
#[utoipa::path(post, path = "/api/events/{id}/take-back", tag = "backups",
    security(("account" = ["manage_workspace"])), params(("id" = EventId, Path)),
    responses((status = 200, body = EventAnswer)))]
async fn take_back(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
    Id(id): Id<EventId>,
) -> Result<Versioned<EventAnswer>, Refusal> {
    blocking(door, move |door| {
        door.act(&by, id)?.take_back()?;
        // Opened anew, it meets its gates as the home of its new epoch.
        door.forget(id);
        show(&door.act(&by, id)?)
    })
    .await
}
