//! What becomes of a series' sessions when its rule changes.

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

use super::recurrence::Occurrence;
use crate::id::SessionId;

/// A session as far as its series cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesSession {
    /// The session.
    pub id: SessionId,
    /// Local start by the rule; none for one that a person added.
    pub original: Option<NaiveDateTime>,
    /// When doors open, UTC ms.
    pub doors_at: i64,
    /// When it starts, UTC ms.
    pub starts_at: i64,
    /// When it ends, UTC ms.
    pub ends_at: i64,
    /// Whether a person changed it.
    pub customized: bool,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Tickets that were ever issued for it.
    pub tickets: u32,
}

/// What becomes of each session, and which are new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeriesPlan {
    /// New ones.
    pub add: Vec<Occurrence>,
    /// The same day by the rule, other hours; the session takes the occurrence's original start.
    pub move_to: Vec<(SessionId, Occurrence)>,
    /// No longer given by the rule.
    pub remove: Vec<SessionId>,
    /// As they are.
    pub keep: Vec<SessionId>,
    /// Begun or past.
    pub kept_past: Vec<SessionId>,
    /// Changed, added or called off by a person.
    pub kept_customized: Vec<SessionId>,
    /// Would be moved or removed, but tickets are out.
    pub kept_with_tickets: Vec<SessionId>,
}

/// How many of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SeriesSummary {
    /// New ones.
    pub added: usize,
    /// Other hours.
    pub moved: usize,
    /// Removed.
    pub removed: usize,
    /// As they are, for whatever reason.
    pub kept: usize,
}

impl SeriesPlan {
    /// How many of each.
    #[must_use]
    pub fn summary(&self) -> SeriesSummary {
        SeriesSummary {
            added: self.add.len(),
            moved: self.move_to.len(),
            removed: self.remove.len(),
            kept: self.keep.len()
                + self.kept_past.len()
                + self.kept_customized.len()
                + self.kept_with_tickets.len(),
        }
    }
}

/// Plans how sessions follow a new rule at `now` (UTC ms).
///
/// A session and an occurrence are the same when the rule gave them the same original start, or
/// else the same day: a rule that only changes the hour moves its sessions, with their types and
/// whatever hangs on them. What has begun stays, and nothing is added in the past. What a person
/// changed, added or called off stays, and takes the place of its occurrence. What is the same
/// stays; what has other hours is moved and what is no longer given is removed, unless a ticket
/// was issued for it, which then takes the place of its occurrence as it is.
#[must_use]
pub fn plan_series(existing: &[SeriesSession], wanted: &[Occurrence], now: i64) -> SeriesPlan {
    let by_start: HashMap<NaiveDateTime, &Occurrence> =
        wanted.iter().map(|at| (at.original, at)).collect();
    let known: HashSet<NaiveDateTime> = existing.iter().filter_map(|s| s.original).collect();
    let mut by_day: HashMap<NaiveDate, &Occurrence> = wanted
        .iter()
        .rev()
        .filter(|at| !known.contains(&at.original))
        .map(|at| (at.original.date(), at))
        .collect();
    let mut plan = SeriesPlan::default();
    let mut taken = HashSet::new();
    for session in existing {
        let given = session.original.and_then(|at| {
            by_start
                .get(&at)
                .copied()
                .or_else(|| by_day.remove(&at.date()))
        });
        taken.extend(given.map(|at| at.original));
        if session.doors_at <= now {
            plan.kept_past.push(session.id);
            continue;
        }
        if session.customized || session.cancelled || session.original.is_none() {
            plan.kept_customized.push(session.id);
            continue;
        }
        match given {
            Some(at)
                if (at.doors_at, at.starts_at, at.ends_at)
                    == (session.doors_at, session.starts_at, session.ends_at) =>
            {
                plan.keep.push(session.id);
            }
            _ if session.tickets > 0 => plan.kept_with_tickets.push(session.id),
            Some(at) if at.starts_at > now => plan.move_to.push((session.id, at.clone())),
            _ => plan.remove.push(session.id),
        }
    }
    plan.add = wanted
        .iter()
        .filter(|at| at.starts_at > now && !taken.contains(&at.original))
        .cloned()
        .collect();
    plan
}
