//! Sessions: days added, sessions changed, moved or called off, and series generated.

use gatehouse_domain::calendar::local::{local_of, parse_local, to_utc};
use gatehouse_domain::calendar::recurrence::{Occurrence, Recurrence};
use gatehouse_domain::calendar::series::{SeriesPlan, SeriesSession, plan_series};
use gatehouse_domain::event::draft::{
    AgendaDraft, SeriesDraft, SessionDraft, SessionPlan, check_length, check_times,
};
use gatehouse_domain::event::state::{Part, check_change, check_session_change};
use gatehouse_domain::event::{Event, EventKind, EventStatus};
use gatehouse_domain::field::{FieldError, FieldErrors};
use gatehouse_domain::id::{IdMint, NoticeId, SessionId};
use gatehouse_domain::notice::{Notice, NoticeKind};
use gatehouse_domain::place::Place;
use gatehouse_domain::session::{AgendaItem, Session, SessionStatus};
use gatehouse_domain::ticket_type::{TicketType, types_left_without};
use gatehouse_store::Lane;
use gatehouse_store::event::{Change, View};
use serde::Deserialize;

use crate::events::{copy_templates, session_of_plan};
use crate::home::EventHome;
use crate::lifecycle::{Cancelled, stage_of};
use crate::mail::mailings::count_invited;
use crate::problem::Problem;
use crate::tiers::{check_capacity, given};
use crate::version::check_seen;

/// What a person changes of a session; what is absent stays. Times are local.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SessionChange {
    /// Its own title; JSON null removes it.
    #[serde(deserialize_with = "given")]
    pub title: Option<Option<String>>,
    /// Doors.
    pub doors: Option<String>,
    /// Start; without a new end and doors both move along with it.
    pub starts: Option<String>,
    /// End.
    pub ends: Option<String>,
    /// Its own place; JSON null means the event's.
    #[serde(deserialize_with = "given")]
    pub place: Option<Option<Place>>,
    /// What guests should know about this one.
    pub note: Option<String>,
    /// Guests at the venue at most; JSON null means the event's capacity.
    #[serde(deserialize_with = "given")]
    pub capacity: Option<Option<u32>>,
    /// Guests online at most; JSON null makes it unlimited.
    #[serde(deserialize_with = "given")]
    pub online_capacity: Option<Option<u32>>,
    /// What happens inside, in place of what was planned before.
    pub agenda: Option<Vec<AgendaDraft>>,
}

/// What a new rule would do, before it does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesPreview {
    /// The rule and hours.
    pub recurrence: Recurrence,
    /// What becomes of each session.
    pub plan: SeriesPlan,
    /// How many sessions the rule gives, up to its horizon.
    pub occurrences: usize,
    capacity: Option<u32>,
    /// The file's number of edits when it was looked at; a later edit makes the plan stale.
    seen: i64,
}

impl EventHome {
    /// Adds a session: a day of a multi-day event, or one more of a series.
    pub fn add_session(&self, draft: SessionDraft) -> Result<SessionId, Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "add session", None);
        let id = self.file().edit(Lane::Edit, meta, move |change| {
            let event = change.event()?;
            let stage = stage_of(change, now)?;
            check_change(Part::Schedule, "schedule", stage).map_err(|e| FieldErrors(vec![e]))?;
            if event.kind == EventKind::OneTime {
                return Err(Problem::new(
                    "one_session_only",
                    "a one-time event has one session; plan a multi-day event or a series",
                ));
            }
            let mut errors = Vec::new();
            let planned = draft.plan("session", event.time_zone, &mut errors);
            if let Some(planned) = &planned {
                check_new(planned, &event, &change.sessions()?, now, &mut errors);
            }
            FieldErrors::check(errors)?;
            let Some(planned) = planned else {
                return Err(Problem::new("session_unreadable", "nothing was changed"));
            };
            let (mut session, agenda) = session_of_plan(&planned, &mut mint, now);
            // It is nobody's occurrence, so no rule ever takes it back.
            session.customized = true;
            change.insert_session(&session)?;
            for item in &agenda {
                change.insert_agenda_item(item)?;
            }
            copy_templates(change, &change.ticket_types()?, &session, &mut mint, now)?;
            Ok::<_, Problem>(session.id)
        })?;
        self.project()?;
        Ok(id)
    }

    /// Changes a session alone; its series leaves it as it is from then on. Everyone with a
    /// ticket, and everyone who was invited, is to be told of a new time or place.
    pub fn change_session(&self, id: SessionId, wanted: SessionChange) -> Result<(), Problem> {
        let now = self.now();
        let seen = self.seen();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change session", None);
        let news = [NoticeId(mint.mint(now)), NoticeId(mint.mint(now))];
        self.file().edit(Lane::Edit, meta, move |change| {
            let event = change.event()?;
            let old = change.session(id)?.ok_or_else(session_unknown)?;
            check_seen(seen.as_deref(), &old)?;
            let new = wanted.apply(&old, &event)?;
            let moved = (new.doors_at, new.starts_at, new.ends_at)
                != (old.doors_at, old.starts_at, old.ends_at);
            let placed = new.place != old.place;
            let stage = stage_of(change, now)?;
            check_session_change(&old, moved || placed, stage, now)
                .map_err(|e| FieldErrors(vec![e]))?;
            if moved && new.starts_at <= now {
                return Err(FieldErrors(vec![FieldError::new(
                    "starts",
                    "starts_in_past",
                    "give a start in the future",
                )])
                .into());
            }
            check_overlap(&new, &event, &change.sessions()?)?;
            match wanted.agenda {
                Some(agenda) => put_agenda(change, &new, &event, agenda, &mut mint, now)?,
                None if moved => move_agenda(change, &new, new.starts_at - old.starts_at)?,
                None => {}
            }
            change.update_session(&new)?;
            check_capacity(change)?;
            let tickets = holders(change, &new)?;
            for (happened, kind, notice) in [
                (moved, NoticeKind::SessionMoved, news[0]),
                (placed, NoticeKind::PlaceChanged, news[1]),
            ] {
                if !happened {
                    continue;
                }
                let news = Notice {
                    id: notice,
                    at: now,
                    kind,
                    session: Some(id),
                    tickets,
                    invited: count_invited(change, kind, Some(id))?,
                    reason: String::new(),
                    told_at: None,
                };
                if news.concerns_anybody() {
                    change.insert_notice(&news)?;
                }
            }
            Ok::<_, Problem>(())
        })?;
        self.project()
    }

    /// Calls a session off. Tickets that open no other session are void, and everyone who holds a
    /// ticket for it, or was invited, is to be told.
    pub fn cancel_session(&self, id: SessionId, reason: &str) -> Result<Cancelled, Problem> {
        let now = self.now();
        let reason = reason.trim().to_owned();
        let mut mint = self.mint();
        let notice = NoticeId(mint.mint(now));
        let meta = self.edit_meta(&mut mint, "cancel session", Some(reason.clone()));
        let cancelled = self.file().command(Lane::Edit, meta, move |change| {
            let mut session = change.session(id)?.ok_or_else(session_unknown)?;
            check_session_change(&session, false, stage_of(change, now)?, now)
                .map_err(|e| FieldErrors(vec![e]))?;
            let tickets = holders(change, &session)?;
            session.status = SessionStatus::Cancelled;
            session.customized = true;
            session.revision += 1;
            change.update_session(&session)?;
            let mut voided = 0;
            for kind in types_left_without(&change.ticket_types()?, &change.sessions()?, id) {
                voided += change.void_tickets_of_type(kind, now, &reason)?;
            }
            let kind = NoticeKind::SessionCancelled;
            change.insert_notice(&Notice {
                id: notice,
                at: now,
                kind,
                session: Some(id),
                tickets,
                invited: count_invited(change, kind, Some(id))?,
                reason,
                told_at: None,
            })?;
            Ok::<_, Problem>(Cancelled { voided })
        })?;
        self.project()?;
        Ok(cancelled)
    }

    /// Tells what a new rule would do to the series. Nothing is written.
    pub fn preview_series(&self, draft: &SeriesDraft) -> Result<SeriesPreview, Problem> {
        let recurrence = draft.recurrence()?;
        let now = self.now();
        self.file().read(|view| {
            let event = view.event()?;
            if event.kind != EventKind::Recurring {
                return Err(no_series());
            }
            let wanted = recurrence.expand(
                event.time_zone,
                None,
                recurrence.horizon(now, event.time_zone),
            )?;
            Ok(SeriesPreview {
                plan: plan_series(&series_sessions(view)?, &wanted, now),
                occurrences: wanted.len(),
                recurrence,
                capacity: draft.capacity,
                seen: view.last_edit()?,
            })
        })
    }

    /// Carries out a new rule as previewed: all of it, or nothing when another edit overtook it.
    pub fn accept_series(&self, preview: SeriesPreview) -> Result<(), Problem> {
        let now = self.now();
        let mut mint = self.mint();
        let meta = self.edit_meta(&mut mint, "change series", None);
        self.file().edit(Lane::Edit, meta, move |change| {
            if change.last_edit()? != preview.seen {
                return Err(Problem::new(
                    "plan_stale",
                    "the event was edited since the rule was looked at; nothing was written. \
                     Look at the new plan",
                ));
            }
            check_change(Part::Schedule, "schedule", stage_of(change, now)?)
                .map_err(|e| FieldErrors(vec![e]))?;
            let event = change.event()?;
            change.put_series(&event, &preview.recurrence, preview.capacity)?;
            for id in &preview.plan.remove {
                change.delete_session(*id)?;
            }
            for (id, at) in &preview.plan.move_to {
                if let Some(mut session) = change.session(*id)? {
                    session.original = Some(at.original);
                    session.doors_at = at.doors_at;
                    session.starts_at = at.starts_at;
                    session.ends_at = at.ends_at;
                    session.revision += 1;
                    change.update_session(&session)?;
                }
            }
            add_occurrences(change, &preview.plan.add, preview.capacity, &mut mint, now)
        })?;
        self.project()
    }

    /// Generates the sessions of an open series that have come within 18 months; says how many.
    pub fn extend_series(&self) -> Result<usize, Problem> {
        let now = self.now();
        let (due, capacity) = self.file().read(|view| due_occurrences(view, now))?;
        if due.is_empty() {
            return Ok(0);
        }
        let mut mint = self.mint();
        let meta = self.edit_meta(
            &mut mint,
            "extend series",
            Some(format!("{} sessions", due.len())),
        );
        let added = self.file().command(Lane::Edit, meta, move |change| {
            // Another desk may have extended it meanwhile.
            let (due, _) = due_occurrences(change, now)?;
            add_occurrences(change, &due, capacity, &mut mint, now)?;
            Ok::<_, Problem>(due.len())
        })?;
        self.project()?;
        Ok(added)
    }
}

/// Occurrences within the horizon that come after every one generated so far.
fn due_occurrences(view: &View<'_>, now: i64) -> Result<(Vec<Occurrence>, Option<u32>), Problem> {
    let event = view.event()?;
    let Some((recurrence, capacity)) = view.series()? else {
        return Ok((Vec::new(), None));
    };
    let stands = matches!(event.status, EventStatus::Draft | EventStatus::Published);
    if !stands || !recurrence.is_open() {
        return Ok((Vec::new(), capacity));
    }
    let last = view.sessions()?.iter().filter_map(|s| s.original).max();
    let due = recurrence.expand(
        event.time_zone,
        last,
        recurrence.horizon(now, event.time_zone),
    )?;
    Ok((
        due.into_iter()
            .filter(|at| last.is_none_or(|last| at.original > last) && at.starts_at > now)
            .collect(),
        capacity,
    ))
}

fn add_occurrences(
    change: &Change<'_>,
    occurrences: &[Occurrence],
    capacity: Option<u32>,
    mint: &mut IdMint,
    now: i64,
) -> Result<(), Problem> {
    let types = change.ticket_types()?;
    for at in occurrences {
        let (session, _) = session_of_plan(&SessionPlan::of(at, capacity), mint, now);
        change.insert_session(&session)?;
        copy_templates(change, &types, &session, mint, now)?;
    }
    Ok(())
}

fn series_sessions(view: &View<'_>) -> Result<Vec<SeriesSession>, Problem> {
    let tickets = view.count_tickets_by_session()?;
    Ok(view
        .sessions()?
        .iter()
        .map(|session| SeriesSession {
            id: session.id,
            original: session.original,
            doors_at: session.doors_at,
            starts_at: session.starts_at,
            ends_at: session.ends_at,
            customized: session.customized,
            cancelled: !session.takes_place(),
            tickets: tickets.get(&session.id).copied().unwrap_or(0),
        })
        .collect())
}

/// Good tickets that open a session.
fn holders(view: &View<'_>, session: &Session) -> Result<u32, Problem> {
    let counts = view.count_tickets_by_type()?;
    let types: Vec<TicketType> = view.ticket_types()?;
    Ok(types
        .iter()
        .filter(|kind| kind.opens(session.id))
        .filter_map(|kind| counts.get(&kind.id))
        .sum())
}

fn check_new(
    planned: &SessionPlan,
    event: &Event,
    sessions: &[Session],
    now: i64,
    errors: &mut Vec<FieldError>,
) {
    if planned.starts_at <= now {
        errors.push(FieldError::new(
            "session.starts",
            "starts_in_past",
            "give a start in the future",
        ));
    }
    let overlaps = sessions.iter().any(|session| {
        session.takes_place()
            && planned.starts_at < session.ends_at
            && session.starts_at < planned.ends_at
    });
    if event.kind == EventKind::MultiDay && overlaps {
        errors.push(days_overlap("session.starts"));
    }
}

fn check_overlap(new: &Session, event: &Event, sessions: &[Session]) -> Result<(), FieldErrors> {
    let overlaps = sessions.iter().any(|other| {
        other.id != new.id
            && other.takes_place()
            && new.starts_at < other.ends_at
            && other.starts_at < new.ends_at
    });
    if event.kind == EventKind::MultiDay && overlaps {
        return Err(FieldErrors(vec![days_overlap("starts")]));
    }
    Ok(())
}

fn days_overlap(field: &str) -> FieldError {
    FieldError::new(
        field,
        "days_overlap",
        "two days of one event can't overlap; choose other hours",
    )
}

/// Puts another agenda in the place of a session's own.
fn put_agenda(
    change: &Change<'_>,
    session: &Session,
    event: &Event,
    agenda: Vec<AgendaDraft>,
    mint: &mut IdMint,
    now: i64,
) -> Result<(), Problem> {
    let local = |at: i64| {
        local_of(at, event.time_zone)
            .format("%Y-%m-%dT%H:%M:%S")
            .to_string()
    };
    let draft = SessionDraft {
        starts: local(session.starts_at),
        ends: local(session.ends_at),
        doors: Some(local(session.doors_at)),
        agenda,
        ..SessionDraft::default()
    };
    let mut errors = Vec::new();
    let planned = draft.plan("session", event.time_zone, &mut errors);
    FieldErrors::check(errors)?;
    for item in change.agenda()? {
        if item.session == session.id {
            change.delete_agenda_item(item.id)?;
        }
    }
    let (_, items) = planned
        .map(|planned| session_of_plan(&planned, mint, now))
        .ok_or_else(session_unknown)?;
    for item in items {
        change.insert_agenda_item(&AgendaItem {
            session: session.id,
            ..item
        })?;
    }
    Ok(())
}

/// Moves what happens inside a session along with its start.
fn move_agenda(change: &Change<'_>, session: &Session, by: i64) -> Result<(), Problem> {
    for mut item in change.agenda()? {
        if item.session != session.id {
            continue;
        }
        item.starts_at += by;
        item.ends_at += by;
        if item.starts_at < session.doors_at || item.ends_at > session.ends_at {
            return Err(FieldErrors(vec![FieldError::new(
                "ends",
                "agenda_outside",
                format!("“{}” would lie outside the session", item.title),
            )])
            .into());
        }
        change.delete_agenda_item(item.id)?;
        change.insert_agenda_item(&item)?;
    }
    Ok(())
}

impl SessionChange {
    /// The session with what is given, or everything that is wrong.
    fn apply(&self, old: &Session, event: &Event) -> Result<Session, FieldErrors> {
        let mut errors = Vec::new();
        let zone = event.time_zone;
        let mut at = |field: &str, text: &Option<String>| {
            text.as_deref().and_then(|text| {
                parse_local(field, text)
                    .map_err(|error| errors.push(error))
                    .ok()
            })
        };
        let starts = at("starts", &self.starts);
        let ends = at("ends", &self.ends);
        let doors = at("doors", &self.doors);
        let mut new = old.clone();
        if let Some(starts) = starts {
            // Local lengths stay, so that an evening keeps its hours across a change of the clock.
            let shift = starts - local_of(old.starts_at, zone);
            new.starts_at = to_utc(starts, zone);
            new.ends_at = to_utc(local_of(old.ends_at, zone) + shift, zone);
            new.doors_at = to_utc(local_of(old.doors_at, zone) + shift, zone);
        }
        new.ends_at = ends.map_or(new.ends_at, |ends| to_utc(ends, zone));
        new.doors_at = doors.map_or(new.doors_at, |doors| to_utc(doors, zone));
        check_times(
            "session",
            new.doors_at,
            new.starts_at,
            new.ends_at,
            &mut errors,
        );
        if let Some(title) = &self.title {
            check_length("title", title.as_deref().unwrap_or(""), 200, &mut errors);
            new.title.clone_from(title);
        }
        if let Some(note) = &self.note {
            check_length("note", note, 2_000, &mut errors);
            new.note.clone_from(note);
        }
        if let Some(place) = &self.place {
            if let Some(place) = place {
                place.check_form("place", &mut errors);
                if event.status == EventStatus::Published {
                    place.check_whole("place", &mut errors);
                }
            }
            new.place.clone_from(place);
        }
        new.capacity = self.capacity.unwrap_or(new.capacity);
        new.online_capacity = self.online_capacity.unwrap_or(new.online_capacity);
        FieldErrors::check(errors)?;
        if new != *old {
            new.customized = true;
        }
        if (new.doors_at, new.starts_at, new.ends_at, &new.place)
            != (old.doors_at, old.starts_at, old.ends_at, &old.place)
        {
            new.revision += 1;
        }
        Ok(new)
    }
}

fn session_unknown() -> Problem {
    Problem::new(
        "session_unknown",
        "this event has no such session; nothing was changed",
    )
}

fn no_series() -> Problem {
    Problem::new(
        "event_not_recurring",
        "only a recurring event has a rule; nothing was changed",
    )
}
