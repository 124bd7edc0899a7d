//! Guests on the list.

use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{GuestId, ImportId, TicketTypeId};
use gatehouse_domain::import::GuestValues;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row, Statement};

use super::changeset::Inserts;
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

/// How many columns a guest has, in the table's order.
const COLUMNS: usize = 18;

/// A guest as a row: what inserts bind, what updates bind, and what a changeset tells.
fn guest_row<'a>(
    guest: &'a Guest,
    ticket_type: Option<&'a TicketTypeId>,
    import: Option<&'a ImportId>,
    custom: Option<&'a str>,
    at: i64,
) -> [ValueRef<'a>; COLUMNS] {
    let values = &guest.values;
    let text = |text: &'a str| match text {
        "" => ValueRef::Null,
        known => ValueRef::Text(known.as_bytes()),
    };
    let blob = |id: Option<&'a [u8; 16]>| id.map_or(ValueRef::Null, |id| ValueRef::Blob(id));
    let number = |n: Option<i64>| n.map_or(ValueRef::Null, ValueRef::Integer);
    [
        ValueRef::Blob(guest.id.as_bytes()),
        ValueRef::Text(values.name.as_bytes()),
        text(&values.email),
        text(&values.phone),
        text(&values.company),
        text(&values.title),
        text(&values.notes),
        text(&values.group),
        blob(ticket_type.map(|id| id.as_bytes())),
        text(&values.seat),
        text(&values.language),
        number(values.party_size.map(i64::from)),
        text(&values.external_id),
        custom.map_or(ValueRef::Null, |custom| ValueRef::Text(custom.as_bytes())),
        number(guest.line.map(|line| line as i64)),
        blob(import.map(|id| id.as_bytes())),
        ValueRef::Integer(at),
        ValueRef::Integer(at),
    ]
}

fn run(statement: &mut Statement<'_>, row: &[ValueRef<'_>]) -> Result<(), StoreError> {
    for (index, value) in row.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, ToSqlOutput::Borrowed(*value))?;
    }
    statement.raw_execute()?;
    Ok(())
}

impl Change<'_> {
    /// Adds guests at `at` (UTC ms), each with its ticket type, from an import where one is given.
    /// The names of types among their values are not looked up.
    pub fn insert_guests<'g>(
        &self,
        guests: impl Iterator<Item = (&'g Guest, Option<TicketTypeId>)>,
        import: Option<ImportId>,
        at: i64,
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "INSERT INTO guests VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                                        ?14, ?15, ?16, ?17, ?18)",
        )?;
        let insert = |mut told: Option<&mut Inserts<'_>>| {
            for (guest, ticket_type) in guests {
                let custom = custom_json(&guest.values)?;
                let row = guest_row(
                    guest,
                    ticket_type.as_ref(),
                    import.as_ref(),
                    custom.as_deref(),
                    at,
                );
                run(&mut statement, &row)?;
                if let Some(inserts) = &mut told {
                    inserts.row(&row);
                }
            }
            Ok(())
        };
        match &self.recorder {
            Some(recorder) => {
                recorder.insert_unwatched("guests", COLUMNS, |inserts| insert(Some(inserts)))
            }
            None => insert(None),
        }
    }

    /// Adds a guest; see [`Self::insert_guests`].
    pub fn insert_guest(
        &self,
        guest: &Guest,
        ticket_type: Option<TicketTypeId>,
        import: Option<ImportId>,
        at: i64,
    ) -> Result<(), StoreError> {
        self.insert_guests(std::iter::once((guest, ticket_type)), import, at)
    }

    /// Writes a guest's fields anew at `at` (UTC ms); where they came from stays.
    pub fn update_guest(
        &self,
        guest: &Guest,
        ticket_type: Option<TicketTypeId>,
        at: i64,
    ) -> Result<(), StoreError> {
        let custom = custom_json(&guest.values)?;
        let row = guest_row(guest, ticket_type.as_ref(), None, custom.as_deref(), at);
        let mut statement = self.conn.prepare_cached(
            "UPDATE guests SET name = ?2, email = ?3, phone = ?4, company = ?5, title = ?6,
                    notes = ?7, group_name = ?8, ticket_type = ?9, seat = ?10, language = ?11,
                    party_size = ?12, external_id = ?13, custom = ?14, line = ?15,
                    updated_at = ?18
             WHERE id = ?1",
        )?;
        run(&mut statement, &row)
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
