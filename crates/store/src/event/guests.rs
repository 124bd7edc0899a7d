//! Guests on the list.

use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{GuestId, ImportId};
use rusqlite::{OptionalExtension, Row, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

const COLUMNS: &str = "id, name, email, phone, company, title, notes, group_name, ticket_type, \
                       seat, party_size, external_id, custom, line";

fn guest(r: &Row<'_>) -> rusqlite::Result<Guest> {
    Ok(Guest {
        id: row::id(r, 0)?,
        name: r.get(1)?,
        email: r.get(2)?,
        phone: r.get(3)?,
        company: r.get(4)?,
        title: r.get(5)?,
        notes: r.get(6)?,
        group: r.get(7)?,
        ticket_type: row::optional_id(r, 8)?,
        seat: r.get(9)?,
        party_size: r.get(10)?,
        external_id: r.get(11)?,
        custom: match r.get_ref(12)? {
            rusqlite::types::ValueRef::Null => Vec::new(),
            _ => row::json(r, 12)?,
        },
        line: r.get(13)?,
    })
}

fn custom_json(guest: &Guest) -> Result<Option<String>, StoreError> {
    if guest.custom.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&guest.custom)
        .map(Some)
        .map_err(|e| StoreError::Value(e.to_string()))
}

impl View<'_> {
    /// All guests, in the order in which they came.
    pub fn guests(&self) -> Result<Vec<Guest>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM guests ORDER BY id"))?;
        let rows = statement.query_map([], guest)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One guest.
    pub fn guest(&self, id: GuestId) -> Result<Option<Guest>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("SELECT {COLUMNS} FROM guests WHERE id = ?1"))?
            .query_row([id.as_bytes()], guest)
            .optional()?)
    }

    /// Guests who belong to no invitation, in the order in which they came.
    pub fn guests_without_invitation(&self) -> Result<Vec<Guest>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM guests
             WHERE NOT EXISTS (SELECT 1 FROM party_members WHERE guest = guests.id) ORDER BY id"
        ))?;
        let rows = statement.query_map([], guest)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many guests there are.
    pub fn count_guests(&self) -> Result<u64, StoreError> {
        Ok(self
            .conn
            .query_row("SELECT count(*) FROM guests", [], |r| r.get::<_, i64>(0))?
            .unsigned_abs())
    }
}

impl Change<'_> {
    /// Adds a guest at `at` (UTC ms), from an import where one is given.
    pub fn insert_guest(
        &self,
        guest: &Guest,
        import: Option<ImportId>,
        at: i64,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO guests (id, name, email, phone, company, title, notes, group_name,
                                     ticket_type, seat, party_size, external_id, custom, line,
                                     import, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16)",
            )?
            .execute(params![
                guest.id.as_bytes(),
                guest.name,
                guest.email,
                guest.phone,
                guest.company,
                guest.title,
                guest.notes,
                guest.group,
                guest.ticket_type.as_ref().map(|id| id.as_bytes()),
                guest.seat,
                guest.party_size,
                guest.external_id,
                custom_json(guest)?,
                guest.line,
                import.as_ref().map(|id| id.as_bytes()),
                at,
            ])?;
        Ok(())
    }

    /// Writes a guest's fields anew at `at` (UTC ms).
    pub fn update_guest(&self, guest: &Guest, at: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE guests SET name = ?2, email = ?3, phone = ?4, company = ?5, title = ?6,
                        notes = ?7, group_name = ?8, ticket_type = ?9, seat = ?10,
                        party_size = ?11, external_id = ?12, custom = ?13, line = ?14,
                        updated_at = ?15
                 WHERE id = ?1",
            )?
            .execute(params![
                guest.id.as_bytes(),
                guest.name,
                guest.email,
                guest.phone,
                guest.company,
                guest.title,
                guest.notes,
                guest.group,
                guest.ticket_type.as_ref().map(|id| id.as_bytes()),
                guest.seat,
                guest.party_size,
                guest.external_id,
                custom_json(guest)?,
                guest.line,
                at,
            ])?;
        Ok(())
    }

    /// Takes a guest off the list; one who has an invitation stays, as a constraint error.
    pub fn delete_guest(&self, id: GuestId) -> Result<(), StoreError> {
        self.conn
            .execute("DELETE FROM guests WHERE id = ?1", [id.as_bytes()])?;
        Ok(())
    }
}
