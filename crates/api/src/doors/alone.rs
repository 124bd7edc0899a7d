//! A gate away from its office: what its window shows besides, and what it reads in its own file.

use gatehouse_domain::id::TicketId;
use gatehouse_store::event::GuestQuery;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Gate, RosterSource};
use crate::problem::Problem;
use crate::workspace::EventSummary;

/// How a gate away from its office stands with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct OfficeLine {
    /// Since when the office does not answer, UTC ms; none while it does.
    pub away_since: Option<i64>,
    /// When it was heard of last, UTC ms.
    pub heard_at: Option<i64>,
    /// When the list that holds here was taken in, UTC ms.
    pub roster_at: Option<i64>,
    /// Until when it may let in without hearing from its office, UTC ms; none where it may for as
    /// long as it likes.
    pub alone_until: Option<i64>,
}

impl Gate {
    /// Scans of this gate that its office does not have yet; none at the office itself.
    pub fn waiting(&self) -> Result<u32, Problem> {
        let RosterSource::Carried(file) = &self.source else {
            return Ok(0);
        };
        let waiting = file.read(|view| {
            let sent = view.sent()?;
            let end = view.chain_end(self.device, self.incarnation())?;
            Ok::<_, Problem>(end.map_or(0, |end| end.sequence.saturating_sub(sent)))
        })?;
        Ok(u32::try_from(waiting).unwrap_or(u32::MAX))
    }

    /// When the list that holds at this gate was taken in, UTC ms; none at the office itself.
    pub fn roster_at(&self) -> Result<Option<i64>, Problem> {
        match &self.source {
            RosterSource::Home(_) => Ok(None),
            RosterSource::Carried(file) => Ok(file.read(|view| view.carried_at())?),
        }
    }

    /// The name of a ticket's type; none of a ticket that the list here does not name.
    pub fn type_of(&self, ticket: TicketId) -> Result<Option<String>, Problem> {
        let roster = self.renew_roster()?;
        let found = self.file.read(|view| view.door_ticket(ticket))?;
        let kind = found.and_then(|ticket| roster.types.get(&ticket.ticket_type));
        Ok(kind.map(|kind| kind.name.clone()))
    }

    /// Tickets of people whom `text` names, `limit` at most.
    pub(super) fn holders(&self, text: String, limit: u32) -> Result<Vec<TicketId>, Problem> {
        if let RosterSource::Carried(file) = &self.source {
            return Ok(file.read(|view| view.carried_holding(&text, limit))?);
        }
        let guests = self.file.guest_rows(&GuestQuery {
            text,
            limit,
            ..GuestQuery::default()
        })?;
        let tickets = guests.rows.iter().filter_map(|row| row.ticket_id);
        Ok(tickets.collect())
    }

    /// The event that it admits to, as a list of events shows it.
    pub(crate) fn event_summary(&self) -> Result<EventSummary, Problem> {
        let roster = self.renew_roster()?;
        let sessions = &roster.sessions;
        let event = &roster.event;
        let starts_at = sessions.iter().map(|session| session.starts_at).min();
        let ends_at = sessions.iter().map(|session| session.ends_at).max();
        Ok(EventSummary {
            id: event.id,
            time_zone: event.time_zone.name().to_owned(),
            title: event.title.clone(),
            kind: event.kind,
            status: event.status,
            starts_at: starts_at.unwrap_or(event.created_at),
            ends_at: ends_at.unwrap_or(event.created_at),
            handed_over_at: None,
        })
    }
}
