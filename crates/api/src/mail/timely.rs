//! Whether a message still says what holds as it leaves: it may have waited while the outbox was held
//! back or nothing could leave.

use gatehouse_domain::delivery::outcome::{CALLED_OFF, REMINDER_LATE, TICKET_MISSING};
use gatehouse_domain::delivery::{Delivery, MessageKind};
use gatehouse_domain::event::{Event, EventStatus};
use gatehouse_domain::session::Session;

use super::compose::Composer;
use super::party::PartyFacts;
use super::reminders::still_helps;
use crate::problem::Problem;

impl Composer {
    /// Refuses what is overtaken at `now`, UTC ms: what was called off since, tickets of a party
    /// that holds none, a reminder that helps no more. A reminder leaves all the same for `others`
    /// that it tells of.
    pub(super) fn check_timely(
        &self,
        delivery: &Delivery,
        party: &PartyFacts,
        others: &[(Event, Session)],
        now: i64,
    ) -> Result<(), Problem> {
        let looks_ahead = delivery.kind.is_before();
        if looks_ahead && self.event.status == EventStatus::Cancelled {
            return Err(called_off());
        }
        let session = delivery
            .session
            .and_then(|id| self.sessions.iter().find(|session| session.id == id));
        let Some(step) = delivery.step else {
            if looks_ahead && session.is_some_and(|session| !session.takes_place()) {
                return Err(called_off());
            }
            if delivery.kind == MessageKind::Ticket && party.tickets.is_empty() {
                return Err(ticket_missing());
            }
            return Ok(());
        };
        let told = self
            .home
            .file()
            .read(|view| view.told_start(delivery.id))?
            .unwrap_or_default();
        let refused = match session {
            Some(session) if session.takes_place() => {
                if !still_helps(&self.home, session, step, told, now) {
                    reminder_late()
                } else if !step.is_after() && party.tickets.is_empty() {
                    ticket_missing()
                } else {
                    return Ok(());
                }
            }
            _ => called_off(),
        };
        let tells_more = others
            .iter()
            .any(|(_, other)| delivery.session != Some(other.id));
        if tells_more && step.helps(delivery.queued_at.min(now), now) {
            return Ok(());
        }
        Err(refused)
    }
}

fn called_off() -> Problem {
    Problem::new(CALLED_OFF, "what it tells of was called off before it left")
}

fn ticket_missing() -> Problem {
    Problem::new(TICKET_MISSING, "this party holds no good ticket")
}

fn reminder_late() -> Problem {
    Problem::new(REMINDER_LATE, "it waited until it helped no more")
}
