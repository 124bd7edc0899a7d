//! Batches: where they stand, and called off with their tickets.

use gatehouse_domain::batch::{Batch, BatchStatus};
use gatehouse_domain::id::BatchId;
use gatehouse_store::Lane;

use crate::home::EventHome;
use crate::problem::Problem;

/// What calling off a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct BatchCancelled {
    /// Tickets that were taken back.
    pub voided: u32,
    /// Those of them whose holders had come in already.
    pub used: u32,
}

impl EventHome {
    /// The event's batches, oldest first.
    pub fn batches(&self) -> Result<Vec<Batch>, Problem> {
        Ok(self.file().read(|view| view.batches())?)
    }

    /// Calls a batch off: its tickets are void, and its members get none any more. A second time
    /// changes nothing; a completed batch stays.
    pub fn cancel_batch(&self, id: BatchId, reason: &str) -> Result<BatchCancelled, Problem> {
        let now = self.now();
        let reason = reason.trim().to_owned();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "cancel batch", Some(reason.clone()));
        let found = self.file().read(|view| view.batch(id))?;
        let nothing = BatchCancelled { voided: 0, used: 0 };
        match found.map(|batch| batch.status) {
            None => Err(Problem::new(
                "batch_unknown",
                "this event has no such batch; nothing was changed",
            )),
            Some(BatchStatus::Cancelled) => Ok(nothing),
            Some(_) => self.file().command(Lane::Edit, meta, move |change| {
                let Some(batch) = change.batch(id)? else {
                    return Ok(nothing);
                };
                change.set_batch_status(id, batch.status.step(BatchStatus::Cancelled)?)?;
                let (voided, used) = change.void_tickets_of_batch(id, now, &reason)?;
                Ok(BatchCancelled { voided, used })
            }),
        }
    }
}
