//! Calendar files (RFC 5545, RFC 5546): of an event, of one session, of one ticket.
//!
//! Each session is a component of its own with a UID that never changes, and times in UTC, so that
//! every calendar shows the right hour with no zone table of ours. A change raises SEQUENCE; what
//! was called off goes out as METHOD:CANCEL.

use chrono::{DateTime, Utc};
use gatehouse_domain::event::{Event, EventStatus};
use gatehouse_domain::id::{SessionId, TicketId};
use gatehouse_domain::place::{Place, PlaceMode};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::{Ticket, TicketStatus};
use gatehouse_domain::ticket_type::TicketType;
use icalendar::{Calendar, Component, EventLike, EventStatus as Standing, Property};

use crate::home::EventHome;
use crate::problem::Problem;

/// What is told to everyone who reads the file.
struct Sender<'a> {
    event: &'a Event,
    /// What every sequence number counts on top of.
    base: u32,
    now: i64,
}

impl EventHome {
    /// The whole event as a calendar file: every session, with those called off as cancelled.
    pub fn event_calendar(&self) -> Result<String, Problem> {
        let (event, sessions) = self
            .file()
            .read(|view| Ok::<_, Problem>((view.event()?, view.sessions()?)))?;
        let sender = Sender {
            event: &event,
            base: self.file().read(|view| view.calendar_base())?,
            now: self.now(),
        };
        let chosen: Vec<&Session> = sessions.iter().collect();
        Ok(sender.calendar(&chosen, None))
    }

    /// One session as a calendar file.
    pub fn session_calendar(&self, id: SessionId) -> Result<String, Problem> {
        let (event, session) = self
            .file()
            .read(|view| Ok::<_, Problem>((view.event()?, view.session(id)?)))?;
        let session = session
            .ok_or_else(|| Problem::new("session_unknown", "this event has no such session"))?;
        let sender = Sender {
            event: &event,
            base: self.file().read(|view| view.calendar_base())?,
            now: self.now(),
        };
        Ok(sender.calendar(&[&session], None))
    }

    /// What one ticket opens as a calendar file; METHOD:CANCEL once it is void.
    pub fn ticket_calendar(&self, id: TicketId) -> Result<String, Problem> {
        let (event, sessions, types, ticket) = self.file().read(|view| {
            Ok::<_, Problem>((
                view.event()?,
                view.sessions()?,
                view.ticket_types()?,
                view.ticket(id)?,
            ))
        })?;
        let unknown = || Problem::new("ticket_unknown", "this event has no such ticket");
        let ticket = ticket.ok_or_else(unknown)?;
        let kind = types
            .iter()
            .find(|kind| kind.id == ticket.ticket_type)
            .ok_or_else(unknown)?;
        let chosen: Vec<&Session> = sessions.iter().filter(|s| kind.opens(s.id)).collect();
        let sender = Sender {
            event: &event,
            base: self.file().read(|view| view.calendar_base())?,
            now: self.now(),
        };
        Ok(sender.calendar(&chosen, Some((&ticket, kind))))
    }
}

impl Sender<'_> {
    fn calendar(&self, sessions: &[&Session], ticket: Option<(&Ticket, &TicketType)>) -> String {
        let mut calendar = Calendar::empty();
        for (name, value) in [
            ("VERSION", "2.0"),
            ("PRODID", "-//Gatehouse//Gatehouse//EN"),
            ("CALSCALE", "GREGORIAN"),
        ] {
            calendar.append_property(Property::new(name, value));
        }
        calendar.name(&self.event.title);
        let off = |session: &Session| self.is_off(session, ticket);
        let method = if !sessions.is_empty() && sessions.iter().all(|s| off(s)) {
            "CANCEL"
        } else {
            "PUBLISH"
        };
        calendar.append_property(Property::new("METHOD", method));
        for session in sessions {
            calendar.push(self.component(session, off(session), ticket));
        }
        calendar.done().to_string()
    }

    fn is_off(&self, session: &Session, ticket: Option<(&Ticket, &TicketType)>) -> bool {
        self.event.status == EventStatus::Cancelled
            || !session.takes_place()
            || ticket.is_some_and(|(ticket, _)| {
                matches!(
                    ticket.status,
                    TicketStatus::Voided | TicketStatus::Transferred
                )
            })
    }

    fn component(
        &self,
        session: &Session,
        off: bool,
        ticket: Option<(&Ticket, &TicketType)>,
    ) -> icalendar::Event {
        let event = self.event;
        let place = session.place.as_ref().unwrap_or(&event.place);
        let title = match &session.title {
            Some(title) => format!("{}: {title}", event.title),
            None => event.title.clone(),
        };
        let standing = match (off, event.status) {
            (true, _) => Standing::Cancelled,
            (false, EventStatus::Draft) => Standing::Tentative,
            (false, _) => Standing::Confirmed,
        };
        // One more once it is off by the ticket or the event, whose own change raises no session's.
        let sequence = self.base + event.revision + session.revision + u32::from(off);
        let mut component = icalendar::Event::new();
        component
            .uid(&format!("{}@gatehouse", session.id))
            .summary(&title)
            .starts(utc(session.starts_at))
            .ends(utc(session.ends_at))
            .timestamp(utc(self.now))
            .sequence(sequence)
            .status(standing);
        let described = self.description(session, ticket);
        if !described.is_empty() {
            component.description(&described);
        }
        let line = place.public_view(session.starts_at, self.now).line();
        if !line.is_empty() {
            component.location(&line);
        }
        if let Some((latitude, longitude)) = coordinates(place) {
            component.append_property(Property::new("GEO", format!("{latitude};{longitude}")));
        }
        let mut organizer = Property::new("ORGANIZER", format!("urn:uuid:{}", event.workspace));
        if !event.organizer.is_empty() {
            organizer.add_parameter("CN", &quoted(&event.organizer));
        }
        component.append_property(organizer);
        component.done()
    }

    fn description(&self, session: &Session, ticket: Option<(&Ticket, &TicketType)>) -> String {
        let mut lines = Vec::new();
        if !self.event.tagline.is_empty() {
            lines.push(self.event.tagline.clone());
        }
        if !session.note.is_empty() {
            lines.push(session.note.clone());
        }
        if let Some((ticket, kind)) = ticket {
            lines.push(format!("#{} · {}", ticket.number, kind.name));
        }
        lines.join("\n")
    }
}

/// Coordinates of a venue that is open to everyone.
fn coordinates(place: &Place) -> Option<(f64, f64)> {
    let venue = place.venue.as_ref().filter(|venue| !venue.private)?;
    (place.mode != PlaceMode::Online)
        .then_some(())
        .and(venue.latitude.zip(venue.longitude))
}

/// A parameter's value in quotes, which itself may hold none (RFC 5545 §3.2).
fn quoted(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| *c != '"' && !c.is_control())
        .collect();
    format!("\"{kept}\"")
}

fn utc(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}
