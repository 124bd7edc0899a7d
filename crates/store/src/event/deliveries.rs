//! Messages that carry invitations.

use gatehouse_domain::delivery::{Channel, Delivery, DeliveryStatus};
use gatehouse_domain::id::{BatchId, InvitationId};
use rusqlite::{Row, params};

use super::{Change, View};
use crate::error::StoreError;
use crate::row;

fn delivery(r: &Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery {
        id: row::id(r, 0)?,
        invitation: row::id(r, 1)?,
        batch: row::optional_id(r, 2)?,
        channel: row::word::<Channel>(r, 3)?,
        status: row::word::<DeliveryStatus>(r, 4)?,
        queued_at: r.get(5)?,
        sent_at: r.get(6)?,
        detail: r.get(7)?,
    })
}

impl View<'_> {
    /// The messages of an invitation, oldest first.
    pub fn deliveries(&self, invitation: InvitationId) -> Result<Vec<Delivery>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, invitation, batch, channel, status, queued_at, sent_at, detail
             FROM deliveries WHERE invitation = ?1 ORDER BY queued_at, id",
        )?;
        let rows = statement.query_map([invitation.as_bytes()], delivery)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many messages of a batch stand where.
    pub fn count_deliveries(
        &self,
        batch: BatchId,
    ) -> Result<Vec<(DeliveryStatus, u32)>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT status, count(*) FROM deliveries WHERE batch = ?1 GROUP BY status",
        )?;
        let rows =
            statement.query_map([batch.as_bytes()], |r| Ok((row::word(r, 0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Change<'_> {
    /// Puts a message into the outbox.
    pub fn insert_delivery(&self, delivery: &Delivery) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO deliveries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?
            .execute(params![
                delivery.id.as_bytes(),
                delivery.invitation.as_bytes(),
                delivery.batch.as_ref().map(|id| id.as_bytes()),
                delivery.channel.word(),
                delivery.status.word(),
                delivery.queued_at,
                delivery.sent_at,
                delivery.detail,
            ])?;
        Ok(())
    }

    /// Takes the waiting messages of an invitation out of the outbox.
    pub fn withdraw_deliveries(&self, invitation: InvitationId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "UPDATE deliveries SET status = 'failed', detail = 'withdrawn'
                 WHERE invitation = ?1 AND status IN ('pending', 'pending_retry')",
            )?
            .execute([invitation.as_bytes()])?;
        Ok(())
    }
}
