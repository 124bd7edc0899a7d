//! What the workspace's list says of an event: written anew from the event's own file.

use std::sync::Arc;

use gatehouse_domain::event::{Event, EventStatus};
use gatehouse_domain::session::{Session, SessionStatus};
use gatehouse_store::event::EventFile;
use gatehouse_store::workspace::{EventRow, SessionRow};

use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

impl EventHome {
    /// Writes the event and its sessions into the workspace's list as its file says them now.
    pub(crate) fn project(&self) -> Result<(), Problem> {
        self.workspace().project(self.file())
    }

    /// Writes them when the list has not seen the newest edit, as after a machine went down
    /// between the two.
    pub(crate) fn project_if_stale(&self) -> Result<(), Problem> {
        let newest = self.file().read(|view| view.last_edit())?;
        let seen = self.workspace().file().event(self.id())?;
        if seen.is_some_and(|row| row.as_of == Some(newest)) {
            return Ok(());
        }
        self.project()
    }
}

impl Workspace {
    fn project(&self, file: &EventFile) -> Result<(), Problem> {
        let (event, sessions, as_of, handed_over_at) = file.read(|view| {
            Ok::<_, Problem>((
                view.event()?,
                view.sessions()?,
                view.last_edit()?,
                view.handed_over_at()?,
            ))
        })?;
        let rows: Vec<SessionRow> = sessions.iter().map(|s| row_of(&event, s)).collect();
        let first = sessions.iter().map(|s| s.starts_at).min();
        let last = sessions.iter().map(|s| s.ends_at).max();
        self.file().project_event(
            &EventRow {
                id: event.id,
                title: event.title,
                kind: event.kind,
                status: event.status,
                starts_at: first.unwrap_or(event.created_at),
                ends_at: last.unwrap_or(event.created_at),
                time_zone: event.time_zone.name().to_owned(),
                created_at: event.created_at,
                as_of: Some(as_of),
                handed_over_at,
            },
            &rows,
        )?;
        Ok(())
    }

    /// Writes what the list lacks of events that an older version made.
    pub(crate) fn project_unseen(self: &Arc<Self>) -> Result<(), Problem> {
        for event in self.file().events_unseen()? {
            self.project(&EventFile::open(&self.file().event_path(event))?)?;
        }
        Ok(())
    }
}

fn row_of(event: &Event, session: &Session) -> SessionRow {
    SessionRow {
        id: session.id,
        event: event.id,
        event_title: event.title.clone(),
        title: session.title.clone(),
        doors_at: session.doors_at,
        starts_at: session.starts_at,
        ends_at: session.ends_at,
        place: session.place.as_ref().unwrap_or(&event.place).line(),
        status: if event.status == EventStatus::Cancelled {
            SessionStatus::Cancelled
        } else {
            session.status
        },
    }
}
