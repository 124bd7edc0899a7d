//! Events made from others: duplicated, or begun from a saved plan.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate, NaiveDateTime};
use gatehouse_credential::key::KeyProfile;
use gatehouse_domain::calendar::local::{date_of, local_of, parse_local};
use gatehouse_domain::event::draft::{
    AgendaDraft, EventDraft, ScheduleDraft, SeriesDraft, SessionDraft, TicketTypeDraft, ZoneDraft,
};
use gatehouse_domain::event::{Event, EventKind, name_key};
use gatehouse_domain::field::FieldErrors;
use gatehouse_domain::guest::Guest;
use gatehouse_domain::id::{GuestId, TicketTypeId};
use gatehouse_domain::session::{AgendaItem, Session};
use gatehouse_domain::ticket_type::{TicketType, TypeScope};
use gatehouse_store::Lane;
use gatehouse_store::event::View;
use gatehouse_store::workspace::TemplateRow;

use crate::home::EventHome;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// How an event is duplicated.
#[derive(Debug, Clone, Default)]
pub struct Duplication {
    /// The copy's title; the same when absent.
    pub title: Option<String>,
    /// Day on which the copy begins, in its zone; by whole weeks the next one when absent.
    pub begins: Option<NaiveDate>,
    /// Whether its guest list is copied: people and their types, no invitations and no tickets.
    pub with_guests: bool,
}

impl Workspace {
    /// Plans an event like another: same words, places, hours, types, zones, agenda and settings,
    /// moved by whole days. Sessions that a series' people changed go back to its rule.
    pub fn duplicate_event(
        self: &Arc<Self>,
        source: &EventHome,
        how: &Duplication,
        key_profile: KeyProfile,
    ) -> Result<EventHome, Problem> {
        let mut draft = source.file().read(draft_of)?;
        if let Some(title) = &how.title {
            draft.title.clone_from(title);
        }
        self.shift(&mut draft, how.begins)?;
        let home = self.create_event_by(&draft, key_profile, source.actor())?;
        if how.with_guests {
            let guests = source.file().read(|view| view.guests())?;
            home.copy_guests(guests)?;
        }
        home.refreshed()
    }

    /// Keeps an event's plan under a name, to begin others from; one of that name is replaced.
    pub fn save_template(&self, source: &EventHome, name: &str) -> Result<(), Problem> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(Problem::new(
                "name_length",
                "give the plan a name of 1 to 80 characters",
            ));
        }
        let draft = source.file().read(draft_of)?;
        self.file().put_template(&TemplateRow {
            name: name.to_owned(),
            draft: serde_json::to_string(&draft)
                .map_err(|e| Problem::new("template_unwritable", e.to_string()))?,
            created_at: self.surroundings().now(),
        })?;
        Ok(())
    }

    /// The names of the saved plans.
    pub fn templates(&self) -> Result<Vec<String>, Problem> {
        let rows = self.file().templates()?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }

    /// The draft of a saved plan, moved so that it begins on that day, or by whole weeks to the
    /// next one.
    pub fn draft_from_template(
        &self,
        name: &str,
        begins: Option<NaiveDate>,
    ) -> Result<EventDraft, Problem> {
        let key = name_key(name);
        let row = self
            .file()
            .templates()?
            .into_iter()
            .find(|row| name_key(&row.name) == key)
            .ok_or_else(|| {
                Problem::new("template_unknown", format!("no plan is called “{name}”"))
            })?;
        let mut draft: EventDraft = serde_json::from_str(&row.draft)
            .map_err(|e| Problem::new("template_unreadable", e.to_string()))?;
        self.shift(&mut draft, begins)?;
        Ok(draft)
    }

    /// Moves every local time of a draft by the same number of whole days.
    fn shift(&self, draft: &mut EventDraft, begins: Option<NaiveDate>) -> Result<(), Problem> {
        let zone = gatehouse_domain::calendar::local::parse_zone("time_zone", &draft.time_zone)
            .map_err(|e| FieldErrors(vec![e]))?;
        let first = match &draft.schedule {
            ScheduleDraft::OneTime { session } => &session.starts,
            ScheduleDraft::MultiDay { days } => days.first().map_or("", |day| &day.starts),
            ScheduleDraft::Recurring { series } => &series.starts,
        };
        let first = parse_local("schedule", first).map_err(|e| FieldErrors(vec![e]))?;
        let today = date_of(self.surroundings().now(), zone);
        let by = match begins {
            Some(day) => (day - first.date()).num_days(),
            // The same weekday, after today.
            None => {
                let late = (today - first.date()).num_days();
                if late < 0 { 0 } else { (late / 7 + 1) * 7 }
            }
        };
        let moved = |local: NaiveDateTime| {
            let date = if by >= 0 {
                local.date().checked_add_days(Days::new(by.unsigned_abs()))
            } else {
                local.date().checked_sub_days(Days::new(by.unsigned_abs()))
            };
            date.map_or(local, |date| date.and_time(local.time()))
        };
        let text = |text: &mut String| {
            if let Ok(local) = parse_local("schedule", text) {
                *text = local_text(moved(local));
            }
        };
        let session = |session: &mut SessionDraft| {
            text(&mut session.starts);
            text(&mut session.ends);
            session.doors.iter_mut().for_each(text);
            for item in &mut session.agenda {
                text(&mut item.starts);
                text(&mut item.ends);
            }
        };
        match &mut draft.schedule {
            ScheduleDraft::OneTime { session: one } => session(one),
            ScheduleDraft::MultiDay { days } => days.iter_mut().for_each(session),
            ScheduleDraft::Recurring { series } => {
                text(&mut series.starts);
                series.without.iter_mut().for_each(text);
                series.with.iter_mut().for_each(text);
                if let Some(rule) = &mut series.rule {
                    *rule = shift_until(rule, moved);
                }
            }
        }
        for kind in &mut draft.ticket_types {
            kind.sales_from.iter_mut().for_each(text);
            kind.sales_until.iter_mut().for_each(text);
        }
        Ok(())
    }
}

impl EventHome {
    fn copy_guests(&self, guests: Vec<Guest>) -> Result<(), Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "copy guests", None);
        self.file().edit(Lane::Bulk, meta, move |change| {
            let types: HashMap<String, TicketTypeId> = change
                .ticket_types()?
                .into_iter()
                .filter(|kind| kind.scope != TypeScope::Session)
                .map(|kind| (name_key(&kind.name), kind.id))
                .collect();
            for guest in guests {
                let copy = Guest {
                    id: GuestId(mint.mint(now)),
                    line: None,
                    ..guest
                };
                let kind = types.get(&name_key(&copy.values.ticket_type)).copied();
                change.insert_guest(&copy, kind, None, now)?;
            }
            Ok::<_, Problem>(())
        })
    }
}

/// The draft that would make an event like this one.
fn draft_of(view: &View<'_>) -> Result<EventDraft, Problem> {
    let event = view.event()?;
    let (sessions, agenda) = (view.sessions()?, view.agenda()?);
    let zones = view.zones()?;
    let local = |at: i64| local_text(local_of(at, event.time_zone));
    let given: Vec<SessionDraft> = sessions
        .iter()
        .filter(|session| session.takes_place())
        .map(|session| session_draft(session, &agenda, &event))
        .collect();
    let schedule = match (event.kind, view.series()?) {
        (EventKind::Recurring, Some((series, capacity))) => ScheduleDraft::Recurring {
            series: SeriesDraft {
                pattern: None,
                ends: None,
                rule: Some(series.rule),
                starts: local_text(series.starts),
                duration_minutes: series.duration_minutes,
                doors_minutes: series.doors_minutes,
                without: series.exdates.into_iter().map(local_text).collect(),
                with: series.rdates.into_iter().map(local_text).collect(),
                capacity,
            },
        },
        (EventKind::MultiDay, _) => ScheduleDraft::MultiDay { days: given },
        _ => ScheduleDraft::OneTime {
            session: given.into_iter().next().unwrap_or_default(),
        },
    };
    let planned: Vec<&Session> = sessions.iter().filter(|s| s.takes_place()).collect();
    let ticket_types = view
        .ticket_types()?
        .into_iter()
        .filter(|kind| kind.scope != TypeScope::Session)
        .map(|kind| type_draft(&kind, &event, &planned, &zones, &local))
        .collect();
    Ok(EventDraft {
        title: event.title.clone(),
        tagline: event.tagline.clone(),
        description: event.description.clone(),
        category: event.category.clone(),
        tags: event.tags.clone(),
        time_zone: event.time_zone.name().to_owned(),
        currency: event.currency.clone(),
        language: event.language.clone(),
        organizer: event.organizer.clone(),
        place: event.place.clone(),
        capacity: event.capacity,
        visibility: event.visibility,
        access: event.access,
        schedule,
        ticket_types,
        free: false,
        zones: zones
            .iter()
            .map(|zone| ZoneDraft {
                name: zone.name.clone(),
                description: zone.description.clone(),
                capacity: zone.capacity,
            })
            .collect(),
        settings: event.settings,
    })
}

fn session_draft(session: &Session, agenda: &[AgendaItem], event: &Event) -> SessionDraft {
    let local = |at: i64| local_text(local_of(at, event.time_zone));
    SessionDraft {
        title: session.title.clone(),
        doors: Some(local(session.doors_at)),
        starts: local(session.starts_at),
        ends: local(session.ends_at),
        place: session.place.clone(),
        note: session.note.clone(),
        capacity: session.capacity,
        online_capacity: session.online_capacity,
        agenda: agenda
            .iter()
            .filter(|item| item.session == session.id)
            .map(|item| AgendaDraft {
                title: item.title.clone(),
                description: item.description.clone(),
                starts: local(item.starts_at),
                ends: local(item.ends_at),
                speakers: item.speakers.clone(),
            })
            .collect(),
    }
}

fn type_draft(
    kind: &TicketType,
    event: &Event,
    planned: &[&Session],
    zones: &[gatehouse_domain::event::Zone],
    local: &impl Fn(i64) -> String,
) -> TicketTypeDraft {
    TicketTypeDraft {
        name: kind.name.clone(),
        description: kind.description.clone(),
        benefits: kind.benefits.clone(),
        price_minor: kind.price_minor,
        capacity: kind.capacity,
        min_per_person: Some(kind.min_per_person),
        max_per_person: kind.max_per_person,
        sales_from: kind.sales_from.map(local),
        sales_until: kind.sales_until.map(local),
        hidden: kind.hidden,
        needs_verification: kind.needs_verification,
        attendance: kind.attendance,
        days: if event.kind == EventKind::MultiDay {
            (1..)
                .zip(planned)
                .filter(|(_, session)| kind.sessions.contains(&session.id))
                .map(|(day, _)| day)
                .collect()
        } else {
            vec![]
        },
        series_pass: event.kind == EventKind::Recurring && kind.scope == TypeScope::Event,
        zones: zones
            .iter()
            .filter(|zone| kind.zones.contains(&zone.id))
            .map(|zone| zone.name.clone())
            .collect(),
    }
}

/// Moves the UNTIL of a rule (RFC 5545 §3.3.10), where it has one.
fn shift_until(rule: &str, moved: impl Fn(NaiveDateTime) -> NaiveDateTime) -> String {
    rule.split(';')
        .map(|part| {
            let until = part.strip_prefix("UNTIL=").and_then(|until| {
                let until = until.trim_end_matches('Z');
                NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%S")
                    .ok()
                    .or_else(|| {
                        NaiveDate::parse_from_str(until, "%Y%m%d")
                            .ok()?
                            .and_hms_opt(23, 59, 59)
                    })
            });
            until.map_or_else(
                || part.to_owned(),
                |until| format!("UNTIL={}", moved(until).format("%Y%m%dT%H%M%S")),
            )
        })
        .collect::<Vec<_>>()
        .join(";")
}

fn local_text(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M:%S").to_string()
}
