//! Scans that came after their device's right had ended: kept and shown, and counted nowhere. Such a
//! one is marked as taken back by itself.

use gatehouse_domain::id::{DeviceId, TicketId};
use rusqlite::{OptionalExtension, params};

use super::scans::{Merged, ScanRow, other_name, scan_row};
use super::{Change, View};
use crate::error::StoreError;

impl View<'_> {
    /// Whether a scan was put aside.
    pub fn is_aside(&self, nonce: [u8; 16]) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM undone WHERE nonce = ?1 AND undone_by = ?1")?
            .query_row([nonce], |_| Ok(()))
            .optional()?
            .is_some())
    }

    /// How many passages of a device were put aside.
    pub fn count_aside(&self, device: DeviceId) -> Result<u64, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*) FROM undone u JOIN scans s ON s.nonce = u.nonce
                 WHERE u.undone_by = u.nonce AND s.device = ?1 AND s.verdict <> 'refused'",
            )?
            .query_row([device.as_bytes()], |r| r.get::<_, i64>(0))?
            .unsigned_abs())
    }

    /// As [`View::passage_scans`], without what was put aside.
    pub fn counted_scans(&self, ticket: TicketId) -> Result<Vec<ScanRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT record, signature FROM scans WHERE ticket = ?1 AND verdict <> 'refused'
               AND NOT EXISTS (SELECT 1 FROM undone u
                               WHERE u.nonce = scans.nonce AND u.undone_by = scans.nonce)
             ORDER BY clock_ms, clock_counter, device",
        )?;
        let rows = statement.query_map([ticket.as_bytes()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        rows.map(|found| {
            let (signed, signature) = found?;
            scan_row(signed, signature)
        })
        .collect()
    }
}

impl Change<'_> {
    /// Keeps a scan that another device decided after its right had ended: it fills no slot, moves
    /// nobody and takes nothing back.
    pub fn put_aside(&self, scan: &ScanRow) -> Result<Merged, StoreError> {
        let name = match self.namesake(scan.record.nonce)? {
            None => scan.record.nonce,
            Some(_) if self.has_scan(scan)? => return Ok(Merged::Known),
            Some(_) => other_name(scan),
        };
        self.insert_record(scan, name)?;
        self.conn
            .prepare_cached("INSERT OR IGNORE INTO undone (nonce, undone_by) VALUES (?1, ?2)")?
            .execute(params![name, name])?;
        Ok(Merged::Aside)
    }
}
