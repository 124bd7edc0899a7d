//! Tries to hand a message over, of whatever table it stands in: written before and after.

use gatehouse_domain::delivery::DeliveryStatus;
use gatehouse_domain::delivery::outcome::Standing;
use rusqlite::params;

use super::Change;
use crate::error::StoreError;

/// A table of messages that leave.
#[derive(Debug, Clone, Copy)]
pub(super) enum Outgoing {
    /// To guests.
    Deliveries,
    /// To the host.
    HostNotices,
}

impl Outgoing {
    fn table(self) -> &'static str {
        match self {
            Self::Deliveries => "deliveries",
            Self::HostNotices => "host_notices",
        }
    }
}

impl Change<'_> {
    /// Notes that a try begins; false where the message does not wait any more, or somebody else
    /// tries it.
    pub(super) fn begin_try(
        &self,
        of: Outgoing,
        id: &[u8; 16],
        recipient: &str,
        at: i64,
    ) -> Result<bool, StoreError> {
        let changed = self
            .conn
            .prepare_cached(&format!(
                "UPDATE {} SET handed_at = ?2, attempts = attempts + 1, recipient = ?3
                 WHERE id = ?1 AND handed_at IS NULL AND status IN ('pending', 'pending_retry')",
                of.table()
            ))?
            .execute(params![id, at, recipient])?;
        Ok(changed == 1)
    }

    /// Notes what a try came to.
    pub(super) fn end_try(
        &self,
        of: Outgoing,
        id: &[u8; 16],
        standing: &Standing,
        at: i64,
    ) -> Result<(), StoreError> {
        let sent = standing.status == DeliveryStatus::Sent;
        self.conn
            .prepare_cached(&format!(
                "UPDATE {} SET status = ?2, handed_at = NULL,
                   due_at = coalesce(?3, due_at), code = ?4, detail = ?5,
                   sent_at = CASE WHEN ?6 THEN ?7 ELSE sent_at END
                 WHERE id = ?1",
                of.table()
            ))?
            .execute(params![
                id,
                standing.status.word(),
                standing.due_at,
                standing.code,
                standing.detail,
                sent,
                at,
            ])?;
        Ok(())
    }

    /// Puts a message back as it was before a try that could not begin.
    pub(super) fn undo_try(
        &self,
        of: Outgoing,
        id: &[u8; 16],
        due_at: i64,
        code: &str,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(&format!(
                "UPDATE {} SET handed_at = NULL, attempts = max(attempts - 1, 0),
                   due_at = ?2, code = ?3 WHERE id = ?1",
                of.table()
            ))?
            .execute(params![id, due_at, code])?;
        Ok(())
    }
}
