//! Pictures of guests, and what doors read of them.

use std::collections::HashMap;

use gatehouse_domain::id::{GuestId, TicketId};
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

impl View<'_> {
    /// A guest's picture, JPEG.
    pub fn guest_photo(&self, guest: GuestId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT picture FROM guest_photos WHERE guest = ?1")?
            .query_row([guest.as_bytes()], |r| r.get(0))
            .optional()?)
    }

    /// The picture of a ticket's holder, JPEG.
    pub fn door_photo(&self, ticket: TicketId) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT picture FROM door_photos WHERE ticket = ?1")?
            .query_row([ticket.as_bytes()], |r| r.get(0))
            .optional()?)
    }

    /// Which of a ticket's holder's pictures it is; none where there is none.
    pub fn door_photo_version(&self, ticket: TicketId) -> Result<Option<i64>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT version FROM door_photos WHERE ticket = ?1")?
            .query_row([ticket.as_bytes()], |r| r.get(0))
            .optional()?)
    }

    /// The tickets whose holders have pictures, and which.
    pub fn door_photos(&self) -> Result<HashMap<TicketId, i64>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT ticket, version FROM door_photos")?;
        let rows = statement.query_map([], |r| Ok((row::id(r, 0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Gives a guest a picture, in place of the one before.
    pub fn put_guest_photo(
        &self,
        guest: GuestId,
        version: i64,
        picture: &[u8],
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO guest_photos (guest, version, picture) VALUES (?1, ?2, ?3)
             ON CONFLICT (guest) DO UPDATE
             SET version = max(excluded.version, version + 1), picture = excluded.picture",
            params![guest.as_bytes(), version, picture],
        )?;
        Ok(())
    }

    /// Removes a guest's picture; says whether there was one.
    pub fn delete_guest_photo(&self, guest: GuestId) -> Result<bool, StoreError> {
        Ok(self.conn.execute(
            "DELETE FROM guest_photos WHERE guest = ?1",
            [guest.as_bytes()],
        )? > 0)
    }

    /// Keeps a picture in a gate's own file.
    pub fn carry_photo(
        &self,
        ticket: TicketId,
        version: i64,
        picture: &[u8],
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO door_photos (ticket, version, picture)
                 VALUES (?1, ?2, ?3)",
            )?
            .execute(params![ticket.as_bytes(), version, picture])?;
        Ok(())
    }

    /// Forgets a picture in a gate's own file, bytes and all.
    pub fn drop_photo(&self, ticket: TicketId) -> Result<(), StoreError> {
        self.conn.pragma_update(None, "secure_delete", true)?;
        self.conn
            .prepare_cached("DELETE FROM door_photos WHERE ticket = ?1")?
            .execute([ticket.as_bytes()])?;
        Ok(())
    }
}
