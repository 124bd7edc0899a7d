//! Invitations and their members: made, answered, checked in, taken back, downloaded.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use gatehouse_domain::delivery::Delivery;
use gatehouse_domain::id::{EventId, GuestId, InvitationId, MemberId, TicketId};
use gatehouse_domain::invitation::{InvitationStatus, MemberStatus, PartyKind};
use gatehouse_domain::ticket::{TicketSource, TicketStatus};
use gatehouse_print::Sheet;
use gatehouse_store::event::MemberRow;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::events::Reason;
use super::gates::{Showing, present};
use super::given::{Asked, Body, Id, ListQuery, Page};
use super::live::Tag;
use super::refusal::Refusal;
use super::rows::InvitationAnswer;
use super::signed::{By, EditGuests, IssueTickets, ReadEvents, Scan};
use crate::doors::{Shown, Shows};
use crate::home::EventHome;
use crate::parties::{MemberChange, Party, PartyDraft};
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_invitations, add_invitation))
        .routes(routes!(show_invitation, answer_invitation))
        .routes(routes!(list_members, add_members))
        .routes(routes!(change_member))
        .routes(routes!(check_in_member))
        .routes(routes!(void_invitation))
        .routes(routes!(download_invitation))
}

/// A member's ticket in one line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TicketBriefAnswer {
    id: TicketId,
    number: u32,
    status: TicketStatus,
    checked_in_at: Option<i64>,
}

/// A party member.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MemberAnswer {
    id: MemberId,
    guest_id: Option<GuestId>,
    /// The guest's name, or their host's for one who is named later.
    name: String,
    unnamed: bool,
    email: Option<String>,
    phone: Option<String>,
    position: u16,
    status: MemberStatus,
    seat: Option<String>,
    responded_at: Option<i64>,
    ticket_type: Option<String>,
    ticket: Option<TicketBriefAnswer>,
}

impl From<MemberRow> for MemberAnswer {
    fn from(row: MemberRow) -> Self {
        Self {
            id: row.member.id,
            guest_id: row.member.guest,
            name: row.name,
            unnamed: row.member.guest.is_none(),
            email: row.email,
            phone: row.phone,
            position: row.member.position,
            status: match row.ticket {
                Some(ticket) if ticket.checked_in_at.is_some() => MemberStatus::Attended,
                _ => row.member.status,
            },
            seat: row.member.seat,
            responded_at: row.member.responded_at,
            ticket_type: row.ticket_type,
            ticket: row.ticket.map(|ticket| TicketBriefAnswer {
                id: ticket.id,
                number: ticket.number,
                status: ticket.status,
                checked_in_at: ticket.checked_in_at,
            }),
        }
    }
}

/// An invitation with its members.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PartyAnswer {
    pub(super) id: InvitationId,
    pub(super) number: String,
    code: String,
    kind: PartyKind,
    pub(super) label: String,
    source: TicketSource,
    pub(super) message: String,
    pub(super) status: InvitationStatus,
    pub(super) created_at: i64,
    pub(super) members: Vec<MemberAnswer>,
    pub(super) deliveries: Vec<Delivery>,
}

impl From<Party> for PartyAnswer {
    fn from(party: Party) -> Self {
        let invitation = party.invitation;
        Self {
            id: invitation.id,
            number: invitation.number,
            code: invitation.code,
            kind: invitation.kind,
            label: invitation.label,
            source: invitation.source,
            message: invitation.message,
            status: party.status,
            created_at: invitation.created_at,
            members: party.members.into_iter().map(MemberAnswer::from).collect(),
            deliveries: party.deliveries,
        }
    }
}

fn party(home: &EventHome, id: InvitationId) -> Result<PartyAnswer, Problem> {
    Ok(home.party(id)?.into())
}

/// An event's invitations, page by page.
#[utoipa::path(get, path = "/api/events/{id}/invitations", tag = "invitations",
    security(("account" = ["read_events"])), params(("id" = EventId, Path), ListQuery),
    responses((status = 200, body = Page<InvitationAnswer>)))]
async fn list_invitations(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
    Asked(query): Asked<ListQuery>,
) -> Answer<Page<InvitationAnswer>> {
    answer(door, move |door| {
        let (limit, after) = (query.limit()?, query.after()?);
        let text = query.text()?;
        let rows = door
            .event(id)?
            .file()
            .read(|view| view.invitation_rows(text, after, limit + 1))?;
        Ok(Page::cut(rows, limit, |row| row.id.to_string()))
    })
    .await
}

/// A new invitation.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NewInvitation {
    /// What it is called; the first guest's name when blank.
    label: String,
    /// What it says besides the usual.
    message: String,
    /// Guests that it covers.
    guest_ids: Vec<GuestId>,
    /// Members who are named later, besides them.
    plus: u16,
}

/// Makes one invitation for guests who have none.
#[utoipa::path(post, path = "/api/events/{id}/invitations", tag = "invitations",
    security(("account" = ["edit_guests"])), params(("id" = EventId, Path)),
    request_body = NewInvitation, responses((status = 201, body = PartyAnswer)))]
async fn add_invitation(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<EventId>,
    Body(given): Body<NewInvitation>,
) -> Result<(StatusCode, Json<PartyAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act(&by, id)?;
        let made = home.invite(&PartyDraft {
            label: given.label,
            message: given.message,
            guests: given.guest_ids,
            unnamed: given.plus,
        })?;
        party(&home, made)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One invitation with its members.
#[utoipa::path(get, path = "/api/invitations/{id}", tag = "invitations",
    security(("account" = ["read_events"])), params(("id" = InvitationId, Path)),
    responses((status = 200, body = PartyAnswer)))]
async fn show_invitation(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<InvitationId>,
) -> Answer<PartyAnswer> {
    answer(door, move |door| party(&door.event_of(id.0)?, id)).await
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AnswerBody {
    /// `pending`, `accepted` or `declined`.
    status: MemberStatus,
}

/// Answers for every member at once.
#[utoipa::path(put, path = "/api/invitations/{id}", tag = "invitations",
    security(("account" = ["edit_guests"])), params(("id" = InvitationId, Path)),
    request_body = AnswerBody, responses((status = 200, body = PartyAnswer)))]
async fn answer_invitation(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<InvitationId>,
    Body(given): Body<AnswerBody>,
) -> Answer<PartyAnswer> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.answer_for_all(id, given.status)?;
        tell_answer(door, &home, id, None);
        party(&home, id)
    })
    .await
}

/// The members of an invitation.
#[utoipa::path(get, path = "/api/invitations/{id}/guests", tag = "invitations",
    security(("account" = ["read_events"])), params(("id" = InvitationId, Path)),
    responses((status = 200, body = super::given::Items<MemberAnswer>)))]
async fn list_members(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<InvitationId>,
) -> Answer<super::given::Items<MemberAnswer>> {
    answer(door, move |door| {
        Ok(super::given::Items {
            items: party(&door.event_of(id.0)?, id)?.members,
        })
    })
    .await
}

/// Guests who join an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMembers {
    guest_ids: Vec<GuestId>,
}

/// Adds guests who have no invitation to this one.
#[utoipa::path(post, path = "/api/invitations/{id}/guests", tag = "invitations",
    security(("account" = ["edit_guests"])), params(("id" = InvitationId, Path)),
    request_body = NewMembers, responses((status = 201, body = PartyAnswer)))]
async fn add_members(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<InvitationId>,
    Body(given): Body<NewMembers>,
) -> Result<(StatusCode, Json<PartyAnswer>), Refusal> {
    let made = blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.add_members(id, &given.guest_ids)?;
        party(&home, id)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// What is changed of a member; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct MemberBody {
    /// Their answer.
    status: Option<MemberStatus>,
    /// Their seat; blank removes it.
    seat: Option<String>,
    /// The guest who a member named later is.
    guest_id: Option<GuestId>,
}

/// Changes a member's answer, seat or name.
#[utoipa::path(put, path = "/api/invitations/{id}/guests/{member}", tag = "invitations",
    security(("account" = ["edit_guests"])),
    params(("id" = InvitationId, Path), ("member" = MemberId, Path)), request_body = MemberBody,
    responses((status = 200, body = PartyAnswer)))]
async fn change_member(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id((id, member)): Id<(InvitationId, MemberId)>,
    Body(given): Body<MemberBody>,
) -> Answer<PartyAnswer> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        let wanted = MemberChange {
            status: given.status,
            seat: given.seat,
            guest: given.guest_id,
        };
        home.change_member(id, member, &wanted)?;
        tell_answer(door, &home, id, Some(member));
        party(&home, id)
    })
    .await
}

/// Tells the live channel that somebody answered.
fn tell_answer(door: &Door, home: &EventHome, id: InvitationId, member: Option<MemberId>) {
    door.live.announce(
        home.id(),
        &[Tag::Guests],
        &format!("events/{}/invitations", home.id()),
        json!({
            "action": "guest_answered",
            "event_id": home.id(),
            "invitation_id": id,
            "invitation_guest_id": member,
        }),
    );
}

/// Where somebody is checked in.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct CheckInBody {
    /// Name of the gate; the desk when absent.
    gate: Option<String>,
}

/// Checks one member in by hand, as a gate would by their code; the verdict says whether they may
/// enter.
#[utoipa::path(put, path = "/api/invitations/{id}/guests/{member}/checkin", tag = "invitations",
    security(("account" = ["scan"])),
    params(("id" = InvitationId, Path), ("member" = MemberId, Path)), request_body = CheckInBody,
    responses((status = 200, body = Shown)))]
async fn check_in_member(
    State(door): At,
    By(by, _): By<Scan>,
    Id((id, member)): Id<(InvitationId, MemberId)>,
    Body(given): Body<CheckInBody>,
) -> Answer<Shown> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        let row = home
            .party(id)?
            .members
            .into_iter()
            .find(|row| row.member.id == member)
            .ok_or_else(|| Problem::new("member_unknown", "this invitation has no such member"))?;
        let ticket = row.ticket.ok_or_else(|| {
            Problem::new(
                "tickets_missing",
                "this member has no ticket yet; issue one first",
            )
        })?;
        present(
            door,
            &home,
            given.gate.as_deref(),
            &Showing::of(Shows::Ticket(ticket.id)),
        )
    })
    .await
}

/// What taking back did.
#[derive(Serialize, ToSchema)]
struct Voided {
    voided: u32,
}

/// Takes all tickets of an invitation back at once.
#[utoipa::path(post, path = "/api/invitations/{id}/void", tag = "invitations",
    security(("account" = ["issue_tickets"])), params(("id" = InvitationId, Path)),
    request_body = Reason, responses((status = 200, body = Voided)))]
async fn void_invitation(
    State(door): At,
    By(by, _): By<IssueTickets>,
    Id(id): Id<InvitationId>,
    Body(given): Body<Reason>,
) -> Answer<Voided> {
    answer(door, move |door| {
        let voided = door.act_on(&by, id.0)?.void_invitation(id, &given.reason)?;
        Ok(Voided { voided })
    })
    .await
}

/// An invitation's tickets as PDF, a page each; named by its id, or by its code within an event.
#[utoipa::path(get, path = "/api/invitations/{id}/download", tag = "invitations",
    security(("account" = ["read_events"])), params(("id" = String, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn download_invitation(
    State(door): At,
    _: By<ReadEvents>,
    Id(which): Id<String>,
) -> Result<Response, Refusal> {
    let (number, pdf) = blocking(door, move |door| {
        let (home, id) = door.find_invitation(&which)?;
        let number = home.invitation_number(id)?;
        let pdf = home.print_invitation(&number, Sheet::A6)?;
        Ok((number, pdf))
    })
    .await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{number}.pdf\""),
        ),
    ];
    Ok((headers, pdf).into_response())
}

impl Door {
    /// The invitation with this id, or with this code in whichever event has it.
    fn find_invitation(&self, which: &str) -> Result<(EventHome, InvitationId), Problem> {
        if let Ok(id) = which.parse::<InvitationId>() {
            let home = self.event_of(id.0)?;
            let id = home.find_invitation(which)?;
            return Ok((home, id));
        }
        for event in self.workspace.events()? {
            let home = self.event(event.id)?;
            if let Ok(id) = home.find_invitation(which) {
                return Ok((home, id));
            }
        }
        Err(crate::parties::invitation_unknown())
    }
}
