//! One event at its home: the machine that holds its file, where it is edited.

use std::sync::{Arc, Mutex, PoisonError};

use gatehouse_credential::claims::{FullClaims, TicketClaims};
use gatehouse_credential::key::SigningKey;
use gatehouse_domain::event::{ClaimSet, Event};
use gatehouse_domain::id::{EditId, Entropy, EventId, IdMint, TicketId};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket::Ticket;
use gatehouse_store::event::{EditMeta, EventFile, TicketRow};

use crate::doors::PinTries;
use crate::mesh::MeshSlot;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// An event that is open at its home.
#[derive(Debug, Clone)]
pub struct EventHome {
    workspace: Arc<Workspace>,
    file: EventFile,
    event: Event,
    sessions: Vec<Session>,
    active_key: Arc<Mutex<Option<Arc<SigningKey>>>>,
    pins: Arc<PinTries>,
    /// This home's place among its gates, where it takes part.
    mesh: MeshSlot,
    /// Who acts through this handle, where that is somebody else than the machine's own person.
    actor: Option<Actor>,
    /// Version of what is edited through this handle, as the person saw it.
    seen: Option<Arc<str>>,
}

/// Who acts, and from where, for the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account's id, or the name of the machine's own person.
    pub name: String,
    /// The machine.
    pub machine: String,
}

/// What a credential names besides its ticket, where the event's claim set asks for it.
pub(crate) struct HolderFacts<'a> {
    pub(crate) booking: uuid::Uuid,
    pub(crate) name: &'a str,
    pub(crate) email: Option<&'a str>,
    pub(crate) ticket_type: &'a str,
    pub(crate) seat: Option<&'a str>,
}

impl EventHome {
    pub(crate) fn open(workspace: Arc<Workspace>, file: EventFile) -> Result<Self, Problem> {
        let (event, sessions) =
            file.read(|view| Ok::<_, Problem>((view.event()?, view.sessions()?)))?;
        Ok(Self {
            workspace,
            file,
            event,
            sessions,
            active_key: Arc::default(),
            pins: Arc::default(),
            mesh: MeshSlot::default(),
            actor: None,
            seen: None,
        })
    }

    /// The same event as its file says it now.
    pub fn refreshed(&self) -> Result<Self, Problem> {
        let fresh = Self::open(Arc::clone(&self.workspace), self.file.clone())?;
        Ok(Self {
            active_key: Arc::clone(&self.active_key),
            pins: Arc::clone(&self.pins),
            mesh: self.mesh.clone(),
            actor: self.actor.clone(),
            seen: self.seen.clone(),
            ..fresh
        })
    }

    /// The same event, with what is done through it written down as done by `actor`.
    #[must_use]
    pub fn acting(&self, actor: Actor) -> Self {
        Self {
            actor: Some(actor),
            ..self.clone()
        }
    }

    /// The same event, on which an edit is refused when what it edits is not as `version` any more.
    #[must_use]
    pub fn if_seen(&self, version: Option<&str>) -> Self {
        Self {
            seen: version.map(Arc::from),
            ..self.clone()
        }
    }

    pub(crate) fn actor(&self) -> Option<Actor> {
        self.actor.clone()
    }

    pub(crate) fn seen(&self) -> Option<Arc<str>> {
        self.seen.clone()
    }

    /// The event's id.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.event.id
    }

    /// The event as it stood when it was opened.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// Its sessions as they stood when it was opened, by start.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// The workspace that the event belongs to.
    #[must_use]
    pub fn workspace(&self) -> &Arc<Workspace> {
        &self.workspace
    }

    /// The event's file, for what the store itself answers.
    #[must_use]
    pub fn file(&self) -> &EventFile {
        &self.file
    }

    /// Wrong PINs at this event's doors.
    pub(crate) fn pins(&self) -> Arc<PinTries> {
        Arc::clone(&self.pins)
    }

    pub(crate) fn mesh_slot(&self) -> &MeshSlot {
        &self.mesh
    }

    pub(crate) fn now(&self) -> i64 {
        self.workspace.surroundings().now()
    }

    pub(crate) fn mint(&self) -> IdMint {
        self.workspace.surroundings().mint(self.event.id.route())
    }

    pub(crate) fn entropy(&self) -> Box<dyn Entropy> {
        self.workspace.surroundings().entropy()
    }

    pub(crate) fn edit_meta(
        &self,
        mint: &mut IdMint,
        command: &str,
        reason: Option<String>,
    ) -> EditMeta {
        let surroundings = self.workspace.surroundings();
        let at = surroundings.now();
        let (actor, machine) = self
            .actor
            .as_ref()
            .map_or((&surroundings.actor, &surroundings.machine), |actor| {
                (&actor.name, &actor.machine)
            });
        EditMeta {
            id: EditId(mint.mint(at)),
            at,
            actor: actor.clone(),
            machine: machine.clone(),
            command: command.to_owned(),
            reason,
        }
    }

    /// The key that signs now, unsealed once and kept.
    pub(crate) fn active_key(&self) -> Result<Arc<SigningKey>, Problem> {
        let mut kept = self
            .active_key
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = kept.as_ref() {
            return Ok(Arc::clone(key));
        }
        let key = Arc::new(self.unseal_active_key()?);
        *kept = Some(Arc::clone(&key));
        Ok(key)
    }

    pub(crate) fn forget_active_key(&self) {
        *self
            .active_key
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Claims of a credential issued at `at` (UTC ms).
    ///
    /// Its times are wide, from its issue to well past the event, so that a moved session does
    /// not kill printed paper; the roster's times decide.
    pub(crate) fn claims(
        &self,
        ticket: TicketId,
        version: u32,
        at: i64,
        holder: &HolderFacts<'_>,
    ) -> TicketClaims {
        let ends_at = self.sessions.iter().map(|s| s.ends_at).max().unwrap_or(at);
        let days = i64::from(self.event.settings.token_days_after);
        let issued_at = at.div_euclid(1_000);
        TicketClaims {
            ticket,
            version,
            event: self.event.id,
            issued_at,
            not_before: issued_at,
            expires_at: ends_at.max(at).div_euclid(1_000) + days * 86_400,
            full: (self.event.settings.claim_set == ClaimSet::Full).then(|| FullClaims {
                booking: holder.booking,
                event_name: self.event.title.clone(),
                attendee_name: holder.name.to_owned(),
                attendee_email: holder.email.map(str::to_owned),
                ticket_type: holder.ticket_type.to_owned(),
                seat_number: holder.seat.map(str::to_owned),
            }),
        }
    }

    pub(crate) fn claims_for(
        &self,
        ticket: &Ticket,
        row: Option<&TicketRow>,
        version: u32,
        at: i64,
    ) -> TicketClaims {
        let holder = HolderFacts {
            booking: ticket.invitation.0,
            name: row.map_or("", |r| &r.name),
            email: row.and_then(|r| r.email.as_deref()),
            ticket_type: row.map_or("", |r| &r.ticket_type),
            seat: row.and_then(|r| r.seat.as_deref()),
        };
        self.claims(ticket.id, version, at, &holder)
    }
}
