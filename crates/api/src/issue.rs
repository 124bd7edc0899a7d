//! Issuing: a signed ticket for every member who lacks one.
//!
//! Signing takes nearly all the time, so every core signs while one thread keeps what was signed.
//! A piece is kept whole or not at all, and a member never gets two: whatever stops a run, the
//! same command goes on with those who are left.

use std::collections::HashMap;

use crossbeam_channel::bounded;
use gatehouse_credential::key::SigningKey;
use gatehouse_credential::token::Token;
use gatehouse_domain::batch::BatchStatus;
use gatehouse_domain::event::TicketType;
use gatehouse_domain::id::{TicketId, TicketTypeId};
use gatehouse_domain::ticket::TicketSource;
use gatehouse_store::Lane;
use gatehouse_store::event::{IssuedTicket, TicketWanted};
use rayon::prelude::*;

use crate::home::{EventHome, HolderFacts};
use crate::problem::Problem;
use crate::surroundings::Progress;

/// Tickets kept in one transaction.
const PIECE: usize = 512;

/// What issuing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueReport {
    /// Tickets issued now.
    pub issued: usize,
    /// Members who still lack one, when the person stopped the run.
    pub left: usize,
}

/// How tickets are issued.
#[derive(Debug, Clone, Copy)]
pub struct Issuing {
    /// Where the tickets come from.
    pub source: TicketSource,
}

impl Default for Issuing {
    fn default() -> Self {
        Self {
            source: TicketSource::Invitation,
        }
    }
}

impl EventHome {
    /// Issues a ticket to every member who lacks one.
    ///
    /// Refuses before the first when a type's capacity does not suffice for all. Stops between
    /// two pieces when `progress` says so.
    pub fn issue_tickets(
        &self,
        issuing: Issuing,
        progress: &dyn Progress,
    ) -> Result<IssueReport, Problem> {
        let key = self.active_key()?;
        let (wanted, types, counts) = self.file().read(|view| {
            Ok::<_, Problem>((
                view.members_without_ticket()?,
                view.ticket_types()?,
                view.count_tickets_by_type()?,
            ))
        })?;
        let default = types
            .first()
            .ok_or_else(|| Problem::new("ticket_types_missing", "this event has no ticket type"))?;
        check_capacity(&wanted, &types, default.id, counts)?;
        if wanted.is_empty() {
            return Ok(IssueReport { issued: 0, left: 0 });
        }
        self.step_batches(BatchStatus::Rendering)?;
        let names: HashMap<TicketTypeId, &str> = types
            .iter()
            .map(|kind| (kind.id, kind.name.as_str()))
            .collect();
        let capacities: HashMap<TicketTypeId, u32> = types
            .iter()
            .filter_map(|kind| Some((kind.id, kind.capacity?)))
            .collect();
        progress.begin("issue", wanted.len() as u64);
        let issued = self.sign_and_keep(
            issuing,
            &key,
            &wanted,
            default.id,
            &names,
            &capacities,
            progress,
        );
        progress.end();
        let issued = issued?;
        let mut mint = self.mint();
        let meta = self.edit_meta(
            &mut mint,
            "issue tickets",
            Some(format!("{issued} tickets")),
        );
        self.file()
            .command(Lane::Edit, meta, |_| Ok::<_, Problem>(()))?;
        if issued == wanted.len() {
            self.step_batches(BatchStatus::Ready)?;
        }
        Ok(IssueReport {
            issued,
            left: wanted.len() - issued,
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call, and each is a value of its own"
    )]
    fn sign_and_keep(
        &self,
        issuing: Issuing,
        key: &SigningKey,
        wanted: &[TicketWanted],
        default: TicketTypeId,
        names: &HashMap<TicketTypeId, &str>,
        capacities: &HashMap<TicketTypeId, u32>,
        progress: &dyn Progress,
    ) -> Result<usize, Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let (signed, to_keep) = bounded::<Vec<IssuedTicket>>(2);
        std::thread::scope(|scope| {
            let keeper = scope.spawn(move || {
                let mut kept = 0;
                for piece in to_keep {
                    let (length, capacities) = (piece.len(), capacities.clone());
                    self.file().append(Lane::Bulk, move |change| {
                        change.insert_issued(&piece, issuing.source, at)?;
                        let counts = if capacities.is_empty() {
                            HashMap::new()
                        } else {
                            change.count_tickets_by_type()?
                        };
                        for (kind, count) in counts {
                            if capacities.get(&kind).is_some_and(|most| count > *most) {
                                return Err(capacity_reached());
                            }
                        }
                        Ok(())
                    })?;
                    kept += length;
                    progress.reach(kept as u64);
                }
                Ok::<_, Problem>(kept)
            });
            for piece in wanted.chunks(PIECE) {
                if progress.stopped() {
                    break;
                }
                let ids: Vec<TicketId> = piece.iter().map(|_| TicketId(mint.mint(at))).collect();
                let tickets = piece
                    .par_iter()
                    .zip(ids)
                    .map(|(member, id)| {
                        let kind = member.ticket_type.unwrap_or(default);
                        let holder = HolderFacts {
                            booking: member.invitation.0,
                            name: &member.name,
                            email: member.email.as_deref(),
                            ticket_type: names.get(&kind).copied().unwrap_or_default(),
                            seat: member.seat.as_deref(),
                        };
                        let token = Token::sign(key, &self.claims(id, 1, at, &holder))
                            .map_err(|e| Problem::new("sign_failed", e.to_string()))?;
                        Ok(IssuedTicket {
                            id,
                            member: member.member,
                            invitation: member.invitation,
                            guest: member.guest,
                            ticket_type: kind,
                            signing_key: key.id().0,
                            packed: token.to_bytes(),
                        })
                    })
                    .collect::<Result<Vec<_>, Problem>>()?;
                if signed.send(tickets).is_err() {
                    // The keeper stopped with an error, which it tells below.
                    break;
                }
            }
            drop(signed);
            keeper.join().unwrap_or_else(|_| {
                Err(Problem::new(
                    "issue_failed",
                    "keeping the tickets failed; run it again",
                ))
            })
        })
    }

    /// Moves every batch that may go to `status` there.
    fn step_batches(&self, status: BatchStatus) -> Result<(), Problem> {
        self.file().append(Lane::Edit, move |change| {
            for batch in change.batches()? {
                let due = match status {
                    BatchStatus::Rendering => batch.status == BatchStatus::Draft,
                    _ => batch.status == BatchStatus::Rendering,
                };
                if due {
                    change.set_batch_status(batch.id, batch.status.step(status)?)?;
                }
            }
            Ok::<_, Problem>(())
        })
    }
}

fn check_capacity(
    wanted: &[TicketWanted],
    types: &[TicketType],
    default: TicketTypeId,
    mut counts: HashMap<TicketTypeId, u32>,
) -> Result<(), Problem> {
    for member in wanted {
        *counts
            .entry(member.ticket_type.unwrap_or(default))
            .or_default() += 1;
    }
    let over: Vec<String> = types
        .iter()
        .filter_map(|kind| {
            let count = counts.get(&kind.id).copied().unwrap_or(0);
            let most = kind.capacity?;
            (count > most).then(|| format!("{} holds {most}, {count} are wanted", kind.name))
        })
        .collect();
    if over.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        "capacity_exceeded",
        format!(
            "not enough tickets: {}. Nothing was issued; raise the capacity",
            over.join("; ")
        ),
    ))
}

fn capacity_reached() -> Problem {
    Problem::new(
        "capacity_exceeded",
        "another desk issued tickets at the same time, and a type is full now; \
         the tickets issued before are kept",
    )
}
