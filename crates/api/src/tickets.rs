//! What is done to single tickets: held back and released, voided, regenerated.

use std::collections::HashSet;

use gatehouse_credential::token::Token;
use gatehouse_domain::event::CodeForm;
use gatehouse_domain::id::{InvitationId, TicketId};
use gatehouse_domain::ticket::{Ticket, TicketHold, TicketStatus};
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_store::Lane;

use crate::home::EventHome;
use crate::issue::Issuing;
use crate::problem::Problem;
use crate::surroundings::Quiet;

impl EventHome {
    /// Finds a ticket by its id, its number (`#12` or `12`), or its code in either form.
    pub fn find_ticket(&self, text: &str) -> Result<Ticket, Problem> {
        let text = text.trim();
        let number = text.strip_prefix('#').unwrap_or(text).parse::<u32>();
        let found = self.file().read(|view| {
            if let Ok(number) = number {
                return Ok(view.ticket_by_number(number)?);
            }
            let id = text.parse::<TicketId>().ok().or_else(|| {
                Token::parse(text)
                    .ok()?
                    .unverified_claims()
                    .map(|claims| claims.ticket)
            });
            match id {
                Some(id) => view.ticket(id).map_err(Problem::from),
                None => Ok(None),
            }
        })?;
        found.ok_or_else(|| {
            Problem::new(
                "ticket_unknown",
                "no ticket of this event has that number, id or code; nothing was changed",
            )
        })
    }

    /// The ticket that was issued last.
    pub fn last_ticket(&self) -> Result<Ticket, Problem> {
        ticket(self.file().read(|view| view.last_ticket())?)
    }

    /// How many tickets are good, and so go onto paper.
    pub fn tickets_good(&self) -> Result<usize, Problem> {
        Ok(self.file().read(|view| view.count_tickets_to_print())? as usize)
    }

    /// The tickets whose holder has come in.
    pub fn checked_in(&self) -> Result<HashSet<TicketId>, Problem> {
        Ok(self.file().read(|view| view.tickets_checked_in())?)
    }

    /// A ticket's code as text, in the form that its event prints.
    pub fn code_text(&self, of: &Ticket) -> Result<String, Problem> {
        let packed = self
            .file()
            .read(|view| view.credential(of.id, of.version))?;
        let packed = packed.ok_or_else(|| {
            Problem::new(
                "credential_missing",
                "this ticket has no code; regenerate it",
            )
        })?;
        let token = Token::from_bytes(&packed)
            .map_err(|e| Problem::new("credential_damaged", e.to_string()))?;
        Ok(match self.event().settings.code_form {
            CodeForm::Compact => token.compact(),
            CodeForm::Jwt => token.jwt().to_owned(),
        })
    }

    /// The number of an invitation, such as `INV-0001`.
    pub fn invitation_number(&self, id: InvitationId) -> Result<String, Problem> {
        self.file()
            .read(|view| view.invitation_number(id))?
            .ok_or_else(|| Problem::new("invitation_unknown", "this event has no such invitation"))
    }

    /// Takes a ticket back at once: every gate refuses it from now on.
    pub fn void_ticket(&self, id: TicketId, reason: Option<String>) -> Result<(), Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "void ticket", reason.clone());
        self.file().command(Lane::Edit, meta, move |change| {
            ticket(change.ticket(id)?)?.check_void()?;
            change.void_ticket(id, at, reason.as_deref())?;
            Ok(())
        })
    }

    /// Holds a ticket back for now: every gate refuses it, and says why, until it is released.
    pub fn hold_ticket(
        &self,
        id: TicketId,
        hold: TicketHold,
        reason: Option<String>,
    ) -> Result<(), Problem> {
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "hold ticket", reason);
        self.file().command(Lane::Edit, meta, move |change| {
            ticket(change.ticket(id)?)?.check_hold()?;
            change.set_ticket_status(id, hold.into())?;
            Ok(())
        })
    }

    /// Makes a ticket good again that was held back.
    pub fn release_ticket(&self, id: TicketId) -> Result<(), Problem> {
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "release ticket", None);
        self.file().command(Lane::Edit, meta, move |change| {
            ticket(change.ticket(id)?)?.check_release()?;
            change.set_ticket_status(id, TicketStatus::Active)?;
            Ok(())
        })
    }

    /// Issues a new ticket to the holder of one that was taken back; says which.
    pub fn issue_again(&self, id: TicketId) -> Result<TicketId, Problem> {
        let (found, session) = self.file().read(|view| {
            let found = ticket(view.ticket(id)?)?;
            let types = view.ticket_types()?;
            let kind = types.iter().find(|kind| kind.id == found.ticket_type);
            Ok::<_, Problem>((found, kind.and_then(TicketType::bound_session)))
        })?;
        let nothing = || {
            Problem::new(
                "ticket_not_void",
                "this ticket was not taken back, or its holder has another already; nothing was \
                 issued",
            )
        };
        if found.status != TicketStatus::Voided {
            return Err(nothing());
        }
        let issuing = Issuing {
            source: found.source,
            session,
        };
        let report = self.issue_to(&[found.member], issuing, &Quiet)?;
        let party = self.party(found.invitation)?;
        let after = party
            .members
            .iter()
            .find(|row| row.member.id == found.member)
            .and_then(|row| row.ticket);
        match after {
            Some(after) if report.issued == 1 => Ok(after.id),
            _ => Err(nothing()),
        }
    }

    /// Gives an unused ticket a new code; the old one dies everywhere.
    pub fn regenerate_ticket(&self, id: TicketId, reason: Option<String>) -> Result<(), Problem> {
        let at = self.now();
        let key = self.active_key()?;
        let claims = self.file().read(|view| {
            let found = ticket(view.ticket(id)?)?;
            found.check_regenerate()?;
            let facts = view.ticket_rows(found.number.saturating_sub(1), 1)?;
            let row = facts.into_iter().next();
            Ok::<_, Problem>(self.claims_for(&found, row.as_ref(), found.version + 1, at))
        })?;
        let version = claims.version;
        let token =
            Token::sign(&key, &claims).map_err(|e| Problem::new("sign_failed", e.to_string()))?;
        let (packed, key_id) = (token.to_bytes(), key.id().0);
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "regenerate ticket", reason);
        self.file().command(Lane::Edit, meta, move |change| {
            let found = ticket(change.ticket(id)?)?;
            found.check_regenerate()?;
            if found.version + 1 != version {
                return Err(Problem::new(
                    "ticket_changed",
                    "this ticket was regenerated at the same time elsewhere; look at it again",
                ));
            }
            change.replace_credential(id, version, key_id, &packed, at)?;
            Ok(())
        })
    }
}

fn ticket(found: Option<Ticket>) -> Result<Ticket, Problem> {
    found.ok_or_else(|| Problem::new("ticket_unknown", "this event has no such ticket"))
}
