//! The outbox emptied once, for a program that does not stay.

use std::sync::Arc;
use std::time::Duration;

use gatehouse_domain::id::EventId;
use serde::Serialize;

use super::inbox::InboxLook;
use super::outbox::{Blocked, Outbox, leave_aside};
use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// How long after its end an event still has something to say, in milliseconds.
const SAYS_AFTER: i64 = 14 * 24 * 3_600_000;
/// The longest that is waited without a look whether to go on, in milliseconds.
const LONGEST_REST: i64 = 1_000;

/// What came of emptying the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Delivered {
    /// Messages that left.
    pub sent: usize,
    /// Messages that could not be sent, or not yet.
    pub failed: usize,
    /// Messages that wait, so that marketing stays apart.
    pub held: usize,
    /// When something is due next, UTC ms; none when nothing waits.
    pub next: Option<i64>,
    /// Why nothing leaves now, for each transport that is in trouble.
    pub blocked: Vec<Blocked>,
    /// Reports on messages that were read from the mailbox of bounces.
    pub reports: u32,
    /// Of those, that say that one came back.
    pub bounced: u32,
}

impl Workspace {
    /// Events that may have something to say now.
    pub(crate) fn speaking_events(&self) -> Result<Vec<EventId>, Problem> {
        let now = self.surroundings().now();
        Ok(self
            .events()?
            .into_iter()
            .filter(|event| event.handed_over_at.is_none() && event.ends_at + SAYS_AFTER >= now)
            .map(|event| event.id)
            .collect())
    }

    /// The events that may have something to say now, opened; one that can't be is left aside.
    pub fn speaking_homes(self: &Arc<Self>) -> Result<Vec<EventHome>, Problem> {
        let mut homes = Vec::new();
        for event in self.speaking_events()? {
            match self.open_event(&event.to_string()) {
                Ok(home) => homes.push(home),
                Err(problem) => tracing::warn!(
                    %event,
                    code = problem.code,
                    "an event's messages wait"
                ),
            }
        }
        Ok(homes)
    }

    /// Whether anything could leave: a server or a gateway is set.
    pub(crate) fn sends_at_all(&self) -> Result<bool, Problem> {
        let settings = self.mail()?.settings;
        Ok(
            settings.can_mail()
                || !settings.sms.url.is_empty()
                || !settings.whatsapp.url.is_empty(),
        )
    }
}

impl Outbox {
    /// Sends what every event has to say until nothing is due any more, and what falls due within
    /// `patience` (milliseconds) from now; then reads what came back. `goes_on` is asked between.
    ///
    /// Refused where nobody said how mail is sent, and where another program sends already.
    pub fn deliver(
        &self,
        patience: i64,
        goes_on: impl Fn(&Delivered) -> bool,
    ) -> Result<Delivered, Problem> {
        let workspace = self.workspace();
        if !workspace.sends_at_all()? {
            return Err(Problem::new(
                "mail_not_set_up",
                "nobody said yet how mail is sent; everything waits. Set it in the office under \
                 settings, or with `gatehouse mail set`",
            ));
        }
        if !self.is_mine()? {
            return Err(Problem::new(
                "outbox_taken",
                "another program that has this workspace open sends already; nothing was sent here",
            ));
        }
        let homes = workspace.speaking_homes()?;
        let until = workspace.surroundings().now() + patience;
        let mut done = Delivered::default();
        loop {
            let mut fresh = Vec::with_capacity(homes.len());
            for home in &homes {
                match home.refreshed() {
                    Ok(home) => fresh.push(home),
                    Err(problem) => leave_aside(home, &problem),
                }
            }
            let round = self.round(&fresh)?;
            let moved = round.sent + round.failed + round.held > 0;
            done.sent += round.sent;
            done.failed += round.failed;
            done.held += round.held;
            done.next = round.next;
            done.blocked = self.blocked();
            if !goes_on(&done) || self.is_stopped() {
                break;
            }
            let now = workspace.surroundings().now();
            match round.next {
                Some(at) if at <= now && moved => {}
                Some(at) if at <= until && now < until => {
                    let pause = (at - now).clamp(50, LONGEST_REST);
                    self.rest(Duration::from_millis(u64::try_from(pause).unwrap_or(0)));
                }
                _ => break,
            }
        }
        let InboxLook {
            reports, bounced, ..
        } = hear(workspace, &homes)?;
        done.reports = reports;
        done.bounced = bounced;
        Ok(done)
    }
}

/// Reads what came back of the messages of these events.
fn hear(workspace: &Arc<Workspace>, homes: &[EventHome]) -> Result<InboxLook, Problem> {
    workspace.read_inbox(|event| match homes.iter().find(|home| home.id() == event) {
        Some(home) => Ok(home.clone()),
        None => workspace.open_event(&event.to_string()),
    })
}
