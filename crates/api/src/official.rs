//! Official invitations: a recipient, a ticket type, so many codes, issued at once and free.

use gatehouse_domain::event::{EventStatus, name_key};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::guest::{Guest, GuestChange};
use gatehouse_domain::id::{GuestId, InvitationId, MemberId};
use gatehouse_domain::import::GuestValues;
use gatehouse_domain::invitation::{Invitation, PartyKind, invitation_code};
use gatehouse_domain::ticket::TicketSource;
use gatehouse_domain::ticket_type::TypeScope;
use gatehouse_store::Lane;
use gatehouse_store::event::NewMember;

use crate::home::EventHome;
use crate::invitations::Numbers;
use crate::issue::Issuing;
use crate::parties::{Party, plain_member, read_party};
use crate::problem::Problem;
use crate::surroundings::Quiet;

/// The most codes of one official invitation.
pub const MOST_CODES: u32 = 100;

/// What an official invitation is made of.
#[derive(Debug, Clone, Default)]
pub struct OfficialDraft {
    /// Who is invited.
    pub name: String,
    /// Their number, with the country's code.
    pub phone: String,
    /// Their e-mail address; without one the message goes by SMS.
    pub email: String,
    /// Name of the ticket type.
    pub ticket_type: String,
    /// How many codes, 1 to 100.
    pub quantity: u32,
    /// What it says besides the usual.
    pub message: String,
}

impl EventHome {
    /// Makes an official invitation with its tickets and puts its message into the outbox.
    pub fn invite_officially(&self, draft: &OfficialDraft) -> Result<Party, Problem> {
        let values = self.check_official(draft)?;
        let source = TicketSource::OfficialInvitation;
        let party = self.invite_with_tickets(values, source, draft.quantity, &draft.message)?;
        self.queue_invitations(&[party.invitation.id], None, false)?;
        self.party(party.invitation.id)
    }

    /// Makes a guest with an invitation and `quantity` tickets of the type that their values name.
    ///
    /// It stands whole once its tickets are issued; one whose tickets could not be issued, because
    /// the type is full, is taken back.
    pub fn invite_with_tickets(
        &self,
        values: GuestValues,
        source: TicketSource,
        quantity: u32,
        message: &str,
    ) -> Result<Party, Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let mut entropy = self.entropy();
        let meta = self.edit_meta(&mut mint, "invite with tickets", None);
        let edit = meta.id;
        let created_by = meta.actor.clone();
        let numbering = self.event().settings.numbering;
        let message = message.trim().to_owned();
        let (id, members) = self.file().edit(Lane::Edit, meta, move |change| {
            let kind = change
                .ticket_types()?
                .into_iter()
                .find(|kind| kind.name.as_str() == &*values.ticket_type)
                .map(|kind| kind.id);
            let guest = Guest {
                id: GuestId(mint.mint(at)),
                values,
                line: None,
            };
            change.insert_guest(&guest, kind, None, at)?;
            let invitation = Invitation {
                id: InvitationId(mint.mint(at)),
                number: Numbers::of(change, numbering)?.next(change, entropy.as_mut())?,
                code: invitation_code(entropy.as_mut()),
                kind: PartyKind::Single,
                label: guest.values.name.to_string(),
                batch: None,
                source,
                message,
                created_by,
                created_at: at,
            };
            change.insert_invitation(&invitation)?;
            let mut members = Vec::new();
            for index in 0..quantity {
                let id = MemberId(mint.mint(at));
                let member = plain_member(id, invitation.id, index as u16 + 1);
                change.insert_member(&if index == 0 {
                    NewMember::of(member, &guest)
                } else {
                    NewMember {
                        member,
                        host: Some(guest.id),
                    }
                })?;
                members.push(id);
            }
            Ok::<_, Problem>((invitation.id, members))
        })?;
        let issuing = Issuing {
            source,
            session: None,
        };
        if let Err(problem) = self.issue_to(&members, issuing, &Quiet) {
            self.undo(Some(edit))?;
            return Err(problem);
        }
        self.party(id)
    }

    fn check_official(&self, draft: &OfficialDraft) -> Result<GuestValues, Problem> {
        let (event, sessions, types) = self.file().read(|view| {
            Ok::<_, Problem>((view.event()?, view.sessions()?, view.ticket_types()?))
        })?;
        let mut errors = Vec::new();
        let over = sessions
            .iter()
            .all(|s| !s.takes_place() || s.ends_at <= self.now());
        if over
            || matches!(
                event.status,
                EventStatus::Cancelled | EventStatus::Completed
            )
        {
            errors.push(FieldError::new(
                "event_id",
                "event_over",
                "choose an event that is still to come",
            ));
        }
        if !(1..=MOST_CODES).contains(&draft.quantity) {
            errors.push(FieldError::new(
                "quantity",
                "quantity_out_of_range",
                format!("give 1 to {MOST_CODES} codes"),
            ));
        }
        if draft.message.chars().count() > 2_000 {
            errors.push(FieldError::new(
                "custom_message",
                "text_too_long",
                "give 2,000 characters at most",
            ));
        }
        if !draft.phone.trim().starts_with('+') {
            errors.push(FieldError::new(
                "guest_phone",
                "phone_country_missing",
                "give the number with its country, such as +44 7700 900123",
            ));
        }
        let names: Vec<String> = types
            .into_iter()
            .filter(|kind| kind.scope == TypeScope::Event)
            .map(|kind| kind.name)
            .collect();
        if name_key(&draft.ticket_type).is_empty() {
            errors.push(FieldError::new(
                "pass_type",
                "ticket_type_missing",
                "choose a ticket type",
            ));
        }
        let given = GuestChange {
            name: Some(draft.name.clone()),
            phone: Some(draft.phone.clone()),
            email: Some(draft.email.clone()),
            ticket_type: Some(draft.ticket_type.clone()),
            ..GuestChange::default()
        };
        let values =
            given
                .apply(&GuestValues::default(), &names)
                .unwrap_or_else(|FieldErrors(found)| {
                    errors.extend(found.into_iter().map(|error| FieldError {
                        field: match error.field.as_str() {
                            "name" => "guest_name".to_owned(),
                            "phone" => "guest_phone".to_owned(),
                            "email" => "guest_email".to_owned(),
                            "ticket_type" => "pass_type".to_owned(),
                            other => other.to_owned(),
                        },
                        ..error
                    }));
                    GuestValues::default()
                });
        errors.dedup_by(|a, b| a.field == b.field);
        FieldErrors::check(errors)?;
        Ok(values)
    }

    /// The event's official invitations, newest first.
    pub fn official_invitations(&self) -> Result<Vec<Party>, Problem> {
        self.file().read(|view| {
            view.official_invitations()?
                .iter()
                .map(|invitation| read_party(view, invitation.id))
                .collect()
        })
    }
}
