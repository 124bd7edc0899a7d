//! What the routes answer: the store's rows as JSON.

use gatehouse_domain::admission::Code;
use gatehouse_domain::event::Zone;
use gatehouse_domain::id::{EditId, EventId, GuestId, InvitationId, TicketId};
use gatehouse_domain::invitation::{InvitationStatus, MemberStatus, PartyKind};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_store::event::{EditRow, GuestRow, InvitationRow, TicketRow, View};
use serde::Serialize;

use crate::keys::KeySummary;
use crate::problem::Problem;

#[derive(Debug, Serialize)]
pub(super) struct Health {
    pub(super) status: &'static str,
    pub(super) version: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
}

/// Some rows of a list, and where the next page begins.
#[derive(Debug, Serialize)]
pub(super) struct Page<T> {
    items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
    /// The first `limit` of `rows`; one row more tells that there is a next page.
    pub(super) fn cut<R>(mut rows: Vec<R>, limit: u32, cursor: impl Fn(&R) -> String) -> Self
    where
        T: From<R>,
    {
        let limit = limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Self {
            next: rows.last().filter(|_| more).map(cursor),
            items: rows.into_iter().map(T::from).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct ProgressAnswer {
    guests: u64,
    invitations: u64,
    tickets: u64,
    admitted: u64,
    voided: u64,
}

#[derive(Debug, Serialize)]
struct CodeCount {
    code: Code,
    count: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct EventAnswer {
    id: EventId,
    title: String,
    kind: &'static str,
    status: &'static str,
    organizer: String,
    place: String,
    time_zone: &'static str,
    currency: String,
    language: String,
    sessions: Vec<Session>,
    ticket_types: Vec<TicketType>,
    zones: Vec<Zone>,
    progress: ProgressAnswer,
    scans_by_code: Vec<CodeCount>,
    keys: Vec<KeySummary>,
}

impl EventAnswer {
    /// Reads the event as its file stands now; another program may have edited it meanwhile.
    pub(super) fn read(view: &View<'_>, keys: Vec<KeySummary>) -> Result<Self, Problem> {
        let event = view.event()?;
        let progress = view.progress()?;
        Ok(Self {
            id: event.id,
            title: event.title,
            kind: event.kind.word(),
            status: event.status.word(),
            organizer: event.organizer,
            place: event.place.line(),
            time_zone: event.time_zone.name(),
            currency: event.currency,
            language: event.language,
            sessions: view.sessions()?,
            ticket_types: view.ticket_types()?,
            zones: view.zones()?,
            progress: ProgressAnswer {
                guests: progress.guests,
                invitations: progress.invitations,
                tickets: progress.tickets,
                admitted: progress.admitted,
                voided: progress.voided,
            },
            scans_by_code: view
                .count_scans_by_code()?
                .into_iter()
                .map(|(code, count)| CodeCount { code, count })
                .collect(),
            keys,
        })
    }
}

#[derive(Debug, Serialize)]
pub(super) struct GuestAnswer {
    id: GuestId,
    name: String,
    email: Option<String>,
    company: Option<String>,
    invitation: Option<String>,
    ticket_type: Option<String>,
    ticket: Option<u32>,
    status: Option<TicketStatus>,
    seat: Option<String>,
    checked_in_at: Option<i64>,
}

impl From<GuestRow> for GuestAnswer {
    fn from(row: GuestRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            company: row.company,
            invitation: row.invitation,
            ticket_type: row.ticket_type,
            ticket: row.ticket,
            status: row.status,
            seat: row.seat,
            checked_in_at: row.checked_in_at,
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct InvitationAnswer {
    id: InvitationId,
    number: String,
    label: String,
    kind: PartyKind,
    members: u32,
    status: InvitationStatus,
}

impl From<InvitationRow> for InvitationAnswer {
    fn from(row: InvitationRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            label: row.label,
            kind: row.kind,
            members: row.members,
            status: row.status,
        }
    }
}

/// The six times of a ticket's life line, UTC ms, in order.
#[derive(Debug, Serialize)]
struct LifeLine {
    created: Option<i64>,
    rendered: Option<i64>,
    emailed: Option<i64>,
    downloaded: Option<i64>,
    opened: Option<i64>,
    checked_in: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct TicketAnswer {
    id: TicketId,
    number: u32,
    invitation: String,
    party: String,
    name: String,
    unnamed: bool,
    email: Option<String>,
    company: Option<String>,
    ticket_type: String,
    seat: Option<String>,
    status: TicketStatus,
    member_status: MemberStatus,
    version: u32,
    life_line: LifeLine,
    gate: Option<String>,
}

impl From<TicketRow> for TicketAnswer {
    fn from(row: TicketRow) -> Self {
        let [created, rendered, emailed, downloaded, opened, checked_in] = row.life_line;
        Self {
            id: row.id,
            number: row.number,
            invitation: row.invitation,
            party: row.party,
            name: row.name,
            unnamed: row.unnamed,
            email: row.email,
            company: row.company,
            ticket_type: row.ticket_type,
            seat: row.seat,
            status: row.status,
            member_status: row.member_status,
            version: row.version,
            life_line: LifeLine {
                created,
                rendered,
                emailed,
                downloaded,
                opened,
                checked_in,
            },
            gate: row.gate,
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct EditAnswer {
    id: EditId,
    sequence: i64,
    at: i64,
    actor: String,
    machine: String,
    command: String,
    reason: Option<String>,
    undoable: bool,
    undoes: Option<EditId>,
    undone_by: Option<EditId>,
}

impl From<EditRow> for EditAnswer {
    fn from(row: EditRow) -> Self {
        Self {
            id: row.meta.id,
            sequence: row.sequence,
            at: row.meta.at,
            actor: row.meta.actor,
            machine: row.meta.machine,
            command: row.meta.command,
            reason: row.meta.reason,
            undoable: row.undoable,
            undoes: row.undoes,
            undone_by: row.undone_by,
        }
    }
}
