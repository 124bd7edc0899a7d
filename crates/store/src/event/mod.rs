//! An event's file.
//!
//! [`EventFile::read`] hands a [`View`] to a closure; [`EventFile::edit`] and
//! [`EventFile::command`] hand a [`Change`] that writes in one transaction, together with the line
//! that says who did it, when and why. Edits can be undone; commands can't.

mod addressees;
mod alerts;
mod answers;
mod aside;
mod batches;
mod carried;
mod changeset;
mod deliveries;
mod devices;
mod doors;
mod edits;
mod events;
mod guest_index;
mod guest_photos;
mod guests;
mod handover;
mod host_notices;
mod imports;
mod invitations;
mod issue;
mod kept;
mod keys;
mod mailings;
mod mesh;
mod news;
mod notices;
mod photos;
mod presence;
mod registrations;
mod reminded;
mod report;
mod reserves;
mod scans;
mod sessions;
mod templates;
mod ticket_types;
mod tickets;
mod tries;
mod uses;
mod withdrawals;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use gatehouse_domain::event::Event;
use gatehouse_domain::id::EventId;
use rusqlite::Connection;

use crate::error::StoreError;
use crate::file::{FileKind, check_health, is_large};
use crate::writer::{Lane, Writer};
use kept::Kept;

pub use addressees::{PartyTicket, ReminderParty};
pub use alerts::AlertRow;
pub use answers::{AnsweredBy, DownloadRow, LookKind, PageLook, Turnout};
pub use deliveries::{DeliveryQuery, DeliveryRow, DomainCount, KindCount};
pub use devices::{DeviceRow, GateStand};
pub use doors::{DoorTicket, DoorTicketKey, RosterTicket};
pub use edits::{EditMeta, EditRow};
pub use guest_index::{GuestQuery, GuestRows};
pub use handover::edit_copy;
pub use host_notices::AnsweredRow;
pub use imports::ImportRow;
pub use invitations::{MemberRow, NewMember, TicketBrief};
pub use issue::{IssuedTicket, TicketWanted};
pub use kept::Counts;
pub use keys::SigningKeyRow;
pub use mesh::{DeltaRow, NoteRow, RevocationRow, RosterMark, SnapshotRow};
pub use news::PassageNews;
pub use notices::LookRow;
pub use photos::PhotoRow;
pub use registrations::RegistrationRow;
pub use reminded::{Reminded, ReminderKey, WaitingNotice};
pub use report::{GuestRow, InvitationRow, Progress, TicketRow};
pub use scans::{AdmissionSlot, ChainEnd, FirstUse, Merged, Reversal, ScanLine, ScanRow};
pub use templates::TemplateText;
pub use tickets::{PrintRow, TicketHands};
pub use uses::{ScanReason, UsedIn};

/// What is asked first of a file has this long for itself.
const FIRST_ANSWERS: Duration = Duration::from_millis(500);

pub(crate) const EVENT_FILE: FileKind = FileKind {
    name: "event",
    application_id: i32::from_be_bytes(*b"GHev"),
    migrations: &[
        include_str!("../../../../migrations/event/0001_event.sql"),
        include_str!("../../../../migrations/event/0002_schedule.sql"),
        include_str!("../../../../migrations/event/0003_invitations.sql"),
        include_str!("../../../../migrations/event/0004_history.sql"),
        include_str!("../../../../migrations/event/0005_transfers.sql"),
        include_str!("../../../../migrations/event/0006_gates.sql"),
        include_str!("../../../../migrations/event/0007_mesh.sql"),
        include_str!("../../../../migrations/event/0008_photos.sql"),
        include_str!("../../../../migrations/event/0009_sync_failures.sql"),
        include_str!("../../../../migrations/event/0010_passage_news.sql"),
        include_str!("../../../../migrations/event/0011_reserves.sql"),
        include_str!("../../../../migrations/event/0012_answers.sql"),
        include_str!("../../../../migrations/event/0013_delivery.sql"),
        include_str!("../../../../migrations/event/0014_notices.sql"),
        include_str!("../../../../migrations/event/0015_overtaken.sql"),
        include_str!("../../../../migrations/event/0016_turning.sql"),
    ],
};

/// Reads an event file as it stood when the read began.
#[derive(Debug, Clone, Copy)]
pub struct View<'c> {
    conn: &'c Connection,
}

/// Writes an event file inside one transaction; reads what it wrote.
#[derive(Debug)]
pub struct Change<'c> {
    view: View<'c>,
    /// Watches an edit; a command is not watched.
    recorder: Option<changeset::Recorder<'c>>,
}

impl<'c> Deref for Change<'c> {
    type Target = View<'c>;
    fn deref(&self) -> &View<'c> {
        &self.view
    }
}

/// An open event file: one writing connection, a few readers.
#[derive(Debug, Clone)]
pub struct EventFile {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    id: EventId,
    kind: &'static FileKind,
    path: PathBuf,
    readers: Mutex<Vec<Connection>>,
    watchers: Mutex<Vec<Watcher>>,
    kept: Kept,
    /// What was found wrong with a large file after it was opened.
    damage: OnceLock<String>,
    writer: Writer,
}

/// One write that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed<'c> {
    /// In which lane it was written.
    pub lane: Lane,
    /// What was done, as the audit calls it; none for what has no line of its own there.
    pub command: Option<&'c str>,
}

/// Hears of every write of this process.
struct Watcher(Box<dyn Fn(Committed<'_>) + Send + Sync>);

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watcher")
    }
}

/// Tells whether anybody, another process included, wrote since it was asked last.
#[derive(Debug)]
pub struct ChangeProbe {
    conn: Connection,
    seen: i64,
}

impl ChangeProbe {
    /// Whether the file was written since the last call.
    pub fn changed(&mut self) -> Result<bool, StoreError> {
        let now = self
            .conn
            .query_row("PRAGMA data_version", [], |r| r.get::<_, i64>(0))?;
        let changed = now != self.seen;
        self.seen = now;
        Ok(changed)
    }
}

/// Readers kept open when nobody reads.
const READERS_KEPT: usize = 4;

impl EventFile {
    /// Creates the file of a new event.
    pub fn create(path: &Path, event: &Event) -> Result<Self, StoreError> {
        let conn = EVENT_FILE.create(path, |conn| {
            Change {
                view: View { conn },
                recorder: None,
            }
            .insert_event(event)
        })?;
        Self::start(path, conn, event.id, &EVENT_FILE)
    }

    /// Opens the file: checks its kind, version and health, and migrates it after a backup.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let conn = EVENT_FILE.open(path)?;
        let id = View { conn: &conn }.event()?.id;
        let file = Self::start(path, conn, id, &EVENT_FILE)?;
        if is_large(path) {
            file.check_behind()?;
        }
        Ok(file)
    }

    /// Checks a large file on a thread of its own, after the first answers from it: nobody waits
    /// for it, and what it finds stops everything from then on.
    fn check_behind(&self) -> Result<(), StoreError> {
        let conn = self.shared.kind.open_reader(&self.shared.path)?;
        // The file is let go of with the last handle, whether or not the check is through.
        let shared = Arc::downgrade(&self.shared);
        let path = self.shared.path.clone();
        std::thread::Builder::new()
            .name("gatehouse-check".into())
            .spawn(move || {
                std::thread::sleep(FIRST_ANSWERS);
                if shared.strong_count() == 0 {
                    return;
                }
                if let Err(StoreError::Damaged { detail, .. }) = check_health(&conn, &path)
                    && let Some(shared) = shared.upgrade()
                {
                    tracing::error!(event = %shared.id, "an event file is damaged");
                    shared.damage.set(detail).ok();
                }
            })?;
        Ok(())
    }

    fn check_damage(&self) -> Result<(), StoreError> {
        match self.shared.damage.get() {
            None => Ok(()),
            Some(detail) => Err(StoreError::Damaged {
                path: self.shared.path.clone(),
                detail: detail.clone(),
            }),
        }
    }

    fn start(
        path: &Path,
        conn: Connection,
        id: EventId,
        kind: &'static FileKind,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            shared: Arc::new(Shared {
                id,
                kind,
                path: path.to_owned(),
                readers: Mutex::new(Vec::new()),
                watchers: Mutex::default(),
                kept: Kept::default(),
                damage: OnceLock::new(),
                writer: Writer::start(conn, path)?,
            }),
        })
    }

    /// The event's id.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.shared.id
    }

    /// Where the file stands.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Reads the file as it stands now; writers go on meanwhile.
    pub fn read<T, E: From<StoreError>>(
        &self,
        read: impl FnOnce(&View<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_damage()?;
        let kept = self.readers().pop();
        let conn = match kept {
            Some(conn) => conn,
            None => self.shared.kind.open_reader(&self.shared.path)?,
        };
        let result = {
            let tx = conn.unchecked_transaction().map_err(StoreError::from)?;
            read(&View { conn: &tx })
        };
        let mut readers = self.readers();
        if readers.len() < READERS_KEPT {
            readers.push(conn);
        }
        result
    }

    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.shared
            .readers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an edit that can be undone: its changeset is recorded in the same transaction.
    pub fn edit<T, E>(
        &self,
        lane: Lane,
        meta: EditMeta,
        edit: impl FnOnce(&Change<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let command = meta.command.clone();
        let done = self.write(lane, move |conn| edits::run_edit(conn, &meta, edit))?;
        self.tell(lane, Some(&command));
        Ok(done)
    }

    /// Carries out a command that can't be undone, recorded in the same transaction.
    pub fn command<T, E>(
        &self,
        lane: Lane,
        meta: EditMeta,
        command: impl FnOnce(&Change<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let name = meta.command.clone();
        let done = self.write(lane, move |conn| {
            transact(conn, |change| {
                let value = command(change)?;
                change.insert_edit(&meta, None, None)?;
                Ok::<_, E>(value)
            })
        })?;
        self.tell(lane, Some(&name));
        Ok(done)
    }

    /// Adds what needs no line of its own in the audit: scans, and marks of long runs.
    pub fn append<T, E>(
        &self,
        lane: Lane,
        append: impl FnOnce(&Change<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let done = self.write(lane, move |conn| transact(conn, append))?;
        self.tell(lane, None);
        Ok(done)
    }

    /// As [`Self::append`], but comes back before the disk has it, for what others have on theirs
    /// and give again: a program that is killed loses nothing, a power cut may lose the last of it.
    /// The file stays whole, and the next [`Self::append`] brings this to the disk too.
    pub fn append_unsynced<T, E>(
        &self,
        lane: Lane,
        append: impl FnOnce(&Change<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.check_damage()?;
        let done = self
            .shared
            .writer
            .run_unsynced(lane, move |conn| Ok(transact(conn, append)))??;
        self.tell(lane, None);
        Ok(done)
    }

    /// Tells `watcher` of every write of this process from now on, once it is kept; it is called
    /// on the writing thread and must not wait.
    pub fn watch(&self, watcher: impl Fn(Committed<'_>) + Send + Sync + 'static) {
        self.watchers().push(Watcher(Box::new(watcher)));
    }

    /// A probe for what any process writes from now on.
    pub fn probe(&self) -> Result<ChangeProbe, StoreError> {
        let mut probe = ChangeProbe {
            conn: self.shared.kind.open_reader(&self.shared.path)?,
            seen: 0,
        };
        probe.changed()?;
        Ok(probe)
    }

    fn kept(&self) -> &Kept {
        &self.shared.kept
    }

    fn watchers(&self) -> std::sync::MutexGuard<'_, Vec<Watcher>> {
        self.shared
            .watchers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, lane: Lane, command: Option<&str>) {
        for Watcher(watcher) in self.watchers().iter() {
            watcher(Committed { lane, command });
        }
    }

    /// Makes the file ready for a gate: its log begins anew, so that a scan is written over what
    /// stands on disk already and its sync does not wait for the file to grow.
    pub fn settle(&self) {
        self.shared.writer.settle_for_a_gate();
    }

    /// Takes what was deleted off the disk: out of the file and out of its log. `false` where it is
    /// there still, such as while somebody reads; try again then.
    #[must_use]
    pub fn erase(&self) -> bool {
        self.shared.writer.erase()
    }

    /// Undoes an edit, as an edit of its own that can be undone in turn.
    pub fn undo(
        &self,
        edit: gatehouse_domain::id::EditId,
        meta: EditMeta,
    ) -> Result<(), StoreError> {
        let command = meta.command.clone();
        self.write(Lane::Edit, move |conn| edits::undo(conn, edit, &meta))?;
        self.tell(Lane::Edit, Some(&command));
        Ok(())
    }

    fn write<T, E>(
        &self,
        lane: Lane,
        job: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.check_damage()?;
        self.shared.writer.run(lane, move |conn| Ok(job(conn)))?
    }
}

/// Runs `write` in one transaction that is committed only when it succeeds.
fn transact<T, E: From<StoreError>>(
    conn: &mut Connection,
    write: impl FnOnce(&Change<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let tx = conn
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .map_err(StoreError::from)?;
    handover::check_home(&tx)?;
    let value = write(&Change {
        view: View { conn: &tx },
        recorder: None,
    })?;
    tx.commit().map_err(StoreError::from)?;
    Ok(value)
}
