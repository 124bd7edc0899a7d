//! Pictures of holders, shown beside the verdict where the event wants that.

use gatehouse_domain::id::TicketId;
use gatehouse_store::event::DoorTicket;

use super::Gate;
use super::roster::Roster;
use crate::guest_photos::photo_unknown;
use crate::problem::Problem;

impl Gate {
    /// The picture of a ticket's holder, JPEG, where the event shows it at its doors: at home from
    /// the event's file, away from what the gate carries.
    ///
    /// # Errors
    /// `photo_unknown`.
    pub fn photo(&self, ticket: TicketId) -> Result<Vec<u8>, Problem> {
        if !self.renew_roster()?.event.settings.door.show_photo {
            return Err(photo_unknown());
        }
        self.file
            .read(|view| view.door_photo(ticket))?
            .ok_or_else(photo_unknown)
    }

    /// Whether there is a picture of a ticket's holder to show.
    pub(super) fn has_photo(
        &self,
        roster: &Roster,
        ticket: Option<&DoorTicket>,
    ) -> Result<bool, Problem> {
        match ticket {
            Some(ticket) if roster.event.settings.door.show_photo => {
                let version = self.file.read(|view| view.door_photo_version(ticket.id))?;
                Ok(version.is_some())
            }
            _ => Ok(false),
        }
    }
}
