//! Messages that are taken out of the outbox, because what they tell was called off.

use gatehouse_domain::delivery::MessageKind;
use gatehouse_domain::id::{BatchId, DeliveryId, InvitationId, MailingId};
use rusqlite::ToSql;

use super::Change;
use crate::error::StoreError;

impl Change<'_> {
    fn withdraw(&self, which: &str, values: &[&dyn ToSql]) -> Result<usize, StoreError> {
        Ok(self
            .conn
            .prepare_cached(&format!(
                "UPDATE deliveries SET status = 'failed', code = 'withdrawn', detail = 'withdrawn'
                 WHERE status IN ('pending', 'pending_retry') AND handed_at IS NULL AND {which}"
            ))?
            .execute(values)?)
    }

    /// Takes the waiting messages of an invitation out of the outbox.
    pub fn withdraw_deliveries(&self, invitation: InvitationId) -> Result<(), StoreError> {
        self.withdraw("invitation = ?1", &[invitation.as_bytes()])?;
        Ok(())
    }

    /// Takes the waiting messages of a mailing out of the outbox; says how many.
    pub fn withdraw_mailing(&self, mailing: MailingId) -> Result<usize, StoreError> {
        self.withdraw("mailing = ?1", &[mailing.as_bytes()])
    }

    /// Takes the waiting messages to a batch's invitations out of the outbox, but for those that
    /// say that something is called off.
    pub fn withdraw_batch(&self, batch: BatchId) -> Result<(), StoreError> {
        self.withdraw(
            "kind <> 'cancelled' AND invitation IN (SELECT id FROM invitations WHERE batch = ?1)",
            &[batch.as_bytes()],
        )?;
        Ok(())
    }

    /// Takes what waits and speaks of what is still to come out of the outbox.
    pub fn withdraw_outlook(&self) -> Result<(), StoreError> {
        let kinds: Vec<String> = MessageKind::ALL
            .iter()
            .filter(|kind| kind.is_before())
            .map(|kind| format!("'{}'", kind.word()))
            .collect();
        self.withdraw(&format!("kind IN ({})", kinds.join(", ")), &[])?;
        Ok(())
    }

    /// Takes a message out of the outbox that waits again after a try, where its mailing was called
    /// off meanwhile.
    pub(super) fn withdraw_late(&self, id: DeliveryId) -> Result<(), StoreError> {
        self.withdraw(
            "id = ?1 AND mailing IN (SELECT id FROM mailings WHERE status = 'cancelled')",
            &[id.as_bytes()],
        )?;
        Ok(())
    }
}
