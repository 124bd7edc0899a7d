//! Undo, and the list of what was done.

use std::collections::HashMap;

use gatehouse_domain::id::{EditId, SessionId};
use gatehouse_store::Lane;
use gatehouse_store::event::EditRow;

use crate::home::EventHome;
use crate::problem::Problem;

impl EventHome {
    /// The newest changes, newest first.
    pub fn edits(&self, limit: u32) -> Result<Vec<EditRow>, Problem> {
        Ok(self.file().read(|view| view.edits(limit))?)
    }

    /// Undoes an edit, or the newest one that can be undone; gives back the edit's line.
    pub fn undo(&self, edit: Option<EditId>) -> Result<EditRow, Problem> {
        let edits = self.edits(u32::MAX)?;
        let chosen = edits.into_iter().find(|row| match edit {
            Some(id) => row.meta.id == id,
            None => row.undoable && row.undoes.is_none(),
        });
        let chosen = chosen.ok_or_else(|| {
            Problem::new(
                "edit_unknown",
                "there is no such edit, or none left to undo",
            )
        })?;
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, &format!("undo: {}", chosen.meta.command), None);
        let before = self.revisions()?;
        self.file().undo(chosen.meta.id, meta)?;
        let after = self.revisions()?;
        // What was sent out before must not count higher than what is sent out from now on.
        let fall = before
            .iter()
            .filter_map(|(id, sequence)| sequence.checked_sub(*after.get(id)?))
            .max()
            .unwrap_or(0);
        if fall > 0 {
            self.file().append(Lane::Edit, move |change| {
                change.raise_calendar_base(fall + 1)
            })?;
        }
        self.project()?;
        Ok(chosen)
    }

    /// How often each session, and the event with it, changed what calendars show.
    fn revisions(&self) -> Result<HashMap<SessionId, u32>, Problem> {
        let (event, sessions) = self
            .file()
            .read(|view| Ok::<_, Problem>((view.event()?, view.sessions()?)))?;
        Ok(sessions
            .iter()
            .map(|session| (session.id, event.revision + session.revision))
            .collect())
    }
}
