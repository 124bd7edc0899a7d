//! Batches and where they stand.

use gatehouse_domain::batch::{Batch, BatchStatus};
use gatehouse_domain::id::BatchId;
use rusqlite::{OptionalExtension, Row, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

fn batch(r: &Row<'_>) -> rusqlite::Result<Batch> {
    Ok(Batch {
        id: row::id(r, 0)?,
        name: r.get(1)?,
        status: row::word(r, 2)?,
        seat_mode: row::word(r, 3)?,
        created_at: r.get(4)?,
    })
}

impl View<'_> {
    /// One batch.
    pub fn batch(&self, id: BatchId) -> Result<Option<Batch>, StoreError> {
        Ok(self
            .conn
            .query_row(
                "SELECT id, name, status, seat_mode, created_at FROM batches WHERE id = ?1",
                [id.as_bytes()],
                batch,
            )
            .optional()?)
    }

    /// All batches, oldest first.
    pub fn batches(&self) -> Result<Vec<Batch>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name, status, seat_mode, created_at FROM batches ORDER BY id",
        )?;
        let rows = statement.query_map([], batch)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Adds a batch.
    pub fn insert_batch(&self, batch: &Batch) -> Result<(), StoreError> {
        self.conn.execute(
            "INSERT INTO batches (id, name, status, seat_mode, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                batch.id.as_bytes(),
                batch.name,
                batch.status.word(),
                batch.seat_mode.word(),
                batch.created_at,
            ],
        )?;
        Ok(())
    }

    /// Takes back every good ticket of a batch at `at` (UTC ms); says how many, and how many of
    /// them were used.
    pub fn void_tickets_of_batch(
        &self,
        id: BatchId,
        at: i64,
        reason: &str,
    ) -> Result<(u32, u32), StoreError> {
        const GOOD: &str = "status NOT IN ('voided', 'transferred') AND invitation IN
                            (SELECT id FROM invitations WHERE batch = ?1)";
        let used = self.conn.query_row(
            &format!("SELECT count(*) FROM tickets WHERE {GOOD} AND checked_in_at IS NOT NULL"),
            [id.as_bytes()],
            |r| r.get(0),
        )?;
        let voided = self.conn.execute(
            &format!(
                "UPDATE tickets SET status = 'voided', voided_at = ?2, void_reason = ?3
                 WHERE {GOOD}"
            ),
            params![id.as_bytes(), at, reason],
        )?;
        Ok((voided as u32, used))
    }

    /// Moves a batch to `status`; the caller has asked `BatchStatus::step`.
    pub fn set_batch_status(&self, id: BatchId, status: BatchStatus) -> Result<(), StoreError> {
        self.conn.execute(
            "UPDATE batches SET status = ?2 WHERE id = ?1",
            params![id.as_bytes(), status.word()],
        )?;
        Ok(())
    }
}
