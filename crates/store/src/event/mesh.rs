//! What the mesh keeps in an event's file, at its home and at its gates: the roster's signed edits
//! and one whole roster, rights that were taken back, notes on doubles, and every scan of a life.

use gatehouse_domain::id::{DeviceId, TicketId};
use rusqlite::{OptionalExtension, Row, params};

use super::scans::{ScanRow, scan_row};
use super::{Change, View};
use crate::error::StoreError;
use crate::row;

/// Which roster is here.
const ROSTER: &str = "mesh_roster";
/// Up to which edit the home published it.
const PUBLISHED: &str = "mesh_published";
/// Zones' room that is leased.
const LEASES: &str = "mesh_leases";
/// By how much the home's clock is ahead.
const OFFSET: &str = "mesh_offset";

/// Which roster: of which home, and how many edits of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct RosterMark {
    /// The home's epoch.
    pub epoch: u32,
    /// The number of the last edit.
    pub number: u64,
}

/// One numbered edit of the roster, as the home signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeltaRow {
    /// The roster that it makes.
    pub mark: RosterMark,
    /// The device whose right it takes back.
    pub revokes: Option<DeviceId>,
    /// What it says.
    pub body: Vec<u8>,
    /// The home's signature.
    pub signature: Vec<u8>,
}

/// A right that was taken back, as the home signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationRow {
    /// The device.
    pub device: DeviceId,
    /// The edit of the roster that did it.
    pub mark: RosterMark,
    /// The home's signature.
    pub signature: Vec<u8>,
}

/// What a whole roster is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotRow {
    /// The roster that it is.
    pub mark: RosterMark,
    /// How many bytes it has.
    pub length: u64,
    /// SHA-256 of them.
    pub hash: [u8; 32],
    /// The home's signature.
    pub signature: Vec<u8>,
}

/// What somebody decided on a double, as their device signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// The bytes that were signed.
    pub note: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn mark(r: &Row<'_>, at: usize) -> rusqlite::Result<RosterMark> {
    Ok(RosterMark {
        epoch: r.get(at)?,
        number: r.get::<_, i64>(at + 1)?.unsigned_abs(),
    })
}

fn read_mark(text: &str) -> Option<RosterMark> {
    let (epoch, number) = text.split_once('.')?;
    Some(RosterMark {
        epoch: epoch.parse().ok()?,
        number: number.parse().ok()?,
    })
}

impl View<'_> {
    /// Shows every scan, in any order.
    pub fn each_scan(&self, look: &mut dyn FnMut(ScanRow)) -> Result<(), StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT record, signature FROM scans")?;
        let mut rows = statement.query([])?;
        while let Some(r) = rows.next()? {
            look(scan_row(r.get(0)?, r.get(1)?)?);
        }
        Ok(())
    }

    /// Every scan of a ticket that let it pass or took a passage back, in the order of scans.
    pub fn passage_scans(&self, ticket: TicketId) -> Result<Vec<ScanRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT record, signature FROM scans WHERE ticket = ?1 AND verdict <> 'refused'
             ORDER BY clock_ms, clock_counter, device",
        )?;
        let rows = statement.query_map([ticket.as_bytes()], |r| Ok((r.get(0)?, r.get(1)?)))?;
        rows.map(|found| {
            let (signed, signature) = found?;
            scan_row(signed, signature)
        })
        .collect()
    }

    /// Every passage of the tickets that were admitted more than once, without what was put aside.
    pub fn double_candidates(&self) -> Result<Vec<ScanRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT record, signature FROM scans WHERE verdict <> 'refused' AND ticket IN (
               SELECT ticket FROM scans WHERE verdict <> 'refused' AND verdict = 'admitted'
               GROUP BY ticket HAVING count(*) > 1)
             AND NOT EXISTS (SELECT 1 FROM undone u
                             WHERE u.nonce = scans.nonce AND u.undone_by = scans.nonce)",
        )?;
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        rows.map(|found| {
            let (signed, signature) = found?;
            scan_row(signed, signature)
        })
        .collect()
    }

    /// The roster that is here, as the mesh counts; none before the first.
    pub fn roster_mark(&self) -> Result<Option<RosterMark>, StoreError> {
        Ok(self.kept(ROSTER)?.as_deref().and_then(read_mark))
    }

    /// Up to which edit of the file the home has published the roster.
    pub fn published(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.kept(PUBLISHED)?.and_then(|text| text.parse().ok()))
    }

    /// The edit that made a roster, where it is still here.
    pub fn roster_delta(&self, of: RosterMark) -> Result<Option<DeltaRow>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT epoch, number, revokes, body, signature FROM roster_deltas
                 WHERE epoch = ?1 AND number = ?2",
            )?
            .query_row(params![of.epoch, stored(of.number)], |r| {
                Ok(DeltaRow {
                    mark: mark(r, 0)?,
                    revokes: row::optional_id(r, 2)?,
                    body: r.get(3)?,
                    signature: r.get(4)?,
                })
            })
            .optional()?)
    }

    /// Every right that was taken back.
    pub fn revocations(&self) -> Result<Vec<RevocationRow>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT epoch, number, device, signature FROM revocations ORDER BY epoch, number",
        )?;
        let rows = statement.query_map([], |r| {
            Ok(RevocationRow {
                mark: mark(r, 0)?,
                device: row::id(r, 2)?,
                signature: r.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The whole roster that can be given to others.
    pub fn roster_snapshot(&self) -> Result<Option<SnapshotRow>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT epoch, number, length(body), hash, signature FROM roster_snapshot",
            )?
            .query_row([], |r| {
                Ok(SnapshotRow {
                    mark: mark(r, 0)?,
                    length: r.get::<_, i64>(2)?.unsigned_abs(),
                    hash: r.get(3)?,
                    signature: r.get(4)?,
                })
            })
            .optional()?)
    }

    /// A piece of it, from a byte on.
    pub fn roster_snapshot_part(
        &self,
        of: RosterMark,
        from: u64,
        bytes: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .conn
            .prepare_cached(
                "SELECT substr(body, ?3, ?4) FROM roster_snapshot
                 WHERE epoch = ?1 AND number = ?2",
            )?
            .query_row(
                params![
                    of.epoch,
                    stored(of.number),
                    stored(from).saturating_add(1),
                    bytes
                ],
                |r| r.get(0),
            )
            .optional()?)
    }

    /// Every note on a double.
    pub fn double_notes(&self) -> Result<Vec<NoteRow>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT note, signature FROM double_notes ORDER BY note")?;
        let rows = statement.query_map([], |r| {
            Ok(NoteRow {
                note: r.get(0)?,
                signature: r.get(1)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The book of leases, as hex.
    pub fn lease_book(&self) -> Result<Option<String>, StoreError> {
        self.kept(LEASES)
    }

    /// By how much the home's clock was ahead of this device's when it was last measured, ms.
    pub fn home_offset_ms(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.kept(OFFSET)?.and_then(|text| text.parse().ok()))
    }
}

impl Change<'_> {
    /// Notes which roster is here.
    pub fn mark_roster(&self, mark: RosterMark) -> Result<(), StoreError> {
        self.keep(ROSTER, &format!("{}.{}", mark.epoch, mark.number))
    }

    /// Notes up to which edit of the file the home has published the roster.
    pub fn mark_published(&self, edit: i64) -> Result<(), StoreError> {
        self.keep(PUBLISHED, &edit.to_string())
    }

    /// Keeps an edit of the roster; only the newest `most` of them stay.
    pub fn insert_roster_delta(&self, delta: &DeltaRow, most: u64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO roster_deltas (epoch, number, revokes, body, signature)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                delta.mark.epoch,
                stored(delta.mark.number),
                delta.revokes.as_ref().map(|id| id.as_bytes()),
                delta.body,
                delta.signature,
            ])?;
        self.conn
            .prepare_cached("DELETE FROM roster_deltas WHERE epoch < ?1 OR number <= ?2")?
            .execute(params![
                delta.mark.epoch,
                stored(delta.mark.number.saturating_sub(most))
            ])?;
        Ok(())
    }

    /// Keeps that a right was taken back.
    pub fn insert_revocation(&self, revocation: &RevocationRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR IGNORE INTO revocations (device, epoch, number, signature)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                revocation.device.as_bytes(),
                revocation.mark.epoch,
                stored(revocation.mark.number),
                revocation.signature,
            ])?;
        Ok(())
    }

    /// Keeps a whole roster, in place of the one before.
    pub fn keep_roster_snapshot(&self, head: &SnapshotRow, body: &[u8]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT OR REPLACE INTO roster_snapshot (id, epoch, number, hash, signature, body)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                head.mark.epoch,
                stored(head.mark.number),
                head.hash,
                head.signature,
                body,
            ])?;
        Ok(())
    }

    /// Keeps a note on a double.
    pub fn insert_double_note(&self, note: &NoteRow) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT OR IGNORE INTO double_notes (note, signature) VALUES (?1, ?2)")?
            .execute(params![note.note, note.signature])?;
        Ok(())
    }

    /// Keeps the book of leases, as hex.
    pub fn keep_lease_book(&self, book: &str) -> Result<(), StoreError> {
        self.keep(LEASES, book)
    }

    /// Keeps by how much the home's clock is ahead of this device's, ms.
    pub fn keep_home_offset_ms(&self, offset: i64) -> Result<(), StoreError> {
        self.keep(OFFSET, &offset.to_string())
    }
}
