//! Meeting links: shown to a valid ticket inside their window only, and each look is kept.

use gatehouse_domain::id::{LookId, SessionId, TicketId};
use gatehouse_domain::place::{LinkWindow, Meeting, link_window};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_domain::ticket_type::AttendanceMode;
use gatehouse_store::Lane;
use gatehouse_store::event::LookRow;

use crate::home::EventHome;
use crate::problem::Problem;

/// What a ticket's holder sees of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MeetingView {
    /// Whose meeting.
    pub session: SessionId,
    /// Whether the link shows now, or from when, or since when no longer.
    pub window: LinkWindow,
    /// The meeting, inside its window only.
    pub meeting: Option<Meeting>,
}

impl EventHome {
    /// Shows a meeting link to the holder of a ticket: only where the ticket is good and for
    /// taking part online, and from 30 minutes before the start until an hour after the end. Every
    /// look is kept, also one that showed nothing.
    ///
    /// The session is the one given, or else the one that the ticket opens now or next.
    pub fn look_at_meeting(
        &self,
        ticket: TicketId,
        session: Option<SessionId>,
    ) -> Result<MeetingView, Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let look = LookId(mint.mint(now));
        self.file().append(Lane::Edit, move |change| {
            let event = change.event()?;
            let found = change.ticket(ticket)?;
            let kind = found.as_ref().and_then(|found| {
                let types = change.ticket_types().ok()?;
                types.into_iter().find(|kind| kind.id == found.ticket_type)
            });
            let (Some(found), Some(kind)) = (found, kind) else {
                return Err(Problem::new(
                    "ticket_unknown",
                    "this event has no such ticket",
                ));
            };
            let sessions = change.sessions()?;
            let opened = || {
                sessions
                    .iter()
                    .filter(|s| s.takes_place() && kind.opens(s.id))
                    .filter(|s| session.is_none_or(|only| only == s.id))
            };
            let good =
                found.status == TicketStatus::Active && kind.attendance == AttendanceMode::Online;
            let Some(chosen) = choose(opened(), now).filter(|_| good) else {
                return Err(Problem::new(
                    "meeting_not_for_this_ticket",
                    "this ticket opens no meeting; ask the organizer",
                ));
            };
            let window = link_window(chosen, now);
            let shown = window == LinkWindow::Now;
            change.insert_link_look(&LookRow {
                id: look,
                at: now,
                ticket,
                session: chosen.id,
                shown,
            })?;
            let place = chosen.place.as_ref().unwrap_or(&event.place);
            Ok(MeetingView {
                session: chosen.id,
                window,
                meeting: place.meeting.clone().filter(|_| shown),
            })
        })
    }

    /// Every look at the event's meeting links, oldest first.
    pub fn link_looks(&self) -> Result<Vec<LookRow>, Problem> {
        Ok(self.file().read(|view| view.link_looks())?)
    }
}

/// The session whose link shows now, or else the next, or else the last.
fn choose<'a>(sessions: impl Iterator<Item = &'a Session>, now: i64) -> Option<&'a Session> {
    sessions.min_by_key(|session| match link_window(session, now) {
        LinkWindow::Now => (0, session.starts_at),
        LinkWindow::From { at } => (1, at),
        LinkWindow::Since { at } => (2, -at),
    })
}
