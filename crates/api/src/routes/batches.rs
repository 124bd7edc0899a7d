//! Batches: made, generated with progress, put into the outbox, called off.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::batch::{Batch, BatchStatus, SeatMode};
use gatehouse_domain::delivery::DeliveryStatus;
use gatehouse_domain::id::{BatchId, EventId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::events::Reason;
use super::given::{Body, Id, Items};
use super::refusal::Refusal;
use super::signed::{By, IssueTickets, ReadEvents};
use super::tasks::TaskAnswer;
use crate::batches::BatchCancelled;
use crate::home::EventHome;
use crate::issue::Issuing;
use crate::parties::Queued;
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(add_batch))
        .routes(routes!(list_batches))
        .routes(routes!(show_batch))
        .routes(routes!(generate_batch))
        .routes(routes!(send_batch))
        .routes(routes!(cancel_batch))
        .routes(routes!(issue_tickets))
}

/// A new batch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewBatch {
    event_id: EventId,
    name: String,
    #[serde(default = "by_hand")]
    seat_mode: SeatMode,
}

fn by_hand() -> SeatMode {
    SeatMode::Manual
}

/// How many messages stand where.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryCount {
    status: DeliveryStatus,
    count: u32,
}

impl DeliveryCount {
    pub(super) fn of(counts: Vec<(DeliveryStatus, u32)>) -> Vec<Self> {
        counts
            .into_iter()
            .map(|(status, count)| Self { status, count })
            .collect()
    }
}

/// A batch with how far it is.
#[derive(Debug, Serialize, ToSchema)]
struct BatchAnswer {
    id: BatchId,
    event_id: EventId,
    name: String,
    status: BatchStatus,
    seat_mode: SeatMode,
    created_at: i64,
    invitations: usize,
    deliveries: Vec<DeliveryCount>,
}

fn show(home: &EventHome, batch: Batch) -> Result<BatchAnswer, Problem> {
    home.file().read(|view| {
        Ok(BatchAnswer {
            invitations: view.count_invitations_of_batch(batch.id)? as usize,
            deliveries: DeliveryCount::of(view.count_deliveries(batch.id)?),
            id: batch.id,
            event_id: home.id(),
            name: batch.name,
            status: batch.status,
            seat_mode: batch.seat_mode,
            created_at: batch.created_at,
        })
    })
}

/// Makes a batch that nothing is in yet.
#[utoipa::path(post, path = "/api/invitations/batches", tag = "batches",
    security(("account" = ["issue_tickets"])), request_body = NewBatch,
    responses((status = 201, body = BatchAnswer)))]
async fn add_batch(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Body(given): Body<NewBatch>,
) -> Result<(StatusCode, Json<BatchAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act(&by, given.event_id)?;
        let id = home.add_batch(&given.name, given.seat_mode)?;
        show(&home, home.batch(id)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// An event's batches, oldest first.
#[utoipa::path(get, path = "/api/events/{id}/batches", tag = "batches",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<BatchAnswer>)))]
async fn list_batches(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<BatchAnswer>> {
    answer(door, move |door| {
        let home = door.event(id)?;
        let batches = home.batches()?;
        Ok(Items {
            items: batches
                .into_iter()
                .map(|batch| show(&home, batch))
                .collect::<Result<_, _>>()?,
        })
    })
    .await
}

/// One batch.
#[utoipa::path(get, path = "/api/invitations/batches/{id}", tag = "batches",
    security(("account" = ["read_events"])), params(("id" = BatchId, Path)),
    responses((status = 200, body = BatchAnswer)))]
async fn show_batch(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<BatchId>,
) -> Answer<BatchAnswer> {
    answer(door, move |door| {
        let home = door.event_of(id.0)?;
        show(&home, home.batch(id)?)
    })
    .await
}

/// What is generated.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct GenerateBody {
    /// So many invitations without names; when absent, one for every guest who has none.
    quantity: Option<u32>,
}

/// Forms a batch's invitations and issues their tickets, as long work; the same call goes on after
/// a stop.
#[utoipa::path(post, path = "/api/invitations/batches/{id}/generate", tag = "batches",
    security(("account" = ["issue_tickets"])), params(("id" = BatchId, Path)),
    request_body = GenerateBody, responses((status = 202, body = TaskAnswer)))]
async fn generate_batch(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<BatchId>,
    Body(given): Body<GenerateBody>,
) -> Result<(StatusCode, Json<TaskAnswer>), Refusal> {
    let task = blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.batch(id)?;
        let blank = given.quantity.unwrap_or(0);
        Ok(door.begin_task(Some(home.id()), "issue", move |task| {
            to_value(&home.generate_batch(id, blank, task)?)
        }))
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(task)))
}

/// Puts the messages of a batch into the outbox.
#[utoipa::path(post, path = "/api/invitations/batches/{id}/send", tag = "batches",
    security(("account" = ["issue_tickets"])), params(("id" = BatchId, Path)),
    responses((status = 200, body = Queued)))]
async fn send_batch(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<BatchId>,
) -> Answer<Queued> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.batch(id)?;
        let queued = home.send_batch(id)?;
        door.outbox.wake();
        Ok(queued)
    })
    .await
}

/// Calls a batch off: its tickets are void.
#[utoipa::path(post, path = "/api/invitations/batches/{id}/cancel", tag = "batches",
    security(("account" = ["issue_tickets"])), params(("id" = BatchId, Path)),
    request_body = Reason, responses((status = 200, body = BatchCancelled)))]
async fn cancel_batch(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<BatchId>,
    Body(given): Body<Reason>,
) -> Answer<BatchCancelled> {
    answer(door, move |door| {
        door.act_on(&by, id.0)?.cancel_batch(id, &given.reason)
    })
    .await
}

/// For whom tickets are issued.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct IssueBody {
    /// The session of a series.
    session: Option<gatehouse_domain::id::SessionId>,
}

/// Forms invitations for every guest who has none and issues every ticket that is missing, as long
/// work; the same call goes on after a stop.
#[utoipa::path(post, path = "/api/events/{id}/issue", tag = "batches",
    security(("account" = ["issue_tickets"])), params(("id" = EventId, Path)),
    request_body = IssueBody, responses((status = 202, body = TaskAnswer)))]
async fn issue_tickets(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<EventId>,
    Body(given): Body<IssueBody>,
) -> Result<(StatusCode, Json<TaskAnswer>), Refusal> {
    let task = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        let count = home.batches()?.len() + 1;
        Ok(door.begin_task(Some(home.id()), "issue", move |task| {
            let made = home.form_invitations(&format!("Batch {count}"))?;
            let issuing = Issuing {
                session: given.session,
                ..Issuing::default()
            };
            let report = home.issue_tickets(issuing, task)?;
            Ok(serde_json::json!({
                "invitations": made.invitations,
                "members": made.members,
                "issued": report.issued,
                "left": report.left,
            }))
        }))
    })
    .await?;
    Ok((StatusCode::ACCEPTED, Json(task)))
}

pub(super) fn to_value(result: &impl Serialize) -> Result<serde_json::Value, Problem> {
    serde_json::to_value(result).map_err(|e| Problem::new("answer_unwritable", e.to_string()))
}
