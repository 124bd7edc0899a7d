//! Sessions, and what happens inside them.

use gatehouse_domain::id::{AgendaItemId, SessionId};
use gatehouse_domain::session::{AgendaItem, Session};
use rusqlite::{OptionalExtension, Row, params};

use super::events::local_text;
use super::{Change, View};
use crate::error::StoreError;
use crate::row;

const SESSION: &str = "SELECT id, title, doors_at, starts_at, ends_at, place, note, capacity,
                              online_capacity, status, original, customized, revision
                       FROM sessions";

fn session(r: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        id: row::id(r, 0)?,
        title: r.get(1)?,
        doors_at: r.get(2)?,
        starts_at: r.get(3)?,
        ends_at: r.get(4)?,
        place: row::optional_json(r, 5)?,
        note: r.get(6)?,
        capacity: r.get(7)?,
        online_capacity: r.get(8)?,
        status: row::word(r, 9)?,
        original: row::optional_word(r, 10)?,
        customized: r.get(11)?,
        revision: r.get(12)?,
    })
}

impl View<'_> {
    /// Its sessions, by start.
    pub fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached(&format!("{SESSION} ORDER BY starts_at, id"))?;
        let rows = statement.query_map([], session)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One session.
    pub fn session(&self, id: SessionId) -> Result<Option<Session>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!("{SESSION} WHERE id = ?1"))?
            .query_row([id.as_bytes()], session)
            .optional()?)
    }

    /// What happens inside the sessions, by session and start.
    pub fn agenda(&self) -> Result<Vec<AgendaItem>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, session, title, description, starts_at, ends_at, speakers
             FROM agenda_items ORDER BY session, starts_at, id",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(AgendaItem {
                id: row::id(r, 0)?,
                session: row::id(r, 1)?,
                title: r.get(2)?,
                description: r.get(3)?,
                starts_at: r.get(4)?,
                ends_at: r.get(5)?,
                speakers: row::json(r, 6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Adds a session.
    pub fn insert_session(&self, session: &Session) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO sessions (id, title, doors_at, starts_at, ends_at, place, note,
                                       capacity, online_capacity, status, original, customized,
                                       revision)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                session.id.as_bytes(),
                session.title,
                session.doors_at,
                session.starts_at,
                session.ends_at,
                row::to_optional_json(session.place.as_ref())?,
                session.note,
                session.capacity,
                session.online_capacity,
                session.status.word(),
                session.original.map(local_text),
                session.customized,
                session.revision,
            ])?;
        Ok(())
    }

    /// Writes a session's fields anew.
    pub fn update_session(&self, session: &Session) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE sessions SET title = ?2, doors_at = ?3, starts_at = ?4, ends_at = ?5,
                        place = ?6, note = ?7, capacity = ?8, online_capacity = ?9, status = ?10,
                        original = ?11, customized = ?12, revision = ?13
                 WHERE id = ?1",
            )?
            .execute(params![
                session.id.as_bytes(),
                session.title,
                session.doors_at,
                session.starts_at,
                session.ends_at,
                row::to_optional_json(session.place.as_ref())?,
                session.note,
                session.capacity,
                session.online_capacity,
                session.status.word(),
                session.original.map(local_text),
                session.customized,
                session.revision,
            ])?;
        Ok(())
    }

    /// Removes a session with its agenda and its own ticket types; an error where a ticket, a
    /// notice or a gate refers to it.
    pub fn delete_session(&self, id: SessionId) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM agenda_items WHERE session = ?1",
            "DELETE FROM ticket_type_sessions WHERE session = ?1",
            "DELETE FROM ticket_type_zones WHERE ticket_type IN
               (SELECT id FROM ticket_types WHERE session = ?1)",
            "DELETE FROM ticket_types WHERE session = ?1",
            "DELETE FROM sessions WHERE id = ?1",
        ] {
            self.conn.prepare_cached(sql)?.execute([id.as_bytes()])?;
        }
        Ok(())
    }

    /// Adds an agenda item.
    pub fn insert_agenda_item(&self, item: &AgendaItem) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO agenda_items (id, session, title, description, starts_at, ends_at,
                                           speakers)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                item.id.as_bytes(),
                item.session.as_bytes(),
                item.title,
                item.description,
                item.starts_at,
                item.ends_at,
                row::to_json(&item.speakers)?,
            ])?;
        Ok(())
    }

    /// Removes an agenda item.
    pub fn delete_agenda_item(&self, id: AgendaItemId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM agenda_items WHERE id = ?1")?
            .execute([id.as_bytes()])?;
        Ok(())
    }
}
