//! One session as a person gives it, with what happens inside.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::checks::{check_length, check_times};
use crate::calendar::local::{parse_local, to_utc};
use crate::calendar::recurrence::Occurrence;
use crate::field::FieldError;
use crate::place::Place;
use crate::session::Speaker;

/// Agenda items of a session at most.
pub const MOST_AGENDA_ITEMS: usize = 500;

/// One session as a person gives it; times are local.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SessionDraft {
    /// Its own title, when it has one.
    pub title: Option<String>,
    /// Doors, such as `2026-12-05T18:30`; the start when absent.
    pub doors: Option<String>,
    /// Start.
    pub starts: String,
    /// End.
    pub ends: String,
    /// Its own place, when it differs from the event's.
    pub place: Option<Place>,
    /// What guests should know about this one.
    pub note: String,
    /// Guests at the venue at most.
    pub capacity: Option<u32>,
    /// Guests online at most.
    pub online_capacity: Option<u32>,
    /// What happens inside.
    pub agenda: Vec<AgendaDraft>,
}

/// One talk or activity as a person gives it; times are local.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgendaDraft {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// Start.
    pub starts: String,
    /// End.
    pub ends: String,
    /// Who speaks.
    pub speakers: Vec<Speaker>,
}

/// One session of a checked draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPlan {
    /// When doors open, UTC ms.
    pub doors_at: i64,
    /// When it starts, UTC ms.
    pub starts_at: i64,
    /// When it ends, UTC ms.
    pub ends_at: i64,
    /// Local start by its series' rule.
    pub original: Option<NaiveDateTime>,
    /// The rest as it was given.
    pub given: SessionDraft,
    /// Times of its agenda items, UTC ms, in their order.
    pub agenda: Vec<(i64, i64)>,
}

impl SessionPlan {
    /// The session that a rule gives.
    #[must_use]
    pub fn of(occurrence: &Occurrence, capacity: Option<u32>) -> Self {
        Self {
            doors_at: occurrence.doors_at,
            starts_at: occurrence.starts_at,
            ends_at: occurrence.ends_at,
            original: Some(occurrence.original),
            given: SessionDraft {
                capacity,
                ..SessionDraft::default()
            },
            agenda: vec![],
        }
    }
}

impl SessionDraft {
    /// Checks the session's times and texts, in an event of that zone; none when a time can't be
    /// read.
    pub fn plan(&self, field: &str, zone: Tz, errors: &mut Vec<FieldError>) -> Option<SessionPlan> {
        let before = errors.len();
        let mut read = |name: &str, text: &str| {
            parse_local(&format!("{field}.{name}"), text)
                .map(|local| to_utc(local, zone))
                .map_err(|error| errors.push(error))
                .ok()
        };
        let starts_at = read("starts", &self.starts);
        let ends_at = read("ends", &self.ends);
        let doors_at = match &self.doors {
            Some(doors) => read("doors", doors),
            None => starts_at,
        };
        let agenda: Vec<_> = self
            .agenda
            .iter()
            .enumerate()
            .map(|(index, item)| {
                (
                    read(&format!("agenda[{index}].starts"), &item.starts),
                    read(&format!("agenda[{index}].ends"), &item.ends),
                )
            })
            .collect();
        let (starts_at, ends_at, doors_at) = (starts_at?, ends_at?, doors_at?);
        check_times(field, doors_at, starts_at, ends_at, errors);
        self.check_rest(field, errors);
        let mut times = Vec::with_capacity(agenda.len());
        for (index, (from, until)) in agenda.into_iter().enumerate() {
            let (from, until) = (from?, until?);
            if until <= from || from < doors_at || until > ends_at {
                errors.push(FieldError::new(
                    format!("{field}.agenda[{index}].starts"),
                    "agenda_outside",
                    "plan it inside its session, with an end after its start",
                ));
            }
            times.push((from, until));
        }
        (errors.len() == before).then(|| SessionPlan {
            doors_at,
            starts_at,
            ends_at,
            original: None,
            given: self.clone(),
            agenda: times,
        })
    }

    fn check_rest(&self, field: &str, errors: &mut Vec<FieldError>) {
        if let Some(place) = &self.place {
            place.check_form(&format!("{field}.place"), errors);
        }
        check_length(&format!("{field}.note"), &self.note, 2_000, errors);
        check_length(
            &format!("{field}.title"),
            self.title.as_deref().unwrap_or_default(),
            200,
            errors,
        );
        if self.agenda.len() > MOST_AGENDA_ITEMS {
            errors.push(FieldError::new(
                format!("{field}.agenda"),
                "agenda_too_long",
                format!("give {MOST_AGENDA_ITEMS} items at most"),
            ));
        }
        for (index, item) in self.agenda.iter().enumerate() {
            let field = format!("{field}.agenda[{index}]");
            let length = item.title.trim().chars().count();
            if length == 0 || length > 200 || item.description.chars().count() > 5_000 {
                errors.push(FieldError::new(
                    format!("{field}.title"),
                    "agenda_title_length",
                    "give a title of 1 to 200 characters and a description of 5,000 at most",
                ));
            }
            if item.speakers.len() > 50
                || item.speakers.iter().any(|speaker| {
                    let length = speaker.name.trim().chars().count();
                    length == 0 || length > 200 || speaker.role.chars().count() > 200
                })
            {
                errors.push(FieldError::new(
                    format!("{field}.speakers"),
                    "speakers_unreadable",
                    "name 50 speakers at most, each with a name of 1 to 200 characters",
                ));
            }
        }
    }
}
