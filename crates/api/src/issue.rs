//! Issuing: a signed ticket for every member who lacks one.
//!
//! Signing takes nearly all the time, so every core signs while one thread keeps what was signed.
//! A piece is kept whole or not at all, and a member never gets two: whatever stops a run, the
//! same command goes on with those who are left.

use std::collections::{HashMap, HashSet};

use crossbeam_channel::bounded;
use gatehouse_credential::key::SigningKey;
use gatehouse_credential::token::Token;
use gatehouse_domain::batch::BatchStatus;
use gatehouse_domain::capacity::over_capacity;
use gatehouse_domain::event::{Event, EventStatus};
use gatehouse_domain::id::{MemberId, SessionId, TicketId, TicketTypeId};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::TicketSource;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_store::Lane;
use gatehouse_store::event::{IssuedTicket, TicketWanted};
use rayon::prelude::*;

use crate::home::{EventHome, HolderFacts};
use crate::problem::Problem;
use crate::surroundings::Progress;
use crate::tiers::{capacity_problem, check_capacity, type_for_run};

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
    /// The session of a series to issue for; types of the whole event need none.
    pub session: Option<SessionId>,
}

impl Default for Issuing {
    fn default() -> Self {
        Self {
            source: TicketSource::Invitation,
            session: None,
        }
    }
}

/// What one run signs and keeps.
struct Run<'a> {
    issuing: Issuing,
    key: &'a SigningKey,
    wanted: &'a [TicketWanted],
    types: &'a [TicketType],
    /// The type that each member gets, in their order.
    chosen: &'a [TicketTypeId],
}

impl EventHome {
    /// Issues a ticket to every member who lacks one, of the type on the list or else the first.
    /// Whoever had one that was taken back gets none this way; see [`Self::issue_again`].
    ///
    /// Refuses before the first when a type or a session has no room for all, and in the
    /// transaction of each piece when others issued at the same time. Stops between two pieces
    /// when `progress` says so.
    pub fn issue_tickets(
        &self,
        issuing: Issuing,
        progress: &dyn Progress,
    ) -> Result<IssueReport, Problem> {
        self.issue_where(issuing, None, progress)
    }

    /// Issues a ticket to each of these members who lacks one, those among them whose ticket was
    /// taken back too; see [`Self::issue_tickets`].
    pub fn issue_to(
        &self,
        members: &[MemberId],
        issuing: Issuing,
        progress: &dyn Progress,
    ) -> Result<IssueReport, Problem> {
        let chosen: HashSet<MemberId> = members.iter().copied().collect();
        self.issue_where(issuing, Some(&chosen), progress)
    }

    fn issue_where(
        &self,
        issuing: Issuing,
        chosen: Option<&HashSet<MemberId>>,
        progress: &dyn Progress,
    ) -> Result<IssueReport, Problem> {
        let key = self.active_key()?;
        let (mut wanted, event, sessions, types, mut counts) = self.file().read(|view| {
            Ok::<_, Problem>((
                view.members_without_ticket(issuing.session, chosen.is_some())?,
                view.event()?,
                view.sessions()?,
                view.ticket_types()?,
                view.count_tickets_by_type()?,
            ))
        })?;
        check_standing(&event, &sessions, issuing.session)?;
        let all = chosen.is_none();
        wanted.retain(|wanted| chosen.is_none_or(|chosen| chosen.contains(&wanted.member)));
        if wanted.is_empty() {
            return Ok(IssueReport { issued: 0, left: 0 });
        }
        let session = issuing
            .session
            .and_then(|id| sessions.iter().find(|session| session.id == id));
        let mut of_given: HashMap<Option<TicketTypeId>, TicketTypeId> = HashMap::new();
        let mut chosen = Vec::with_capacity(wanted.len());
        for member in &wanted {
            let id = match of_given.get(&member.ticket_type) {
                Some(id) => *id,
                None => {
                    let id = type_for_run(member.ticket_type, &types, session)?;
                    of_given.insert(member.ticket_type, id);
                    id
                }
            };
            *counts.entry(id).or_default() += 1;
            chosen.push(id);
        }
        let full = over_capacity(&counts, &types, &sessions, event.capacity);
        if !full.is_empty() {
            return Err(capacity_problem(&full, &event, &types, &sessions));
        }
        if all {
            self.step_batches(BatchStatus::Rendering)?;
        }
        progress.begin("issue", wanted.len() as u64);
        let run = Run {
            issuing,
            key: &key,
            wanted: &wanted,
            types: &types,
            chosen: &chosen,
        };
        let issued = self.sign_and_keep(&run, progress);
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
        if all && issued == wanted.len() {
            self.step_batches(BatchStatus::Ready)?;
        }
        Ok(IssueReport {
            issued,
            left: wanted.len() - issued,
        })
    }

    fn sign_and_keep(&self, run: &Run<'_>, progress: &dyn Progress) -> Result<usize, Problem> {
        let at = self.now();
        let mut mint = self.mint();
        let by_id: HashMap<TicketTypeId, &TicketType> =
            run.types.iter().map(|kind| (kind.id, kind)).collect();
        let source = run.issuing.source;
        let (signed, to_keep) = bounded::<Vec<IssuedTicket>>(2);
        std::thread::scope(|scope| {
            let keeper = scope.spawn(move || {
                let mut kept = 0;
                for piece in to_keep {
                    let length = piece.len();
                    self.file().append(Lane::Bulk, move |change| {
                        change.insert_issued(&piece, source, at)?;
                        check_capacity(change)
                    })?;
                    kept += length;
                    progress.reach(kept as u64);
                }
                Ok::<_, Problem>(kept)
            });
            for (piece, chosen) in run.wanted.chunks(PIECE).zip(run.chosen.chunks(PIECE)) {
                if progress.stopped() {
                    break;
                }
                let ids: Vec<TicketId> = piece.iter().map(|_| TicketId(mint.mint(at))).collect();
                let tickets = piece
                    .par_iter()
                    .zip(chosen)
                    .zip(ids)
                    .map(|((member, kind), id)| {
                        let known = by_id.get(kind);
                        let holder = HolderFacts {
                            booking: member.invitation.0,
                            name: &member.name,
                            email: member.email.as_deref(),
                            ticket_type: known.map_or("", |kind| kind.name.as_str()),
                            seat: member.seat.as_deref(),
                        };
                        let token = Token::sign(run.key, &self.claims(id, 1, at, &holder))
                            .map_err(|e| Problem::new("sign_failed", e.to_string()))?;
                        Ok(IssuedTicket {
                            id,
                            member: member.member,
                            invitation: member.invitation,
                            guest: member.guest,
                            ticket_type: *kind,
                            session: known.and_then(|kind| kind.bound_session()),
                            signing_key: run.key.id().0,
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

    /// Moves every batch with invitations that may go to `status` there.
    fn step_batches(&self, status: BatchStatus) -> Result<(), Problem> {
        self.file().append(Lane::Edit, move |change| {
            for batch in change.batches()? {
                let due = match status {
                    BatchStatus::Rendering => batch.status == BatchStatus::Draft,
                    _ => batch.status == BatchStatus::Rendering,
                };
                if due && !change.invitations_of_batch(batch.id)?.is_empty() {
                    change.set_batch_status(batch.id, batch.status.step(status)?)?;
                }
            }
            Ok::<_, Problem>(())
        })
    }
}

/// Refuses where the event or the session was called off, or the session is not one of ours.
pub(crate) fn check_standing(
    event: &Event,
    sessions: &[Session],
    wanted: Option<SessionId>,
) -> Result<(), Problem> {
    if event.status == EventStatus::Cancelled {
        return Err(Problem::new(
            "event_cancelled",
            "this event was called off; nothing was issued",
        ));
    }
    let Some(id) = wanted else { return Ok(()) };
    match sessions.iter().find(|session| session.id == id) {
        Some(session) if session.takes_place() => Ok(()),
        Some(_) => Err(Problem::new(
            "session_cancelled",
            "this session was called off; nothing was issued",
        )),
        None => Err(Problem::new(
            "session_unknown",
            "this event has no such session; nothing was issued",
        )),
    }
}
