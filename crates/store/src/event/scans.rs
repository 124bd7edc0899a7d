//! Scans, and the used-marks that go with them.

use gatehouse_domain::admission::Code;
use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_domain::passage::Passage;
use gatehouse_domain::scan::{Direction, HybridClock, ScanRecord, Verdict, chain_hash};
use rusqlite::{OptionalExtension, Row, params};

use super::presence::is_passage;
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

/// One presentation, as people look back at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanLine {
    /// Names it.
    pub nonce: [u8; 16],
    /// The ticket.
    pub ticket: Option<TicketId>,
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
    /// Whether it was taken back.
    pub undone: bool,
    /// Why somebody was let in, where that was kept.
    pub reason: Option<String>,
}

/// What a scan that came from a device did to what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// It was here already.
    Known,
    /// It is new, and stands in nobody's way.
    Added,
    /// It admitted a ticket whose slot an older scan fills: the nonce of that one.
    DoubleOf([u8; 16]),
    /// It is older than the scan that filled its slot, and has taken the slot from it.
    Displaced([u8; 16]),
}

/// An admission that lost its slot to an older one, for the device that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// The admission.
    pub nonce: [u8; 16],
    /// Its ticket.
    pub ticket: TicketId,
    /// When the older one was, UTC ms.
    pub original_at: i64,
    /// Name of the gate of the older one.
    pub original_gate: String,
}

impl View<'_> {
    /// Every presentation of a ticket, oldest first.
    pub fn scan_lines(&self, ticket: TicketId) -> Result<Vec<ScanLine>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{SCAN_LINE} WHERE s.ticket = ?1 ORDER BY s.clock_ms, s.clock_counter, s.device"
        ))?;
        let rows = statement.query_map([ticket.as_bytes()], scan_line)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The newest presentations at a device, newest first.
    pub fn newest_scans(
        &self,
        device: DeviceId,
        incarnation: u32,
        limit: u32,
    ) -> Result<Vec<ScanLine>, StoreError> {
        let mut statement = self.conn.prepare_cached(&format!(
            "{SCAN_LINE} WHERE s.device = ?1 AND s.incarnation = ?2
             ORDER BY s.sequence DESC LIMIT ?3"
        ))?;
        let rows =
            statement.query_map(params![device.as_bytes(), incarnation, limit], scan_line)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many presentations a device has, and how many of them admitted.
    pub fn count_scans(&self, device: DeviceId) -> Result<(u64, u64), StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT count(*), count(*) FILTER (WHERE verdict = 'admitted') FROM scans
                 WHERE device = ?1",
            )?
            .query_row([device.as_bytes()], |r| {
                let count = |column| r.get::<_, i64>(column).map(i64::unsigned_abs);
                Ok((count(0)?, count(1)?))
            })?)
    }

    /// A device's records after a sequence number, in the order of its chain.
    pub fn scans_after(
        &self,
        device: DeviceId,
        incarnation: u32,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<ScanRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT record, signature FROM scans
             WHERE device = ?1 AND incarnation = ?2 AND sequence > ?3 ORDER BY sequence LIMIT ?4",
        )?;
        let after = i64::try_from(sequence).unwrap_or(i64::MAX);
        let rows = statement
            .query_map(params![device.as_bytes(), incarnation, after, limit], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })?;
        rows.map(|found| {
            let (signed, signature) = found?;
            scan_row(signed, signature)
        })
        .collect()
    }

    /// Whether a passage was taken back.
    pub fn is_undone(&self, nonce: [u8; 16]) -> Result<bool, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT 1 FROM undone WHERE nonce = ?1")?
            .query_row([nonce], |_| Ok(()))
            .optional()?
            .is_some())
    }

    /// How many scans admitted somebody in each minute, by the clock that orders them (UTC ms of
    /// the minute's start), oldest first.
    pub fn arrivals_by_minute(&self) -> Result<Vec<(i64, u32)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT clock_ms / 60000 * 60000 AS minute, count(*) FROM scans
             WHERE verdict = 'admitted'
               AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.nonce = scans.nonce)
             GROUP BY minute ORDER BY minute",
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

    /// A ticket's passages in the order of scans, without those that were taken back.
    pub fn passages(&self, ticket: TicketId) -> Result<Vec<Passage>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT direction, session, day, zone, clock_ms FROM scans
             WHERE ticket = ?1 AND verdict <> 'refused' AND verdict <> 'undone'
               AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.nonce = scans.nonce)
             ORDER BY clock_ms, clock_counter, device",
        )?;
        let rows = statement.query_map([ticket.as_bytes()], |r| {
            Ok(Passage {
                direction: row::word(r, 0)?,
                session: row::optional_id(r, 1)?,
                day: r.get(2)?,
                zone: row::optional_id(r, 3)?,
                at: r.get(4)?,
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
                   AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.nonce = s.nonce)
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

    /// Whether this very scan is here, signed so.
    pub fn has_scan(&self, scan: &ScanRow) -> Result<bool, StoreError> {
        let record = &scan.record;
        Ok(self
            .conn
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM scans WHERE device = ?1 AND incarnation = ?2
                   AND sequence = ?3 AND record = ?4 AND signature = ?5)",
            )?
            .query_row(
                params![
                    record.device.as_bytes(),
                    record.incarnation,
                    stored_sequence(record)?,
                    scan.signed,
                    scan.signature
                ],
                |r| r.get(0),
            )?)
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

const SCAN_LINE: &str = "SELECT s.nonce, s.ticket, s.clock_ms, d.name, s.direction, s.verdict, \
                         s.code, EXISTS (SELECT 1 FROM undone u WHERE u.nonce = s.nonce), \
                         (SELECT r.reason FROM scan_reasons r WHERE r.nonce = s.nonce) \
                         FROM scans s JOIN devices d ON d.id = s.device";

fn scan_line(r: &Row<'_>) -> rusqlite::Result<ScanLine> {
    Ok(ScanLine {
        nonce: r.get(0)?,
        ticket: row::optional_id(r, 1)?,
        at: r.get(2)?,
        gate: r.get(3)?,
        direction: row::word(r, 4)?,
        verdict: row::word(r, 5)?,
        code: row::word(r, 6)?,
        undone: r.get(7)?,
        reason: r.get(8)?,
    })
}

pub(super) fn scan_row(signed: Vec<u8>, signature: Vec<u8>) -> Result<ScanRow, StoreError> {
    let record = ScanRecord::from_bytes(&signed).map_err(|e| StoreError::Value(e.to_string()))?;
    Ok(ScanRow {
        record,
        signed,
        signature,
    })
}

impl Change<'_> {
    /// Adds a scan that this machine decided. One that admits fills its slot and marks the ticket,
    /// all or nothing.
    ///
    /// A slot that is filled already is a constraint error, and nothing is kept; a supervisor's
    /// word (code `forced`) lets in beside whoever fills it.
    pub fn insert_scan(
        &self,
        scan: &ScanRow,
        slot: Option<&AdmissionSlot>,
    ) -> Result<(), StoreError> {
        self.insert_record(scan, scan.record.nonce)?;
        let record = &scan.record;
        let slot = slot.filter(|_| record.verdict == Verdict::Admitted);
        if let (Some(ticket), Some(slot)) = (record.ticket, slot) {
            if record.code == Code::Forced && self.filled_by(ticket, slot)?.is_some() {
                return self.follow(record, record.nonce);
            }
            self.fill_slot(ticket, slot, record.nonce)?;
        }
        self.follow(record, record.nonce)
    }

    /// Adds a scan that another device decided, whenever it was; see [`Merged`]. What it says
    /// happened, so it is kept whatever else is known.
    pub fn merge_scan(
        &self,
        scan: &ScanRow,
        slot: Option<&AdmissionSlot>,
    ) -> Result<Merged, StoreError> {
        let record = &scan.record;
        let name = match self.namesake(record.nonce)? {
            None => record.nonce,
            Some(_) if self.has_scan(scan)? => return Ok(Merged::Known),
            // The same presentation, which a device that came back from an old copy signed anew.
            Some(device) if device == record.device => {
                self.insert_record(scan, other_name(scan))?;
                return Ok(Merged::Added);
            }
            // A name that another device took does not silence this one.
            Some(_) => other_name(scan),
        };
        self.insert_record(scan, name)?;
        let mut merged = Merged::Added;
        if self.is_undone(name)? {
            return Ok(merged);
        }
        if let (Some(ticket), Some(slot)) = (record.ticket, slot) {
            match self.filled_by(ticket, slot)? {
                None => self.fill_slot(ticket, slot, name)?,
                Some(filler) if filler.order < order_of(record) => {
                    merged = Merged::DoubleOf(filler.nonce);
                }
                Some(filler) => {
                    self.conn
                        .prepare_cached("DELETE FROM admissions WHERE ticket = ?1 AND slot = ?2")?
                        .execute(params![ticket.as_bytes(), slot.0])?;
                    self.fill_slot(ticket, slot, name)?;
                    self.conn
                        .prepare_cached(
                            "INSERT OR REPLACE INTO reversals (nonce, device, ticket, original)
                             VALUES (?1, ?2, ?3, ?4)",
                        )?
                        .execute(params![
                            filler.nonce,
                            filler.order.1.as_bytes(),
                            ticket.as_bytes(),
                            name,
                        ])?;
                    merged = Merged::Displaced(filler.nonce);
                }
            }
        }
        self.follow(record, name)?;
        Ok(merged)
    }

    /// Notes that a device was told of its reversals at `at` (UTC ms).
    pub fn mark_reversals_told(&self, device: DeviceId, at: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE reversals SET told_at = ?2 WHERE device = ?1 AND told_at IS NULL",
            )?
            .execute(params![device.as_bytes(), at])?;
        Ok(())
    }

    /// Keeps what a supervisor gave as the reason for a scan.
    pub fn insert_reason(&self, nonce: [u8; 16], reason: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR IGNORE INTO scan_reasons (nonce, reason) VALUES (?1, ?2)")?
            .execute(params![nonce, reason])?;
        Ok(())
    }

    /// The device whose scan has this name already.
    fn namesake(&self, nonce: [u8; 16]) -> Result<Option<DeviceId>, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT device FROM scans WHERE nonce = ?1")?
            .query_row([nonce], |r| row::id(r, 0))
            .optional()?)
    }

    /// Writes a scan under a name: its nonce, where no other has it.
    fn insert_record(&self, scan: &ScanRow, name: [u8; 16]) -> Result<(), StoreError> {
        let record = &scan.record;
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
                stored_sequence(record)?,
                name,
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
        Ok(())
    }

    /// The scan that fills a slot.
    fn filled_by(
        &self,
        ticket: TicketId,
        slot: &AdmissionSlot,
    ) -> Result<Option<Filler>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT s.nonce, s.clock_ms, s.clock_counter, s.device FROM admissions a
                 JOIN scans s ON s.nonce = a.nonce WHERE a.ticket = ?1 AND a.slot = ?2",
            )?
            .query_row(params![ticket.as_bytes(), slot.0], |r| {
                Ok(Filler {
                    nonce: r.get(0)?,
                    order: (
                        HybridClock {
                            wall_ms: r.get(1)?,
                            counter: r.get(2)?,
                        },
                        row::id(r, 3)?,
                    ),
                })
            })
            .optional()?)
    }

    fn fill_slot(
        &self,
        ticket: TicketId,
        slot: &AdmissionSlot,
        name: [u8; 16],
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO admissions (ticket, slot, nonce) VALUES (?1, ?2, ?3)")?
            .execute(params![ticket.as_bytes(), slot.0, name])?;
        Ok(())
    }

    /// What follows from a scan: where the holder is, when they first came, what was taken back.
    fn follow(&self, record: &ScanRecord, name: [u8; 16]) -> Result<(), StoreError> {
        if let Some(nonce) = record.undoes {
            return self.take_back(nonce, name);
        }
        let Some(ticket) = record.ticket else {
            return Ok(());
        };
        if !is_passage(record.verdict) {
            return Ok(());
        }
        let at = record.clock.wall_ms;
        self.follow_passage(ticket, record.zone, record.direction, at)?;
        if record.verdict == Verdict::Admitted {
            self.conn
                .prepare_cached(
                    "UPDATE tickets SET checked_in_at = ?2
                     WHERE id = ?1 AND (checked_in_at IS NULL OR checked_in_at > ?2)",
                )?
                .execute(params![ticket.as_bytes(), at])?;
        }
        Ok(())
    }

    /// Takes a passage back: its slot is free again, and the holder is where they were before.
    fn take_back(&self, nonce: [u8; 16], by: [u8; 16]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR IGNORE INTO undone (nonce, undone_by) VALUES (?1, ?2)")?
            .execute(params![nonce, by])?;
        let Some(undone) = self.scan_by_nonce(nonce)? else {
            return Ok(());
        };
        let record = undone.record;
        let Some(ticket) = record.ticket else {
            return Ok(());
        };
        self.conn
            .prepare_cached("DELETE FROM admissions WHERE ticket = ?1 AND nonce = ?2")?
            .execute(params![ticket.as_bytes(), record.nonce])?;
        self.follow_undo(ticket)
    }
}

/// The order of scans: by clock, then by device.
type Order = (HybridClock, DeviceId);

fn order_of(record: &ScanRecord) -> Order {
    (record.clock, record.device)
}

/// The scan that fills a slot.
struct Filler {
    nonce: [u8; 16],
    order: Order,
}

/// What a scan is called here whose nonce names another one: half of what its device's next record
/// names it by.
fn other_name(scan: &ScanRow) -> [u8; 16] {
    let hash = chain_hash(&scan.signed, &scan.signature);
    let mut name = [0; 16];
    name.copy_from_slice(&hash[..16]);
    name
}

fn stored_sequence(record: &ScanRecord) -> Result<i64, StoreError> {
    i64::try_from(record.sequence)
        .map_err(|_| StoreError::Value("a sequence number over 63 bits".into()))
}
