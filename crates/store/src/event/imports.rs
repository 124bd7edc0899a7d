//! Imports of guest lists: which file, when, and what it did.

use gatehouse_domain::id::ImportId;
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The import's id.
    pub id: ImportId,
    /// When it was written, UTC ms.
    pub at: i64,
    /// The file's name, without its folder.
    pub file_name: String,
    /// SHA-256 of the file.
    pub file_sha256: [u8; 32],
    /// Field names and the columns that they were read from, as JSON.
    pub mapping: String,
    /// Guests added.
    pub added: u32,
    /// Guests changed.
    pub changed: u32,
}

impl View<'_> {
    /// The newest import, whose mapping is remembered for the next.
    pub fn last_import(&self) -> Result<Option<ImportRow>, StoreError> {
        Ok(self
            .conn
            .query_row(
                "SELECT id, at, file_name, file_sha256, mapping, added, changed FROM imports
                 ORDER BY at DESC, id DESC LIMIT 1",
                [],
                |r| {
                    Ok(ImportRow {
                        id: row::id(r, 0)?,
                        at: r.get(1)?,
                        file_name: r.get(2)?,
                        file_sha256: r.get(3)?,
                        mapping: r.get(4)?,
                        added: r.get(5)?,
                        changed: r.get(6)?,
                    })
                },
            )
            .optional()?)
    }
}

impl Change<'_> {
    /// Records an import.
    pub fn insert_import(&self, import: &ImportRow) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO imports (id, at, file_name, file_sha256, mapping, added, changed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                import.id.as_bytes(),
                import.at,
                import.file_name,
                import.file_sha256,
                import.mapping,
                import.added,
                import.changed,
            ],
        )?;
        Ok(())
    }
}
