//! Ticket types and zones: added and changed, each capacity held against what is issued.

use std::collections::HashMap;

use chrono_tz::Tz;
use gatehouse_domain::calendar::local::{parse_local, to_utc};
use gatehouse_domain::capacity::{Counts, Full, is_limited, over_capacity};
use gatehouse_domain::event::draft::{
    HIGHEST_PRICE, TicketTypeDraft, ZoneDraft, check_name, check_sales,
};
use gatehouse_domain::event::state::{Part, Stage, check_change, stage};
use gatehouse_domain::event::{Event, EventKind, Zone, name_key};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{SessionId, TicketTypeId, ZoneId};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket_type::{TicketType, TypeScope};
use gatehouse_store::Lane;
use gatehouse_store::event::View;
use serde::Deserialize;

use crate::events::copy_templates;
use crate::home::EventHome;
use crate::problem::Problem;
use crate::version::check_seen;

/// What a person changes of a ticket type; what is absent stays. Times are local.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TicketTypeChange {
    /// Its name.
    pub name: Option<String>,
    /// What people read about it.
    pub description: Option<String>,
    /// What comes with it.
    pub benefits: Option<Vec<String>>,
    /// Price in minor units; holds for new orders only.
    pub price_minor: Option<i64>,
    /// How many may be issued; JSON null makes it unlimited.
    #[serde(deserialize_with = "given")]
    pub capacity: Option<Option<u32>>,
    /// How many one person takes at least.
    pub min_per_person: Option<u32>,
    /// How many one person may take; JSON null makes it unlimited.
    #[serde(deserialize_with = "given")]
    pub max_per_person: Option<Option<u32>>,
    /// When sales begin; JSON null means at once.
    #[serde(deserialize_with = "given")]
    pub sales_from: Option<Option<String>>,
    /// When sales end; JSON null means at the start.
    #[serde(deserialize_with = "given")]
    pub sales_until: Option<Option<String>>,
    /// Whether only those who are given it see it.
    pub hidden: Option<bool>,
    /// Whether its holder shows a proof.
    pub needs_verification: Option<bool>,
    /// Names of the zones that it opens.
    pub zones: Option<Vec<String>>,
}

/// Tells a field that is given as null from one that is absent.
pub(crate) fn given<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// The type that a checked draft makes, of the event's scope and with an id still to be given.
pub(crate) fn type_of_draft(
    draft: &TicketTypeDraft,
    zone: Tz,
    zones: &HashMap<String, ZoneId>,
) -> TicketType {
    let at = |text: &Option<String>| {
        text.as_deref()
            .and_then(|text| parse_local("sales", text).ok())
            .map(|local| to_utc(local, zone))
    };
    TicketType {
        description: draft.description.clone(),
        benefits: draft.benefits.clone(),
        price_minor: draft.price_minor,
        capacity: draft.capacity,
        min_per_person: draft.min_per_person.unwrap_or(1),
        max_per_person: draft.max_per_person,
        sales_from: at(&draft.sales_from),
        sales_until: at(&draft.sales_until),
        hidden: draft.hidden,
        needs_verification: draft.needs_verification,
        attendance: draft.attendance,
        zones: draft
            .zones
            .iter()
            .filter_map(|name| zones.get(&name_key(name)).copied())
            .collect(),
        ..TicketType::plain(TicketTypeId(uuid::Uuid::nil()), draft.name.trim(), 0)
    }
}

impl EventHome {
    /// Adds a ticket type: to the event; to one session of a series alone; or, in a series without
    /// one, as a template that every session still to come gets its own copy of.
    pub fn add_ticket_type(
        &self,
        draft: &TicketTypeDraft,
        session: Option<SessionId>,
    ) -> Result<TicketTypeId, Problem> {
        let now = self.now();
        let draft = draft.clone();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "add ticket type", Some(draft.name.clone()));
        self.file().edit(Lane::Edit, meta, move |change| {
            let context = Context::read(change, now)?;
            let scope = context.check_new(&draft, session)?;
            let kind = TicketType {
                id: TicketTypeId(mint.mint(now)),
                colour: (context.templates_and_passes() % 8) as u8,
                scope,
                sessions: match session {
                    Some(session) => vec![session],
                    None => context.days(&draft),
                },
                ..type_of_draft(&draft, context.event.time_zone, &context.zones)
            };
            change.insert_ticket_type(&kind)?;
            for session in context.sessions.iter().filter(|s| s.starts_at > now) {
                copy_templates(change, std::slice::from_ref(&kind), session, &mut mint, now)?;
            }
            Ok::<_, Problem>(kind.id)
        })
    }

    /// Removes a ticket type that no ticket and no guest has; a template goes with its copies that
    /// nobody has, and the others live on by themselves. The last type stays.
    pub fn delete_ticket_type(&self, id: TicketTypeId) -> Result<(), Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "delete ticket type", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            let context = Context::read(change, now)?;
            check_change(Part::Tiers, "ticket_type", context.stage)
                .map_err(|e| FieldErrors(vec![e]))?;
            let old = context
                .types
                .iter()
                .find(|kind| kind.id == id)
                .ok_or_else(type_unknown)?;
            if change.is_type_in_use(id)? {
                return Err(Problem::new(
                    "ticket_type_in_use",
                    format!(
                        "“{}” stands on tickets or on the guest list; nothing was changed",
                        old.name
                    ),
                ));
            }
            if old.scope != TypeScope::Session && context.templates_and_passes() == 1 {
                return Err(Problem::new(
                    "ticket_type_last",
                    "an event keeps at least one ticket type; add another one first",
                ));
            }
            for copy in context
                .types
                .iter()
                .filter(|kind| kind.template == Some(id))
            {
                if change.is_type_in_use(copy.id)? {
                    return Err(Problem::new(
                        "ticket_type_in_use",
                        format!(
                            "tickets of “{}” are out for a session; nothing was changed",
                            old.name
                        ),
                    ));
                }
                change.delete_ticket_type(copy.id)?;
            }
            change.delete_ticket_type(id)?;
            Ok(())
        })
    }

    /// Adds a zone.
    pub fn add_zone(&self, draft: &ZoneDraft) -> Result<ZoneId, Problem> {
        let now = self.now();
        let draft = draft.clone();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "add zone", Some(draft.name.clone()));
        self.file().edit(Lane::Edit, meta, move |change| {
            let context = Context::read(change, now)?;
            let mut errors = Vec::new();
            if let Err(error) = check_change(Part::Tiers, "zones", context.stage) {
                errors.push(error);
            }
            let zones = change.zones()?;
            let names = zones.iter().map(|zone| zone.name.as_str());
            check_name("name", &draft.name, names, &mut errors);
            FieldErrors::check(errors)?;
            let zone = Zone {
                id: ZoneId(mint.mint(now)),
                name: draft.name.trim().to_owned(),
                description: draft.description.clone(),
                capacity: draft.capacity,
            };
            change.insert_zone(&zone)?;
            Ok::<_, Problem>(zone.id)
        })
    }

    /// Changes a ticket type; names everything that is wrong at once, and writes nothing then.
    pub fn change_ticket_type(
        &self,
        id: TicketTypeId,
        wanted: TicketTypeChange,
    ) -> Result<(), Problem> {
        let now = self.now();
        let seen = self.seen();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change ticket type", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            let context = Context::read(change, now)?;
            check_change(Part::Tiers, "ticket_type", context.stage)
                .map_err(|e| FieldErrors(vec![e]))?;
            let old = context
                .types
                .iter()
                .find(|kind| kind.id == id)
                .ok_or_else(type_unknown)?;
            check_seen(seen.as_deref(), old)?;
            let new = context.apply(old, &wanted)?;
            check_room(&change.count_tickets_by_type()?, &new)?;
            change.update_ticket_type(&new)?;
            Ok::<_, Problem>(())
        })
    }
}

struct Context {
    event: Event,
    sessions: Vec<Session>,
    types: Vec<TicketType>,
    zones: HashMap<String, ZoneId>,
    stage: Stage,
}

impl Context {
    fn read(view: &View<'_>, now: i64) -> Result<Self, Problem> {
        let event = view.event()?;
        let sessions = view.sessions()?;
        let stage = stage(event.status, &sessions, view.count_tickets_ever()?, now);
        Ok(Self {
            types: view.ticket_types()?,
            zones: view
                .zones()?
                .into_iter()
                .map(|zone| (name_key(&zone.name), zone.id))
                .collect(),
            event,
            sessions,
            stage,
        })
    }

    fn templates_and_passes(&self) -> usize {
        self.types
            .iter()
            .filter(|kind| kind.scope != TypeScope::Session)
            .count()
    }

    fn days(&self, draft: &TicketTypeDraft) -> Vec<SessionId> {
        let planned: Vec<&Session> = self.sessions.iter().filter(|s| s.takes_place()).collect();
        draft
            .days
            .iter()
            .filter_map(|day| planned.get((*day as usize).checked_sub(1)?))
            .map(|session| session.id)
            .collect()
    }

    /// Checks a new type, and tells what it belongs to.
    fn check_new(
        &self,
        draft: &TicketTypeDraft,
        session: Option<SessionId>,
    ) -> Result<TypeScope, Problem> {
        let mut errors = Vec::new();
        if let Err(error) = check_change(Part::Tiers, "ticket_type", self.stage) {
            errors.push(error);
        }
        let others = self
            .types
            .iter()
            .filter(|kind| kind.bound_session() == session);
        check_name(
            "name",
            &draft.name,
            others.map(|kind| kind.name.as_str()),
            &mut errors,
        );
        let planned = self.sessions.iter().filter(|s| s.takes_place());
        let starts: Vec<i64> = planned.map(|session| session.starts_at).collect();
        let event = &self.event;
        draft.check(
            "",
            event.time_zone,
            &starts,
            event.kind,
            event.place.mode,
            &mut errors,
        );
        for name in &draft.zones {
            if !self.zones.contains_key(&name_key(name)) {
                errors.push(FieldError::new(
                    "zones",
                    "zone_unknown",
                    format!("no zone is called “{name}”"),
                ));
            }
        }
        FieldErrors::check(errors)?;
        match (event.kind, session) {
            (_, None) if event.kind != EventKind::Recurring || draft.series_pass => {
                Ok(TypeScope::Event)
            }
            (_, None) => Ok(TypeScope::Template),
            (EventKind::Recurring, Some(id)) if self.sessions.iter().any(|s| s.id == id) => {
                Ok(TypeScope::Session)
            }
            (_, Some(_)) => Err(Problem::new(
                "session_unknown",
                "only a session of a series has types of its own; nothing was changed",
            )),
        }
    }

    fn apply(
        &self,
        old: &TicketType,
        wanted: &TicketTypeChange,
    ) -> Result<TicketType, FieldErrors> {
        let mut errors = Vec::new();
        let mut new = old.clone();
        if let Some(name) = &wanted.name {
            let others = self
                .types
                .iter()
                .filter(|kind| kind.id != old.id && kind.bound_session() == old.bound_session());
            let names = others.map(|kind| kind.name.as_str());
            check_name("name", name, names, &mut errors);
            new.name = name.trim().to_owned();
        }
        let zone = self.event.time_zone;
        let mut at = |field: &str, text: &Option<String>| {
            text.as_deref().and_then(|text| {
                parse_local(field, text)
                    .map(|local| to_utc(local, zone))
                    .map_err(|error| errors.push(error))
                    .ok()
            })
        };
        if let Some(from) = &wanted.sales_from {
            new.sales_from = at("sales_from", from);
        }
        if let Some(until) = &wanted.sales_until {
            new.sales_until = at("sales_until", until);
        }
        new.description = wanted.description.clone().unwrap_or(new.description);
        new.benefits = wanted.benefits.clone().unwrap_or(new.benefits);
        new.price_minor = wanted.price_minor.unwrap_or(new.price_minor);
        new.capacity = wanted.capacity.unwrap_or(new.capacity);
        new.min_per_person = wanted.min_per_person.unwrap_or(new.min_per_person);
        new.max_per_person = wanted.max_per_person.unwrap_or(new.max_per_person);
        new.hidden = wanted.hidden.unwrap_or(new.hidden);
        new.needs_verification = wanted.needs_verification.unwrap_or(new.needs_verification);
        if let Some(names) = &wanted.zones {
            new.zones.clear();
            for name in names {
                match self.zones.get(&name_key(name)) {
                    Some(zone) => new.zones.push(*zone),
                    None => errors.push(FieldError::new(
                        "zones",
                        "zone_unknown",
                        format!("no zone is called “{name}”"),
                    )),
                }
            }
        }
        if !(0..=HIGHEST_PRICE).contains(&new.price_minor) {
            errors.push(FieldError::new(
                "price_minor",
                "price_out_of_range",
                "give a price from 0 to 1,000,000,000.00",
            ));
        }
        if new.min_per_person == 0 || new.max_per_person.is_some_and(|m| m < new.min_per_person) {
            errors.push(FieldError::new(
                "max_per_person",
                "per_person_out_of_range",
                "take at least 1 each, and at most no fewer than at least",
            ));
        }
        let last_start = self
            .sessions
            .iter()
            .filter(|session| new.opens(session.id))
            .map(|session| session.starts_at)
            .max();
        check_sales("", new.sales_from, new.sales_until, last_start, &mut errors);
        FieldErrors::check(errors)?;
        Ok(new)
    }
}

fn check_room(counts: &Counts, new: &TicketType) -> Result<(), FieldErrors> {
    let issued = counts.get(&new.id).copied().unwrap_or(0);
    match new.capacity {
        Some(most) if issued > most => Err(FieldErrors(vec![FieldError::new(
            "capacity",
            "capacity_below_issued",
            format!("{issued} tickets of this type are issued; give at least as many"),
        )])),
        _ => Ok(()),
    }
}

/// Refuses, in the transaction that issued tickets, when anything is over its capacity now.
pub(crate) fn check_capacity(view: &View<'_>) -> Result<(), Problem> {
    let (event, sessions, types) = (view.event()?, view.sessions()?, view.ticket_types()?);
    if !is_limited(&types, &sessions, event.capacity) {
        return Ok(());
    }
    let counts: Counts = view.count_tickets_by_type()?;
    let full = over_capacity(&counts, &types, &sessions, event.capacity);
    if full.is_empty() {
        return Ok(());
    }
    Err(capacity_problem(&full, &event, &types, &sessions))
}

/// Tells what is full, in words.
pub(crate) fn capacity_problem(
    full: &[Full],
    event: &Event,
    types: &[TicketType],
    sessions: &[Session],
) -> Problem {
    let told: Vec<String> = full
        .iter()
        .take(5)
        .map(|full| match full {
            Full::Type {
                ticket_type,
                most,
                wanted,
            } => {
                let name = types
                    .iter()
                    .find(|kind| kind.id == *ticket_type)
                    .map_or("a type", |kind| kind.name.as_str());
                format!("{name} holds {most}, {wanted} are wanted")
            }
            Full::Session {
                session,
                attendance,
                most,
                wanted,
            } => {
                let when = sessions
                    .iter()
                    .find(|s| s.id == *session)
                    .map(|s| crate::wording::stamp(s.starts_at, event.time_zone))
                    .unwrap_or_default();
                format!("the session of {when} holds {most} ({attendance}), {wanted} are wanted")
            }
        })
        .collect();
    Problem::new(
        "capacity_exceeded",
        format!(
            "not enough room: {}. Nothing more was issued; raise the capacity",
            told.join("; ")
        ),
    )
}

/// The type that a member of a run gets: the one given on the list, or the default; a template
/// stands for its copy in the session of the run.
pub(crate) fn type_for_run(
    given: Option<TicketTypeId>,
    types: &[TicketType],
    session: Option<&Session>,
) -> Result<TicketTypeId, Problem> {
    let wanted = match given {
        Some(id) => types.iter().find(|kind| kind.id == id),
        None => types.iter().find(|kind| kind.scope != TypeScope::Session),
    }
    .ok_or_else(|| Problem::new("ticket_types_missing", "this event has no ticket type"))?;
    if wanted.scope != TypeScope::Template {
        return Ok(wanted.id);
    }
    let session = session.ok_or_else(|| {
        Problem::new(
            "session_missing",
            format!(
                "“{}” is sold for each session of the series; say for which session to issue",
                wanted.name
            ),
        )
    })?;
    types
        .iter()
        .find(|kind| kind.template == Some(wanted.id) && kind.bound_session() == Some(session.id))
        .map(|kind| kind.id)
        .ok_or_else(|| {
            Problem::new(
                "type_not_in_session",
                format!("“{}” is not sold for that session", wanted.name),
            )
        })
}

fn type_unknown() -> Problem {
    Problem::new(
        "ticket_type_unknown",
        "this event has no such ticket type; nothing was changed",
    )
}
