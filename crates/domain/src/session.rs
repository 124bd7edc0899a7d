//! Sessions: dated occurrences of an event, and what happens inside them.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use crate::id::{AgendaItemId, SessionId};
use crate::place::Place;
use crate::words::words;

words! {
    /// Where a session stands.
    SessionStatus("session status") {
        /// Takes place as planned.
        Scheduled = "scheduled",
        /// Called off alone.
        Cancelled = "cancelled",
        /// Over.
        Completed = "completed",
    }
}

/// One dated occurrence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// Its own title, when it has one.
    pub title: Option<String>,
    /// When doors open, UTC ms.
    pub doors_at: i64,
    /// When it starts, UTC ms.
    pub starts_at: i64,
    /// When it ends, UTC ms.
    pub ends_at: i64,
    /// Its own place, when it differs from the event's.
    pub place: Option<Place>,
    /// What guests should know about this one.
    pub note: String,
    /// Guests at the venue at most; the event's capacity when absent.
    pub capacity: Option<u32>,
    /// Guests online at most; unlimited when absent.
    pub online_capacity: Option<u32>,
    /// Where it stands.
    pub status: SessionStatus,
    /// Local start that its series' rule gave it, which names it for ever; none outside a series.
    pub original: Option<NaiveDateTime>,
    /// Whether a person changed it, so that its series leaves it as it is.
    pub customized: bool,
    /// How often its time, place or status changed: the SEQUENCE of RFC 5545 §3.8.7.4.
    pub revision: u32,
}

impl Session {
    /// A session as planned at first: no title, place, note or capacity of its own.
    #[must_use]
    pub const fn scheduled(id: SessionId, doors_at: i64, starts_at: i64, ends_at: i64) -> Self {
        Self {
            id,
            title: None,
            doors_at,
            starts_at,
            ends_at,
            place: None,
            note: String::new(),
            capacity: None,
            online_capacity: None,
            status: SessionStatus::Scheduled,
            original: None,
            customized: false,
            revision: 0,
        }
    }

    /// Whether its doors are open at `now` (UTC ms): from the doors until the end.
    #[must_use]
    pub const fn is_open_at(&self, now: i64) -> bool {
        self.doors_at <= now && now < self.ends_at
    }

    /// Whether it takes place at all.
    #[must_use]
    pub fn takes_place(&self) -> bool {
        self.status != SessionStatus::Cancelled
    }
}

/// A talk or activity inside a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AgendaItem {
    /// The item's id.
    pub id: AgendaItemId,
    /// The session that it belongs to.
    pub session: SessionId,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// When it starts, UTC ms.
    pub starts_at: i64,
    /// When it ends, UTC ms.
    pub ends_at: i64,
    /// Who speaks, in order.
    pub speakers: Vec<Speaker>,
}

/// Who speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Speaker {
    /// Name.
    pub name: String,
    /// What they do and where.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub role: String,
}
