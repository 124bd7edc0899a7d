//! Tickets: listed, looked at, held back, voided, regenerated; and made for a ticketing service.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_credential::qr::QrCode;
use gatehouse_credential::token::Token;
use gatehouse_domain::admission::Code;
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::guest::GuestChange;
use gatehouse_domain::id::{EventId, InvitationId, TicketId};
use gatehouse_domain::import::GuestValues;
use gatehouse_domain::scan::{Direction, Verdict};
use gatehouse_domain::ticket::{Ticket, TicketHold, TicketSource, TicketStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::door::{Answer, At, Door, answer, blocking};
use super::events::Reason;
use super::given::{Asked, Body, Id, Page, limit, text, wrong_cursor};
use super::refusal::Refusal;
use super::rows::TicketAnswer;
use super::signed::{By, IssueTickets, ReadEvents};
use crate::doors::ENTERED_AFTERWARDS;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::transfer::NewHolder;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_tickets))
        .routes(routes!(show_ticket))
        .routes(routes!(show_code))
        .routes(routes!(hold_ticket))
        .routes(routes!(release_ticket))
        .routes(routes!(void_ticket))
        .routes(routes!(regenerate_ticket))
        .routes(routes!(transfer_ticket))
        .routes(routes!(issue_again))
        .routes(routes!(generate_ticket))
}

/// What is asked of a list of tickets.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TicketListQuery {
    /// Text that holder, party, invitation or number holds.
    q: Option<String>,
    /// Of this status.
    status: Option<TicketStatus>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows at most, 1 to 500; 100 when absent.
    limit: Option<u32>,
}

/// An event's tickets by number, page by page.
#[utoipa::path(get, path = "/api/events/{id}/tickets", tag = "tickets",
    security(("account" = ["read_events"])), params(("id" = EventId, Path), TicketListQuery),
    responses((status = 200, body = Page<TicketAnswer>)))]
async fn list_tickets(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<TicketListQuery>,
) -> Answer<Page<TicketAnswer>> {
    answer(door, move |door| {
        let limit = limit(query.limit)?;
        let after = query
            .after
            .as_deref()
            .map(|cursor| cursor.parse::<u32>().map_err(|_| wrong_cursor()))
            .transpose()?
            .unwrap_or(0);
        let text = text(query.q.as_deref())?;
        let rows = door
            .event(id)?
            .file()
            .read(|view| view.find_ticket_rows(text, query.status, after, limit + 1))?;
        Ok(Page::cut(rows, limit, |row| row.number.to_string()))
    })
    .await
}

/// One presentation of a ticket.
#[derive(Debug, Serialize, ToSchema)]
struct ScanAnswer {
    at: i64,
    gate: String,
    direction: Direction,
    verdict: Verdict,
    code: Code,
    /// What a supervisor gave as the reason.
    reason: Option<String>,
    /// Whether it was written down afterwards, as a paper list told.
    afterwards: bool,
    /// Whether it was made after its device's right had ended, so that it counts nowhere.
    aside: bool,
}

/// A ticket with everything that happened to it.
#[derive(Debug, Serialize, ToSchema)]
struct TicketDetail {
    #[serde(flatten)]
    row: TicketAnswer,
    event_id: EventId,
    invitation_id: InvitationId,
    /// What its code says.
    code_text: Option<String>,
    /// The ticket that its holder took over, where they did.
    transferred_from: Option<OtherTicket>,
    /// The ticket that its new holder has, once it was given away.
    transferred_to: Option<OtherTicket>,
    scans: Vec<ScanAnswer>,
}

/// Another ticket, to be led to.
#[derive(Debug, Serialize, ToSchema)]
struct OtherTicket {
    id: TicketId,
    number: u32,
}

impl From<(TicketId, u32)> for OtherTicket {
    fn from((id, number): (TicketId, u32)) -> Self {
        Self { id, number }
    }
}

fn ticket(home: &EventHome, id: TicketId) -> Result<Ticket, Problem> {
    home.file()
        .read(|view| view.ticket(id))?
        .ok_or_else(ticket_unknown)
}

fn ticket_unknown() -> Problem {
    Problem::new("ticket_unknown", "there is no such ticket")
}

fn detail(home: &EventHome, id: TicketId) -> Result<TicketDetail, Problem> {
    let found = ticket(home, id)?;
    let (row, scans, hands) = home.file().read(|view| {
        Ok::<_, Problem>((
            view.ticket_rows(found.number - 1, 1)?,
            view.scan_lines(id)?,
            view.ticket_hands(id)?,
        ))
    })?;
    let row = row.into_iter().next().ok_or_else(ticket_unknown)?;
    Ok(TicketDetail {
        row: row.into(),
        event_id: home.id(),
        invitation_id: found.invitation,
        code_text: home.code_text(&found).ok(),
        transferred_from: hands.taken_over.map(OtherTicket::from),
        transferred_to: hands.given_on.map(OtherTicket::from),
        scans: scans
            .into_iter()
            .map(|scan| ScanAnswer {
                at: scan.at,
                gate: scan.gate,
                direction: scan.direction,
                verdict: scan.verdict,
                code: scan.code,
                aside: scan.aside,
                afterwards: scan.reason.as_deref() == Some(ENTERED_AFTERWARDS),
                reason: scan.reason.filter(|reason| reason != ENTERED_AFTERWARDS),
            })
            .collect(),
    })
}

/// One ticket with its life line and scans.
#[utoipa::path(get, path = "/api/tickets/{id}", tag = "tickets",
    security(("account" = ["read_events"])), params(("id" = TicketId, Path)),
    responses((status = 200, body = TicketDetail)))]
async fn show_ticket(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<TicketId>,
) -> Answer<TicketDetail> {
    answer(door, move |door| detail(&door.event_of(id.0)?, id)).await
}

/// A ticket's code as a picture.
#[utoipa::path(get, path = "/api/tickets/{id}/code", tag = "tickets",
    security(("account" = ["read_events"])), params(("id" = TicketId, Path)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
async fn show_code(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<TicketId>,
) -> Result<Response, Refusal> {
    let picture = blocking(door, move |door| {
        let home = door.event_of(id.0)?;
        let text = home.code_text(&ticket(&home, id)?)?;
        QrCode::encode(&text)
            .and_then(|code| code.to_png(6, 4))
            .map_err(|e| Problem::new("code_too_long", e.to_string()))
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], picture).into_response())
}

/// Why a ticket is held back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Hold {
    /// What the gates say of it.
    hold: TicketHold,
    /// Why, for the history.
    #[serde(default)]
    reason: String,
}

/// Holds a ticket back for now: gates refuse it until it is released.
#[utoipa::path(post, path = "/api/tickets/{id}/hold", tag = "tickets",
    security(("account" = ["issue_tickets"])), params(("id" = TicketId, Path)),
    request_body = Hold, responses((status = 200, body = TicketDetail)))]
async fn hold_ticket(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<TicketId>,
    Body(given): Body<Hold>,
) -> Answer<TicketDetail> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        let why = given.reason.trim();
        home.hold_ticket(id, given.hold, (!why.is_empty()).then(|| why.to_owned()))?;
        detail(&home, id)
    })
    .await
}

/// Makes a ticket good again that was held back.
#[utoipa::path(post, path = "/api/tickets/{id}/release", tag = "tickets",
    security(("account" = ["issue_tickets"])), params(("id" = TicketId, Path)),
    responses((status = 200, body = TicketDetail)))]
async fn release_ticket(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<TicketId>,
) -> Answer<TicketDetail> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.release_ticket(id)?;
        detail(&home, id)
    })
    .await
}

/// Takes a ticket back at once.
#[utoipa::path(post, path = "/api/tickets/{id}/void", tag = "tickets",
    security(("account" = ["issue_tickets"])), params(("id" = TicketId, Path)),
    request_body = Reason, responses((status = 200, body = TicketDetail)))]
async fn void_ticket(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<TicketId>,
    Body(given): Body<Reason>,
) -> Answer<TicketDetail> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.void_ticket(id, reason(&given))?;
        detail(&home, id)
    })
    .await
}

/// Gives an unused ticket a new code; the old one dies everywhere.
#[utoipa::path(post, path = "/api/tickets/{id}/regenerate", tag = "tickets",
    security(("account" = ["issue_tickets"])), params(("id" = TicketId, Path)),
    request_body = Reason, responses((status = 200, body = TicketDetail)))]
async fn regenerate_ticket(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<TicketId>,
    Body(given): Body<Reason>,
) -> Answer<TicketDetail> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.regenerate_ticket(id, reason(&given))?;
        detail(&home, id)
    })
    .await
}

/// Issues a new ticket to the holder of one that was taken back; runs for all leave them out.
#[utoipa::path(post, path = "/api/tickets/{id}/issue-again", tag = "tickets",
    security(("account" = ["issue_tickets"])), params(("id" = TicketId, Path)),
    responses((status = 201, body = TicketDetail)))]
async fn issue_again(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<TicketId>,
) -> Result<(StatusCode, Json<TicketDetail>), Refusal> {
    let detail = blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        let after = home.issue_again(id)?;
        detail(&home, after)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(detail)))
}

/// Who takes a ticket over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Transfer {
    /// Their name, 1 to 200 characters.
    name: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    phone: Option<String>,
    /// Why, for the history.
    #[serde(default)]
    reason: String,
}

/// Gives a ticket to somebody else, who gets a guest's line, an invitation and a code of their own;
/// the old code dies everywhere.
#[utoipa::path(post, path = "/api/tickets/{id}/transfer", tag = "tickets",
    security(("account" = ["issue_tickets"])), params(("id" = TicketId, Path)),
    request_body = Transfer, responses((status = 201, body = TicketDetail)))]
async fn transfer_ticket(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<TicketId>,
    Body(given): Body<Transfer>,
) -> Result<(StatusCode, Json<TicketDetail>), Refusal> {
    let detail = blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        let to = NewHolder {
            name: given.name,
            email: given.email,
            phone: given.phone,
        };
        let why = given.reason.trim();
        let after = home.transfer_ticket(id, &to, (!why.is_empty()).then(|| why.to_owned()))?;
        detail(&home, after)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(detail)))
}

fn reason(given: &Reason) -> Option<String> {
    let reason = given.reason.trim();
    (!reason.is_empty()).then(|| reason.to_owned())
}

/// A ticket that a ticketing service asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TicketRequest {
    /// The service's own booking.
    booking_id: Uuid,
    event_id: EventId,
    attendee_name: String,
    attendee_email: String,
    ticket_type: String,
    /// RFC 3339; the event's own times decide, these are checked to be in order.
    #[serde(default)]
    valid_from: Option<chrono::DateTime<chrono::Utc>>,
    #[serde(default)]
    valid_until: Option<chrono::DateTime<chrono::Utc>>,
}

/// A ticket for a ticketing service.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct GeneratedTicket {
    ticket_id: TicketId,
    ticket_number: u32,
    booking_id: Uuid,
    event_id: EventId,
    /// What its QR code says.
    qr_code: String,
    /// The signed token (RFC 7519).
    jwt: String,
    status: &'static str,
}

/// Makes a ticket for one attendee: a guest, an invitation and its ticket.
#[utoipa::path(post, path = "/api/tickets/generate", tag = "tickets",
    security(("account" = ["issue_tickets"])), request_body = TicketRequest,
    responses((status = 201, body = GeneratedTicket)))]
async fn generate_ticket(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Body(given): Body<TicketRequest>,
) -> Result<(StatusCode, Json<GeneratedTicket>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act(&by, given.event_id)?;
        generate(&home, &given)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

fn generate(home: &EventHome, given: &TicketRequest) -> Result<GeneratedTicket, Problem> {
    if let (Some(from), Some(until)) = (given.valid_from, given.valid_until)
        && until <= from
    {
        return Err(FieldErrors(vec![FieldError::new(
            "validUntil",
            "ends_before_start",
            "give an end after the start",
        )])
        .into());
    }
    let change = GuestChange {
        name: Some(given.attendee_name.clone()),
        email: Some(given.attendee_email.clone()),
        ticket_type: Some(given.ticket_type.clone()),
        custom: Some([("booking".to_owned(), given.booking_id.to_string())].into()),
        ..GuestChange::default()
    };
    let types: Vec<String> = home
        .file()
        .read(|view| view.ticket_types())?
        .into_iter()
        .map(|kind| kind.name)
        .collect();
    let values = change.apply(&GuestValues::default(), &types)?;
    let party = home.invite_with_tickets(values, TicketSource::PlatformOnline, 1, "")?;
    let issued = party
        .members
        .first()
        .and_then(|row| row.ticket)
        .ok_or_else(|| Problem::new("issue_failed", "the ticket was not issued"))?;
    let found = ticket(home, issued.id)?;
    let text = home.code_text(&found)?;
    let jwt = Token::parse(&text)
        .map_err(|e| Problem::new("credential_damaged", e.to_string()))?
        .jwt()
        .to_owned();
    Ok(GeneratedTicket {
        ticket_id: issued.id,
        ticket_number: issued.number,
        booking_id: given.booking_id,
        event_id: home.id(),
        qr_code: text,
        jwt,
        status: "ACTIVE",
    })
}
