//! The outbox at work: what is due leaves, at the pace that is allowed, and what became of each is
//! on disk before and after.
//!
//! Before a message is handed over, its try is written down; after, what came of it. So a program
//! that was killed finds at most one for each connection that was under way, of which nobody can
//! know whether they left: those are shown as such and never sent again by themselves.

mod host;
mod marketing;

use std::collections::HashMap;
use std::fs::File;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use gatehouse_domain::batch::BatchStatus;
use gatehouse_domain::delivery::Delivery;
use gatehouse_domain::delivery::outcome::{Outcome, after_try};
use gatehouse_domain::delivery::pace::Meter;
use gatehouse_domain::id::EventId;
use gatehouse_mail::smtp::Sender;
use gatehouse_store::Lane;
use rayon::prelude::*;

use super::apart::Apart;
use super::book::Book;
use super::compose::{Composer, Ready};
use super::line::{Line, Tried, give_up};
use super::reminders;
use super::way::Way;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Messages that are made ready at a time.
const AHEAD: u32 = 128;
/// How long a way that is blocked is left alone, in milliseconds, at first and at most.
const FIRST_REST: i64 = 15_000;
const LONGEST_REST: i64 = 15 * 60_000;
/// How far apart two looks for reminders are at most, in milliseconds.
const REMIND_EVERY: i64 = 60_000;

/// Sends what the events of a workspace have to say.
#[derive(Debug)]
pub struct Outbox {
    workspace: Arc<Workspace>,
    meter: Mutex<Option<Meter>>,
    stand: Mutex<Stand>,
    woken: Mutex<bool>,
    bell: Condvar,
    stopped: AtomicBool,
    /// Whether a round is under way.
    working: Mutex<bool>,
    rested: Condvar,
    /// Held while this program is the one that sends.
    lock: Mutex<Option<File>>,
}

/// A message, and what was made of it to leave.
type Made = (Delivery, Result<Ready, Problem>);

/// What an event's messages are made with and leave by, for as long as some are due.
struct Tools {
    way: Way,
    composer: Composer,
    /// The connections, a place for each; kept from one handful of messages to the next.
    connections: Vec<Option<Sender>>,
}

impl Tools {
    fn put_away(self) {
        for sender in self.connections.into_iter().flatten() {
            sender.close();
        }
    }
}

/// What stands in the way of all messages.
#[derive(Debug, Clone, Default)]
struct Stand {
    blocked: Option<Blocked>,
    /// Events whose cut-off tries were looked at.
    seen: Vec<EventId>,
    reminded_until: Option<i64>,
    /// When people last had marketing, while a round lasts.
    apart: Option<Apart>,
    /// What was looked at for the host.
    looked: HashMap<EventId, host::Looked>,
}

/// A round that is under way; over when dropped.
struct Work<'o>(&'o Outbox);

impl<'o> Work<'o> {
    fn begin(outbox: &'o Outbox) -> Self {
        *outbox
            .working
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        Self(outbox)
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        let mut working = self
            .0
            .working
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *working = false;
        self.0.rested.notify_all();
    }
}

/// Why nothing leaves now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Blocked {
    /// Stable code, such as `server_unreachable`.
    pub code: String,
    /// What happened, and what to do.
    pub detail: String,
    /// Since when, UTC ms.
    pub since: i64,
    /// When it is tried again, UTC ms.
    pub again_at: i64,
    /// How often it was tried in vain.
    pub tries: u32,
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Messages that left.
    pub sent: usize,
    /// Messages that were tried and did not leave.
    pub failed: usize,
    /// Messages that were put off, so that marketing stays apart.
    pub held: usize,
    /// When something is due next, UTC ms; none when nothing is known to be.
    pub next: Option<i64>,
}

impl Outbox {
    /// The outbox of a workspace, which sends nothing until it is asked.
    #[must_use]
    pub fn new(workspace: Arc<Workspace>) -> Self {
        Self {
            workspace,
            meter: Mutex::default(),
            stand: Mutex::default(),
            woken: Mutex::default(),
            bell: Condvar::new(),
            stopped: AtomicBool::new(false),
            working: Mutex::default(),
            rested: Condvar::new(),
            lock: Mutex::default(),
        }
    }

    pub(super) fn workspace(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    /// Says that there may be something to send.
    pub fn wake(&self) {
        *self.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }

    /// Sends no more; what is under way ends.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.wake();
    }

    /// Sends no more, and waits until the letters that are under way were answered, so that what
    /// became of each is known; false where that takes longer than `within`.
    pub fn end(&self, within: Duration) -> bool {
        self.stop();
        let working = self.working.lock().unwrap_or_else(PoisonError::into_inner);
        let (working, _) = self
            .rested
            .wait_timeout_while(working, within, |working| *working)
            .unwrap_or_else(PoisonError::into_inner);
        !*working
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Waits until it is woken, at most so long.
    pub fn rest(&self, at_most: Duration) {
        let woken = self.woken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut woken, _) = self
            .bell
            .wait_timeout_while(woken, at_most, |woken| !*woken)
            .unwrap_or_else(PoisonError::into_inner);
        *woken = false;
    }

    /// Why nothing leaves now; none while all is well.
    #[must_use]
    pub fn blocked(&self) -> Option<Blocked> {
        self.stand().blocked.clone()
    }

    /// Forgets what stood in the way, because somebody changed the settings.
    pub fn try_again(&self) {
        self.stand().blocked = None;
        *self.meter.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.wake();
    }

    fn stand(&self) -> std::sync::MutexGuard<'_, Stand> {
        self.stand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this program is the one that sends for the workspace: of several that have it open,
    /// one does.
    pub fn is_mine(&self) -> Result<bool, Problem> {
        let mut lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if lock.is_some() {
            return Ok(true);
        }
        let path = self.workspace.file().dir().join("outbox.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)?;
        if file.try_lock().is_err() {
            return Ok(false);
        }
        *lock = Some(file);
        Ok(true)
    }

    /// Does what is due now for these events.
    pub fn round(&self, homes: &[EventHome]) -> Result<Round, Problem> {
        let _work = Work::begin(self);
        let now = self.now();
        self.stand().apart = None;
        for home in homes {
            self.settle_cut_off(home)?;
            home.tell_news()?;
            home.fill_due_mailings()?;
            self.look_for_host(home)?;
        }
        self.remind(homes, now)?;
        let mut round = Round::default();
        let rests = self.blocked().is_some_and(|blocked| blocked.again_at > now);
        if !rests {
            for home in homes {
                if self.is_stopped() {
                    break;
                }
                self.send_due(home, homes, &mut round)?;
                home.close_mailings()?;
                close_batches(home)?;
                self.send_to_host(home, homes, &mut round)?;
            }
        }
        round.next = self.next(homes)?;
        Ok(round)
    }

    fn now(&self) -> i64 {
        self.workspace.surroundings().now()
    }

    fn next(&self, homes: &[EventHome]) -> Result<Option<i64>, Problem> {
        let mut next = Vec::new();
        for home in homes {
            let (message, host, mailing) = home.file().read(|view| {
                let (message, host) = match view.outbox_paused()? {
                    true => (None, None),
                    false => (view.next_delivery_due()?, view.next_host_notice_due()?),
                };
                Ok::<_, Problem>((message, host, view.next_mailing_due()?))
            })?;
            next.extend(message);
            next.extend(host);
            next.extend(mailing);
        }
        let soonest = next.into_iter().min();
        // What is due and can't leave waits for the way, not for itself.
        let again = self.blocked().map(|blocked| blocked.again_at);
        Ok(match (soonest, again) {
            (Some(at), Some(again)) => Some(at.max(again)),
            (at, _) => at,
        })
    }

    fn remind(&self, homes: &[EventHome], now: i64) -> Result<(), Problem> {
        let from = self.stand().reminded_until;
        let first = from.is_none();
        if from.is_some_and(|from| now - from < REMIND_EVERY && now >= from) {
            return Ok(());
        }
        if first || reminders::falls_due(homes, from.unwrap_or(now), now) {
            reminders::remind(&self.workspace, homes, now)?;
        }
        self.stand().reminded_until = Some(now);
        Ok(())
    }

    /// Settles tries that a program which ended left open: nobody can know whether they left.
    fn settle_cut_off(&self, home: &EventHome) -> Result<(), Problem> {
        if self.stand().seen.contains(&home.id()) {
            return Ok(());
        }
        let open = home.file().read(|view| view.handed_deliveries())?;
        if !open.is_empty() {
            let now = self.now();
            home.file().append(Lane::Edit, move |change| {
                for delivery in open {
                    let outcome = Outcome::Unknown {
                        reply: "Gatehouse ended while the message was handed over".into(),
                    };
                    change.settle_try(
                        delivery.id,
                        &after_try(delivery.attempts, now, &outcome),
                        now,
                    )?;
                }
                Ok::<_, Problem>(())
            })?;
        }
        Self::settle_cut_off_host(home)?;
        self.stand().seen.push(home.id());
        Ok(())
    }

    fn send_due(
        &self,
        home: &EventHome,
        homes: &[EventHome],
        round: &mut Round,
    ) -> Result<(), Problem> {
        let mut tools = None;
        let done = self.send_with(&mut tools, home, homes, round);
        if let Some(tools) = tools {
            tools.put_away();
        }
        done
    }

    fn send_with(
        &self,
        kept: &mut Option<Tools>,
        home: &EventHome,
        homes: &[EventHome],
        round: &mut Round,
    ) -> Result<(), Problem> {
        while !self.is_stopped() {
            // Asked each time: whoever holds messages back does not wait for thousands of them.
            let due = home.file().read(|view| match view.outbox_paused()? {
                true => Ok(Vec::new()),
                false => view.due_deliveries(self.now(), AHEAD),
            })?;
            if due.is_empty() {
                return Ok(());
            }
            let tools = match kept {
                Some(tools) => tools,
                None => match self.tools(home) {
                    Ok(tools) => kept.insert(tools),
                    Err(problem) => {
                        self.block(problem.code, &problem.detail);
                        return Ok(());
                    }
                },
            };
            let Some(allowed) = self.allow(&tools.way, homes, due.len())? else {
                return Ok(());
            };
            let due = &due[..allowed.min(due.len())];
            let before = round.sent + round.failed + round.held;
            let went = self.send(home, homes, tools, due, round)?;
            if !went || round.sent + round.failed + round.held == before {
                return Ok(());
            }
        }
        Ok(())
    }

    fn tools(&self, home: &EventHome) -> Result<Tools, Problem> {
        let way = self.workspace.mail_way()?;
        let composer = Composer::new(home, &way)?;
        let connections = usize::from(way.settings.connections.max(1));
        Ok(Tools {
            way,
            composer,
            connections: std::iter::repeat_with(|| None).take(connections).collect(),
        })
    }

    /// How many may leave now; none when the limits are reached, with the reason kept.
    fn allow(
        &self,
        way: &Way,
        homes: &[EventHome],
        wanted: usize,
    ) -> Result<Option<usize>, Problem> {
        let now = self.now();
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        if meter.is_none() {
            let mut sent = Vec::new();
            for home in homes {
                sent.extend(home.file().read(|view| view.sent_since(now - 86_400_000))?);
            }
            sent.sort_unstable();
            let mut fresh = Meter::default();
            sent.into_iter().for_each(|at| fresh.note(at, 1));
            *meter = Some(fresh);
        }
        let Some(meter) = meter.as_mut() else {
            return Ok(None);
        };
        match meter.allow(way.settings.pace, now, wanted as u32) {
            Ok(count) => Ok(Some(count as usize)),
            Err(again_at) => {
                let since = self.blocked().map_or(now, |blocked| blocked.since);
                self.stand().blocked = Some(Blocked {
                    code: "pace_reached".into(),
                    detail: "as many messages left as the limits allow; the others follow".into(),
                    since,
                    again_at,
                    tries: 0,
                });
                Ok(None)
            }
        }
    }

    /// Sends these messages; false when the way is blocked.
    fn send(
        &self,
        home: &EventHome,
        homes: &[EventHome],
        tools: &mut Tools,
        due: &[Delivery],
        round: &mut Round,
    ) -> Result<bool, Problem> {
        let now = self.now();
        tools.composer.prepare(due)?;
        let (way, composer) = (&tools.way, &tools.composer);
        let ready: Vec<Made> = due
            .par_iter()
            .map(|delivery| {
                let others =
                    reminders::told_beside(homes, delivery, &composer.address_of(delivery));
                (delivery.clone(), composer.compose(delivery, &others, now))
            })
            .collect();
        let mut letters = Vec::new();
        let ready = self.keep_apart(home, homes, composer, ready, round)?;
        for (delivery, made) in ready {
            match made {
                Ok(ready) => letters.push((delivery, ready)),
                Err(problem) => {
                    round.failed += 1;
                    give_up(home, &delivery, &problem, now)?;
                }
            }
        }
        let next = AtomicUsize::new(0);
        let blocked: Mutex<Option<(String, String)>> = Mutex::default();
        let done: Mutex<(usize, usize)> = Mutex::default();
        let block = |code: String, detail: String| {
            *blocked.lock().unwrap_or_else(PoisonError::into_inner) = Some((code, detail));
        };
        let shut = || {
            blocked
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_some()
        };
        let book = Book::of(home);
        std::thread::scope(|scope| {
            for kept in tools.connections.iter_mut().take(letters.len()) {
                let (letters, next, done, book) = (&letters, &next, &done, &book);
                let (block, shut) = (&block, &shut);
                scope.spawn(move || {
                    let mut line = Line::over(kept.take(), home, way, book);
                    while let Some((delivery, ready)) =
                        letters.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        if shut() || self.is_stopped() {
                            break;
                        }
                        let tried = line.deliver(delivery, ready);
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        match tried {
                            Ok(Tried::Sent) => done.0 += 1,
                            Ok(Tried::Not) => done.1 += 1,
                            Ok(Tried::Gone) => {}
                            Ok(Tried::Blocked { code, detail }) => block(code, detail),
                            Err(problem) => block(problem.code.to_owned(), problem.detail),
                        }
                    }
                    let (connection, written) = line.end();
                    *kept = connection;
                    if let Err(problem) = written {
                        block(problem.code.to_owned(), problem.detail);
                    }
                });
            }
        });
        let (sent, failed) = *done.lock().unwrap_or_else(PoisonError::into_inner);
        round.sent += sent;
        round.failed += failed;
        if let Some(meter) = self
            .meter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
        {
            meter.note(self.now(), sent as u32);
        }
        let blocked = blocked.into_inner().unwrap_or_else(PoisonError::into_inner);
        match blocked {
            Some((code, detail)) => {
                self.block(&code, &detail);
                Ok(false)
            }
            None => {
                if sent > 0 {
                    self.stand().blocked = None;
                }
                Ok(true)
            }
        }
    }

    fn block(&self, code: &str, detail: &str) {
        let now = self.now();
        let mut stand = self.stand();
        let (since, tries) = stand
            .blocked
            .as_ref()
            .filter(|blocked| blocked.code == code)
            .map_or((now, 0), |blocked| (blocked.since, blocked.tries));
        let rest = (FIRST_REST << tries.min(10)).min(LONGEST_REST);
        tracing::warn!(code, tries, "messages wait");
        stand.blocked = Some(Blocked {
            code: code.to_owned(),
            detail: detail.to_owned(),
            since,
            again_at: now + rest,
            tries: tries + 1,
        });
    }
}

/// Completes batches of which nothing waits any more.
fn close_batches(home: &EventHome) -> Result<(), Problem> {
    let done = home.file().read(|view| {
        let mut done = Vec::new();
        for batch in view.batches()? {
            if batch.status != BatchStatus::Sending {
                continue;
            }
            let counts = view.count_deliveries(batch.id)?;
            if !counts.is_empty() && !counts.iter().any(|(status, _)| status.waits()) {
                done.push(batch.id);
            }
        }
        Ok::<_, Problem>(done)
    })?;
    if done.is_empty() {
        return Ok(());
    }
    let told = done.clone();
    home.file().append(Lane::Edit, move |change| {
        for id in done {
            change.set_batch_status(id, BatchStatus::Completed)?;
        }
        Ok::<_, Problem>(())
    })?;
    host::tell_batches(home, &told)
}
