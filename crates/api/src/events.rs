//! Planning events: from a draft, from another event, from a saved plan; and the list of all.

use std::collections::HashMap;
use std::sync::Arc;

use gatehouse_credential::key::KeyProfile;
use gatehouse_domain::event::draft::{EventDraft, EventPlan, SessionPlan, TicketTypeDraft};
use gatehouse_domain::event::{
    Event, EventKind, EventStatus, LinkToken, Visibility, Zone, name_key,
};
use gatehouse_domain::id::{AgendaItemId, EventId, IdMint, SessionId, TicketTypeId, ZoneId};
use gatehouse_domain::session::{AgendaItem, Session};
use gatehouse_domain::ticket_type::{TicketType, TypeScope};
use gatehouse_store::Lane;
use gatehouse_store::event::{Change, EventFile};
use gatehouse_store::workspace::SessionRow;

use crate::home::{Actor, EventHome};
use crate::problem::Problem;
use crate::tiers::type_of_draft;
use crate::workspace::Workspace;

/// The name of the one type that an event gets which is free for all and names none.
const FREE_TYPE: &str = "Admission";

impl Workspace {
    /// Checks a draft and tells what it would make: its sessions, and a series' rule. Nothing is
    /// written.
    pub fn preview_event(&self, draft: &EventDraft) -> Result<EventPlan, Problem> {
        Ok(draft.plan(self.surroundings().now())?)
    }

    /// Plans an event with its sessions, ticket types, zones and first signing key.
    ///
    /// Every wrong field is named at once, and nothing is written then.
    pub fn create_event(
        self: &Arc<Self>,
        draft: &EventDraft,
        key_profile: KeyProfile,
    ) -> Result<EventHome, Problem> {
        self.create_event_by(draft, key_profile, None)
    }

    /// As [`Self::create_event`], written down as done by `actor` where one is given.
    pub fn create_event_by(
        self: &Arc<Self>,
        draft: &EventDraft,
        key_profile: KeyProfile,
        actor: Option<Actor>,
    ) -> Result<EventHome, Problem> {
        let now = self.surroundings().now();
        let plan = draft.plan(now)?;
        let mut mint = self.surroundings().mint_for_new_event();
        while self.file().has_route(mint.route().0)? {
            mint = self.surroundings().mint_for_new_event();
        }
        let event = self.event_of(draft, &plan, EventId(mint.mint(now)), now);
        let parts = Parts::of(draft, &plan, &mut mint, now);
        let path = self.file().event_path(event.id);
        let mut home = EventHome::open(Arc::clone(self), EventFile::create(&path, &event)?)?;
        if let Some(actor) = actor {
            home = home.acting(actor);
        }
        let meta = home.edit_meta(&mut mint, "create event", None);
        let capacity = parts.series_capacity;
        home.file().command(Lane::Edit, meta, move |change| {
            for (session, agenda) in &parts.sessions {
                change.insert_session(session)?;
                for item in agenda {
                    change.insert_agenda_item(item)?;
                }
            }
            if let Some(recurrence) = &plan.recurrence {
                change.put_series(&event, recurrence, capacity)?;
            }
            for zone in &parts.zones {
                change.insert_zone(zone)?;
            }
            for kind in &parts.types {
                change.insert_ticket_type(kind)?;
            }
            for (session, _) in &parts.sessions {
                copy_templates(change, &parts.types, session, &mut mint, now)?;
            }
            Ok::<_, Problem>(())
        })?;
        let home = home.refreshed()?;
        home.project()?;
        home.add_signing_key(key_profile)?;
        home.refreshed()
    }

    fn event_of(&self, draft: &EventDraft, plan: &EventPlan, id: EventId, now: i64) -> Event {
        Event {
            id,
            workspace: self.id(),
            title: draft.title.trim().to_owned(),
            tagline: draft.tagline.trim().to_owned(),
            description: draft.description.clone(),
            category: draft.category.trim().to_owned(),
            tags: draft.tags.clone(),
            kind: draft.kind(),
            status: EventStatus::Draft,
            time_zone: plan.zone,
            currency: draft.currency.clone(),
            language: draft.language.clone(),
            organizer: draft.organizer.clone(),
            place: draft.place.clone(),
            capacity: draft.capacity,
            visibility: draft.visibility,
            access: draft.access,
            link_token: (draft.visibility == Visibility::Unlisted).then(|| self.new_link_token()),
            settings: draft.settings.clone(),
            revision: 0,
            home_epoch: 1,
            created_at: now,
        }
    }

    pub(crate) fn new_link_token(&self) -> LinkToken {
        let mut token = [0; 16];
        self.surroundings().entropy().fill(&mut token);
        LinkToken(token)
    }

    /// Sessions of all events that are on or to come, by start, at most `limit`.
    pub fn sessions_to_come(self: &Arc<Self>, limit: u32) -> Result<Vec<SessionRow>, Problem> {
        self.project_unseen()?;
        Ok(self
            .file()
            .sessions_to_come(self.surroundings().now(), limit)?)
    }
}

/// What a draft makes besides the event itself.
struct Parts {
    sessions: Vec<(Session, Vec<AgendaItem>)>,
    zones: Vec<Zone>,
    types: Vec<TicketType>,
    series_capacity: Option<u32>,
}

impl Parts {
    fn of(draft: &EventDraft, plan: &EventPlan, mint: &mut IdMint, now: i64) -> Self {
        let sessions: Vec<_> = plan
            .sessions
            .iter()
            .map(|planned| session_of_plan(planned, mint, now))
            .collect();
        let zones: Vec<Zone> = draft
            .zones
            .iter()
            .map(|zone| Zone {
                id: ZoneId(mint.mint(now)),
                name: zone.name.trim().to_owned(),
                description: zone.description.clone(),
                capacity: zone.capacity,
            })
            .collect();
        let zone_ids: HashMap<String, ZoneId> = zones
            .iter()
            .map(|zone| (name_key(&zone.name), zone.id))
            .collect();
        let admission = [TicketTypeDraft::named(FREE_TYPE)];
        let given: &[TicketTypeDraft] = if draft.ticket_types.is_empty() && draft.free {
            &admission
        } else {
            &draft.ticket_types
        };
        let types = given
            .iter()
            .enumerate()
            .map(|(index, given)| {
                let scope = match (draft.kind(), given.series_pass) {
                    (EventKind::Recurring, false) => TypeScope::Template,
                    _ => TypeScope::Event,
                };
                let opened: Vec<SessionId> = given
                    .days
                    .iter()
                    .filter_map(|day| sessions.get((*day as usize).checked_sub(1)?))
                    .map(|(session, _)| session.id)
                    .collect();
                TicketType {
                    id: TicketTypeId(mint.mint(now)),
                    colour: (index % 8) as u8,
                    scope,
                    sessions: opened,
                    ..type_of_draft(given, plan.zone, &zone_ids)
                }
            })
            .collect();
        let series_capacity = plan
            .recurrence
            .as_ref()
            .and(plan.sessions.first())
            .and_then(|session| session.given.capacity);
        Self {
            sessions,
            zones,
            types,
            series_capacity,
        }
    }
}

/// The session that a plan makes, with its agenda.
pub(crate) fn session_of_plan(
    planned: &SessionPlan,
    mint: &mut IdMint,
    now: i64,
) -> (Session, Vec<AgendaItem>) {
    let id = SessionId(mint.mint(now));
    let given = &planned.given;
    let session = Session {
        title: given.title.clone(),
        place: given.place.clone(),
        note: given.note.clone(),
        capacity: given.capacity,
        online_capacity: given.online_capacity,
        original: planned.original,
        ..Session::scheduled(id, planned.doors_at, planned.starts_at, planned.ends_at)
    };
    let agenda = given
        .agenda
        .iter()
        .zip(&planned.agenda)
        .map(|(item, (starts_at, ends_at))| AgendaItem {
            id: AgendaItemId(mint.mint(now)),
            session: id,
            title: item.title.trim().to_owned(),
            description: item.description.clone(),
            starts_at: *starts_at,
            ends_at: *ends_at,
            speakers: item.speakers.clone(),
        })
        .collect();
    (session, agenda)
}

/// Gives a session its own copy of each template.
pub(crate) fn copy_templates(
    change: &Change<'_>,
    types: &[TicketType],
    session: &Session,
    mint: &mut IdMint,
    now: i64,
) -> Result<(), Problem> {
    for template in types.iter().filter(|t| t.scope == TypeScope::Template) {
        let copy = template.copy_for(TicketTypeId(mint.mint(now)), session.id, session.starts_at);
        change.insert_ticket_type(&copy)?;
    }
    Ok(())
}
