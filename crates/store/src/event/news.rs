//! What devices hear of each other through their home: tickets whose passages changed.

use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::passage::Passage;
use rusqlite::params;

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// A ticket's passages as they are known now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassageNews {
    /// The ticket.
    pub ticket: TicketId,
    /// Which change of the file it was; later ones are higher.
    pub news: i64,
    /// The newest passages, oldest first, each by its scan's nonce.
    pub passages: Vec<([u8; 16], Passage)>,
    /// Nonces of passages that were taken back.
    pub undone: Vec<[u8; 16]>,
}

/// Passages of one ticket that are told at most, the newest.
const MOST_PASSAGES: u32 = 200;

impl View<'_> {
    /// The number of the newest change of any ticket's passages; 0 before the first.
    pub fn newest_passage_news(&self) -> Result<i64, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT news FROM passage_count")?
            .query_row([], |r| r.get(0))?)
    }

    /// Tickets whose passages changed after `after`, in the order of the changes.
    pub fn passage_news(&self, after: i64, limit: u32) -> Result<Vec<PassageNews>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT ticket, news FROM passage_news WHERE news > ?1 ORDER BY news LIMIT ?2",
        )?;
        let rows = statement.query_map(params![after, limit], |r| {
            Ok((row::id::<TicketId>(r, 0)?, r.get::<_, i64>(1)?))
        })?;
        rows.map(|found| {
            let (ticket, news) = found?;
            Ok(PassageNews {
                ticket,
                news,
                passages: self.named_passages(ticket)?,
                undone: self.undone_of(ticket)?,
            })
        })
        .collect()
    }

    fn named_passages(&self, ticket: TicketId) -> Result<Vec<([u8; 16], Passage)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT nonce, direction, session, day, zone, clock_ms FROM scans
             WHERE ticket = ?1 AND verdict <> 'refused' AND verdict <> 'undone'
               AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.nonce = scans.nonce)
             ORDER BY clock_ms DESC, clock_counter DESC, device DESC LIMIT ?2",
        )?;
        let rows = statement.query_map(params![ticket.as_bytes(), MOST_PASSAGES], |r| {
            let passage = Passage {
                direction: row::word(r, 1)?,
                session: row::optional_id(r, 2)?,
                day: r.get(3)?,
                zone: row::optional_id(r, 4)?,
                at: r.get(5)?,
            };
            Ok((r.get(0)?, passage))
        })?;
        let mut passages: Vec<_> = rows.collect::<Result<_, _>>()?;
        passages.reverse();
        Ok(passages)
    }

    fn undone_of(&self, ticket: TicketId) -> Result<Vec<[u8; 16]>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT u.nonce FROM scans s JOIN undone u ON u.nonce = s.nonce
             WHERE s.ticket = ?1 AND s.verdict <> 'refused' LIMIT ?2",
        )?;
        let rows = statement.query_map(params![ticket.as_bytes(), MOST_PASSAGES], |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How often a device tried to send its scans since `since` (UTC ms), and how often that
    /// failed, as it said.
    pub fn sync_attempts(&self, device: DeviceId, since: i64) -> Result<(u32, u32), StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT ifnull(sum(attempts), 0), ifnull(sum(failures), 0) FROM sync_reports
                 WHERE device = ?1 AND at >= ?2",
            )?
            .query_row(params![device.as_bytes(), since], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })?)
    }
}

impl Change<'_> {
    /// Keeps what a device said at `at` (UTC ms) of its attempts to send its scans, and forgets
    /// what it said before `since`.
    pub fn note_attempts(
        &self,
        device: DeviceId,
        (at, since): (i64, i64),
        attempts: u32,
        failures: u32,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM sync_reports WHERE device = ?1 AND at < ?2")?
            .execute(params![device.as_bytes(), since])?;
        self.conn
            .prepare_cached(
                "INSERT INTO sync_reports (device, at, attempts, failures) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (device, at) DO UPDATE SET attempts = attempts + excluded.attempts,
                                                        failures = failures + excluded.failures",
            )?
            .execute(params![
                device.as_bytes(),
                at,
                attempts,
                failures.min(attempts)
            ])?;
        Ok(())
    }
}
