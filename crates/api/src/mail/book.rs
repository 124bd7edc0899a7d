//! The book of tries: what is about to be handed over, and what came of it, on disk before and
//! after.
//!
//! Each entry is on disk when its writer goes on. Connections that have something to write at the
//! same time share one transaction and its sync: while one is on its way to the disk, what the
//! others bring waits for the next.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use gatehouse_domain::delivery::outcome::Standing;
use gatehouse_domain::id::{DeliveryId, InvitationId};
use gatehouse_store::Lane;
use gatehouse_store::event::Change;

use crate::home::EventHome;
use crate::problem::Problem;

/// One line of the book.
#[derive(Debug, Clone)]
pub(super) enum Entry {
    /// A try begins.
    Begins {
        /// The message.
        id: DeliveryId,
        /// The address or number that it goes to.
        recipient: String,
        /// When, UTC ms.
        at: i64,
    },
    /// A try came to something.
    Ended {
        /// The message.
        id: DeliveryId,
        /// Where it stands now.
        standing: Standing,
        /// When, UTC ms.
        at: i64,
        /// The invitation whose tickets it carried, where it left.
        carried: Option<InvitationId>,
    },
    /// A try could not begin after all; the message waits as before.
    TakenBack {
        /// The message.
        id: DeliveryId,
        /// When it is due, UTC ms.
        due_at: i64,
        /// Stable code of the reason.
        code: String,
    },
}

impl Entry {
    /// Writes it; false where the try that it begins must not be.
    fn write(&self, change: &Change<'_>) -> Result<bool, Problem> {
        match self {
            Self::Begins { id, recipient, at } => Ok(change.hand_over(*id, recipient, *at)?),
            Self::Ended {
                id,
                standing,
                at,
                carried,
            } => {
                change.settle_try(*id, standing, *at)?;
                if let Some(invitation) = carried {
                    change.mark_emailed(*invitation, *at)?;
                }
                Ok(true)
            }
            Self::TakenBack { id, due_at, code } => {
                change.take_back_try(*id, *due_at, code)?;
                Ok(true)
            }
        }
    }
}

/// The book of an event's tries.
#[derive(Debug)]
pub(super) struct Book<'a> {
    home: &'a EventHome,
    desk: Mutex<Desk>,
    turned: Condvar,
}

/// What lies on the desk.
#[derive(Debug, Default)]
struct Desk {
    /// Entries that wait for the next page, with the number of whoever brought them.
    waiting: Vec<(u64, Vec<Entry>)>,
    /// What came of those that are written, until it is taken.
    written: HashMap<u64, Result<bool, Problem>>,
    /// The last number that was given.
    last: u64,
    /// Whether somebody writes a page now.
    busy: bool,
}

impl<'a> Book<'a> {
    /// The book of this event.
    pub(super) fn of(home: &'a EventHome) -> Self {
        Self {
            home,
            desk: Mutex::default(),
            turned: Condvar::new(),
        }
    }

    /// Writes entries, all or none, and comes back when they are on disk; false where a try that
    /// they begin must not be, because the message does not wait any more.
    pub(super) fn write(&self, entries: Vec<Entry>) -> Result<bool, Problem> {
        if entries.is_empty() {
            return Ok(true);
        }
        let mut desk = self.desk();
        desk.last += 1;
        let mine = desk.last;
        desk.waiting.push((mine, entries));
        loop {
            if let Some(result) = desk.written.remove(&mine) {
                return result;
            }
            if desk.busy {
                desk = self
                    .turned
                    .wait(desk)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            // Whoever comes first writes for all that wait.
            desk.busy = true;
            let page = std::mem::take(&mut desk.waiting);
            drop(desk);
            let results = self.write_page(page);
            desk = self.desk();
            desk.busy = false;
            desk.written.extend(results);
            self.turned.notify_all();
        }
    }

    fn write_page(&self, page: Vec<(u64, Vec<Entry>)>) -> Vec<(u64, Result<bool, Problem>)> {
        let numbers: Vec<u64> = page.iter().map(|(number, _)| *number).collect();
        let done = self.home.file().append(Lane::Bulk, move |change| {
            page.iter()
                .map(|(_, entries)| {
                    let mut may = true;
                    for entry in entries {
                        may &= entry.write(change)?;
                    }
                    Ok(may)
                })
                .collect::<Result<Vec<bool>, Problem>>()
        });
        match done {
            Ok(may) => numbers.into_iter().zip(may.into_iter().map(Ok)).collect(),
            Err(problem) => numbers
                .into_iter()
                .map(|number| (number, Err(problem.clone())))
                .collect(),
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
