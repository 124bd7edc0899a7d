//! Planning an event.

use std::sync::Arc;

use gatehouse_credential::key::KeyProfile;
use gatehouse_domain::event::{
    AttendanceMode, Event, EventDraft, EventKind, EventStatus, Session, SessionStatus, TicketType,
    Zone, name_key,
};
use gatehouse_domain::id::{EventId, SessionId, TicketTypeId, ZoneId};
use gatehouse_store::Lane;
use gatehouse_store::event::EventFile;
use gatehouse_store::workspace::EventRow;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

impl Workspace {
    /// Plans an event with one session, its ticket types, its zones and its first signing key.
    ///
    /// Every wrong field is named at once, and nothing is written then.
    pub fn create_event(
        self: &Arc<Self>,
        draft: &EventDraft,
        key_profile: KeyProfile,
    ) -> Result<EventHome, Problem> {
        let now = self.surroundings().now();
        let time_zone = draft.check(now)?;
        let mut mint = self.surroundings().mint_for_new_event();
        while self.file().has_route(mint.route().0)? {
            mint = self.surroundings().mint_for_new_event();
        }
        let event = Event {
            id: EventId(mint.mint(now)),
            workspace: self.id(),
            title: draft.title.trim().to_owned(),
            kind: EventKind::OneTime,
            status: EventStatus::Draft,
            time_zone,
            currency: draft.currency.clone(),
            language: draft.language.clone(),
            organizer: draft.organizer.clone(),
            place: draft.place.clone(),
            settings: draft.settings.clone(),
            home_epoch: 1,
            created_at: now,
        };
        let session = Session {
            id: SessionId(mint.mint(now)),
            title: None,
            doors_at: draft.doors_at.unwrap_or(draft.starts_at),
            starts_at: draft.starts_at,
            ends_at: draft.ends_at,
            place: None,
            status: SessionStatus::Scheduled,
        };
        let zones: Vec<Zone> = draft
            .zones
            .iter()
            .map(|name| Zone {
                id: ZoneId(mint.mint(now)),
                name: name.trim().to_owned(),
            })
            .collect();
        let types: Vec<TicketType> = draft
            .ticket_types
            .iter()
            .enumerate()
            .map(|(index, kind)| TicketType {
                id: TicketTypeId(mint.mint(now)),
                name: kind.name.trim().to_owned(),
                price_minor: kind.price_minor,
                capacity: kind.capacity,
                colour: (index % 8) as u8,
                attendance: AttendanceMode::InPerson,
                sessions: vec![],
                zones: zones
                    .iter()
                    .filter(|zone| {
                        kind.zones
                            .iter()
                            .any(|name| name_key(name) == name_key(&zone.name))
                    })
                    .map(|zone| zone.id)
                    .collect(),
            })
            .collect();
        let path = self.file().event_path(event.id);
        let home = EventHome::open(Arc::clone(self), EventFile::create(&path, &event)?)?;
        let meta = home.edit_meta(&mut mint, "create event", None);
        let first = session.clone();
        home.file().command(Lane::Edit, meta, move |change| {
            change.insert_session(&first)?;
            for zone in &zones {
                change.insert_zone(zone)?;
            }
            for kind in &types {
                change.insert_ticket_type(kind)?;
            }
            Ok::<_, Problem>(())
        })?;
        self.file().project_event(&EventRow {
            id: event.id,
            title: event.title.clone(),
            status: event.status,
            starts_at: session.starts_at,
            ends_at: session.ends_at,
            created_at: event.created_at,
        })?;
        let home = EventHome::open(Arc::clone(self), home.file().clone())?;
        home.add_signing_key(key_profile)?;
        Ok(home)
    }
}
