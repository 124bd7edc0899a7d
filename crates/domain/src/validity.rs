//! Is a ticket valid at a moment? One answer for every kind of event.

use chrono_tz::Tz;

use crate::calendar::local::day_of;
use crate::event::EventKind;
use crate::id::SessionId;
use crate::session::Session;
use crate::ticket_type::{AttendanceMode, TicketType};

/// When an event takes place.
#[derive(Debug, Clone, Copy)]
pub struct Schedule<'a> {
    /// Occurrence pattern.
    pub kind: EventKind,
    /// Zone in which its days are meant.
    pub zone: Tz,
    /// Whether the whole event was called off.
    pub cancelled: bool,
    /// Its sessions, in any order.
    pub sessions: &'a [Session],
}

impl Schedule<'_> {
    /// The day that a moment counts for in one of its sessions, as yyyymmdd; see [`Validity`].
    #[must_use]
    pub fn day_of(&self, session: SessionId, now: i64) -> u32 {
        let session = self.sessions.iter().find(|known| known.id == session);
        session.map_or_else(
            || day_of(now, self.zone),
            |session| day_in(session, self.zone, now),
        )
    }
}

/// What a schedule says of a ticket at a moment. Days are local dates as yyyymmdd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Valid now.
    Valid {
        /// For this session.
        session: SessionId,
        /// On this day.
        day: u32,
    },
    /// The doors of its next session are not open yet.
    TooEarly {
        /// That session.
        session: SessionId,
        /// When they open, UTC ms.
        doors_at: i64,
    },
    /// Its last session is over.
    TooLate {
        /// Since when, UTC ms.
        ended_at: i64,
    },
    /// Another session is on, and the ticket is for this one.
    NotThisSession {
        /// The session that it is for: the next one, or the last when all are over.
        session: SessionId,
        /// When its doors open or opened, UTC ms.
        doors_at: i64,
    },
    /// A day pass, and it is for another day.
    WrongDay {
        /// The session that it is for: the next one, or the last when all are over.
        session: SessionId,
        /// The day that it is for.
        day: u32,
        /// When its doors open or opened, UTC ms.
        doors_at: i64,
    },
    /// The session was called off.
    SessionCancelled {
        /// Which.
        session: SessionId,
    },
    /// The event was called off, or no session of it is left that the ticket opens.
    Cancelled,
    /// Its holder attends from elsewhere; it opens no door.
    OnlineOnly,
}

impl Validity {
    /// The session that the ticket is for, where one is named.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        match *self {
            Self::Valid { session, .. }
            | Self::TooEarly { session, .. }
            | Self::NotThisSession { session, .. }
            | Self::WrongDay { session, .. }
            | Self::SessionCancelled { session } => Some(session),
            Self::TooLate { .. } | Self::Cancelled | Self::OnlineOnly => None,
        }
    }
}

/// Tells whether a ticket of `ticket_type` opens a door at `now` (UTC ms).
///
/// A session counts from its doors until its end. Where several that the ticket opens are on, the
/// one whose doors opened last counts, since people come for what begins. `only` is the session
/// that the door stands for, when it stands for one.
///
/// The order of what is told: called off as a whole; no ticket for a door; valid; a session called
/// off that would be on now; another session is on (a wrong day in a multi-day event); too early;
/// too late.
#[must_use]
pub fn validity(
    schedule: &Schedule<'_>,
    ticket_type: &TicketType,
    only: Option<SessionId>,
    now: i64,
) -> Validity {
    if schedule.cancelled {
        return Validity::Cancelled;
    }
    if ticket_type.attendance == AttendanceMode::Online {
        return Validity::OnlineOnly;
    }
    let here = |session: &&Session| only.is_none_or(|only| only == session.id);
    let all = || schedule.sessions.iter().filter(|s| s.takes_place());
    let own = || all().filter(|s| ticket_type.opens(s.id));
    if let Some(session) = own()
        .filter(here)
        .filter(|s| s.is_open_at(now))
        .max_by_key(|s| (s.doors_at, s.starts_at, s.id))
    {
        return Validity::Valid {
            session: session.id,
            day: day_in(session, schedule.zone, now),
        };
    }
    if let Some(called_off) = schedule
        .sessions
        .iter()
        .filter(here)
        .filter(|s| !s.takes_place() && ticket_type.opens(s.id) && s.is_open_at(now))
        .max_by_key(|s| (s.doors_at, s.id))
    {
        return Validity::SessionCancelled {
            session: called_off.id,
        };
    }
    // The session that it is for: the next at this door or any other, or else the last one.
    let next = own()
        .filter(|s| s.ends_at > now)
        .min_by_key(|s| (s.doors_at, s.id));
    let last = own().max_by_key(|s| (s.ends_at, s.id));
    let Some(meant) = next.or(last) else {
        return Validity::Cancelled;
    };
    let another_is_on = all().filter(here).any(|s| s.is_open_at(now))
        // The door stands for one session, and the ticket never opens it.
        || only.is_some_and(|only| !ticket_type.opens(only));
    if another_is_on {
        return match schedule.kind {
            EventKind::MultiDay => Validity::WrongDay {
                session: meant.id,
                day: day_of(meant.starts_at, schedule.zone),
                doors_at: meant.doors_at,
            },
            EventKind::OneTime | EventKind::Recurring => Validity::NotThisSession {
                session: meant.id,
                doors_at: meant.doors_at,
            },
        };
    }
    let at_this_door = own()
        .filter(here)
        .filter(|s| s.doors_at > now)
        .min_by_key(|s| (s.doors_at, s.id));
    match at_this_door {
        Some(session) => Validity::TooEarly {
            session: session.id,
            doors_at: session.doors_at,
        },
        None => Validity::TooLate {
            ended_at: own()
                .filter(here)
                .map(|s| s.ends_at)
                .max()
                .unwrap_or(meant.ends_at),
        },
    }
}

/// The day that a moment inside a session counts for: the one on which the session starts, so that
/// an evening does not end at midnight; today where it lasts longer than a day.
fn day_in(session: &Session, zone: Tz, now: i64) -> u32 {
    const DAY_MS: i64 = 24 * 3_600_000;
    let at = if session.ends_at - session.doors_at <= DAY_MS {
        session.starts_at
    } else {
        now
    };
    day_of(at, zone)
}

#[cfg(test)]
mod tests;
