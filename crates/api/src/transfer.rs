//! A ticket changes hands: its new holder has an invitation and a code of their own, and the old
//! code is dead at every gate.

use gatehouse_credential::token::Token;
use gatehouse_domain::guest::{Guest, GuestChange};
use gatehouse_domain::id::{GuestId, InvitationId, MemberId, TicketId};
use gatehouse_domain::import::GuestValues;
use gatehouse_domain::invitation::{Invitation, MemberStatus, PartyKind, invitation_code};
use gatehouse_domain::ticket::{Ticket, TicketSource};
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_store::Lane;
use gatehouse_store::event::{IssuedTicket, NewMember, View};

use crate::home::{EventHome, HolderFacts};
use crate::invitations::Numbers;
use crate::parties::plain_member;
use crate::problem::Problem;

/// Who takes a ticket over.
#[derive(Debug, Clone, Default)]
pub struct NewHolder {
    /// Their name.
    pub name: String,
    /// Their e-mail address, where it is known.
    pub email: Option<String>,
    /// Their telephone number, where it is known.
    pub phone: Option<String>,
}

impl EventHome {
    /// Gives a ticket to somebody else before what it opens begins; says which ticket they have.
    ///
    /// The seat goes with it. Whoever gave their only ticket away counts as not coming.
    pub fn transfer_ticket(
        &self,
        id: TicketId,
        to: &NewHolder,
        reason: Option<String>,
    ) -> Result<TicketId, Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let mut entropy = self.entropy();
        let key = self.active_key()?;
        let (found, kind, seat) = self.file().read(|view| {
            let (found, kind) = transferable(view, id, at)?;
            let member = view.member(found.member)?.ok_or_else(ticket_unknown)?;
            Ok::<_, Problem>((found, kind, member.seat))
        })?;
        let values = GuestChange {
            name: Some(to.name.clone()),
            email: to.email.clone(),
            phone: to.phone.clone(),
            ticket_type: Some(kind.name.clone()),
            seat: seat.clone(),
            ..GuestChange::default()
        }
        .apply(&GuestValues::default(), std::slice::from_ref(&kind.name))?;
        let invitation = InvitationId(mint.mint(at));
        let ticket = TicketId(mint.mint(at));
        let holder = HolderFacts {
            booking: invitation.0,
            name: &values.name,
            email: (!values.email.is_empty()).then_some(&*values.email),
            ticket_type: &kind.name,
            seat: seat.as_deref(),
        };
        let token = Token::sign(&key, &self.claims(ticket, 1, at, &holder))
            .map_err(|e| Problem::new("sign_failed", e.to_string()))?;
        let guest = Guest {
            id: GuestId(mint.mint(at)),
            values,
            line: None,
        };
        let member = MemberId(mint.mint(at));
        let issued = IssuedTicket {
            id: ticket,
            member,
            invitation,
            guest: Some(guest.id),
            ticket_type: kind.id,
            session: kind.bound_session(),
            signing_key: key.id().0,
            packed: token.to_bytes(),
        };
        let meta = self.edit_meta(&mut mint, "transfer ticket", reason);
        let created_by = meta.actor.clone();
        let numbering = self.event().settings.numbering;
        self.file().command(Lane::Edit, meta, move |change| {
            transferable(change, id, at)?;
            change.insert_guest(&guest, Some(kind.id), None, at)?;
            change.insert_invitation(&Invitation {
                id: invitation,
                number: Numbers::of(change, numbering)?.next(change, entropy.as_mut())?,
                code: invitation_code(entropy.as_mut()),
                kind: PartyKind::Single,
                label: guest.values.name.to_string(),
                batch: None,
                source: TicketSource::Transfer,
                message: String::new(),
                created_by,
                created_at: at,
            })?;
            let mut before = change.member(found.member)?.ok_or_else(ticket_unknown)?;
            let mut after = plain_member(member, invitation, 1);
            after.seat = before.seat.take();
            change.insert_member(&NewMember::of(after, &guest))?;
            change.insert_issued(&[issued], TicketSource::Transfer, at)?;
            change.give_ticket_away(id, ticket)?;
            if !change.member_holds_ticket(before.id)? {
                // Otherwise the next run would issue them another.
                before.status = MemberStatus::Declined;
                before.responded_at = Some(at);
            }
            change.update_member(&before)?;
            Ok::<_, Problem>(())
        })?;
        Ok(ticket)
    }
}

/// The ticket and its type, when it may change hands at `now` (UTC ms).
fn transferable(view: &View<'_>, id: TicketId, now: i64) -> Result<(Ticket, TicketType), Problem> {
    let found = view.ticket(id)?.ok_or_else(ticket_unknown)?;
    let kind = view
        .ticket_types()?
        .into_iter()
        .find(|kind| kind.id == found.ticket_type)
        .ok_or_else(ticket_unknown)?;
    let start = view
        .sessions()?
        .iter()
        .filter(|session| session.takes_place())
        .filter(|session| kind.bound_session().is_none_or(|id| id == session.id))
        .map(|session| session.starts_at)
        .min();
    found.check_transfer(now, start.unwrap_or(i64::MAX))?;
    Ok((found, kind))
}

fn ticket_unknown() -> Problem {
    Problem::new("ticket_unknown", "this event has no such ticket")
}
