//! Batches: where they stand, and called off with their tickets.

use gatehouse_domain::batch::{Batch, BatchStatus, SeatMode};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{BatchId, InvitationId};
use gatehouse_store::Lane;

use crate::home::EventHome;
use crate::invitations::InvitationsMade;
use crate::issue::Issuing;
use crate::parties::Queued;
use crate::problem::Problem;
use crate::surroundings::Progress;

/// What calling off a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct BatchCancelled {
    /// Tickets that were taken back.
    pub voided: u32,
    /// Those of them whose holders had come in already.
    pub used: u32,
}

/// What generating a batch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct BatchGenerated {
    /// New invitations.
    pub invitations: usize,
    /// Their members.
    pub members: usize,
    /// Tickets issued now.
    pub issued: usize,
    /// Members who still lack one, when the person stopped the run.
    pub left: usize,
}

impl EventHome {
    /// Adds a batch that nothing is in yet.
    pub fn add_batch(&self, name: &str, seat_mode: SeatMode) -> Result<BatchId, Problem> {
        let name = name.trim().to_owned();
        let length = name.chars().count();
        if length == 0 || length > 200 {
            return Err(FieldErrors(vec![FieldError::new(
                "name",
                "name_length",
                "give a name of 1 to 200 characters",
            )])
            .into());
        }
        let at = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "add batch", Some(name.clone()));
        let batch = Batch {
            id: BatchId(mint.mint(at)),
            name,
            status: BatchStatus::Draft,
            seat_mode,
            created_at: at,
        };
        let id = batch.id;
        self.file().edit(Lane::Edit, meta, move |change| {
            change.insert_batch(&batch)?;
            Ok::<_, Problem>(id)
        })
    }

    /// One batch.
    pub fn batch(&self, id: BatchId) -> Result<Batch, Problem> {
        self.file()
            .read(|view| view.batch(id))?
            .ok_or_else(batch_unknown)
    }

    /// Forms a batch's invitations, of every guest who has none or `blank` ones without names, and
    /// issues their tickets. After a stop or a crash the same command goes on.
    pub fn generate_batch(
        &self,
        id: BatchId,
        blank: u32,
        progress: &dyn Progress,
    ) -> Result<BatchGenerated, Problem> {
        let batch = self.batch(id)?;
        if batch.status == BatchStatus::Cancelled {
            return Err(Problem::new(
                "batch_cancelled",
                "this batch was called off; nothing was made",
            ));
        }
        let made = match batch.status {
            BatchStatus::Draft if blank > 0 => self.form_blank_invitations(&batch, blank)?,
            BatchStatus::Draft => self.form_invitations_in(&batch)?,
            _ => InvitationsMade {
                invitations: 0,
                members: 0,
            },
        };
        self.step_batch(id, BatchStatus::Rendering)?;
        let members = self.file().read(|view| {
            let mut members = Vec::new();
            for invitation in view.invitations_of_batch(id)? {
                members.extend(view.members(invitation.id)?.iter().map(|member| member.id));
            }
            Ok::<_, Problem>(members)
        })?;
        let report = self.issue_to(&members, Issuing::default(), progress)?;
        if report.left == 0 {
            self.step_batch(id, BatchStatus::Ready)?;
        }
        Ok(BatchGenerated {
            invitations: made.invitations,
            members: made.members,
            issued: report.issued,
            left: report.left,
        })
    }

    /// Puts the messages of a batch's invitations into the outbox.
    pub fn send_batch(&self, id: BatchId) -> Result<Queued, Problem> {
        let of: Vec<InvitationId> = self
            .invitations_of_batch(id)?
            .iter()
            .map(|invitation| invitation.id)
            .collect();
        // Its messages wait before it counts as sending, so that no round finds it empty.
        self.batch(id)?.status.step(BatchStatus::Sending)?;
        let queued = self.queue_invitations(&of, Some(id), false)?;
        self.step_batch(id, BatchStatus::Sending)?;
        Ok(queued)
    }

    fn step_batch(&self, id: BatchId, to: BatchStatus) -> Result<(), Problem> {
        self.file().append(Lane::Edit, move |change| {
            let batch = change.batch(id)?.ok_or_else(batch_unknown)?;
            // A run that went on finds its batch where it was, or further.
            if batch.status == to {
                return Ok(());
            }
            Ok::<_, Problem>(change.set_batch_status(id, batch.status.step(to)?)?)
        })
    }

    /// The event's batches, oldest first.
    pub fn batches(&self) -> Result<Vec<Batch>, Problem> {
        Ok(self.file().read(|view| view.batches())?)
    }

    /// Calls a batch off: its tickets are void, its members get none any more, and what waits for
    /// them in the outbox leaves no more. A second time changes nothing; a completed batch stays.
    pub fn cancel_batch(&self, id: BatchId, reason: &str) -> Result<BatchCancelled, Problem> {
        let now = self.now();
        let reason = reason.trim().to_owned();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "cancel batch", Some(reason.clone()));
        let found = self.file().read(|view| view.batch(id))?;
        let nothing = BatchCancelled { voided: 0, used: 0 };
        match found.map(|batch| batch.status) {
            None => Err(batch_unknown()),
            Some(BatchStatus::Cancelled) => Ok(nothing),
            Some(_) => self.file().command(Lane::Edit, meta, move |change| {
                let Some(batch) = change.batch(id)? else {
                    return Ok(nothing);
                };
                change.set_batch_status(id, batch.status.step(BatchStatus::Cancelled)?)?;
                change.withdraw_batch(id)?;
                let (voided, used) = change.void_tickets_of_batch(id, now, &reason)?;
                Ok(BatchCancelled { voided, used })
            }),
        }
    }
}

fn batch_unknown() -> Problem {
    Problem::new(
        "batch_unknown",
        "this event has no such batch; nothing was changed",
    )
}
