//! What a person gives to plan an event, and the plan that comes of it.
//!
//! Times are local, in the event's zone, as people write them; the plan holds UTC.

mod checks;
mod series;
mod session;
mod tier;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Access, EventKind, EventSettings, Visibility, name_key};
use crate::calendar::local::parse_zone;
use crate::calendar::recurrence::Recurrence;
use crate::field::{FieldError, FieldErrors};
use crate::place::Place;

pub use checks::{check_length, check_name, check_sales, check_times, check_title};
pub use series::SeriesDraft;
pub use session::{AgendaDraft, MOST_AGENDA_ITEMS, SessionDraft, SessionPlan};
pub use tier::{HIGHEST_PRICE, TicketTypeDraft};

use checks::{check_future, clip};

/// Days of a multi-day event at most.
pub const MOST_DAYS: usize = 366;
/// Ticket types that a person gives at most.
pub const MOST_TYPES: usize = 100;
/// Zones at most.
pub const MOST_ZONES: usize = 100;

/// What a person gives to plan an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventDraft {
    /// Title, 3 to 200 characters.
    pub title: String,
    /// One line below the title.
    #[serde(default)]
    pub tagline: String,
    /// What it is about.
    #[serde(default)]
    pub description: String,
    /// What sort of event it is.
    #[serde(default)]
    pub category: String,
    /// Words to find it by, 20 at most.
    #[serde(default)]
    pub tags: Vec<String>,
    /// IANA zone name.
    pub time_zone: String,
    /// ISO 4217 code.
    #[serde(default = "euro")]
    pub currency: String,
    /// BCP 47 language.
    #[serde(default = "english")]
    pub language: String,
    /// Who invites.
    #[serde(default)]
    pub organizer: String,
    /// Where it takes place.
    #[serde(default = "nowhere")]
    pub place: Place,
    /// Guests at the venue at most, in each session that names no capacity of its own.
    #[serde(default)]
    pub capacity: Option<u32>,
    /// Who can find it.
    #[serde(default = "private")]
    pub visibility: Visibility,
    /// How people get a ticket.
    #[serde(default = "open")]
    pub access: Access,
    /// When it takes place.
    pub schedule: ScheduleDraft,
    /// Ticket types, in order; the first is the default.
    #[serde(default)]
    pub ticket_types: Vec<TicketTypeDraft>,
    /// Whether it is free for all: without ticket types it gets one, free and unlimited.
    #[serde(default)]
    pub free: bool,
    /// Zones.
    #[serde(default)]
    pub zones: Vec<ZoneDraft>,
    /// Issue and entry settings.
    #[serde(default)]
    pub settings: EventSettings,
}

fn euro() -> String {
    "EUR".into()
}
fn english() -> String {
    "en".into()
}
fn nowhere() -> Place {
    Place::venue("")
}
fn private() -> Visibility {
    Visibility::Private
}
fn open() -> Access {
    Access::Open
}

/// When an event takes place, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "one for each draft, never in a list"
)]
pub enum ScheduleDraft {
    /// Once.
    OneTime {
        /// Its one session.
        session: SessionDraft,
    },
    /// On several days, consecutive or not.
    MultiDay {
        /// Each day, in order.
        days: Vec<SessionDraft>,
    },
    /// Again and again by a rule.
    Recurring {
        /// The rule and its sessions' hours.
        series: SeriesDraft,
    },
}

/// What a person gives to add a zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ZoneDraft {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// How many people it takes; none where nobody counts.
    #[serde(default)]
    pub capacity: Option<u32>,
}

/// The sessions of a checked draft, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPlan {
    /// Zone in which everything is meant.
    pub zone: Tz,
    /// Its sessions, by start.
    pub sessions: Vec<SessionPlan>,
    /// Its rule, for a series.
    pub recurrence: Option<Recurrence>,
}

impl EventDraft {
    /// The kind of its schedule.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self.schedule {
            ScheduleDraft::OneTime { .. } => EventKind::OneTime,
            ScheduleDraft::MultiDay { .. } => EventKind::MultiDay,
            ScheduleDraft::Recurring { .. } => EventKind::Recurring,
        }
    }

    /// Checks every field at `now` (UTC ms), names everything that is wrong at once, and plans
    /// the sessions. What a draft may still lack until it is published is no error here.
    pub fn plan(&self, now: i64) -> Result<EventPlan, FieldErrors> {
        let mut errors = Vec::new();
        check_title(&self.title, &mut errors);
        self.check_texts(&mut errors);
        let zone = parse_zone("time_zone", &self.time_zone).unwrap_or_else(|error| {
            errors.push(error);
            Tz::UTC
        });
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            errors.push(FieldError::new(
                "currency",
                "currency_unknown",
                "give a currency of three capital letters, such as EUR",
            ));
        }
        self.place.check_form("place", &mut errors);
        let (sessions, recurrence) = self.plan_schedule(zone, now, &mut errors);
        self.check_zones(&mut errors);
        self.check_types(zone, &sessions, &mut errors);
        FieldErrors::check(errors)?;
        Ok(EventPlan {
            zone,
            sessions,
            recurrence,
        })
    }

    fn check_texts(&self, errors: &mut Vec<FieldError>) {
        for (field, text, most) in [
            ("tagline", &self.tagline, 200),
            ("description", &self.description, 20_000),
            ("category", &self.category, 80),
            ("organizer", &self.organizer, 200),
            ("language", &self.language, 35),
        ] {
            check_length(field, text, most, errors);
        }
        if self.tags.len() > 20 || self.tags.iter().any(|tag| tag.chars().count() > 40) {
            errors.push(FieldError::new(
                "tags",
                "tags_too_many",
                "give 20 tags at most, each of 40 characters at most",
            ));
        }
    }

    fn plan_schedule(
        &self,
        zone: Tz,
        now: i64,
        errors: &mut Vec<FieldError>,
    ) -> (Vec<SessionPlan>, Option<Recurrence>) {
        let before = errors.len();
        match &self.schedule {
            ScheduleDraft::OneTime { session } => {
                let planned = session.plan("schedule.session", zone, errors);
                check_future(planned.as_ref(), "schedule.session.starts", now, errors);
                (planned.into_iter().collect(), None)
            }
            ScheduleDraft::MultiDay { days } => {
                if days.is_empty() || days.len() > MOST_DAYS {
                    errors.push(FieldError::new(
                        "schedule.days",
                        "days_count",
                        format!("give 1 to {MOST_DAYS} days"),
                    ));
                    return (vec![], None);
                }
                let planned: Vec<SessionPlan> = days
                    .iter()
                    .enumerate()
                    .filter_map(|(index, day)| {
                        day.plan(&format!("schedule.days[{index}]"), zone, errors)
                    })
                    .collect();
                if errors.len() == before {
                    check_future(planned.first(), "schedule.days[0].starts", now, errors);
                    for (index, pair) in planned.windows(2).enumerate() {
                        if pair[1].starts_at < pair[0].ends_at {
                            errors.push(FieldError::new(
                                format!("schedule.days[{}].starts", index + 1),
                                "days_overlap",
                                "start each day after the one before has ended, in order",
                            ));
                        }
                    }
                }
                (planned, None)
            }
            ScheduleDraft::Recurring { series } => {
                match series.recurrence().and_then(|recurrence| {
                    let sessions = recurrence.expand(zone, None, recurrence.horizon(now, zone))?;
                    Ok((recurrence, sessions))
                }) {
                    Err(FieldErrors(found)) => {
                        errors.extend(found.into_iter().map(|e| FieldError {
                            field: format!("schedule.series.{}", e.field),
                            ..e
                        }));
                        (vec![], None)
                    }
                    Ok((recurrence, occurrences)) => {
                        let planned: Vec<SessionPlan> = occurrences
                            .iter()
                            .map(|at| SessionPlan::of(at, series.capacity))
                            .collect();
                        check_future(planned.first(), "schedule.series.starts", now, errors);
                        (planned, Some(recurrence))
                    }
                }
            }
        }
    }

    fn check_zones(&self, errors: &mut Vec<FieldError>) {
        if self.zones.len() > MOST_ZONES {
            errors.push(FieldError::new(
                "zones",
                "zones_too_many",
                format!("give {MOST_ZONES} zones at most"),
            ));
        }
        for (index, zone) in self.zones.iter().enumerate() {
            let field = format!("zones[{index}].name");
            let earlier = self.zones[..index].iter().map(|z| z.name.as_str());
            check_name(&field, &zone.name, earlier, errors);
        }
    }

    fn check_types(&self, zone: Tz, sessions: &[SessionPlan], errors: &mut Vec<FieldError>) {
        if self.ticket_types.len() > MOST_TYPES {
            errors.push(FieldError::new(
                "ticket_types",
                "ticket_types_too_many",
                format!("give {MOST_TYPES} ticket types at most"),
            ));
        }
        let starts: Vec<i64> = sessions.iter().map(|session| session.starts_at).collect();
        let known: Vec<String> = self.zones.iter().map(|z| name_key(&z.name)).collect();
        for (index, draft) in self.ticket_types.iter().enumerate() {
            let field = format!("ticket_types[{index}]");
            let earlier = self.ticket_types[..index].iter().map(|t| t.name.as_str());
            check_name(&format!("{field}.name"), &draft.name, earlier, errors);
            draft.check(&field, zone, &starts, self.kind(), self.place.mode, errors);
            for name in &draft.zones {
                if !known.contains(&name_key(name)) {
                    errors.push(FieldError::new(
                        format!("{field}.zones"),
                        "zone_unknown",
                        format!("no zone is called “{}”", clip(name)),
                    ));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
