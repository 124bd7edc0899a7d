//! The outbox at work: what is due leaves, at the pace that is allowed, and what became of each is
//! on disk before and after.
//!
//! Before a message is handed over, its try is written down; after, what came of it. So a program
//! that was killed finds at most one for each connection that was under way, of which nobody can
//! know whether they left: those are shown as such and never sent again by themselves.

mod batches;
mod host;
mod marketing;
mod trouble;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use gatehouse_domain::delivery::outcome::{Outcome, after_try};
use gatehouse_domain::delivery::pace::Meter;
use gatehouse_domain::delivery::{Delivery, Transport};
use gatehouse_domain::id::EventId;
use gatehouse_mail::smtp::Sender;
use gatehouse_store::Lane;
use rayon::prelude::*;

use super::apart::Apart;
use super::book::Book;
use super::compose::{Composer, Ready};
use super::line::{Line, Tried, give_up, put_off};
use super::reminders;
use super::templates::UNFIT;
use super::way::Way;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

use batches::close_batches;
pub use trouble::Blocked;

/// Messages that are made ready at a time.
const AHEAD: u32 = 128;
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

/// What stands in the way of messages, and what was looked at.
#[derive(Debug, Clone, Default)]
struct Stand {
    blocked: BTreeMap<Transport, Blocked>,
    /// Events whose cut-off tries were looked at.
    seen: Vec<EventId>,
    reminded_until: Option<i64>,
    /// When people last had marketing, while a round lasts.
    apart: Option<Apart>,
    /// What was looked at for the host.
    looked: HashMap<EventId, host::Looked>,
}

/// What became of some messages that were tried side by side.
#[derive(Debug, Default)]
struct Done {
    sent: usize,
    failed: usize,
    /// Transports by which something left.
    carried: BTreeSet<Transport>,
    /// Transports by which nothing more is tried, with the code and the reason.
    shut: BTreeMap<Transport, (String, String)>,
}

impl Done {
    fn shut_all(&mut self, problem: &Problem) {
        for by in Transport::ALL {
            let why = (problem.code.to_owned(), problem.detail.clone());
            self.shut.insert(*by, why);
        }
    }
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

    /// Forgets what stood in the way, because somebody changed the settings.
    pub fn try_again(&self) {
        self.stand().blocked.clear();
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

    /// Does what is due now for these events; one that can't be looked after is left aside.
    pub fn round(&self, homes: &[EventHome]) -> Result<Round, Problem> {
        let _work = Work::begin(self);
        let now = self.now();
        self.stand().apart = None;
        for home in homes {
            if let Err(problem) = self.fill(home) {
                leave_aside(home, &problem);
            }
        }
        self.remind(homes, now);
        let mut round = Round::default();
        for home in homes {
            if self.is_stopped() {
                break;
            }
            if let Err(problem) = self.empty(home, homes, &mut round) {
                leave_aside(home, &problem);
            }
        }
        round.next = self.next(homes);
        Ok(round)
    }

    /// Puts what an event has to say by now into its outbox.
    fn fill(&self, home: &EventHome) -> Result<(), Problem> {
        self.settle_cut_off(home)?;
        home.tell_news()?;
        home.fill_due_mailings()?;
        self.look_for_host(home)
    }

    /// Sends what an event has to say and what is due.
    fn empty(
        &self,
        home: &EventHome,
        homes: &[EventHome],
        round: &mut Round,
    ) -> Result<(), Problem> {
        self.send_due(home, homes, round)?;
        home.close_mailings()?;
        close_batches(home)?;
        self.send_to_host(home, homes, round)
    }

    fn now(&self) -> i64 {
        self.workspace.surroundings().now()
    }

    fn next(&self, homes: &[EventHome]) -> Option<i64> {
        let mut next = Vec::new();
        for home in homes {
            let due = home.file().read(|view| {
                let mailing = view.next_mailing_due()?;
                if view.outbox_paused()? {
                    return Ok::<_, Problem>((None, None, None, mailing));
                }
                Ok((
                    view.next_delivery_due(Transport::Mail)?,
                    view.next_delivery_due(Transport::Text)?,
                    view.next_host_notice_due()?,
                    mailing,
                ))
            });
            let (mail, text, host, mailing) = match due {
                Ok(due) => due,
                Err(problem) => {
                    leave_aside(home, &problem);
                    continue;
                }
            };
            // What is due and can't leave waits for its transport, not for itself.
            let waits = |by, at: i64| at.max(self.rests_until(by).unwrap_or(at));
            next.extend(
                [mail, host]
                    .into_iter()
                    .flatten()
                    .map(|at| waits(Transport::Mail, at)),
            );
            next.extend(text.map(|at| waits(Transport::Text, at)));
            next.extend(mailing);
        }
        next.into_iter().min()
    }

    fn remind(&self, homes: &[EventHome], now: i64) {
        let from = self.stand().reminded_until;
        let first = from.is_none();
        if from.is_some_and(|from| now - from < REMIND_EVERY && now >= from) {
            return;
        }
        if first || reminders::falls_due(homes, from.unwrap_or(now), now) {
            reminders::remind(&self.workspace, homes, now);
        }
        self.stand().reminded_until = Some(now);
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
            let open = self.open();
            // Asked each time: whoever holds messages back does not wait for thousands of them.
            let due = home.file().read(|view| match view.outbox_paused()? {
                true => Ok(Vec::new()),
                false => view.due_deliveries(&open, self.now(), AHEAD),
            })?;
            if due.is_empty() {
                return Ok(());
            }
            let tools = match kept {
                Some(tools) => tools,
                None => match self.tools(home) {
                    Ok(tools) => kept.insert(tools),
                    Err(problem) => {
                        self.block_all(&problem);
                        return Ok(());
                    }
                },
            };
            let by: BTreeSet<Transport> = due.iter().map(|one| one.channel.transport()).collect();
            let has_letters = by.contains(&Transport::Mail);
            if let (true, Err(problem)) = (has_letters, tools.composer.sender()) {
                self.block(Transport::Mail, problem.code, &problem.detail);
                continue;
            }
            let Some(allowed) = self.allow(&tools.way, homes, &by, due.len())? else {
                return Ok(());
            };
            let due = &due[..allowed.min(due.len())];
            let before = round.sent + round.failed + round.held;
            let went = self.send(home, homes, tools, due, round)?;
            // What another transport carries goes on.
            if went && round.sent + round.failed + round.held == before {
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
        by: &BTreeSet<Transport>,
        wanted: usize,
    ) -> Result<Option<usize>, Problem> {
        let now = self.now();
        let mut meter = self.meter.lock().unwrap_or_else(PoisonError::into_inner);
        if meter.is_none() {
            let mut sent = Vec::new();
            for home in homes {
                match home.file().read(|view| view.sent_since(now - 86_400_000)) {
                    Ok(left) => sent.extend(left),
                    Err(error) => leave_aside(home, &error.into()),
                }
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
                self.hold_pace(by, again_at);
                Ok(None)
            }
        }
    }

    /// Sends these messages; false when a transport came into trouble.
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
                Err(problem) if problem.code == UNFIT => {
                    round.held += 1;
                    put_off(home, &delivery, &problem, now)?;
                }
                Err(problem) => {
                    round.failed += 1;
                    give_up(home, &delivery, &problem, now)?;
                }
            }
        }
        let next = AtomicUsize::new(0);
        let done: Mutex<Done> = Mutex::default();
        let done = || done.lock().unwrap_or_else(PoisonError::into_inner);
        let book = Book::of(home);
        std::thread::scope(|scope| {
            for kept in tools.connections.iter_mut().take(letters.len()) {
                let (letters, next, done, book) = (&letters, &next, &done, &book);
                scope.spawn(move || {
                    let mut line = Line::over(kept.take(), home, way, book);
                    while let Some((delivery, ready)) =
                        letters.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        if self.is_stopped() {
                            break;
                        }
                        let by = delivery.channel.transport();
                        if done().shut.contains_key(&by) {
                            continue;
                        }
                        let tried = line.deliver(delivery, ready);
                        let mut done = done();
                        match tried {
                            Ok(Tried::Sent) => {
                                done.sent += 1;
                                done.carried.insert(by);
                            }
                            Ok(Tried::Not) => done.failed += 1,
                            Ok(Tried::Gone) => {}
                            Ok(Tried::Blocked { code, detail }) => {
                                done.shut.insert(by, (code, detail));
                            }
                            Err(problem) => done.shut_all(&problem),
                        }
                    }
                    let (connection, written) = line.end();
                    *kept = connection;
                    if let Err(problem) = written {
                        done().shut_all(&problem);
                    }
                });
            }
        });
        let Done {
            sent,
            failed,
            carried,
            shut,
        } = std::mem::take(&mut *done());
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
        // One that carries some and then no more rests longer each time too.
        for by in carried.iter().filter(|by| !shut.contains_key(by)) {
            self.stand().blocked.remove(by);
        }
        for (by, (code, detail)) in &shut {
            self.block(*by, code, detail);
        }
        Ok(shut.is_empty())
    }
}

/// Notes that an event's messages wait, because its file can't be read or written now.
pub(super) fn leave_aside(home: &EventHome, problem: &Problem) {
    tracing::warn!(
        event = %home.id(),
        code = problem.code,
        "an event's messages wait"
    );
}
