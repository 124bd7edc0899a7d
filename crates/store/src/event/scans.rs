//! Scans, and the used-marks that go with them.

use gatehouse_domain::admission::{Code, Passage};
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::scan::{Direction, HybridClock, ScanRecord, Verdict};
use rusqlite::{OptionalExtension, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// The slot that an admission fills: one holder, one ticket, one session, zone or day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionSlot(pub String);

/// One scan as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanRow {
    /// The record.
    pub record: ScanRecord,
    /// The bytes that were signed.
    pub signed: Vec<u8>,
    /// The device's signature over them.
    pub signature: Vec<u8>,
}

/// The end of a device's chain of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEnd {
    /// The last sequence number.
    pub sequence: u64,
    /// The last clock.
    pub clock: HybridClock,
    /// Bytes that were signed last.
    pub signed: Vec<u8>,
    /// The last signature.
    pub signature: Vec<u8>,
}

/// An earlier use of a ticket, as staff are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstUse {
    /// When, by the clock that orders scans, UTC ms.
    pub at: i64,
    /// Name of the gate.
    pub gate: String,
}

/// One presentation of a ticket, as people look back at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLine {
    /// When, by the clock that orders scans, UTC ms.
    pub at: i64,
    /// Name of the gate.
    pub gate: String,
    /// Which way.
    pub direction: Direction,
    /// Admitted, exited or refused.
    pub verdict: Verdict,
    /// Why.
    pub code: Code,
}

impl View<'_> {
    /// Every presentation of a ticket, oldest first.
    pub fn scan_lines(&self, ticket: TicketId) -> Result<Vec<ScanLine>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT s.clock_ms, d.name, s.direction, s.verdict, s.code
             FROM scans s JOIN devices d ON d.id = s.device
             WHERE s.ticket = ?1 ORDER BY s.clock_ms, s.clock_counter, s.device",
        )?;
        let rows = statement.query_map([ticket.as_bytes()], |r| {
            Ok(ScanLine {
                at: r.get(0)?,
                gate: r.get(1)?,
                direction: row::word(r, 2)?,
                verdict: row::word(r, 3)?,
                code: row::word(r, 4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many scans admitted somebody in each minute, by the clock that orders them (UTC ms of
    /// the minute's start), oldest first.
    pub fn arrivals_by_minute(&self) -> Result<Vec<(i64, u32)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT clock_ms / 60000 * 60000 AS minute, count(*) FROM scans
             WHERE verdict = 'admitted' GROUP BY minute ORDER BY minute",
        )?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The end of a device's chain in this life of it.
    pub fn chain_end(
        &self,
        device: DeviceId,
        incarnation: u32,
    ) -> Result<Option<ChainEnd>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT sequence, clock_ms, clock_counter, record, signature FROM scans
                 WHERE device = ?1 AND incarnation = ?2 ORDER BY sequence DESC LIMIT 1",
            )?
            .query_row(params![device.as_bytes(), incarnation], |r| {
                Ok(ChainEnd {
                    sequence: r.get::<_, i64>(0)?.unsigned_abs(),
                    clock: HybridClock {
                        wall_ms: r.get(1)?,
                        counter: r.get(2)?,
                    },
                    signed: r.get(3)?,
                    signature: r.get(4)?,
                })
            })
            .optional()?)
    }

    /// A ticket's passages in the order of scans.
    pub fn passages(&self, ticket: TicketId) -> Result<Vec<Passage>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT direction, session, day, zone FROM scans
             WHERE ticket = ?1 AND verdict <> 'refused' ORDER BY clock_ms, clock_counter, device",
        )?;
        let rows = statement.query_map([ticket.as_bytes()], |r| {
            Ok(Passage {
                direction: row::word(r, 0)?,
                session: row::optional_id(r, 1)?,
                day: r.get(2)?,
                zone: row::optional_id(r, 3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When and where a ticket was first admitted.
    pub fn first_use(&self, ticket: TicketId) -> Result<Option<FirstUse>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT s.clock_ms, d.name FROM scans s JOIN devices d ON d.id = s.device
                 WHERE s.ticket = ?1 AND s.verdict <> 'refused' AND s.verdict = 'admitted'
                 ORDER BY s.clock_ms, s.clock_counter, s.device LIMIT 1",
            )?
            .query_row([ticket.as_bytes()], |r| {
                Ok(FirstUse {
                    at: r.get(0)?,
                    gate: r.get(1)?,
                })
            })
            .optional()?)
    }

    /// The scan with this nonce, when it was kept before.
    pub fn scan_by_nonce(&self, nonce: [u8; 16]) -> Result<Option<ScanRow>, StoreError> {
        let found = self
            .conn
            .prepare_cached("SELECT record, signature FROM scans WHERE nonce = ?1")?
            .query_row([nonce], |r| {
                Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, Vec<u8>>(1)?))
            })
            .optional()?;
        found
            .map(|(signed, signature)| scan_row(signed, signature))
            .transpose()
    }

    /// All scans of the file, device by device in the order of each chain.
    pub fn scans(&self) -> Result<Vec<ScanRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT record, signature FROM scans ORDER BY device, incarnation, sequence",
        )?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        rows.map(|found| {
            let (signed, signature) = found?;
            scan_row(signed, signature)
        })
        .collect()
    }

    /// How many scans ended with each code.
    pub fn count_scans_by_code(&self) -> Result<Vec<(Code, u64)>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT code, count(*) FROM scans GROUP BY code ORDER BY code")?;
        let rows = statement.query_map([], |r| {
            Ok((row::word(r, 0)?, r.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn scan_row(signed: Vec<u8>, signature: Vec<u8>) -> Result<ScanRow, StoreError> {
    let record = ScanRecord::from_bytes(&signed).map_err(|e| StoreError::Value(e.to_string()))?;
    Ok(ScanRow {
        record,
        signed,
        signature,
    })
}

impl Change<'_> {
    /// Adds a scan. One that admits fills its slot and marks the ticket, all or nothing.
    ///
    /// A slot that is filled already is a constraint error, and nothing is kept.
    pub fn insert_scan(
        &self,
        scan: &ScanRow,
        slot: Option<&AdmissionSlot>,
    ) -> Result<(), StoreError> {
        let record = &scan.record;
        let sequence = i64::try_from(record.sequence)
            .map_err(|_| StoreError::Value("a sequence number over 63 bits".into()))?;
        self.conn
            .prepare_cached(
                "INSERT INTO scans (device, incarnation, sequence, nonce, ticket, session, day,
                                    zone, direction, verdict, code, clock_ms, clock_counter,
                                    record, signature)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            )?
            .execute(params![
                record.device.as_bytes(),
                record.incarnation,
                sequence,
                record.nonce,
                record.ticket.as_ref().map(|id| id.as_bytes()),
                record.session.as_ref().map(|id| id.as_bytes()),
                record.day,
                record.zone.as_ref().map(|id| id.as_bytes()),
                record.direction.word(),
                record.verdict.word(),
                record.code.word(),
                record.clock.wall_ms,
                record.clock.counter,
                scan.signed,
                scan.signature,
            ])?;
        let Some(ticket) = record.ticket else {
            return Ok(());
        };
        if record.verdict != Verdict::Admitted || record.direction != Direction::Entry {
            return Ok(());
        }
        if let Some(slot) = slot {
            self.conn
                .prepare_cached(
                    "INSERT INTO admissions (ticket, slot, device, incarnation, sequence)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    ticket.as_bytes(),
                    slot.0,
                    record.device.as_bytes(),
                    record.incarnation,
                    sequence,
                ])?;
        }
        self.conn
            .prepare_cached(
                "UPDATE tickets SET checked_in_at = ?2 WHERE id = ?1 AND checked_in_at IS NULL",
            )?
            .execute(params![ticket.as_bytes(), record.clock.wall_ms])?;
        Ok(())
    }
}
