//! Somebody stands at the door without a ticket: one is made, and its holder is let in.

use std::sync::Mutex;

use gatehouse_credential::token::Token;
use gatehouse_domain::guest::GuestChange;
use gatehouse_domain::id::{GuestId, InvitationId, MemberId, TicketId};
use gatehouse_domain::invitation::{Invitation, PartyKind, invitation_code};
use gatehouse_domain::scan::Direction;
use gatehouse_domain::ticket::TicketSource;
use gatehouse_store::Lane;
use gatehouse_store::event::IssuedTicket;

use super::{Gate, Presentation, Shown, Shows, locked};
use crate::guests::new_guest;
use crate::home::{EventHome, HolderFacts};
use crate::invitations::Numbers;
use crate::issue::check_standing;
use crate::parties::insert_guest_member;
use crate::problem::Problem;
use crate::tiers::{check_capacity, type_for_run};

/// The same request twice at once makes one guest.
static TURN: Mutex<()> = Mutex::new(());

/// Somebody who stands at the door without a ticket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WalkIn<'a> {
    /// Their name.
    pub(crate) name: &'a str,
    /// Name of the ticket's type.
    pub(crate) ticket_type: &'a str,
    /// Whether staff asked what the event wants to know.
    pub(crate) answered: bool,
}

impl Gate {
    /// Refuses where staff have to ask first and did not: before a ticket is made, or given away.
    pub fn check_asked(&self, answered: bool) -> Result<(), Problem> {
        let roster = self.renew_roster()?;
        if answered || roster.event.settings.door.questions.is_empty() {
            return Ok(());
        }
        Err(Problem::new(
            "questions_open",
            "this event has questions for those who come for the first time; no ticket was made, and \
             nobody was let in. Ask them, then send this again with the answer that they were asked",
        ))
    }
}

impl EventHome {
    /// Makes a ticket for somebody who stands at `gate` without one, and lets them in; the event has
    /// to allow it. The same nonce again is the same guest, and says the same again.
    pub(crate) fn admit_walk_in(
        &self,
        gate: &Gate,
        wanted: &WalkIn<'_>,
        nonce: [u8; 16],
    ) -> Result<Shown, Problem> {
        let _turn = locked(&TURN);
        let name = format!("walk-in {}", uuid::Uuid::from_bytes(nonce));
        let (made, taken) = self.file().read(|view| {
            let made = view.kept(&name)?.and_then(|text| text.parse().ok());
            Ok::<_, Problem>((made, view.scan_by_nonce(nonce)?.is_some()))
        })?;
        let ticket = match made {
            Some(ticket) => ticket,
            None if taken => {
                return Err(Problem::new(
                    "nonce_reused",
                    "this walk-in's name was used for another presentation; no ticket was made. \
                     Send it again under a new name",
                ));
            }
            None => {
                self.check_walk_in(gate, wanted)?;
                self.make_walk_in(wanted, name)?
            }
        };
        gate.present(&Presentation {
            nonce,
            answered: true,
            ..gate.presentation(Shows::Ticket(ticket))
        })
    }

    /// Refuses what can be known before anything is made.
    fn check_walk_in(&self, gate: &Gate, wanted: &WalkIn<'_>) -> Result<(), Problem> {
        let event = self.file().read(|view| view.event())?;
        if !event.settings.door.walk_ins {
            return Err(Problem::new(
                "walk_ins_off",
                "this event makes no tickets at the door; the office can allow it",
            ));
        }
        gate.check_asked(wanted.answered)?;
        let stand = gate.stand();
        if stand.direction == Direction::Entry && self.room(stand.zone, stand.session)? == Some(0) {
            return Err(Problem::new(
                "zone_full",
                "it is full here; no ticket was made, and nobody was let in. Ask the guest to wait \
                 until somebody leaves",
            ));
        }
        Ok(())
    }

    /// Writes the guest, their invitation and the ticket down, all or none; `name` is what the
    /// request is known by from then on.
    fn make_walk_in(&self, wanted: &WalkIn<'_>, name: String) -> Result<TicketId, Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let key = self.active_key()?;
        let id = GuestId(mint.mint(at));
        let given = GuestChange {
            name: Some(wanted.name.to_owned()),
            ticket_type: Some(wanted.ticket_type.to_owned()),
            ..GuestChange::default()
        };
        let (event, sessions, types, (guest, of_list)) = self.file().read(|view| {
            Ok::<_, Problem>((
                view.event()?,
                view.sessions()?,
                view.ticket_types()?,
                new_guest(view, id, &given)?,
            ))
        })?;
        check_standing(&event, &sessions, None)?;
        // A type of a series' session is issued for that session.
        let open = sessions
            .iter()
            .find(|session| session.takes_place() && session.is_open_at(at));
        let ticket_type = type_for_run(of_list, &types, open)?;
        let kind = types.iter().find(|kind| kind.id == ticket_type);
        let invitation = InvitationId(mint.mint(at));
        let member = MemberId(mint.mint(at));
        let ticket = TicketId(mint.mint(at));
        let holder = HolderFacts {
            booking: invitation.0,
            name: &guest.values.name,
            email: None,
            ticket_type: kind.map_or("", |kind| kind.name.as_str()),
            seat: None,
        };
        let token = Token::sign(&key, &self.claims(ticket, 1, at, &holder))
            .map_err(|e| Problem::new("sign_failed", e.to_string()))?;
        let issued = IssuedTicket {
            id: ticket,
            member,
            invitation,
            guest: Some(id),
            ticket_type,
            session: kind.and_then(|kind| kind.bound_session()),
            signing_key: key.id().0,
            packed: token.to_bytes(),
        };
        let label = guest.values.name.to_string();
        let meta = self.edit_meta(&mut mint, "admit walk-in", Some(label.clone()));
        let created_by = meta.actor.clone();
        let mut entropy = self.entropy();
        let numbering = event.settings.numbering;
        self.file().command(Lane::Edit, meta, move |change| {
            change.insert_guest(&guest, of_list, None, at)?;
            change.insert_invitation(&Invitation {
                id: invitation,
                number: Numbers::of(change, numbering)?.next(change, entropy.as_mut())?,
                code: invitation_code(entropy.as_mut()),
                kind: PartyKind::Single,
                label,
                batch: None,
                source: TicketSource::Invitation,
                message: String::new(),
                created_by,
                created_at: at,
            })?;
            insert_guest_member(change, member, invitation, id, 1)?;
            change.insert_issued(&[issued], TicketSource::BoxOffice, at)?;
            check_capacity(change)?;
            change.keep(&name, &ticket.to_string())?;
            Ok::<_, Problem>(ticket)
        })
    }
}
