//! What guests are asked and what they answered, for the office; and where guests come.

use std::sync::Arc;

use axum::extract::State;
use gatehouse_domain::answer::AnswerSettings;
use gatehouse_domain::id::{EventId, GuestId, InvitationId, MemberId, TicketId};
use gatehouse_domain::preferences::Preferences;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::etag::{IfMatch, Versioned};
use super::given::{Body, Id};
use super::refusal::Refusal;
use super::signed::{By, EditGuests, ManageWorkspace, PlanEvents, ReadEvents};
use crate::guest_links::GuestLinks;
use crate::home::EventHome;
use crate::problem::Problem;

/// Downloads that are shown of one invitation.
const MOST_DOWNLOADS: u32 = 50;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(show_questions, change_questions))
        .routes(routes!(show_turnout))
        .routes(routes!(show_answers))
        .routes(routes!(renew_links))
        .routes(routes!(show_preferences))
        .routes(routes!(show_guest_pages, set_guest_pages))
}

fn questions(home: &EventHome) -> Result<Versioned<AnswerSettings>, Problem> {
    let (body, version) = home.answer_settings()?;
    Ok(Versioned { version, body })
}

/// What an event asks its guests, and what their page offers.
#[utoipa::path(get, path = "/api/events/{id}/questions", tag = "answers",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = AnswerSettings)))]
async fn show_questions(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Result<Versioned<AnswerSettings>, Refusal> {
    blocking(door, move |door| questions(&door.event(id)?)).await
}

/// Changes what an event asks its guests.
#[utoipa::path(put, path = "/api/events/{id}/questions", tag = "answers",
    security(("account" = ["plan_events"])), params(("id" = EventId, Path)),
    request_body = AnswerSettings, responses((status = 200, body = AnswerSettings)))]
async fn change_questions(
    State(door): At,
    By(by, _): By<PlanEvents>,
    Id(id): Id<EventId>,
    IfMatch(seen): IfMatch,
    Body(wanted): Body<AnswerSettings>,
) -> Result<Versioned<AnswerSettings>, Refusal> {
    blocking(door, move |door| {
        let home = door.act(&by, id)?.if_seen(seen.as_deref());
        home.change_answer_settings(wanted)?;
        questions(&home)
    })
    .await
}

/// How many people said what.
#[derive(Debug, Serialize, ToSchema)]
struct TurnoutAnswer {
    /// Who come, those who are there already included.
    accepted: u32,
    /// Of these, who said so again after they were asked whether they still come.
    confirmed: u32,
    /// Who do not.
    declined: u32,
    /// Who have not said.
    pending: u32,
    /// Invitations in all.
    invitations: u32,
    /// Invitations of which nobody has said anything.
    silent: u32,
}

/// How many people said that they come, that they do not, or nothing yet.
#[utoipa::path(get, path = "/api/events/{id}/turnout", tag = "answers",
    security(("account" = ["read_events"])), params(("id" = EventId, Path)),
    responses((status = 200, body = TurnoutAnswer)))]
async fn show_turnout(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<EventId>,
) -> Answer<TurnoutAnswer> {
    answer(door, move |door| {
        let turnout = door.event(id)?.turnout()?;
        Ok(TurnoutAnswer {
            accepted: turnout.accepted,
            confirmed: turnout.confirmed,
            declined: turnout.declined,
            pending: turnout.pending,
            invitations: turnout.invitations,
            silent: turnout.silent,
        })
    })
    .await
}

/// A question with what was answered to it.
#[derive(Debug, Serialize, ToSchema)]
struct Said {
    question: u16,
    text: String,
    answer: String,
}

/// What one member answered besides yes or no.
#[derive(Debug, Serialize, ToSchema)]
struct MemberSaid {
    member_id: MemberId,
    /// The guest; none for one who is named later.
    guest_id: Option<GuestId>,
    dietary: String,
    answers: Vec<Said>,
}

/// A file that a guest fetched.
#[derive(Debug, Serialize, ToSchema)]
struct DownloadAnswer {
    at: i64,
    /// The one ticket; none where it was all of them.
    ticket_id: Option<TicketId>,
    address: String,
    agent: String,
}

/// How often and when an invitation was looked at in one way.
#[derive(Debug, Serialize, ToSchema)]
struct LookAnswer {
    /// `page`, `message` or `calendar`.
    kind: &'static str,
    first_at: i64,
    last_at: i64,
    times: u32,
}

/// Everything that guests of an invitation said and did on their page.
#[derive(Debug, Serialize, ToSchema)]
struct AnswersAnswer {
    members: Vec<MemberSaid>,
    /// What the party answered as a whole.
    party: Vec<Said>,
    /// Their word to the host; blank where there is none.
    message: String,
    downloads: Vec<DownloadAnswer>,
    looks: Vec<LookAnswer>,
    /// Their links; none while nobody said where guests come.
    links: Option<GuestLinks>,
}

fn answers_of(home: &EventHome, id: InvitationId) -> Result<AnswersAnswer, Problem> {
    let stands = home.standing(id)?;
    let (downloads, looks) = home.file().read(|view| {
        Ok::<_, Problem>((view.downloads(id, MOST_DOWNLOADS)?, view.page_looks(id)?))
    })?;
    let links = match home.workspace().guest_address()? {
        Some(_) => Some(home.guest_links(id)?),
        None => None,
    };
    let asked = &stands.event.settings.answers.questions;
    let said = |answers: &[(u16, String)]| {
        answers
            .iter()
            .map(|(question, answer)| Said {
                question: *question,
                text: asked
                    .iter()
                    .find(|known| known.id == *question)
                    .map(|known| known.text.clone())
                    .unwrap_or_default(),
                answer: answer.clone(),
            })
            .collect()
    };
    Ok(AnswersAnswer {
        members: stands
            .members
            .iter()
            .map(|member| MemberSaid {
                member_id: member.row.member.id,
                guest_id: member.row.member.guest,
                dietary: member.reply.dietary.clone(),
                answers: said(&member.reply.answers),
            })
            .collect(),
        party: said(&stands.party.answers),
        message: stands.party.message,
        downloads: downloads
            .into_iter()
            .map(|download| DownloadAnswer {
                at: download.at,
                ticket_id: download.ticket,
                address: download.address,
                agent: download.agent,
            })
            .collect(),
        looks: looks
            .into_iter()
            .map(|look| LookAnswer {
                kind: look.kind.word(),
                first_at: look.first_at,
                last_at: look.last_at,
                times: look.times,
            })
            .collect(),
        links,
    })
}

/// What the guests of an invitation answered, fetched and looked at.
#[utoipa::path(get, path = "/api/invitations/{id}/answers", tag = "answers",
    security(("account" = ["read_events"])), params(("id" = InvitationId, Path)),
    responses((status = 200, body = AnswersAnswer)))]
async fn show_answers(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<InvitationId>,
) -> Answer<AnswersAnswer> {
    answer(door, move |door| answers_of(&door.event_of(id.0)?, id)).await
}

/// Gives an invitation another code: its page and every link made before open nothing any more.
#[utoipa::path(post, path = "/api/invitations/{id}/links", tag = "answers",
    security(("account" = ["edit_guests"])), params(("id" = InvitationId, Path)),
    responses((status = 200, body = AnswersAnswer)))]
async fn renew_links(
    State(door): At,
    By(by, _): By<EditGuests>,
    Id(id): Id<InvitationId>,
) -> Answer<AnswersAnswer> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        home.renew_links(id)?;
        answers_of(&home, id)
    })
    .await
}

/// What a guest wants to hear of, by their e-mail address.
#[utoipa::path(get, path = "/api/guests/{id}/preferences", tag = "answers",
    security(("account" = ["read_events"])), params(("id" = GuestId, Path)),
    responses((status = 200, body = Preferences)))]
async fn show_preferences(
    State(door): At,
    _: By<ReadEvents>,
    Id(id): Id<GuestId>,
) -> Answer<Preferences> {
    answer(door, move |door| {
        let guest = door.event_of(id.0)?.guest(id)?;
        match &*guest.values.email {
            "" => Ok(Preferences::default()),
            email => door.workspace.preferences(email),
        }
    })
    .await
}

/// Where guests reach this office.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuestPages {
    /// The beginning of every link, such as `https://rsvp.example.org`; none while nobody said.
    address: Option<String>,
}

/// Where guests reach this office, and where they could.
#[derive(Debug, Serialize, ToSchema)]
struct GuestPagesAnswer {
    /// The beginning of every link, such as `https://rsvp.example.org`; none while nobody said.
    address: Option<String>,
    /// Addresses at which this office can be reached now, the best first.
    offered: Vec<String>,
}

fn guest_pages(door: &Door) -> Result<GuestPagesAnswer, Problem> {
    Ok(GuestPagesAnswer {
        address: door.workspace.guest_address()?,
        offered: door.addresses(),
    })
}

/// Where guests reach this office.
#[utoipa::path(get, path = "/api/guest-pages", tag = "answers",
    security(("account" = ["read_events"])), responses((status = 200, body = GuestPagesAnswer)))]
async fn show_guest_pages(State(door): At, _: By<ReadEvents>) -> Answer<GuestPagesAnswer> {
    answer(door, guest_pages).await
}

/// Says where guests reach this office. Under that name their pages are answered, and nothing else.
#[utoipa::path(put, path = "/api/guest-pages", tag = "answers",
    security(("account" = ["manage_workspace"])), request_body = GuestPages,
    responses((status = 200, body = GuestPagesAnswer)))]
async fn set_guest_pages(
    State(door): At,
    By(by, _): By<ManageWorkspace>,
    Body(wanted): Body<GuestPages>,
) -> Answer<GuestPagesAnswer> {
    answer(door, move |door| {
        let address = door
            .workspace
            .set_guest_address(&by.signed, wanted.address.as_deref())?;
        door.guests.host.set(address.as_deref());
        guest_pages(door)
    })
    .await
}
