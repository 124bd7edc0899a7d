//! Official invitations, for super admins.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gatehouse_domain::delivery::DeliveryStatus;
use gatehouse_domain::id::{EventId, InvitationId};
use gatehouse_domain::import::clean_text;
use gatehouse_domain::ticket::TicketStatus;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::door::{Answer, At, Door, answer, blocking};
use super::given::{Asked, Body, Id, limit, text};
use super::invitations::PartyAnswer;
use super::refusal::Refusal;
use super::signed::{By, InviteOfficially};
use crate::home::EventHome;
use crate::official::OfficialDraft;
use crate::parties::{Party, Queued, invitation_unknown};
use crate::problem::Problem;

pub(super) fn router() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::new()
        .routes(routes!(list_official, invite))
        .routes(routes!(create_official))
        .routes(routes!(show_official, cancel_official))
        .routes(routes!(resend_official))
}

/// A new official invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOfficial {
    guest_name: String,
    /// With its country, such as `+44 7700 900123`.
    guest_phone: String,
    /// Without one the message goes by SMS.
    #[serde(default)]
    guest_email: String,
    event_id: EventId,
    /// Name of the ticket type.
    pass_type: String,
    /// Codes, 1 to 100.
    quantity: u32,
    #[serde(default)]
    custom_message: String,
}

/// An official invitation.
#[derive(Debug, Serialize, ToSchema)]
struct OfficialAnswer {
    event_id: EventId,
    event_title: String,
    /// What was counted for it: nothing is owed.
    price_minor: i64,
    pass_type: Option<String>,
    quantity: usize,
    /// `pending`, `sent`, `delivered`, `failed`, or `cancelled`.
    delivery_status: &'static str,
    phone: Option<String>,
    email: Option<String>,
    #[serde(flatten)]
    party: PartyAnswer,
}

impl OfficialAnswer {
    fn of(home: &EventHome, party: Party) -> Self {
        let first = party.members.first();
        Self {
            event_id: home.id(),
            event_title: home.event().title.clone(),
            price_minor: 0,
            pass_type: first.and_then(|row| row.ticket_type.clone()),
            quantity: party.members.len(),
            delivery_status: delivery_word(&party),
            phone: first.and_then(|row| row.phone.clone()),
            email: first.and_then(|row| row.email.clone()),
            party: party.into(),
        }
    }
}

/// One word for how far an official invitation is.
fn delivery_word(party: &Party) -> &'static str {
    let void = party.members.iter().all(|row| {
        row.ticket
            .is_some_and(|ticket| ticket.status == TicketStatus::Voided)
    });
    if void {
        return "cancelled";
    }
    match party.deliveries.last().map(|delivery| delivery.status) {
        None | Some(DeliveryStatus::Pending | DeliveryStatus::PendingRetry) => "pending",
        Some(DeliveryStatus::Sent) => "sent",
        Some(DeliveryStatus::Delivered) => "delivered",
        Some(DeliveryStatus::Bounced | DeliveryStatus::Failed) => "failed",
    }
}

/// What is asked of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfficialQuery {
    /// Of this event.
    event_id: Option<EventId>,
    /// `pending`, `sent`, `delivered`, `failed` or `cancelled`.
    status: Option<String>,
    /// Name or phone number.
    search: Option<String>,
    /// Made at or after, UTC ms.
    from: Option<i64>,
    /// Made before, UTC ms.
    until: Option<i64>,
    /// Rows at most, 1 to 500; 100 when absent.
    limit: Option<u32>,
    /// Rows before the first.
    #[serde(default)]
    offset: usize,
}

/// A page of official invitations.
#[derive(Debug, Serialize, ToSchema)]
struct OfficialList {
    success: bool,
    data: Vec<OfficialAnswer>,
    /// How many match in all.
    count: usize,
}

/// An official invitation that was made.
#[derive(Debug, Serialize, ToSchema)]
struct OfficialMade {
    success: bool,
    order: OfficialAnswer,
}

/// Official invitations of all events, newest first.
#[utoipa::path(get, path = "/api/admin/official-invitations", tag = "official invitations",
    security(("account" = ["invite_officially"])), params(OfficialQuery),
    responses((status = 200, body = OfficialList)))]
async fn list_official(
    State(door): At,
    _: By<InviteOfficially>,
    Asked(query): Asked<OfficialQuery>,
) -> Answer<OfficialList> {
    answer(door, move |door| {
        let limit = limit(query.limit)? as usize;
        let wanted = text(query.search.as_deref())?.to_lowercase();
        let digits: String = wanted.chars().filter(char::is_ascii_digit).collect();
        let mut found = Vec::new();
        for event in door.workspace.events()? {
            if query.event_id.is_some_and(|id| id != event.id) {
                continue;
            }
            let home = door.event(event.id)?;
            for party in home.official_invitations()? {
                let at = party.invitation.created_at;
                let named = party.invitation.label.to_lowercase().contains(&wanted)
                    || (!digits.is_empty()
                        && party.members.iter().any(|row| {
                            row.phone
                                .as_deref()
                                .is_some_and(|phone| phone.contains(&digits))
                        }));
                let due = query.from.is_none_or(|from| at >= from)
                    && query.until.is_none_or(|until| at < until);
                let stands = query
                    .status
                    .as_deref()
                    .is_none_or(|status| status == delivery_word(&party));
                if named && due && stands {
                    found.push(OfficialAnswer::of(&home, party));
                }
            }
        }
        found.sort_by_key(|row| std::cmp::Reverse(row.party.created_at));
        let count = found.len();
        Ok(OfficialList {
            success: true,
            data: found.into_iter().skip(query.offset).take(limit).collect(),
            count,
        })
    })
    .await
}

fn make(
    door: &Door,
    by: &super::signed::Person,
    given: NewOfficial,
) -> Result<OfficialMade, Problem> {
    let home = door.act(by, given.event_id)?;
    clean_text(&given.custom_message.replace('\n', " ")).map_err(|_| {
        Problem::new(
            "body_invalid",
            "the message holds control characters; nothing was made",
        )
    })?;
    let party = home.invite_officially(&OfficialDraft {
        name: given.guest_name,
        phone: given.guest_phone,
        email: given.guest_email,
        ticket_type: given.pass_type,
        quantity: given.quantity,
        message: given.custom_message,
    })?;
    Ok(OfficialMade {
        success: true,
        order: OfficialAnswer::of(&home, party),
    })
}

/// Makes an official invitation: its tickets are issued at once, its message waits in the outbox.
#[utoipa::path(post, path = "/api/admin/official-invitations", tag = "official invitations",
    security(("account" = ["invite_officially"])), request_body = NewOfficial,
    responses((status = 201, body = OfficialMade)))]
async fn invite(
    State(door): At,
    By(by, _): By<InviteOfficially>,
    Body(given): Body<NewOfficial>,
) -> Result<(StatusCode, Json<OfficialMade>), Refusal> {
    let made = blocking(door, move |door| make(door, &by, given)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// The same, by the path that the documents give it.
#[utoipa::path(post, path = "/api/admin/official-invitations/create",
    tag = "official invitations", security(("account" = ["invite_officially"])),
    request_body = NewOfficial, responses((status = 201, body = OfficialMade)))]
async fn create_official(
    State(door): At,
    By(by, _): By<InviteOfficially>,
    Body(given): Body<NewOfficial>,
) -> Result<(StatusCode, Json<OfficialMade>), Refusal> {
    let made = blocking(door, move |door| make(door, &by, given)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

fn official(home: &EventHome, id: InvitationId) -> Result<Party, Problem> {
    let party = home.party(id)?;
    if party.invitation.source != gatehouse_domain::ticket::TicketSource::OfficialInvitation {
        return Err(invitation_unknown());
    }
    Ok(party)
}

/// One official invitation with its codes and scans.
#[utoipa::path(get, path = "/api/admin/official-invitations/{id}", tag = "official invitations",
    security(("account" = ["invite_officially"])), params(("id" = InvitationId, Path)),
    responses((status = 200, body = OfficialMade)))]
async fn show_official(
    State(door): At,
    _: By<InviteOfficially>,
    Id(id): Id<InvitationId>,
) -> Answer<OfficialMade> {
    answer(door, move |door| {
        let home = door.event_of(id.0)?;
        Ok(OfficialMade {
            success: true,
            order: OfficialAnswer::of(&home, official(&home, id)?),
        })
    })
    .await
}

/// Puts its message into the outbox again.
#[utoipa::path(post, path = "/api/admin/official-invitations/{id}/resend",
    tag = "official invitations", security(("account" = ["invite_officially"])),
    params(("id" = InvitationId, Path)), responses((status = 200, body = Queued)))]
async fn resend_official(
    State(door): At,
    By(by, _): By<InviteOfficially>,
    Id(id): Id<InvitationId>,
) -> Answer<Queued> {
    answer(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        official(&home, id)?;
        home.queue_invitations(&[id], None, true)
    })
    .await
}

/// Cancels it: its codes are invalid from now on.
#[utoipa::path(delete, path = "/api/admin/official-invitations/{id}",
    tag = "official invitations", security(("account" = ["invite_officially"])),
    params(("id" = InvitationId, Path)), responses((status = 204)))]
async fn cancel_official(
    State(door): At,
    By(by, _): By<InviteOfficially>,
    Id(id): Id<InvitationId>,
) -> Result<StatusCode, Refusal> {
    blocking(door, move |door| {
        let home = door.act_on(&by, id.0)?;
        official(&home, id)?;
        home.void_invitation(id, "official invitation cancelled")
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
