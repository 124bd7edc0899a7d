//! What the routes answer: the store's rows as JSON.

use std::collections::HashMap;

use gatehouse_domain::admission::Code;
use gatehouse_domain::event::state::Stage;
use gatehouse_domain::event::{Access, EventKind, EventSettings, EventStatus, Visibility, Zone};
use gatehouse_domain::field::FieldError;
use gatehouse_domain::id::{EditId, EventId, GuestId, InvitationId, SessionId, TicketId};
use gatehouse_domain::invitation::{InvitationStatus, MemberStatus, PartyKind};
use gatehouse_domain::place::Place;
use gatehouse_domain::session::{AgendaItem, Session, SessionStatus};
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_domain::ticket_type::TicketType;
use gatehouse_store::event::{Counts, EditRow, GuestRow, InvitationRow, TicketRow, View};
use gatehouse_store::workspace::SessionRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::keys::KeySummary;
use crate::lifecycle::stage_of;
use crate::problem::Problem;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    pub(super) status: &'static str,
    pub(super) version: &'static str,
    /// The workspace's name.
    pub(super) workspace: String,
    /// Whether somebody has an account, so that the office asks who is there.
    pub(super) accounts: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct ProgressAnswer {
    guests: u64,
    invitations: u64,
    tickets: u64,
    admitted: u64,
    voided: u64,
}

#[derive(Debug, Serialize, ToSchema)]
struct CodeCount {
    code: Code,
    count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventAnswer {
    id: EventId,
    title: String,
    tagline: String,
    description: String,
    category: String,
    tags: Vec<String>,
    kind: EventKind,
    status: EventStatus,
    stage: Stage,
    organizer: String,
    /// Where it takes place.
    place: Place,
    /// The place as one line.
    place_line: String,
    time_zone: &'static str,
    currency: String,
    language: String,
    capacity: Option<u32>,
    visibility: Visibility,
    access: Access,
    settings: EventSettings,
    created_at: i64,
    /// When it was handed over to another machine, UTC ms; none while this is its home.
    handed_over_at: Option<i64>,
    sessions: Vec<Session>,
    agenda: Vec<AgendaItem>,
    /// What it lacks before it can be published.
    lacking: Vec<FieldError>,
    ticket_types: Vec<TicketType>,
    zones: Vec<Zone>,
    progress: ProgressAnswer,
    scans_by_code: Vec<CodeCount>,
    keys: Vec<KeySummary>,
}

impl EventAnswer {
    /// Reads the event as its file stands now; another program may have edited it meanwhile.
    pub(super) fn read(
        view: &View<'_>,
        counts: Counts,
        now: i64,
        keys: Vec<KeySummary>,
        lacking: Vec<FieldError>,
    ) -> Result<Self, Problem> {
        let event = view.event()?;
        let progress = counts.progress;
        Ok(Self {
            stage: stage_of(view, now)?,
            id: event.id,
            title: event.title,
            tagline: event.tagline,
            description: event.description,
            category: event.category,
            tags: event.tags,
            kind: event.kind,
            status: event.status,
            organizer: event.organizer,
            place_line: event.place.line(),
            place: event.place,
            time_zone: event.time_zone.name(),
            currency: event.currency,
            language: event.language,
            capacity: event.capacity,
            visibility: event.visibility,
            access: event.access,
            settings: event.settings,
            created_at: event.created_at,
            handed_over_at: view.handed_over_at()?,
            sessions: view.sessions()?,
            agenda: view.agenda()?,
            lacking,
            ticket_types: view.ticket_types()?,
            zones: view.zones()?,
            progress: ProgressAnswer {
                guests: progress.guests,
                invitations: progress.invitations,
                tickets: progress.tickets,
                admitted: progress.admitted,
                voided: progress.voided,
            },
            scans_by_code: counts
                .scans
                .into_iter()
                .map(|(code, count)| CodeCount { code, count })
                .collect(),
            keys,
        })
    }
}

#[derive(Debug, Serialize, ToSchema)]
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
    group: Option<String>,
    invitation_id: Option<InvitationId>,
    ticket_id: Option<TicketId>,
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
            group: row.group,
            invitation_id: row.invitation_id,
            ticket_id: row.ticket_id,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
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
#[derive(Debug, Serialize, ToSchema)]
struct LifeLine {
    created: Option<i64>,
    rendered: Option<i64>,
    emailed: Option<i64>,
    downloaded: Option<i64>,
    opened: Option<i64>,
    checked_in: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
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

#[derive(Debug, Serialize, ToSchema)]
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

impl EditAnswer {
    /// An edit, with its actor's name where that is an account.
    pub(super) fn named(row: EditRow, names: &HashMap<String, String>) -> Self {
        let actor = names
            .get(&row.meta.actor)
            .cloned()
            .unwrap_or(row.meta.actor);
        Self {
            id: row.meta.id,
            sequence: row.sequence,
            at: row.meta.at,
            actor,
            machine: row.meta.machine,
            command: row.meta.command,
            reason: row.meta.reason,
            undoable: row.undoable,
            undoes: row.undoes,
            undone_by: row.undone_by,
        }
    }
}

/// A session in the list of what comes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionRowAnswer {
    id: SessionId,
    event: EventId,
    event_title: String,
    title: Option<String>,
    doors_at: i64,
    starts_at: i64,
    ends_at: i64,
    place: String,
    status: SessionStatus,
}

impl From<SessionRow> for SessionRowAnswer {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            event: row.event,
            event_title: row.event_title,
            title: row.title,
            doors_at: row.doors_at,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            place: row.place,
            status: row.status,
        }
    }
}
