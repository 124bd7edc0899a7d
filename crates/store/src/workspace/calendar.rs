//! All events and their sessions by time, and plans to begin new events from.
//!
//! What stands here of events is a projection of their own files and can be rebuilt at any time.

use gatehouse_domain::event::{EventKind, EventStatus, name_key};
use gatehouse_domain::id::{EventId, SessionId};
use gatehouse_domain::session::SessionStatus;
use rusqlite::{OptionalExtension, Row, params};

use super::WorkspaceFile;
use crate::error::StoreError;
use crate::row;

/// An event in the workspace's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The event's id.
    pub id: EventId,
    /// Title.
    pub title: String,
    /// Occurrence pattern.
    pub kind: EventKind,
    /// Status.
    pub status: EventStatus,
    /// Start of its first session, UTC ms.
    pub starts_at: i64,
    /// End of its last session, UTC ms.
    pub ends_at: i64,
    /// IANA zone in which its days are meant.
    pub time_zone: String,
    /// When it was created, UTC ms.
    pub created_at: i64,
    /// When it was handed over to another machine, UTC ms.
    pub handed_over_at: Option<i64>,
    /// The event's newest edit that this row has seen; none asks for a fresh look at its file.
    pub as_of: Option<i64>,
}

/// A session of any event of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// The session's id.
    pub id: SessionId,
    /// Its event.
    pub event: EventId,
    /// The event's title.
    pub event_title: String,
    /// Its own title.
    pub title: Option<String>,
    /// When doors open, UTC ms.
    pub doors_at: i64,
    /// When it starts, UTC ms.
    pub starts_at: i64,
    /// When it ends, UTC ms.
    pub ends_at: i64,
    /// Its place as one line.
    pub place: String,
    /// Where it stands; all sessions of a cancelled event are cancelled.
    pub status: SessionStatus,
}

/// A plan to begin new events from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// Its name.
    pub name: String,
    /// An event's draft as JSON.
    pub draft: String,
    /// When it was saved, UTC ms.
    pub created_at: i64,
}

/// The longest that a session lasts, in milliseconds; one that is on began no earlier.
const LONGEST_SESSION_MS: i64 = 31 * 24 * 3_600_000;

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 3_600_000;

/// Sessions first, so that their order is the index's and the limit is reached soon.
const SESSION: &str = "SELECT s.id, s.event, e.title, s.title, s.doors_at, s.starts_at, s.ends_at,
                              s.place, s.status
                       FROM event_sessions s CROSS JOIN events e ON e.id = s.event";

fn session_row(r: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        id: row::id(r, 0)?,
        event: row::id(r, 1)?,
        event_title: r.get(2)?,
        title: r.get(3)?,
        doors_at: r.get(4)?,
        starts_at: r.get(5)?,
        ends_at: r.get(6)?,
        place: r.get(7)?,
        status: row::word(r, 8)?,
    })
}

fn event_row(r: &Row<'_>) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        id: row::id(r, 0)?,
        title: r.get(1)?,
        kind: row::word(r, 2)?,
        status: row::word(r, 3)?,
        starts_at: r.get(4)?,
        ends_at: r.get(5)?,
        created_at: r.get(6)?,
        as_of: r.get(7)?,
        handed_over_at: r.get(8)?,
        time_zone: r.get(9)?,
    })
}

impl WorkspaceFile {
    /// Writes what an event's file says of it and of its sessions, in place of what stood here.
    pub fn project_event(
        &self,
        event: &EventRow,
        sessions: &[SessionRow],
    ) -> Result<(), StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction()?;
        tx.execute(
            "INSERT INTO events (id, route, title, kind, status, starts_at, ends_at, created_at,
                                 as_of, handed_over_at, time_zone)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (id) DO UPDATE SET title = excluded.title, kind = excluded.kind,
               status = excluded.status, starts_at = excluded.starts_at,
               ends_at = excluded.ends_at, as_of = excluded.as_of,
               handed_over_at = excluded.handed_over_at, time_zone = excluded.time_zone",
            params![
                event.id.as_bytes(),
                event.id.route().0,
                event.title,
                event.kind.word(),
                event.status.word(),
                event.starts_at,
                event.ends_at,
                event.created_at,
                event.as_of,
                event.handed_over_at,
                event.time_zone,
            ],
        )?;
        tx.execute(
            "DELETE FROM event_sessions WHERE event = ?1",
            [event.id.as_bytes()],
        )?;
        {
            let mut insert = tx.prepare_cached(
                "INSERT INTO event_sessions (id, event, title, doors_at, starts_at, ends_at, place,
                                             status)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for session in sessions {
                insert.execute(params![
                    session.id.as_bytes(),
                    event.id.as_bytes(),
                    session.title,
                    session.doors_at,
                    session.starts_at,
                    session.ends_at,
                    session.place,
                    session.status.word(),
                ])?;
            }
        }
        tx.commit()?;
        Ok(())
    }

    /// Takes an event off the list, with everything that stood here of it.
    pub fn forget_event(&self, event: EventId) -> Result<(), StoreError> {
        let mut conn = self.conn();
        let tx = conn.transaction()?;
        for sql in [
            "DELETE FROM event_sessions WHERE event = ?1",
            "DELETE FROM event_keys WHERE event = ?1",
            "DELETE FROM contact_events WHERE event = ?1",
            "DELETE FROM events WHERE id = ?1",
        ] {
            tx.execute(sql, [event.as_bytes()])?;
        }
        tx.commit()?;
        Ok(())
    }

    /// All events, newest start first.
    pub fn events(&self) -> Result<Vec<EventRow>, StoreError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(
            "SELECT id, title, kind, status, starts_at, ends_at, created_at, as_of,
                    handed_over_at, time_zone FROM events
             ORDER BY starts_at DESC, id",
        )?;
        let rows = statement.query_map([], event_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Events whose files the list has not looked at since it holds their sessions.
    pub fn events_unseen(&self) -> Result<Vec<EventId>, StoreError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached("SELECT id FROM events WHERE as_of IS NULL")?;
        let rows = statement.query_map([], |r| row::id(r, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// One event of the list.
    pub fn event(&self, id: EventId) -> Result<Option<EventRow>, StoreError> {
        Ok(self
            .conn()
            .prepare_cached(
                "SELECT id, title, kind, status, starts_at, ends_at, created_at, as_of,
                    handed_over_at, time_zone FROM events
                 WHERE id = ?1",
            )?
            .query_row([id.as_bytes()], event_row)
            .optional()?)
    }

    /// Sessions of all events that are on or to come at `now` (UTC ms), by start, at most `limit`.
    pub fn sessions_to_come(&self, now: i64, limit: u32) -> Result<Vec<SessionRow>, StoreError> {
        let conn = self.conn();
        let day_ago = now.saturating_sub(DAY_MS);
        // Those that began more than a day ago and are still on are few, and come first.
        let mut long = conn.prepare_cached(&format!(
            "{SESSION} WHERE s.status = 'scheduled' AND s.ends_at - s.starts_at > 86400000
               AND s.starts_at > ?1 AND s.starts_at <= ?2 AND s.ends_at > ?3
             ORDER BY s.starts_at, s.id LIMIT ?4"
        ))?;
        let month_ago = now.saturating_sub(LONGEST_SESSION_MS);
        let rows = long.query_map(params![month_ago, day_ago, now, limit], session_row)?;
        let mut sessions: Vec<SessionRow> = rows.collect::<Result<_, _>>()?;
        let mut others = conn.prepare_cached(&format!(
            "{SESSION} WHERE s.status = 'scheduled' AND s.starts_at > ?1 AND s.ends_at > ?2
             ORDER BY s.starts_at, s.id LIMIT ?3"
        ))?;
        let left = limit.saturating_sub(sessions.len() as u32);
        for row in others.query_map(params![day_ago, now, left], session_row)? {
            sessions.push(row?);
        }
        Ok(sessions)
    }

    /// Keeps a plan under its name, in place of one of the same name.
    pub fn put_template(&self, template: &TemplateRow) -> Result<(), StoreError> {
        self.conn().execute(
            "INSERT INTO event_templates (name_key, name, draft, created_at)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (name_key) DO UPDATE SET name = excluded.name, draft = excluded.draft,
               created_at = excluded.created_at",
            params![
                name_key(&template.name),
                template.name,
                template.draft,
                template.created_at
            ],
        )?;
        Ok(())
    }

    /// The plans, by name.
    pub fn templates(&self) -> Result<Vec<TemplateRow>, StoreError> {
        let conn = self.conn();
        let mut statement = conn.prepare_cached(
            "SELECT name, draft, created_at FROM event_templates ORDER BY name_key",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(TemplateRow {
                name: r.get(0)?,
                draft: r.get(1)?,
                created_at: r.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
