//! Undo, and the list of what was done.

use gatehouse_domain::id::EditId;
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
        self.file().undo(chosen.meta.id, meta)?;
        self.project()?;
        Ok(chosen)
    }
}
