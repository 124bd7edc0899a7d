//! The office's postman: opens the events that may have something to say, and lets the outbox send.

use std::sync::{Arc, Weak};
use std::time::Duration;

use gatehouse_domain::id::EventId;

use super::door::Door;
use crate::home::EventHome;
use crate::mail::outbox::Outbox;
use crate::problem::Problem;

/// The first round waits until whoever opened the office has it on the screen.
const FIRST_ROUND: Duration = Duration::from_secs(2);
/// The longest pause between two rounds.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// The shortest pause between two rounds, where something is due that could not leave.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
/// How often the mailbox of bounces is read.
const INBOX_EVERY: Duration = Duration::from_secs(60);

/// Begins to send, until the door is gone.
pub(super) fn begin(door: &Arc<Door>) {
    let outbox = Arc::clone(&door.outbox);
    let watched = Arc::downgrade(door);
    spawn("gatehouse-postman", move || send(&outbox, &watched));
    let watched = Arc::downgrade(door);
    spawn("gatehouse-inbox", move || read(&watched));
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) {
    let begun = std::thread::Builder::new().name(name.into()).spawn(work);
    if let Err(error) = begun {
        tracing::error!(%error, "messages will not be sent");
    }
}

fn send(outbox: &Outbox, door: &Weak<Door>) {
    outbox.rest(FIRST_ROUND);
    loop {
        let Some(door) = door.upgrade() else { return };
        if outbox.is_stopped() {
            return;
        }
        let pause = round(&door, outbox).unwrap_or_else(|problem| {
            tracing::warn!(code = problem.code, "messages could not be looked after");
            LONGEST_PAUSE
        });
        drop(door);
        outbox.rest(pause);
    }
}

fn round(door: &Door, outbox: &Outbox) -> Result<Duration, Problem> {
    if !door.workspace.sends_at_all()? || !outbox.is_mine()? {
        return Ok(LONGEST_PAUSE);
    }
    let done = outbox.round(&speaking(door)?)?;
    if done.sent + done.failed > 0 {
        tracing::info!(sent = done.sent, failed = done.failed, "messages left");
    }
    let now = door.workspace.surroundings().now();
    Ok(done.next.map_or(LONGEST_PAUSE, |at| {
        Duration::from_millis(u64::try_from(at - now).unwrap_or(0))
            .clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
    }))
}

/// The events that may have something to say now; one that can't be opened is left aside.
pub(super) fn speaking(door: &Door) -> Result<Vec<EventHome>, Problem> {
    let mut homes = Vec::new();
    for event in door.workspace.speaking_events()? {
        match open(door, event) {
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

fn open(door: &Door, id: EventId) -> Result<EventHome, Problem> {
    door.event_unsearched(id)?.refreshed()
}

fn read(door: &Weak<Door>) {
    loop {
        std::thread::sleep(INBOX_EVERY);
        let Some(door) = door.upgrade() else { return };
        if door.outbox.is_stopped() {
            return;
        }
        let mine = door.outbox.is_mine().unwrap_or(false);
        if !mine {
            continue;
        }
        match door
            .workspace
            .read_inbox(|event| door.event_unsearched(event))
        {
            Ok(look) if look.reports > 0 => {
                tracing::info!(
                    reports = look.reports,
                    bounced = look.bounced,
                    "mail came back"
                );
            }
            Ok(_) => {}
            Err(problem) => tracing::warn!(code = problem.code, "the mailbox could not be read"),
        }
    }
}
