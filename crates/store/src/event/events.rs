//! The event itself, and the rule of its series.

use chrono::NaiveDateTime;
use gatehouse_domain::calendar::recurrence::Recurrence;
use gatehouse_domain::event::{Event, LinkToken};
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

impl View<'_> {
    /// The event.
    pub fn event(&self) -> Result<Event, StoreError> {
        Ok(self.conn.query_row(
            "SELECT id, workspace, title, tagline, description, category, tags, kind, status,
                    time_zone, currency, language, organizer, place, capacity, visibility, access,
                    link_token, settings, revision, home_epoch, created_at FROM event",
            [],
            |r| {
                Ok(Event {
                    id: row::id(r, 0)?,
                    workspace: row::id(r, 1)?,
                    title: r.get(2)?,
                    tagline: r.get(3)?,
                    description: r.get(4)?,
                    category: r.get(5)?,
                    tags: row::json(r, 6)?,
                    kind: row::word(r, 7)?,
                    status: row::word(r, 8)?,
                    time_zone: row::word(r, 9)?,
                    currency: r.get(10)?,
                    language: r.get(11)?,
                    organizer: r.get(12)?,
                    place: row::json(r, 13)?,
                    capacity: r.get(14)?,
                    visibility: row::word(r, 15)?,
                    access: row::word(r, 16)?,
                    link_token: r.get::<_, Option<[u8; 16]>>(17)?.map(LinkToken),
                    settings: row::json(r, 18)?,
                    revision: r.get(19)?,
                    home_epoch: r.get::<_, i64>(20)? as u64,
                    created_at: r.get(21)?,
                })
            },
        )?)
    }

    /// What every calendar sequence number counts on top of, so that none falls when an edit is
    /// undone (RFC 5545 §3.8.7.4).
    pub fn calendar_base(&self) -> Result<u32, StoreError> {
        let found: Option<String> = self
            .conn
            .prepare_cached("SELECT value FROM file_info WHERE key = 'calendar_base'")?
            .query_row([], |r| r.get(0))
            .optional()?;
        Ok(found.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// The rule of its series, and each session's capacity; none for other kinds.
    pub fn series(&self) -> Result<Option<(Recurrence, Option<u32>)>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT rule, starts, duration_minutes, doors_minutes, exdates, rdates, capacity
                 FROM series",
            )?
            .query_row([], |r| {
                Ok((
                    Recurrence {
                        rule: r.get(0)?,
                        starts: row::word(r, 1)?,
                        duration_minutes: r.get(2)?,
                        doors_minutes: r.get(3)?,
                        exdates: row::json(r, 4)?,
                        rdates: row::json(r, 5)?,
                    },
                    r.get(6)?,
                ))
            })
            .optional()?)
    }
}

impl Change<'_> {
    pub(super) fn insert_event(&self, event: &Event) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO event (id, workspace, kind, home_epoch, created_at, title, tagline,
                                description, category, tags, status, time_zone, currency, language,
                                organizer, place, capacity, visibility, access, link_token,
                                settings, revision)
             VALUES (?1, ?2, ?3, ?4, ?5, '', '', '', '', '[]', '', '', '', '', '', '', NULL,
                     '', '', NULL, '', 0)",
            params![
                event.id.as_bytes(),
                event.workspace.as_bytes(),
                event.kind.word(),
                event.home_epoch as i64,
                event.created_at,
            ],
        )?;
        self.update_event(event)
    }

    /// Writes the event's own fields anew; its id, workspace, kind and epoch stay.
    pub fn update_event(&self, event: &Event) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE event SET title = ?2, tagline = ?3, description = ?4, category = ?5, tags = ?6,
                    status = ?7, time_zone = ?8, currency = ?9, language = ?10, organizer = ?11,
                    place = ?12, capacity = ?13, visibility = ?14, access = ?15, link_token = ?16,
                    settings = ?17, revision = ?18
             WHERE id = ?1",
            params![
                event.id.as_bytes(),
                event.title,
                event.tagline,
                event.description,
                event.category,
                row::to_json(&event.tags)?,
                event.status.word(),
                event.time_zone.name(),
                event.currency,
                event.language,
                event.organizer,
                row::to_json(&event.place)?,
                event.capacity,
                event.visibility.word(),
                event.access.word(),
                event.link_token.map(|token| token.0),
                row::to_json(&event.settings)?,
                event.revision,
            ],
        )?;
        Ok(())
    }

    /// Raises what every calendar sequence number counts on top of.
    pub fn raise_calendar_base(&self, by: u32) -> Result<(), StoreError> {
        let base = self.calendar_base()?.saturating_add(by);
        self.conn.execute(
            "INSERT INTO file_info (key, value) VALUES ('calendar_base', ?1)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [base.to_string()],
        )?;
        Ok(())
    }

    /// Sets the home's epoch, which only rises.
    pub fn set_home_epoch(&self, epoch: u64) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE event SET home_epoch = ?1 WHERE home_epoch < ?1",
            [epoch as i64],
        )?;
        Ok(())
    }

    /// Writes the rule of the series, in place of the one before.
    pub fn put_series(
        &self,
        event: &Event,
        series: &Recurrence,
        capacity: Option<u32>,
    ) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO series (event, rule, starts, duration_minutes, doors_minutes, exdates,
                                 rdates, capacity)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (event) DO UPDATE SET rule = excluded.rule, starts = excluded.starts,
               duration_minutes = excluded.duration_minutes,
               doors_minutes = excluded.doors_minutes, exdates = excluded.exdates,
               rdates = excluded.rdates, capacity = excluded.capacity",
            params![
                event.id.as_bytes(),
                series.rule,
                local_text(series.starts),
                series.duration_minutes,
                series.doors_minutes,
                row::to_json(&series.exdates)?,
                row::to_json(&series.rdates)?,
                capacity,
            ],
        )?;
        Ok(())
    }
}

/// A local time as it is stored: `2027-03-29T09:00:00`.
pub(super) fn local_text(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}
