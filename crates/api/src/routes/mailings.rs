//! Mailings and messages: whom they would reach, made, held, looked at, corrected, sent again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::delivery::audience::Audience;
use gatehouse_domain::delivery::{Delivery, DeliveryStatus, MessageKind};
use gatehouse_domain::host_notice::HostNotice;
use gatehouse_domain::id::{DeliveryId, EventId, GuestId, MailingId, NoticeId};
use gatehouse_domain::mailing::{Mailing, MailingStatus};
use gatehouse_domain::notice::Notice;
use gatehouse_store::event::{DeliveryQuery, DeliveryRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::batches::DeliveryCount;
use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Asked, Body, Id, Items, limit, text, wrong_cursor};
use super::postman;
use super::refusal::Refusal;
use super::signed::{By, IssueTickets, ReadEvents};
use crate::mail::mailings::{MailingDraft, MailingView, Reach};
use crate::mail::overview::Funnel;
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(count_reach))
        .routes(routes!(list_mailings, add_mailing))
        .routes(routes!(show_mailing))
        .routes(routes!(pause_mailing))
        .routes(routes!(resume_mailing))
        .routes(routes!(cancel_mailing))
        .routes(routes!(list_notices))
        .routes(routes!(tell_notice))
        .routes(routes!(list_host_notices))
        .routes(routes!(show_delivery_overview))
        .routes(routes!(list_deliveries))
        .routes(routes!(export_deliveries))
        .routes(routes!(pause_outbox))
        .routes(routes!(resume_outbox))
        .routes(routes!(resend))
        .routes(routes!(settle))
        .routes(routes!(messages_of_guest))
}

/// A mailing with how far its messages are.
#[derive(Debug, Serialize, ToSchema)]
struct MailingAnswer {
    #[serde(flatten)]
    mailing: Mailing,
    counts: Vec<DeliveryCount>,
    /// Messages that are put off, so that marketing to one guest keeps a day apart.
    held: u32,
    /// Until when the first of them is, UTC ms.
    held_until: Option<i64>,
}

impl From<MailingView> for MailingAnswer {
    fn from(view: MailingView) -> Self {
        Self {
            counts: DeliveryCount::of(view.counts),
            held: view.held,
            held_until: view.held_until,
            mailing: view.mailing,
        }
    }
}

/// Whom a mailing means.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReachAsked {
    kind: MessageKind,
    #[serde(default)]
    audience: Audience,
    /// Whether guests need it to come.
    #[serde(default)]
    needed: bool,
}

/// Whom a mailing would reach if it went out now.
#[utoipa::path(post, path = "/api/events/{id}/mailings/reach", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    request_body = ReachAsked, responses((status = 200, body = Reach)))]
async fn count_reach(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Body(given): Body<ReachAsked>,
) -> Answer<Reach> {
    answer(door, move |door| {
        let events = postman::speaking(door)?;
        door.event(id)?
            .reach(given.kind, &given.audience, given.needed, &events)
    })
    .await
}

/// An event's mailings, newest first.
#[utoipa::path(get, path = "/api/events/{id}/mailings", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<MailingAnswer>)))]
async fn list_mailings(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<MailingAnswer>> {
    answer(door, move |door| {
        let mailings = door.event(id)?.mailings()?;
        Ok(Items {
            items: mailings.into_iter().map(Into::into).collect(),
        })
    })
    .await
}

/// Makes a mailing; one that is due leaves at once.
#[utoipa::path(post, path = "/api/events/{id}/mailings", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = EventId, Path)),
    request_body = MailingDraft, responses((status = 201, body = MailingAnswer)))]
async fn add_mailing(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<EventId>,
    Body(given): Body<MailingDraft>,
) -> Result<(StatusCode, Json<MailingAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let made = door.act(&by, id)?.add_mailing(&given)?;
        door.outbox.wake();
        Ok(MailingAnswer::from(made))
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One mailing.
#[utoipa::path(get, path = "/api/mailings/{id}", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = MailingId, Path)),
    responses((status = 200, body = MailingAnswer)))]
async fn show_mailing(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<MailingId>,
) -> Answer<MailingAnswer> {
    answer(door, move |door| {
        Ok(door.event_of(id.0)?.mailing(id)?.into())
    })
    .await
}

async fn step(
    door: Arc<Door>,
    by: super::signed::Person,
    id: MailingId,
    to: MailingStatus,
) -> Answer<MailingAnswer> {
    answer(door, move |door| {
        let stepped = door.act_on(&by, id.0)?.step_mailing(id, to)?;
        door.outbox.wake();
        Ok(stepped.into())
    })
    .await
}

/// Holds a mailing's messages back.
#[utoipa::path(post, path = "/api/mailings/{id}/pause", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = MailingId, Path)),
    responses((status = 200, body = MailingAnswer)))]
async fn pause_mailing(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<MailingId>,
) -> Answer<MailingAnswer> {
    step(door, by, id, MailingStatus::Paused).await
}

/// Lets a mailing's messages go again.
#[utoipa::path(post, path = "/api/mailings/{id}/resume", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = MailingId, Path)),
    responses((status = 200, body = MailingAnswer)))]
async fn resume_mailing(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<MailingId>,
) -> Answer<MailingAnswer> {
    step(door, by, id, MailingStatus::Sending).await
}

/// Calls a mailing off: what waits is withdrawn, what left has left.
#[utoipa::path(post, path = "/api/mailings/{id}/cancel", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = MailingId, Path)),
    responses((status = 200, body = MailingAnswer)))]
async fn cancel_mailing(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<MailingId>,
) -> Answer<MailingAnswer> {
    step(door, by, id, MailingStatus::Cancelled).await
}

/// What guests are to be told, and whether they were.
#[utoipa::path(get, path = "/api/events/{id}/notices", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<Notice>)))]
async fn list_notices(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<Notice>> {
    answer(door, move |door| {
        Ok(Items {
            items: door.event(id)?.file().read(|view| view.notices())?,
        })
    })
    .await
}

/// Tells a piece of news at once to those whom it concerns.
#[utoipa::path(post, path = "/api/notices/{id}/tell", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = NoticeId, Path)),
    responses((status = 200, body = MailingAnswer)))]
async fn tell_notice(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<NoticeId>,
) -> Answer<MailingAnswer> {
    answer(door, move |door| {
        let made = door.act_on(&by, id.0)?.tell_notice(id)?;
        door.outbox.wake();
        Ok(made.into())
    })
    .await
}

/// What the host was told of the event by mail, newest first: the last 50 notices.
#[utoipa::path(get, path = "/api/events/{id}/host-notices", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = Items<HostNotice>)))]
async fn list_host_notices(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<Items<HostNotice>> {
    answer(door, move |door| {
        Ok(Items {
            items: door.event(id)?.host_notices()?,
        })
    })
    .await
}

/// How many messages of a kind stand where.
#[derive(Debug, Serialize, ToSchema)]
struct KindCountAnswer {
    kind: MessageKind,
    status: DeliveryStatus,
    count: u32,
}

/// How messages to one domain fared.
#[derive(Debug, Serialize, ToSchema)]
struct DomainCountAnswer {
    domain: String,
    /// Messages that left for it.
    sent: u32,
    delivered: u32,
    bounced: u32,
    failed: u32,
}

/// How far an event's messages are.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryOverviewAnswer {
    funnel: Funnel,
    kinds: Vec<KindCountAnswer>,
    domains: Vec<DomainCountAnswer>,
    /// Whether the event's messages are held back.
    paused: bool,
    /// When the next message is due, UTC ms.
    next_due: Option<i64>,
}

/// How far an event's messages are: from the first message to the door, by kind, by domain.
#[utoipa::path(get, path = "/api/events/{id}/delivery", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = DeliveryOverviewAnswer)))]
async fn show_delivery_overview(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<DeliveryOverviewAnswer> {
    answer(door, move |door| {
        let seen = door.event(id)?.delivery_overview()?;
        Ok(DeliveryOverviewAnswer {
            funnel: seen.funnel,
            kinds: seen
                .counts
                .into_iter()
                .map(|one| KindCountAnswer {
                    kind: one.kind,
                    status: one.status,
                    count: one.count,
                })
                .collect(),
            domains: seen
                .domains
                .into_iter()
                .map(|one| DomainCountAnswer {
                    domain: one.domain,
                    sent: one.sent,
                    delivered: one.delivered,
                    bounced: one.bounced,
                    failed: one.failed,
                })
                .collect(),
            paused: seen.paused,
            next_due: seen.next_due,
        })
    })
    .await
}

/// Which messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeliveriesQuery {
    /// How far they are.
    status: Option<DeliveryStatus>,
    /// What they are about.
    kind: Option<MessageKind>,
    /// The mailing that sends them.
    mailing: Option<MailingId>,
    /// The domain that they go to.
    domain: Option<String>,
    /// Letters of the address, the invitation's number or what it is called.
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows at most, 1 to 500; 100 when absent.
    limit: Option<u32>,
}

/// A message as a list shows it.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryAnswer {
    #[serde(flatten)]
    delivery: Delivery,
    /// Number of its invitation.
    number: String,
    /// What its invitation is called.
    label: String,
}

impl From<DeliveryRow> for DeliveryAnswer {
    fn from(row: DeliveryRow) -> Self {
        Self {
            delivery: row.delivery,
            number: row.number,
            label: row.label,
        }
    }
}

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryPage {
    items: Vec<DeliveryAnswer>,
    /// Asks for the next page as `after`; none on the last.
    next: Option<String>,
}

fn cursor(row: &DeliveryRow) -> String {
    format!("{}.{}", row.delivery.queued_at, row.delivery.id)
}

fn read_cursor(text: &str) -> Result<(i64, DeliveryId), Problem> {
    let (at, id) = text.split_once('.').ok_or_else(wrong_cursor)?;
    Ok((
        at.parse().map_err(|_| wrong_cursor())?,
        id.parse().map_err(|_| wrong_cursor())?,
    ))
}

/// An event's messages, newest first.
#[utoipa::path(get, path = "/api/events/{id}/deliveries", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = EventId, Path), DeliveriesQuery),
    responses((status = 200, body = DeliveryPage)))]
async fn list_deliveries(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<DeliveriesQuery>,
) -> Answer<DeliveryPage> {
    answer(door, move |door| {
        let limit = limit(query.limit)?;
        let rows = door.event(id)?.delivery_rows(&DeliveryQuery {
            status: query.status,
            kind: query.kind,
            mailing: query.mailing,
            domain: query.domain.filter(|domain| !domain.is_empty()),
            text: text(query.q.as_deref())?.to_owned(),
            after: query.after.as_deref().map(read_cursor).transpose()?,
            limit: limit + 1,
        })?;
        let next = (rows.len() > limit as usize).then(|| cursor(&rows[limit as usize - 1]));
        Ok(DeliveryPage {
            items: rows
                .into_iter()
                .take(limit as usize)
                .map(Into::into)
                .collect(),
            next,
        })
    })
    .await
}

/// Every message of the event as a table (CSV, UTF-8).
#[utoipa::path(get, path = "/api/events/{id}/deliveries.csv", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = EventId, Path)),
    responses((status = 200, content_type = "text/csv", body = Vec<u8>)))]
async fn export_deliveries(
    State(door): At,
    _: By<IssueTickets>,
    Id(id): Id<EventId>,
) -> Result<Response, Refusal> {
    let table = blocking(door, move |door| door.event(id)?.deliveries_csv()).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"messages.csv\"",
            ),
        ],
        table,
    )
        .into_response())
}

/// Holds all messages of the event back.
#[utoipa::path(post, path = "/api/events/{id}/outbox/pause", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = EventId, Path)),
    responses((status = 204)))]
async fn pause_outbox(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<EventId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| door.act(&by, id)?.pause_outbox(true)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets the event's messages go again.
#[utoipa::path(post, path = "/api/events/{id}/outbox/resume", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = EventId, Path)),
    responses((status = 204)))]
async fn resume_outbox(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<EventId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        door.act(&by, id)?.pause_outbox(false)?;
        door.outbox.wake();
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is corrected before a message is sent again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ResendBody {
    /// The guest's right address; theirs stays when absent.
    email: Option<String>,
    /// The guest's right telephone number; theirs stays when absent.
    phone: Option<String>,
}

/// Sends a message again, to a corrected address or number where one is given.
#[utoipa::path(post, path = "/api/deliveries/{id}/resend", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = DeliveryId, Path)),
    request_body = ResendBody, responses((status = 201, body = Delivery)))]
async fn resend(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<DeliveryId>,
    Body(given): Body<ResendBody>,
) -> Result<(StatusCode, Json<Delivery>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        let made = home.resend(id, given.email.as_deref(), given.phone.as_deref())?;
        door.outbox.wake();
        Ok(made)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// What a person found out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettleBody {
    /// Whether the message arrived.
    arrived: bool,
}

/// Settles a message of which nobody knew whether it left.
#[utoipa::path(post, path = "/api/deliveries/{id}/settle", tag = "mail",
    security(("account" = ["issue_tickets"])), params(("id" = DeliveryId, Path)),
    request_body = SettleBody, responses((status = 200, body = Delivery)))]
async fn settle(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<DeliveryId>,
    Body(given): Body<SettleBody>,
) -> Answer<Delivery> {
    answer(door, move |door| {
        door.act_on(&by, id.0)?.settle_unknown(id, given.arrived)
    })
    .await
}

/// Every message to a guest's party, oldest first.
#[utoipa::path(get, path = "/api/guests/{id}/messages", tag = "mail",
    security(("account" = ["read_events"])), params(("id" = GuestId, Path)),
    responses((status = 200, body = Items<Delivery>)))]
async fn messages_of_guest(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<GuestId>,
) -> Answer<Items<Delivery>> {
    answer(door, move |door| {
        Ok(Items {
            items: door.event_of(id.0)?.messages_of_guest(id)?,
        })
    })
    .await
}
