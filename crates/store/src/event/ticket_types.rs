//! Ticket types and zones.

use std::collections::HashMap;

use gatehouse_domain::event::{Zone, name_key};
use gatehouse_domain::id::{SessionId, TicketTypeId, ZoneId};
use gatehouse_domain::ticket_type::TicketType;
use rusqlite::params;

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

impl View<'_> {
    /// Its zones, by name.
    pub fn zones(&self) -> Result<Vec<Zone>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, description, capacity FROM zones ORDER BY name_key",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(Zone {
                id: row::id(r, 0)?,
                name: r.get(1)?,
                description: r.get(2)?,
                capacity: r.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Its ticket types, in their order: first those of the event and the templates, the first of
    /// which is the default, then the sessions' own.
    pub fn ticket_types(&self) -> Result<Vec<TicketType>, StoreError> {
        let mut sessions = self.pairs::<SessionId>(
            "SELECT ticket_type, session FROM ticket_type_sessions ORDER BY session",
        )?;
        let mut zones =
            self.pairs::<ZoneId>("SELECT ticket_type, zone FROM ticket_type_zones ORDER BY zone")?;
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, scope, template, description, benefits, price_minor, capacity,
                    min_per_person, max_per_person, sales_from, sales_until, hidden,
                    needs_verification, colour, attendance
             FROM ticket_types ORDER BY session IS NOT NULL, position",
        )?;
        let rows = statement.query_map([], |r| {
            let id = row::id(r, 0)?;
            Ok(TicketType {
                id,
                name: r.get(1)?,
                scope: row::word(r, 2)?,
                template: row::optional_id(r, 3)?,
                description: r.get(4)?,
                benefits: row::json(r, 5)?,
                price_minor: r.get(6)?,
                capacity: r.get(7)?,
                min_per_person: r.get(8)?,
                max_per_person: r.get(9)?,
                sales_from: r.get(10)?,
                sales_until: r.get(11)?,
                hidden: r.get(12)?,
                needs_verification: r.get(13)?,
                colour: r.get(14)?,
                attendance: row::word(r, 15)?,
                sessions: sessions.remove(&id).unwrap_or_default(),
                zones: zones.remove(&id).unwrap_or_default(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a ticket, also a void one, or a guest on the list has this type.
    pub fn is_type_in_use(&self, id: TicketTypeId) -> Result<bool, StoreError> {
        Ok(self.conn.query_row(
            "SELECT EXISTS (SELECT 1 FROM tickets WHERE ticket_type = ?1)
                 OR EXISTS (SELECT 1 FROM guests WHERE ticket_type = ?1)",
            [id.as_bytes()],
            |r| r.get(0),
        )?)
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
    /// Adds a zone.
    pub fn insert_zone(&self, zone: &Zone) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO zones (id, name, name_key, description, capacity)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                zone.id.as_bytes(),
                zone.name,
                name_key(&zone.name),
                zone.description,
                zone.capacity,
            ],
        )?;
        Ok(())
    }

    /// Sets how many people a zone takes.
    pub fn set_zone_capacity(&self, zone: ZoneId, capacity: Option<u32>) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE zones SET capacity = ?2 WHERE id = ?1",
            params![zone.as_bytes(), capacity],
        )?;
        Ok(())
    }

    /// Adds a ticket type after the others, with what it opens.
    pub fn insert_ticket_type(&self, kind: &TicketType) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO ticket_types (id, position, name, name_key, scope, session, template,
                                           description, benefits, price_minor, capacity,
                                           min_per_person, max_per_person, sales_from,
                                           sales_until, hidden, needs_verification, colour,
                                           attendance)
                 VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM ticket_types),
                         ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                         ?18)",
            )?
            .execute(params![
                kind.id.as_bytes(),
                kind.name,
                name_key(&kind.name),
                kind.scope.word(),
                kind.bound_session().as_ref().map(|id| id.as_bytes()),
                kind.template.as_ref().map(|id| id.as_bytes()),
                kind.description,
                row::to_json(&kind.benefits)?,
                kind.price_minor,
                kind.capacity,
                kind.min_per_person,
                kind.max_per_person,
                kind.sales_from,
                kind.sales_until,
                kind.hidden,
                kind.needs_verification,
                kind.colour,
                kind.attendance.word(),
            ])?;
        self.insert_opened(kind)
    }

    /// Writes a ticket type's fields and what it opens anew; its scope stays.
    pub fn update_ticket_type(&self, kind: &TicketType) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE ticket_types SET name = ?2, name_key = ?3, description = ?4, benefits = ?5,
                        price_minor = ?6, capacity = ?7, min_per_person = ?8, max_per_person = ?9,
                        sales_from = ?10, sales_until = ?11, hidden = ?12,
                        needs_verification = ?13, colour = ?14, attendance = ?15
                 WHERE id = ?1",
            )?
            .execute(params![
                kind.id.as_bytes(),
                kind.name,
                name_key(&kind.name),
                kind.description,
                row::to_json(&kind.benefits)?,
                kind.price_minor,
                kind.capacity,
                kind.min_per_person,
                kind.max_per_person,
                kind.sales_from,
                kind.sales_until,
                kind.hidden,
                kind.needs_verification,
                kind.colour,
                kind.attendance.word(),
            ])?;
        for sql in [
            "DELETE FROM ticket_type_sessions WHERE ticket_type = ?1",
            "DELETE FROM ticket_type_zones WHERE ticket_type = ?1",
        ] {
            self.conn
                .prepare_cached(sql)?
                .execute([kind.id.as_bytes()])?;
        }
        self.insert_opened(kind)
    }

    /// Removes a ticket type; an error where a ticket, a guest or a copy refers to it.
    pub fn delete_ticket_type(&self, id: TicketTypeId) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM ticket_type_sessions WHERE ticket_type = ?1",
            "DELETE FROM ticket_type_zones WHERE ticket_type = ?1",
            "DELETE FROM ticket_types WHERE id = ?1",
        ] {
            self.conn.prepare_cached(sql)?.execute([id.as_bytes()])?;
        }
        Ok(())
    }

    fn insert_opened(&self, kind: &TicketType) -> Result<(), StoreError> {
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO ticket_type_sessions (ticket_type, session) VALUES (?1, ?2)",
        )?;
        for session in &kind.sessions {
            insert.execute(params![kind.id.as_bytes(), session.as_bytes()])?;
        }
        let mut insert = self
            .conn
            .prepare_cached("INSERT INTO ticket_type_zones (ticket_type, zone) VALUES (?1, ?2)")?;
        for zone in &kind.zones {
            insert.execute(params![kind.id.as_bytes(), zone.as_bytes()])?;
        }
        Ok(())
    }
}
