//! Forming invitations: families, groups and companies share one.

use gatehouse_domain::batch::{Batch, BatchStatus, SeatMode};
use gatehouse_domain::event::Numbering;
use gatehouse_domain::id::{BatchId, InvitationId, MemberId};
use gatehouse_domain::invitation::{
    Invitation, MemberStatus, PartyMember, form_parties, invitation_code, random_number,
    sequential_number,
};
use gatehouse_store::Lane;
use gatehouse_store::event::NewMember;

use crate::home::EventHome;
use crate::problem::Problem;

/// What forming invitations made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationsMade {
    /// New invitations.
    pub invitations: usize,
    /// Their members, plus-ones included.
    pub members: usize,
}

impl EventHome {
    /// Forms invitations for every guest who has none, in a new batch of that name; all or none.
    ///
    /// With nobody left there is no batch, and nothing is written.
    pub fn form_invitations(&self, batch_name: &str) -> Result<InvitationsMade, Problem> {
        let settings = self.event().settings.clone();
        let at = self.now();
        let mut mint = self.mint();
        let mut entropy = self.entropy();
        let meta = self.edit_meta(&mut mint, "form invitations", Some(batch_name.to_owned()));
        let batch = Batch {
            id: BatchId(mint.mint(at)),
            name: batch_name.to_owned(),
            status: BatchStatus::Draft,
            seat_mode: SeatMode::Manual,
            created_at: at,
        };
        self.file().edit(Lane::Bulk, meta, move |change| {
            let guests = change.guests_without_invitation()?;
            if guests.is_empty() {
                return Ok(InvitationsMade {
                    invitations: 0,
                    members: 0,
                });
            }
            change.insert_batch(&batch)?;
            let mut next = change.count_invitations()?;
            let mut made = InvitationsMade {
                invitations: 0,
                members: 0,
            };
            for party in form_parties(&guests, settings.companies_share) {
                let number = match settings.numbering {
                    Numbering::Sequential => {
                        next += 1;
                        sequential_number(next)
                    }
                    Numbering::Random => loop {
                        let number = random_number(entropy.as_mut());
                        if !change.has_invitation_number(&number)? {
                            break number;
                        }
                    },
                };
                let invitation = Invitation {
                    id: InvitationId(mint.mint(at)),
                    number,
                    code: invitation_code(entropy.as_mut()),
                    kind: party.kind,
                    label: party.label,
                    batch: Some(batch.id),
                    created_at: at,
                };
                change.insert_invitation(&invitation)?;
                made.invitations += 1;
                let mut position = 0;
                for index in party.guests {
                    let guest = &guests[index];
                    for extra in 0..guest.party_size() {
                        position += 1;
                        let member = PartyMember {
                            id: MemberId(mint.mint(at)),
                            invitation: invitation.id,
                            guest: None,
                            position,
                            status: MemberStatus::Pending,
                            seat: None,
                        };
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
