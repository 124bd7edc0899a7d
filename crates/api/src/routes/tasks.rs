//! Long work: begun by one request, looked at and stopped by others.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use gatehouse_domain::id::EventId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door};
use super::given::{Id, Items};
use super::live::{Live, Tag};
use super::signed::{By, ReadEvents};
use crate::problem::Problem;
use crate::surroundings::Progress;

/// Pieces of long work that are remembered, those that ended included.
const KEPT: usize = 200;
/// How often listeners hear of one piece's progress, at most: each time a 200th part is done.
const PARTS_TOLD: u64 = 200;

/// Where a piece of long work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum TaskState {
    /// It goes on.
    Running,
    /// Somebody stopped it; what is done stays, and the same command goes on from there.
    Stopped,
    /// It is done.
    Done,
    /// It broke off.
    Failed,
}

/// A piece of long work as people see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct TaskAnswer {
    id: Uuid,
    /// The event that it is for; none where it is for the whole workspace.
    event: Option<EventId>,
    /// What it does, such as `issue` or `print`.
    kind: &'static str,
    state: TaskState,
    /// The step that it is at.
    step: String,
    done: u64,
    total: u64,
    started_at: i64,
    ended_at: Option<i64>,
    /// What came of it, once it is done.
    result: Option<serde_json::Value>,
    /// Why it broke off.
    problem: Option<TaskProblem>,
}

/// Why long work broke off.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct TaskProblem {
    code: &'static str,
    detail: String,
}

#[derive(Debug)]
struct Told {
    state: TaskState,
    step: String,
    ended_at: Option<i64>,
    result: Option<serde_json::Value>,
    problem: Option<TaskProblem>,
}

/// A piece of long work.
#[derive(Debug)]
pub(super) struct Task {
    id: Uuid,
    event: Option<EventId>,
    kind: &'static str,
    started_at: i64,
    done: AtomicU64,
    total: AtomicU64,
    stop: AtomicBool,
    told: Mutex<Told>,
    live: Live,
}

/// All long work of this door, newest last.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    all: Mutex<VecDeque<Arc<Task>>>,
}

impl Tasks {
    fn find(&self, id: Uuid) -> Result<Arc<Task>, Problem> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .find(|task| task.id == id)
            .cloned()
            .ok_or_else(|| Problem::new("task_unknown", "there is no such task, or no longer"))
    }

    /// What of this kind goes on for the event.
    fn running(&self, event: Option<EventId>, kind: &str) -> Option<Arc<Task>> {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .find(|task| {
                task.event == event
                    && task.kind == kind
                    && task.answer().state == TaskState::Running
            })
            .cloned()
    }
}

impl Task {
    pub(super) fn id(&self) -> Uuid {
        self.id
    }

    pub(super) fn answer(&self) -> TaskAnswer {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        TaskAnswer {
            id: self.id,
            event: self.event,
            kind: self.kind,
            state: told.state,
            step: told.step.clone(),
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
            started_at: self.started_at,
            ended_at: told.ended_at,
            result: told.result.clone(),
            problem: told.problem.clone(),
        }
    }

    fn tell(&self) {
        if let Some(event) = self.event {
            self.live.publish(event, &[Tag::Tasks]);
        }
    }
}

impl Progress for Task {
    fn begin(&self, step: &str, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        step.clone_into(
            &mut self
                .told
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .step,
        );
        self.tell();
    }

    fn reach(&self, done: u64) {
        let before = self.done.swap(done, Ordering::Relaxed);
        let part = (self.total.load(Ordering::Relaxed) / PARTS_TOLD).max(1);
        if before / part != done / part {
            self.tell();
        }
    }

    fn end(&self) {}

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Door {
    /// Begins long work on a thread of its own, for an event or for the workspace. While work of the
    /// same kind goes on for it,
    /// that one is answered and nothing else begins.
    pub(super) fn begin_task(
        &self,
        event: Option<EventId>,
        kind: &'static str,
        work: impl FnOnce(&Task) -> Result<serde_json::Value, Problem> + Send + 'static,
    ) -> TaskAnswer {
        if let Some(running) = self.tasks.running(event, kind) {
            return running.answer();
        }
        let surroundings = self.workspace.surroundings();
        let now = surroundings.now();
        let task = Arc::new(Task {
            id: surroundings
                .mint(event.map_or_else(|| self.workspace.id().route(), |event| event.route()))
                .mint(now),
            event,
            kind,
            started_at: now,
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            told: Mutex::new(Told {
                state: TaskState::Running,
                step: kind.to_owned(),
                ended_at: None,
                result: None,
                problem: None,
            }),
            live: self.live.clone(),
        });
        {
            let mut all = self
                .tasks
                .all
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            all.push_back(Arc::clone(&task));
            if all.len() > KEPT {
                all.pop_front();
            }
        }
        let answer = task.answer();
        let clock = Arc::clone(&surroundings.clock);
        tokio::task::spawn_blocking(move || {
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&task)));
            {
                let mut told = task.told.lock().unwrap_or_else(PoisonError::into_inner);
                told.ended_at = Some(clock.now_ms());
                match ended {
                    Ok(Ok(result)) => {
                        told.state = if task.stopped() {
                            TaskState::Stopped
                        } else {
                            TaskState::Done
                        };
                        told.result = Some(result);
                    }
                    Ok(Err(problem)) => {
                        told.state = TaskState::Failed;
                        told.problem = Some(TaskProblem {
                            code: problem.code,
                            detail: problem.detail,
                        });
                    }
                    Err(_) => {
                        told.state = TaskState::Failed;
                        told.problem = Some(TaskProblem {
                            code: "work_broke_off",
                            detail: "the work broke off; run it again, it goes on where it was"
                                .to_owned(),
                        });
                    }
                }
            }
            task.tell();
        });
        answer
    }
}

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_tasks))
        .routes(routes!(show_task))
        .routes(routes!(stop_task))
}

/// Long work, newest first.
#[utoipa::path(get, path = "/api/tasks", tag = "tasks", security(("account" = ["read_events"])),
    responses((status = 200, body = Items<TaskAnswer>)))]
async fn list_tasks(State(door): At, _: By<ReadEvents>) -> Answer<Items<TaskAnswer>> {
    let all = door
        .tasks
        .all
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    Ok(axum::Json(Items {
        items: all.iter().rev().map(|task| task.answer()).collect(),
    }))
}

/// One piece of long work.
#[utoipa::path(get, path = "/api/tasks/{id}", tag = "tasks", security(("account" = ["read_events"])),
    params(("id" = Uuid, Path)), responses((status = 200, body = TaskAnswer)))]
async fn show_task(State(door): At, _: By<ReadEvents>, Id(id): Id<Uuid>) -> Answer<TaskAnswer> {
    Ok(axum::Json(door.tasks.find(id)?.answer()))
}

/// Stops long work between two pieces; what is done stays.
#[utoipa::path(post, path = "/api/tasks/{id}/stop", tag = "tasks",
    security(("account" = ["issue_tickets"])), params(("id" = Uuid, Path)),
    responses((status = 200, body = TaskAnswer)))]
async fn stop_task(
    State(door): At,
    _: By<super::signed::IssueTickets>,
    Id(id): Id<Uuid>,
) -> Answer<TaskAnswer> {
    let task = door.tasks.find(id)?;
    task.stop.store(true, Ordering::Relaxed);
    Ok(axum::Json(task.answer()))
}
