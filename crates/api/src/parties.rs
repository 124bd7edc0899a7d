//! One invitation: made by hand, answered for, added to, sent, taken back.

use gatehouse_domain::delivery::outcome::ASIDE;
use gatehouse_domain::delivery::{Channel, Delivery, MessageKind, channel_for};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{BatchId, DeliveryId, GuestId, InvitationId, MemberId};
use gatehouse_domain::invitation::{
    Invitation, InvitationStatus, LARGEST_PARTY, MemberStatus, PartyKind, PartyMember,
    invitation_code, invitation_status,
};
use gatehouse_domain::ticket::TicketSource;
use gatehouse_store::Lane;
use gatehouse_store::event::{Change, MemberRow, NewMember, View};

use crate::guests::guest_unknown;
use crate::home::EventHome;
use crate::invitations::Numbers;
use crate::problem::Problem;

/// An invitation with its members and messages.
#[derive(Debug, Clone)]
pub struct Party {
    /// The invitation.
    pub invitation: Invitation,
    /// Status derived from its members.
    pub status: InvitationStatus,
    /// Its members, in their order.
    pub members: Vec<MemberRow>,
    /// Its messages, oldest first.
    pub deliveries: Vec<Delivery>,
}

/// What a person makes an invitation of.
#[derive(Debug, Clone, Default)]
pub struct PartyDraft {
    /// What it is called; the first guest's name when blank.
    pub label: String,
    /// What it says besides the usual.
    pub message: String,
    /// The guests that it covers.
    pub guests: Vec<GuestId>,
    /// Members who are named later, besides them.
    pub unnamed: u16,
}

/// What a person changes of a party member; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberChange {
    /// Their answer.
    pub status: Option<MemberStatus>,
    /// Their seat; blank removes it.
    pub seat: Option<String>,
    /// The guest who a member named later is.
    pub guest: Option<GuestId>,
}

/// What sending put into the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Queued {
    /// Messages that wait now.
    pub queued: usize,
    /// Invitations whose message waited or was sent already.
    pub already: usize,
    /// Invitations nobody of which has an e-mail address or a number.
    pub unreachable: usize,
}

pub(crate) fn read_party(view: &View<'_>, id: InvitationId) -> Result<Party, Problem> {
    let invitation = view.invitation(id)?.ok_or_else(invitation_unknown)?;
    let members = view.member_rows(id)?;
    let answers: Vec<MemberStatus> = members.iter().map(standing).collect();
    Ok(Party {
        status: invitation_status(&answers),
        deliveries: view.deliveries(id)?,
        invitation,
        members,
    })
}

/// A member's answer, or that they came.
fn standing(row: &MemberRow) -> MemberStatus {
    let came = row
        .ticket
        .is_some_and(|ticket| ticket.checked_in_at.is_some());
    if came {
        MemberStatus::Attended
    } else {
        row.member.status
    }
}

impl EventHome {
    /// One invitation with its members.
    pub fn party(&self, id: InvitationId) -> Result<Party, Problem> {
        self.file().read(|view| read_party(view, id))
    }

    /// The invitation with this id, number or code.
    pub fn find_invitation(&self, text: &str) -> Result<InvitationId, Problem> {
        let text = text.trim();
        self.file()
            .read(|view| {
                if let Ok(id) = text.parse::<InvitationId>() {
                    return view.invitation(id);
                }
                view.invitation_by_code(&text.to_uppercase())
            })?
            .map(|invitation| invitation.id)
            .ok_or_else(invitation_unknown)
    }

    /// Makes one invitation for guests who have none.
    pub fn invite(&self, draft: &PartyDraft) -> Result<InvitationId, Problem> {
        let draft = draft.clone();
        let at = self.now();
        let mut mint = self.mint();
        let mut entropy = self.entropy();
        let meta = self.edit_meta(&mut mint, "add invitation", None);
        let created_by = meta.actor.clone();
        let numbering = self.event().settings.numbering;
        self.file().edit(Lane::Edit, meta, move |change| {
            check_party(draft.guests.len() + usize::from(draft.unnamed))?;
            let mut label = draft.label.trim().to_owned();
            let first = draft.guests.first().copied();
            if label.is_empty()
                && let Some(first) = first
            {
                let guest = change.guest(first)?.ok_or_else(guest_unknown)?;
                label = guest.values.name.to_string();
            }
            let kind = if draft.guests.len() > 1 {
                PartyKind::Group
            } else {
                PartyKind::Single
            };
            let number = Numbers::of(change, numbering)?.next(change, entropy.as_mut())?;
            let invitation = Invitation {
                id: InvitationId(mint.mint(at)),
                number,
                code: invitation_code(entropy.as_mut()),
                kind,
                label,
                batch: None,
                source: TicketSource::Invitation,
                message: draft.message.trim().to_owned(),
                created_by,
                created_at: at,
            };
            change.insert_invitation(&invitation)?;
            let mut position = 0;
            for guest in &draft.guests {
                position += 1;
                let id = MemberId(mint.mint(at));
                insert_guest_member(change, id, invitation.id, *guest, position)?;
            }
            for _ in 0..draft.unnamed {
                position += 1;
                let member = plain_member(MemberId(mint.mint(at)), invitation.id, position);
                change.insert_member(&NewMember {
                    member,
                    host: first,
                })?;
            }
            Ok::<_, Problem>(invitation.id)
        })
    }

    /// Adds guests who have no invitation to one that is there.
    pub fn add_members(&self, id: InvitationId, guests: &[GuestId]) -> Result<(), Problem> {
        let guests = guests.to_vec();
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "add members", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            change.invitation(id)?.ok_or_else(invitation_unknown)?;
            let members = change.members(id)?;
            check_party(members.len() + guests.len())?;
            let mut position = members.iter().map(|m| m.position).max().unwrap_or(0);
            for guest in guests {
                position += 1;
                insert_guest_member(change, MemberId(mint.mint(at)), id, guest, position)?;
            }
            Ok::<_, Problem>(())
        })
    }

    /// Changes one member's answer, seat or name.
    pub fn change_member(
        &self,
        invitation: InvitationId,
        id: MemberId,
        wanted: &MemberChange,
    ) -> Result<(), Problem> {
        let wanted = wanted.clone();
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change member", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            let mut member = change
                .member(id)?
                .filter(|member| member.invitation == invitation)
                .ok_or_else(member_unknown)?;
            if let Some(status) = wanted.status {
                check_answer(status)?;
                member.status = status;
                member.responded_at = (status != MemberStatus::Pending).then_some(at);
            }
            if let Some(seat) = &wanted.seat {
                let seat = seat.trim();
                if seat.chars().count() > 200 {
                    return Err(FieldErrors(vec![FieldError::new(
                        "seat",
                        "text_invalid",
                        "give 200 characters at most",
                    )])
                    .into());
                }
                member.seat = (!seat.is_empty()).then(|| seat.to_owned());
            }
            if let Some(guest) = wanted.guest {
                if member.guest.is_some_and(|known| known != guest) {
                    return Err(Problem::new(
                        "guest_invited",
                        "this member has a name already; change the guest instead",
                    ));
                }
                check_free(change, guest)?;
                member.guest = Some(guest);
            }
            Ok::<_, Problem>(change.update_member(&member)?)
        })
    }

    /// Answers for every member of an invitation at once.
    pub fn answer_for_all(&self, id: InvitationId, status: MemberStatus) -> Result<(), Problem> {
        check_answer(status)?;
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change answer", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            change.invitation(id)?.ok_or_else(invitation_unknown)?;
            for mut member in change.members(id)? {
                member.status = status;
                member.responded_at = (status != MemberStatus::Pending).then_some(at);
                change.update_member(&member)?;
            }
            Ok::<_, Problem>(())
        })
    }

    /// Takes all good tickets of an invitation back, and its waiting messages out of the outbox;
    /// says how many tickets.
    pub fn void_invitation(&self, id: InvitationId, reason: &str) -> Result<u32, Problem> {
        let reason = reason.trim().to_owned();
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "void invitation", Some(reason.clone()));
        self.file().command(Lane::Edit, meta, move |change| {
            change.invitation(id)?.ok_or_else(invitation_unknown)?;
            change.withdraw_deliveries(id)?;
            Ok(change.void_tickets_of_invitation(id, at, &reason)?)
        })
    }

    /// Puts the tickets of each of these invitations into the outbox. One whose tickets wait there
    /// is left alone, and unless `again` one that they were sent to.
    pub fn queue_invitations(
        &self,
        of: &[InvitationId],
        batch: Option<BatchId>,
        again: bool,
    ) -> Result<Queued, Problem> {
        let of = of.to_vec();
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "queue messages", None);
        self.file().command(Lane::Bulk, meta, move |change| {
            let mut done = Queued {
                queued: 0,
                already: 0,
                unreachable: 0,
            };
            for id in of {
                let has_it = change.deliveries(id)?.iter().any(|one| {
                    one.kind == MessageKind::Ticket
                        && !ASIDE.contains(&one.code.as_str())
                        && (!again || one.status.waits())
                });
                if has_it {
                    done.already += 1;
                    continue;
                }
                let Some(channel) = channel_of(&change.member_rows(id)?) else {
                    done.unreachable += 1;
                    continue;
                };
                change.insert_delivery(&Delivery {
                    batch,
                    ..Delivery::new(
                        DeliveryId(mint.mint(at)),
                        id,
                        MessageKind::Ticket,
                        channel,
                        at,
                    )
                })?;
                done.queued += 1;
            }
            Ok::<_, Problem>(done)
        })
    }

    /// Invitations of a batch.
    pub fn invitations_of_batch(&self, batch: BatchId) -> Result<Vec<Invitation>, Problem> {
        Ok(self.file().read(|view| view.invitations_of_batch(batch))?)
    }
}

/// How an invitation's message reaches the first member who can be reached.
fn channel_of(members: &[MemberRow]) -> Option<Channel> {
    let by = |channel| {
        members.iter().any(|row| {
            channel_for(
                row.email.as_deref().unwrap_or(""),
                row.phone.as_deref().unwrap_or(""),
            ) == Some(channel)
        })
    };
    [Channel::Email, Channel::Sms]
        .into_iter()
        .find(|channel| by(*channel))
}

pub(crate) fn plain_member(id: MemberId, invitation: InvitationId, position: u16) -> PartyMember {
    PartyMember {
        id,
        invitation,
        guest: None,
        position,
        status: MemberStatus::Pending,
        seat: None,
        responded_at: None,
    }
}

pub(crate) fn insert_guest_member(
    change: &Change<'_>,
    id: MemberId,
    invitation: InvitationId,
    guest: GuestId,
    position: u16,
) -> Result<(), Problem> {
    check_free(change, guest)?;
    let guest = change.guest(guest)?.ok_or_else(guest_unknown)?;
    let seat = &guest.values.seat;
    let member = PartyMember {
        seat: (!seat.is_empty()).then(|| seat.to_string()),
        ..plain_member(id, invitation, position)
    };
    change.insert_member(&NewMember::of(member, &guest))?;
    Ok(())
}

/// Refuses a guest who is not on the list, or whom an invitation covers already.
fn check_free(change: &Change<'_>, guest: GuestId) -> Result<(), Problem> {
    let row = change.guest_row(guest)?.ok_or_else(guest_unknown)?;
    match row.invitation {
        None => Ok(()),
        Some(number) => Err(Problem::new(
            "guest_invited",
            format!("this guest belongs to {number} already; nothing was changed"),
        )),
    }
}

fn check_party(members: usize) -> Result<(), Problem> {
    if (1..=LARGEST_PARTY).contains(&members) {
        return Ok(());
    }
    Err(Problem::new(
        "invitation_full",
        format!("an invitation covers 1 to {LARGEST_PARTY} people; nothing was changed"),
    ))
}

/// Attendance is for gates to say, not for answers.
fn check_answer(status: MemberStatus) -> Result<(), Problem> {
    match status {
        MemberStatus::Pending | MemberStatus::Accepted | MemberStatus::Declined => Ok(()),
        MemberStatus::Attended | MemberStatus::NoShow => Err(FieldErrors(vec![FieldError::new(
            "status",
            "answer_unknown",
            "answer pending, accepted or declined; attendance comes from the gates",
        )])
        .into()),
    }
}

pub(crate) fn invitation_unknown() -> Problem {
    Problem::new("invitation_unknown", "this event has no such invitation")
}

fn member_unknown() -> Problem {
    Problem::new("member_unknown", "this invitation has no such member")
}
