//! Batches: runs that create, render and send many invitations.

use serde::{Deserialize, Serialize};

use crate::id::BatchId;
use crate::words::words;

words! {
    /// Where a batch stands.
    BatchStatus("batch status") {
        /// Invitations may still be added.
        Draft = "draft",
        /// Tickets are being signed and rendered.
        Rendering = "rendering",
        /// Everything is rendered; nothing is sent.
        Ready = "ready",
        /// Messages are leaving.
        Sending = "sending",
        /// Everything is sent.
        Completed = "completed",
        /// Called off; its tickets are void.
        Cancelled = "cancelled",
    }
}

words! {
    /// How a batch seats its guests.
    SeatMode("seat mode") {
        /// The best seats left.
        Auto = "auto",
        /// As given on the list.
        Manual = "manual",
        /// Without seats.
        None = "none",
    }
}

/// A run that creates, renders and sends many invitations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Batch {
    /// The batch's id.
    pub id: BatchId,
    /// Its name for people.
    pub name: String,
    /// Where it stands.
    pub status: BatchStatus,
    /// How it seats its guests.
    pub seat_mode: SeatMode,
    /// When it was made, UTC ms.
    pub created_at: i64,
}

/// A step that a batch can't take from where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a batch that is {from} cannot become {to}")]
pub struct BatchStepRefused {
    /// Where it stands.
    pub from: BatchStatus,
    /// Where it was to go.
    pub to: BatchStatus,
}

impl BatchStatus {
    /// The status after a step to `to`.
    ///
    /// A batch goes forward one step at a time; a ready one is rendered again; everything but a
    /// completed or cancelled one can be cancelled; staying is no step and is allowed, so that a
    /// run that was cut off goes on.
    pub fn step(self, to: Self) -> Result<Self, BatchStepRefused> {
        use BatchStatus::{Cancelled, Completed, Draft, Ready, Rendering, Sending};
        let allowed = self == to
            || matches!(
                (self, to),
                (Draft | Ready, Rendering)
                    | (Rendering, Ready)
                    | (Ready, Sending)
                    | (Sending, Completed)
                    | (Draft | Rendering | Ready | Sending, Cancelled)
            );
        if allowed {
            Ok(to)
        } else {
            Err(BatchStepRefused { from: self, to })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BatchStatus::{self, *};

    #[test]
    fn a_batch_takes_only_these_steps() {
        let steps: &[(BatchStatus, &[BatchStatus])] = &[
            (Draft, &[Draft, Rendering, Cancelled]),
            (Rendering, &[Rendering, Ready, Cancelled]),
            (Ready, &[Rendering, Ready, Sending, Cancelled]),
            (Sending, &[Sending, Completed, Cancelled]),
            (Completed, &[Completed]),
            (Cancelled, &[Cancelled]),
        ];
        for (from, allowed) in steps {
            for to in BatchStatus::ALL {
                assert_eq!(
                    from.step(*to).is_ok(),
                    allowed.contains(to),
                    "{from} to {to}"
                );
            }
        }
    }
}
