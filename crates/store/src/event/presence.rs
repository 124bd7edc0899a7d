//! Who is inside: the newest passage of each ticket in each place.

use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::{Direction, Verdict};
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;

/// The place of a zone, or of the venue's entrance, as it stands in a row.
fn place(zone: Option<&ZoneId>) -> &[u8] {
    zone.map_or(&[], |zone| zone.as_bytes())
}

/// Presentations of a device that are counted for the last minute, at most.
const MOST_A_MINUTE: u32 = 600;

impl View<'_> {
    /// How many tickets are inside a zone, or the venue, that came in since `since` (UTC ms).
    pub fn count_inside(&self, zone: Option<ZoneId>, since: i64) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM presence WHERE place = ?1 AND inside = 1 AND at >= ?2",
            )?
            .query_row(params![place(zone.as_ref()), since], |r| r.get(0))?)
    }

    /// How many tickets are inside the venue that came in for a session, and since `since` (UTC ms).
    pub fn count_inside_session(&self, session: SessionId, since: i64) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM presence p
                 WHERE p.place = x'' AND p.inside = 1 AND p.at >= ?2 AND EXISTS (
                   SELECT 1 FROM scans s
                   WHERE s.ticket = p.ticket AND s.clock_ms = p.at AND s.zone IS NULL
                     AND s.session = ?1 AND s.verdict <> 'refused' AND s.verdict = 'admitted'
                     AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.nonce = s.nonce))",
            )?
            .query_row(params![session.as_bytes(), since], |r| r.get(0))?)
    }

    /// Whether a ticket is inside a zone, or the venue, and came in since `since` (UTC ms).
    pub fn is_inside(
        &self,
        ticket: TicketId,
        zone: Option<ZoneId>,
        since: i64,
    ) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT 1 FROM presence
                 WHERE ticket = ?1 AND place = ?2 AND inside = 1 AND at >= ?3",
            )?
            .query_row(
                params![ticket.as_bytes(), place(zone.as_ref()), since],
                |_| Ok(()),
            )
            .optional()?
            .is_some())
    }

    /// How many a device admitted after `since` (UTC ms), counted among its newest.
    pub fn count_admitted_since(
        &self,
        device: DeviceId,
        incarnation: u32,
        since: i64,
    ) -> Result<u32, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM (
                   SELECT clock_ms, verdict FROM scans WHERE device = ?1 AND incarnation = ?2
                   ORDER BY sequence DESC LIMIT ?4)
                 WHERE verdict = 'admitted' AND clock_ms > ?3",
            )?
            .query_row(
                params![device.as_bytes(), incarnation, since, MOST_A_MINUTE],
                |r| r.get(0),
            )?)
    }
}

impl Change<'_> {
    /// Follows a passage of a ticket that is kept already: the newest has the last word, however
    /// late it is heard of.
    pub(super) fn follow_passage(
        &self,
        ticket: TicketId,
        zone: Option<ZoneId>,
        direction: Direction,
        at: i64,
    ) -> Result<(), StoreError> {
        let newest: Option<i64> = self
            .conn
            .prepare_cached("SELECT max(at) FROM presence WHERE ticket = ?1")?
            .query_row([ticket.as_bytes()], |r| r.get(0))?;
        if newest.is_none_or(|newest| newest < at) {
            return self.put(ticket, zone, direction, at);
        }
        self.put_anew(ticket)
    }

    /// Notes where a ticket is after its newest passage. Whoever leaves the venue leaves its zones.
    fn put(
        &self,
        ticket: TicketId,
        zone: Option<ZoneId>,
        direction: Direction,
        at: i64,
    ) -> Result<(), StoreError> {
        let enters = direction == Direction::Entry;
        if zone.is_none() && !enters {
            self.conn
                .prepare_cached("UPDATE presence SET inside = 0, at = ?2 WHERE ticket = ?1")?
                .execute(params![ticket.as_bytes(), at])?;
        }
        self.conn
            .prepare_cached(
                "INSERT INTO presence (ticket, place, inside, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (ticket, place) DO UPDATE
                 SET inside = excluded.inside, at = excluded.at",
            )?
            .execute(params![ticket.as_bytes(), place(zone.as_ref()), enters, at,])?;
        Ok(())
    }

    /// Works out anew where a ticket is, from all its passages in the order of scans.
    fn put_anew(&self, ticket: TicketId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM presence WHERE ticket = ?1")?
            .execute([ticket.as_bytes()])?;
        for passage in self.passages(ticket)? {
            self.put(ticket, passage.zone, passage.direction, passage.at)?;
        }
        Ok(())
    }

    /// Works out anew where a ticket is, and when it first came, after a passage was taken back.
    pub(super) fn follow_undo(&self, ticket: TicketId) -> Result<(), StoreError> {
        self.put_anew(ticket)?;
        let first = self.first_use(ticket)?.map(|first| first.at);
        self.conn
            .prepare_cached("UPDATE tickets SET checked_in_at = ?2 WHERE id = ?1")?
            .execute(params![ticket.as_bytes(), first])?;
        Ok(())
    }
}

/// Whether a verdict moves a ticket's holder.
pub(super) fn is_passage(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Admitted | Verdict::Exited)
}
