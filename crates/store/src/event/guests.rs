//! Guests on the list.

use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{GuestId, ImportId, TicketTypeId};
use gatehouse_domain::import::GuestValues;
use rusqlite::{OptionalExtension, Row, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

const GUEST: &str = "SELECT g.id, g.name, g.email, g.phone, g.company, g.title, g.notes, \
                     g.group_name, y.name, g.seat, g.language, g.external_id, g.party_size, \
                     g.custom, g.line \
                     FROM guests g LEFT JOIN ticket_types y ON y.id = g.ticket_type";

fn guest(r: &Row<'_>) -> rusqlite::Result<Guest> {
    let text = |column| {
        Ok::<Box<str>, rusqlite::Error>(r.get_ref(column)?.as_str_or_null()?.unwrap_or("").into())
    };
    Ok(Guest {
        id: row::id(r, 0)?,
        values: GuestValues {
            name: text(1)?,
            email: text(2)?,
            phone: text(3)?,
            company: text(4)?,
            title: text(5)?,
            notes: text(6)?,
            group: text(7)?,
            ticket_type: text(8)?,
            seat: text(9)?,
            language: text(10)?,
            external_id: text(11)?,
            party_size: r.get(12)?,
            custom: match r.get_ref(13)? {
                rusqlite::types::ValueRef::Null => Vec::new(),
                _ => row::json(r, 13)?,
            },
        },
        line: r.get(14)?,
    })
}

fn custom_json(values: &GuestValues) -> Result<Option<String>, StoreError> {
    if values.custom.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(&values.custom)
        .map(Some)
        .map_err(|e| StoreError::Value(e.to_string()))
}

/// A blank text is stored as NULL, so that an index over it holds only what is known.
fn known(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl View<'_> {
    /// All guests, in the order in which they came.
    pub fn guests(&self) -> Result<Vec<Guest>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{GUEST} ORDER BY g.id"))?;
        let rows = statement.query_map([], guest)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One guest.
    pub fn guest(&self, id: GuestId) -> Result<Option<Guest>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{GUEST} WHERE g.id = ?1"))?
            .query_row([id.as_bytes()], guest)
            .optional()?)
    }

    /// Guests who belong to no invitation, in the order in which they came.
    pub fn guests_without_invitation(&self) -> Result<Vec<Guest>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{GUEST} WHERE NOT EXISTS (SELECT 1 FROM party_members WHERE guest = g.id) ORDER BY g.id"
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
    /// Adds a guest at `at` (UTC ms), from an import where one is given. The ticket type is the
    /// one given; its name among the values is not looked up.
    pub fn insert_guest(
        &self,
        guest: &Guest,
        ticket_type: Option<TicketTypeId>,
        import: Option<ImportId>,
        at: i64,
    ) -> Result<(), StoreError> {
        let values = &guest.values;
        self.conn
            .prepare_cached(
                "INSERT INTO guests (id, name, email, phone, company, title, notes, group_name,
                                     ticket_type, seat, language, external_id, party_size,
                                     custom, line, import, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                         ?17, ?17)",
            )?
            .execute(params![
                guest.id.as_bytes(),
                values.name,
                known(&values.email),
                known(&values.phone),
                known(&values.company),
                known(&values.title),
                known(&values.notes),
                known(&values.group),
                ticket_type.as_ref().map(|id| id.as_bytes()),
                known(&values.seat),
                known(&values.language),
                known(&values.external_id),
                values.party_size,
                custom_json(values)?,
                guest.line,
                import.as_ref().map(|id| id.as_bytes()),
                at,
            ])?;
        Ok(())
    }

    /// Writes a guest's fields anew at `at` (UTC ms).
    pub fn update_guest(
        &self,
        guest: &Guest,
        ticket_type: Option<TicketTypeId>,
        at: i64,
    ) -> Result<(), StoreError> {
        let values = &guest.values;
        self.conn
            .prepare_cached(
                "UPDATE guests SET name = ?2, email = ?3, phone = ?4, company = ?5, title = ?6,
                        notes = ?7, group_name = ?8, ticket_type = ?9, seat = ?10, language = ?11,
                        external_id = ?12, party_size = ?13, custom = ?14, line = ?15,
                        updated_at = ?16
                 WHERE id = ?1",
            )?
            .execute(params![
                guest.id.as_bytes(),
                values.name,
                known(&values.email),
                known(&values.phone),
                known(&values.company),
                known(&values.title),
                known(&values.notes),
                known(&values.group),
                ticket_type.as_ref().map(|id| id.as_bytes()),
                known(&values.seat),
                known(&values.language),
                known(&values.external_id),
                values.party_size,
                custom_json(values)?,
                guest.line,
                at,
            ])?;
        Ok(())
    }

    /// Takes a guest off the list unless an invitation covers them; says whether it did.
    pub fn delete_guest_unless_invited(&self, id: GuestId) -> Result<bool, StoreError> {
        let deleted = self
            .conn
            .prepare_cached(
                "DELETE FROM guests WHERE id = ?1
                 AND NOT EXISTS (SELECT 1 FROM party_members WHERE guest = ?1 OR host = ?1)",
            )?
            .execute([id.as_bytes()])?;
        Ok(deleted > 0)
    }
}
