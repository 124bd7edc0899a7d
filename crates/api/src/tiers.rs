//! Ticket types and zones: added and changed, each capacity held against what is issued.

use std::collections::HashMap;

use chrono_tz::Tz;
use gatehouse_domain::calendar::local::{parse_local, to_utc};
use gatehouse_domain::capacity::{Counts, Full, is_limited, over_capacity};
use gatehouse_domain::event::draft::{HIGHEST_PRICE, TicketTypeDraft, check_name, check_sales};
use gatehouse_domain::event::state::{Part, Stage, check_change, stage};
use gatehouse_domain::event::{Event, name_key};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{TicketTypeId, ZoneId};
use gatehouse_domain::session::Session;
use gatehouse_domain::ticket_type::{TicketType, TypeScope};
use gatehouse_store::Lane;
use gatehouse_store::event::View;
use serde::Deserialize;

use crate::home::EventHome;
use crate::problem::Problem;

/// What a person changes of a ticket type; what is absent stays. Times are local.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
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
    /// Changes a ticket type; names everything that is wrong at once, and writes nothing then.
    pub fn change_ticket_type(
        &self,
        id: TicketTypeId,
        wanted: TicketTypeChange,
    ) -> Result<(), Problem> {
        let now = self.now();
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
