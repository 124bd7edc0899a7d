//! Pictures of the event.

use gatehouse_domain::id::PhotoId;
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// A picture without its bytes; the first is the cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoRow {
    /// The picture's id.
    pub id: PhotoId,
    /// What it shows, for those who do not see it.
    pub caption: String,
    /// Its media type, such as `image/jpeg`.
    pub media_type: String,
    /// How many bytes it has.
    pub bytes: u64,
}

impl View<'_> {
    /// The pictures, in their order; the first is the cover.
    pub fn photos(&self) -> Result<Vec<PhotoRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, caption, media_type, length(picture) FROM photos ORDER BY position",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(PhotoRow {
                id: row::id(r, 0)?,
                caption: r.get(1)?,
                media_type: r.get(2)?,
                bytes: r.get::<_, i64>(3)?.unsigned_abs(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A picture's media type and bytes.
    pub fn photo(&self, id: PhotoId) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT media_type, picture FROM photos WHERE id = ?1")?
            .query_row([id.as_bytes()], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?)
    }
}

impl Change<'_> {
    /// Adds a picture after the others.
    pub fn insert_photo(
        &self,
        id: PhotoId,
        caption: &str,
        media_type: &str,
        picture: &[u8],
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO photos (id, position, caption, media_type, picture, created_at)
             VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM photos), ?2, ?3, ?4, ?5)",
            params![id.as_bytes(), caption, media_type, picture, at],
        )?;
        Ok(())
    }

    /// Removes a picture; says whether there was one.
    pub fn delete_photo(&self, id: PhotoId) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .execute("DELETE FROM photos WHERE id = ?1", [id.as_bytes()])?
            > 0)
    }
}
