//! One party with what a message tells of it.

use gatehouse_domain::delivery::Channel;
use gatehouse_domain::id::InvitationId;
use gatehouse_domain::invitation::Invitation;
use gatehouse_store::event::{MemberRow, PrintRow};

use super::compose::Composer;
use crate::guest_links::GuestLinks;
use crate::problem::Problem;

/// One party with what a message tells of it.
pub(super) struct PartyFacts {
    pub(super) invitation: Invitation,
    pub(super) members: Vec<MemberRow>,
    pub(super) tickets: Vec<PrintRow>,
    pub(super) links: Option<GuestLinks>,
    /// The language of the message to them.
    pub(super) language: String,
    /// Whether its codes are samples, because it goes to somebody else.
    pub(super) sample: bool,
}

impl PartyFacts {
    /// Whom a message goes to by this channel.
    pub(super) fn addressed(&self, channel: Channel) -> Option<&MemberRow> {
        addressed(&self.members, channel)
    }

    /// The language of whom a message goes to; blank where the list says none.
    pub(super) fn own_language(&self, channel: Channel) -> &str {
        let row = self.addressed(channel);
        row.and_then(|row| row.language.as_deref()).unwrap_or("")
    }
}

/// Whom of a party a message goes to by this channel.
pub(super) fn addressed(members: &[MemberRow], channel: Channel) -> Option<&MemberRow> {
    members.iter().find(|row| {
        let by = match channel {
            Channel::Email => &row.email,
            Channel::Sms | Channel::Whatsapp => &row.phone,
        };
        by.as_deref().is_some_and(|by| !by.is_empty())
    })
}

impl Composer {
    pub(super) fn party(&self, id: InvitationId) -> Result<PartyFacts, Problem> {
        let (invitation, members, tickets) = self.home.file().read(|view| {
            Ok::<_, Problem>((
                view.invitation(id)?,
                view.member_rows(id)?,
                view.tickets_to_print_of(id)?,
            ))
        })?;
        let invitation = invitation.ok_or_else(crate::parties::invitation_unknown)?;
        Ok(PartyFacts {
            links: self.links(id)?,
            language: self.event.language.clone(),
            sample: false,
            invitation,
            members,
            tickets,
        })
    }

    /// The links of a party; none while nobody said under which address guests reach this office.
    fn links(&self, id: InvitationId) -> Result<Option<GuestLinks>, Problem> {
        match self.home.guest_links(id) {
            Ok(links) => Ok(Some(links)),
            Err(problem) if problem.code == "guest_address_missing" => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}
