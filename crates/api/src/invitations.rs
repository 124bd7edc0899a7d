//! Forming invitations: families, groups and companies share one.

use gatehouse_domain::batch::{Batch, BatchStatus, SeatMode};
use gatehouse_domain::event::Numbering;
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{BatchId, Entropy, InvitationId, MemberId};
use gatehouse_domain::invitation::{
    Invitation, PartyKind, PartyMember, form_parties, invitation_code, random_number,
    sequential_number,
};
use gatehouse_domain::ticket::TicketSource;
use gatehouse_store::Lane;
use gatehouse_store::event::{Change, NewMember};

use crate::home::EventHome;
use crate::parties::plain_member;
use crate::problem::Problem;

/// Invitations without names in one batch at most.
const MOST_BLANK: u32 = 100_000;

/// What forming invitations made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationsMade {
    /// New invitations.
    pub invitations: usize,
    /// Their members, plus-ones included.
    pub members: usize,
}

/// Gives invitations their numbers.
pub(crate) struct Numbers {
    numbering: Numbering,
    last: u32,
}

impl Numbers {
    pub(crate) fn of(change: &Change<'_>, numbering: Numbering) -> Result<Self, Problem> {
        Ok(Self {
            numbering,
            last: change.count_invitations()?,
        })
    }

    pub(crate) fn next(
        &mut self,
        change: &Change<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<String, Problem> {
        loop {
            let number = match self.numbering {
                Numbering::Sequential => {
                    self.last += 1;
                    sequential_number(self.last)
                }
                Numbering::Random => random_number(entropy),
            };
            if !change.has_invitation_number(&number)? {
                return Ok(number);
            }
        }
    }
}

impl EventHome {
    /// Forms invitations for every guest who has none, in a new batch of that name; all or none.
    ///
    /// With nobody left there is no batch, and nothing is written.
    pub fn form_invitations(&self, batch_name: &str) -> Result<InvitationsMade, Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let batch = Batch {
            id: BatchId(mint.mint(at)),
            name: batch_name.to_owned(),
            status: BatchStatus::Draft,
            seat_mode: SeatMode::Manual,
            created_at: at,
        };
        self.form(&batch, true)
    }

    /// As [`Self::form_invitations`], in a batch that is there.
    pub(crate) fn form_invitations_in(&self, batch: &Batch) -> Result<InvitationsMade, Problem> {
        self.form(batch, false)
    }

    /// Makes invitations without names in a batch that is there, each for one.
    pub(crate) fn form_blank_invitations(
        &self,
        batch: &Batch,
        count: u32,
    ) -> Result<InvitationsMade, Problem> {
        if count > MOST_BLANK {
            return Err(FieldErrors(vec![FieldError::new(
                "quantity",
                "quantity_out_of_range",
                format!("give {MOST_BLANK} at most"),
            )])
            .into());
        }
        let numbering = self.event().settings.numbering;
        let at = self.now();
        let mut mint = self.mint();
        let mut entropy = self.entropy();
        let meta = self.edit_meta(&mut mint, "form invitations", Some(batch.name.clone()));
        let (created_by, batch) = (meta.actor.clone(), batch.clone());
        self.file().edit(Lane::Bulk, meta, move |change| {
            let mut numbers = Numbers::of(change, numbering)?;
            for index in 1..=count {
                let invitation = Invitation {
                    id: InvitationId(mint.mint(at)),
                    number: numbers.next(change, entropy.as_mut())?,
                    code: invitation_code(entropy.as_mut()),
                    kind: PartyKind::Single,
                    label: format!("{} {index}", batch.name),
                    batch: Some(batch.id),
                    source: TicketSource::Invitation,
                    message: String::new(),
                    created_by: created_by.clone(),
                    created_at: at,
                };
                change.insert_invitation(&invitation)?;
                let member = plain_member(MemberId(mint.mint(at)), invitation.id, 1);
                change.insert_member(&NewMember { member, host: None })?;
            }
            Ok::<_, Problem>(InvitationsMade {
                invitations: count as usize,
                members: count as usize,
            })
        })
    }

    fn form(&self, batch: &Batch, is_new: bool) -> Result<InvitationsMade, Problem> {
        let settings = self.event().settings.clone();
        let at = self.now();
        let mut mint = self.mint();
        let mut entropy = self.entropy();
        let meta = self.edit_meta(&mut mint, "form invitations", Some(batch.name.clone()));
        let (created_by, batch) = (meta.actor.clone(), batch.clone());
        self.file().edit(Lane::Bulk, meta, move |change| {
            let guests = change.guests_without_invitation()?;
            if guests.is_empty() {
                return Ok(InvitationsMade {
                    invitations: 0,
                    members: 0,
                });
            }
            if is_new {
                change.insert_batch(&batch)?;
            }
            let mut numbers = Numbers::of(change, settings.numbering)?;
            let mut made = InvitationsMade {
                invitations: 0,
                members: 0,
            };
            for party in form_parties(&guests, settings.companies_share) {
                let number = numbers.next(change, entropy.as_mut())?;
                let invitation = Invitation {
                    id: InvitationId(mint.mint(at)),
                    number,
                    code: invitation_code(entropy.as_mut()),
                    kind: party.kind,
                    label: party.label,
                    batch: Some(batch.id),
                    source: TicketSource::Invitation,
                    message: String::new(),
                    created_by: created_by.clone(),
                    created_at: at,
                };
                change.insert_invitation(&invitation)?;
                made.invitations += 1;
                let mut position = 0;
                for index in party.guests {
                    let guest = &guests[index];
                    for extra in 0..guest.party_size() {
                        position += 1;
                        let member = plain_member(MemberId(mint.mint(at)), invitation.id, position);
                        let seat = &guest.values.seat;
                        let new = if extra == 0 {
                            let seat = (!seat.is_empty()).then(|| seat.to_string());
                            NewMember::of(PartyMember { seat, ..member }, guest)
                        } else {
                            NewMember {
                                member,
                                host: Some(guest.id),
                            }
                        };
                        change.insert_member(&new)?;
                        made.members += 1;
                    }
                }
            }
            Ok::<_, Problem>(made)
        })
    }
}
