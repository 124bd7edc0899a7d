//! What earlier scans of a ticket mean for the next: which use makes another one the second, which
//! scan fills a slot, and why somebody was let in.

use gatehouse_domain::admission::Code;
use gatehouse_domain::id::{DeviceId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::ScanRecord;
use rusqlite::{OptionalExtension, params};

use super::scans::scan_row;
use super::{AdmissionSlot, Change, FirstUse, Reversal, View};
use crate::error::StoreError;
use crate::row;

/// Where and when a ticket may have been used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedIn {
    /// The zone; none at the venue's entrance.
    pub zone: Option<ZoneId>,
    /// The session.
    pub session: Option<SessionId>,
    /// The day in the event's zone, as yyyymmdd, where only that one counts.
    pub day: Option<u32>,
    /// Whether the last use is meant; the first otherwise.
    pub last: bool,
}

/// Why somebody was let in, as a gate tells its home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanReason {
    /// Names the scan.
    pub nonce: [u8; 16],
    /// Its place in the device's chain.
    pub sequence: u64,
    /// The reason.
    pub reason: String,
}

impl View<'_> {
    /// When and where a ticket was admitted there, without what was taken back.
    pub fn use_in(&self, ticket: TicketId, used: &UsedIn) -> Result<Option<FirstUse>, StoreError> {
        let order = match used.last {
            true => "s.clock_ms DESC, s.clock_counter DESC, s.device DESC",
            false => "s.clock_ms, s.clock_counter, s.device",
        };
        Ok(self
            .conn
            .prepare_cached(&format!(
                "SELECT s.clock_ms, d.name FROM scans s JOIN devices d ON d.id = s.device
                 WHERE s.ticket = ?1 AND s.verdict <> 'refused' AND s.verdict = 'admitted'
                   AND s.zone IS ?2 AND s.session IS ?3 AND (?4 IS NULL OR s.day = ?4)
                   AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.nonce = s.nonce)
                 ORDER BY {order} LIMIT 1"
            ))?
            .query_row(
                params![
                    ticket.as_bytes(),
                    used.zone.as_ref().map(|id| id.as_bytes()),
                    used.session.as_ref().map(|id| id.as_bytes()),
                    used.day,
                ],
                |r| {
                    Ok(FirstUse {
                        at: r.get(0)?,
                        gate: r.get(1)?,
                    })
                },
            )
            .optional()?)
    }

    /// The nonce of the scan that fills a slot of a ticket.
    pub fn slot_filler(
        &self,
        ticket: TicketId,
        slot: &AdmissionSlot,
    ) -> Result<Option<[u8; 16]>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT nonce FROM admissions WHERE ticket = ?1 AND slot = ?2")?
            .query_row(params![ticket.as_bytes(), slot.0], |r| r.get(0))
            .optional()?)
    }

    /// When a ticket's code was read last since a moment (UTC ms), and the name of the gate that
    /// read it; `reads` says of which verdicts' codes that is so. Who was let in by hand showed
    /// none.
    pub fn last_read(
        &self,
        since: i64,
        reads: impl Fn(Code) -> bool,
    ) -> Result<Option<(i64, String)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT s.record, s.signature, d.name FROM scans s JOIN devices d ON d.id = s.device
             WHERE s.clock_ms >= ?1 AND s.ticket IS NOT NULL AND s.verdict <> 'undone'
             ORDER BY s.clock_ms DESC, s.clock_counter DESC, s.device DESC",
        )?;
        let mut rows = statement.query([since])?;
        while let Some(r) = rows.next()? {
            let record = scan_row(r.get(0)?, r.get(1)?)?.record;
            if record.version > 0 && reads(record.code) {
                return Ok(Some((record.clock.wall_ms, r.get(2)?)));
            }
        }
        Ok(None)
    }

    /// Reasons that a device's scans of this life have, after a place in its chain, in the order of
    /// the chain.
    pub fn reasons_after(
        &self,
        device: DeviceId,
        incarnation: u32,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<ScanReason>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT s.nonce, s.sequence, r.reason FROM scan_reasons r
             JOIN scans s ON s.nonce = r.nonce
             WHERE s.device = ?1 AND s.incarnation = ?2 AND s.sequence > ?3
             ORDER BY s.sequence LIMIT ?4",
        )?;
        let after = i64::try_from(sequence).unwrap_or(i64::MAX);
        let rows =
            statement.query_map(params![device.as_bytes(), incarnation, after, limit], |r| {
                Ok(ScanReason {
                    nonce: r.get(0)?,
                    sequence: r.get::<_, i64>(1)?.unsigned_abs(),
                    reason: r.get(2)?,
                })
            })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Admissions of a device that lost their slot and of which it has not heard: of those that it
    /// was never told, and of those that it was told after `heard` (UTC ms), where it says what it
    /// heard last.
    pub fn reversals(
        &self,
        device: DeviceId,
        heard: Option<i64>,
    ) -> Result<Vec<Reversal>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT r.nonce, r.ticket, s.clock_ms, d.name FROM reversals r
             JOIN scans s ON s.nonce = r.original JOIN devices d ON d.id = s.device
             WHERE r.device = ?1 AND (r.told_at IS NULL OR r.told_at > ?2) ORDER BY r.nonce",
        )?;
        let rows = statement.query_map(params![device.as_bytes(), heard], |r| {
            Ok(Reversal {
                nonce: r.get(0)?,
                ticket: row::id(r, 1)?,
                original_at: r.get(2)?,
                original_gate: r.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Gives a slot that was emptied to the oldest admission that stands there still: a double of
    /// the one that was taken back.
    pub(super) fn fill_again(
        &self,
        ticket: TicketId,
        undone: &ScanRecord,
        slot: &AdmissionSlot,
    ) -> Result<(), StoreError> {
        let by_day = slot.0.ends_with(&format!("/{}", undone.day));
        let next = self
            .conn
            .prepare_cached(
                "SELECT s.nonce FROM scans s
                 WHERE s.ticket = ?1 AND s.verdict <> 'refused' AND s.verdict = 'admitted'
                   AND s.zone IS ?2 AND s.session IS ?3 AND (?4 IS NULL OR s.day = ?4)
                   AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.nonce = s.nonce)
                 ORDER BY s.clock_ms, s.clock_counter, s.device LIMIT 1",
            )?
            .query_row(
                params![
                    ticket.as_bytes(),
                    undone.zone.as_ref().map(|id| id.as_bytes()),
                    undone.session.as_ref().map(|id| id.as_bytes()),
                    by_day.then_some(undone.day),
                ],
                |r| r.get(0),
            )
            .optional()?;
        match next {
            Some(name) => self.fill_slot(ticket, slot, name),
            None => Ok(()),
        }
    }

    /// Takes back that an admission lost its slot, where its device has nothing to hear of it.
    pub fn forget_reversal(&self, nonce: [u8; 16]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM reversals WHERE nonce = ?1")?
            .execute([nonce])?;
        Ok(())
    }
}
