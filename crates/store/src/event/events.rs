//! The event itself, its sessions, ticket types and zones.

use std::collections::HashMap;

use gatehouse_domain::event::{Event, Session, TicketType, Zone, name_key};
use gatehouse_domain::id::{SessionId, TicketTypeId, ZoneId};
use rusqlite::params;

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

impl View<'_> {
    /// The event.
    pub fn event(&self) -> Result<Event, StoreError> {
        Ok(self.conn.query_row(
            "SELECT id, workspace, title, kind, status, time_zone, currency, language, organizer,
                    place, settings, home_epoch, created_at FROM event",
            [],
            |r| {
                Ok(Event {
                    id: row::id(r, 0)?,
                    workspace: row::id(r, 1)?,
                    title: r.get(2)?,
                    kind: row::word(r, 3)?,
                    status: row::word(r, 4)?,
                    time_zone: row::word(r, 5)?,
                    currency: r.get(6)?,
                    language: r.get(7)?,
                    organizer: r.get(8)?,
                    place: r.get(9)?,
                    settings: row::json(r, 10)?,
                    home_epoch: r.get::<_, i64>(11)? as u64,
                    created_at: r.get(12)?,
                })
            },
        )?)
    }

    /// Its sessions, by start.
    pub fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, title, doors_at, starts_at, ends_at, place, status FROM sessions
             ORDER BY starts_at, id",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(Session {
                id: row::id(r, 0)?,
                title: r.get(1)?,
                doors_at: r.get(2)?,
                starts_at: r.get(3)?,
                ends_at: r.get(4)?,
                place: r.get(5)?,
                status: row::word(r, 6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Its zones, by name.
    pub fn zones(&self) -> Result<Vec<Zone>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT id, name FROM zones ORDER BY name_key")?;
        let rows = statement.query_map([], |r| {
            Ok(Zone {
                id: row::id(r, 0)?,
                name: r.get(1)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Its ticket types, in their order; the first is the default.
    pub fn ticket_types(&self) -> Result<Vec<TicketType>, StoreError> {
        let mut sessions = self.pairs::<SessionId>(
            "SELECT ticket_type, session FROM ticket_type_sessions ORDER BY session",
        )?;
        let mut zones =
            self.pairs::<ZoneId>("SELECT ticket_type, zone FROM ticket_type_zones ORDER BY zone")?;
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, price_minor, capacity, colour, attendance FROM ticket_types
             ORDER BY position",
        )?;
        let rows = statement.query_map([], |r| {
            let id = row::id(r, 0)?;
            Ok(TicketType {
                id,
                name: r.get(1)?,
                price_minor: r.get(2)?,
                capacity: r.get(3)?,
                colour: r.get(4)?,
                attendance: row::word(r, 5)?,
                sessions: sessions.remove(&id).unwrap_or_default(),
                zones: zones.remove(&id).unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn pairs<T: From<uuid::Uuid>>(
        &self,
        sql: &str,
    ) -> Result<HashMap<TicketTypeId, Vec<T>>, StoreError> {
        let mut found: HashMap<TicketTypeId, Vec<T>> = HashMap::new();
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(r) = rows.next()? {
            found
                .entry(row::id(r, 0)?)
                .or_default()
                .push(row::id(r, 1)?);
        }
        Ok(found)
    }
}

impl Change<'_> {
    pub(super) fn insert_event(&self, event: &Event) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO event (id, workspace, title, kind, status, time_zone, currency, language,
                                organizer, place, settings, home_epoch, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                event.id.as_bytes(),
                event.workspace.as_bytes(),
                event.title,
                event.kind.word(),
                event.status.word(),
                event.time_zone.name(),
                event.currency,
                event.language,
                event.organizer,
                event.place,
                settings_json(event)?,
                event.home_epoch as i64,
                event.created_at,
            ],
        )?;
        Ok(())
    }

    /// Writes the event's own fields anew.
    pub fn update_event(&self, event: &Event) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE event SET title = ?2, status = ?3, time_zone = ?4, currency = ?5,
                    language = ?6, organizer = ?7, place = ?8, settings = ?9 WHERE id = ?1",
            params![
                event.id.as_bytes(),
                event.title,
                event.status.word(),
                event.time_zone.name(),
                event.currency,
                event.language,
                event.organizer,
                event.place,
                settings_json(event)?,
            ],
        )?;
        Ok(())
    }

    /// Adds a session.
    pub fn insert_session(&self, session: &Session) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO sessions (id, title, doors_at, starts_at, ends_at, place, status)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                session.id.as_bytes(),
                session.title,
                session.doors_at,
                session.starts_at,
                session.ends_at,
                session.place,
                session.status.word(),
            ],
        )?;
        Ok(())
    }

    /// Adds a zone.
    pub fn insert_zone(&self, zone: &Zone) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO zones (id, name, name_key) VALUES (?1, ?2, ?3)",
            params![zone.id.as_bytes(), zone.name, name_key(&zone.name)],
        )?;
        Ok(())
    }

    /// Adds a ticket type after the others, with what it opens.
    pub fn insert_ticket_type(&self, kind: &TicketType) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO ticket_types (id, position, name, name_key, price_minor, capacity,
                                       colour, attendance)
             VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM ticket_types),
                     ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                kind.id.as_bytes(),
                kind.name,
                name_key(&kind.name),
                kind.price_minor,
                kind.capacity,
                kind.colour,
                kind.attendance.word(),
            ],
        )?;
        for session in &kind.sessions {
            self.conn.execute(
                "INSERT INTO ticket_type_sessions (ticket_type, session) VALUES (?1, ?2)",
                params![kind.id.as_bytes(), session.as_bytes()],
            )?;
        }
        for zone in &kind.zones {
            self.conn.execute(
                "INSERT INTO ticket_type_zones (ticket_type, zone) VALUES (?1, ?2)",
                params![kind.id.as_bytes(), zone.as_bytes()],
            )?;
        }
        Ok(())
    }
}

fn settings_json(event: &Event) -> Result<String, StoreError> {
    serde_json::to_string(&event.settings).map_err(|e| StoreError::Value(e.to_string()))
}
