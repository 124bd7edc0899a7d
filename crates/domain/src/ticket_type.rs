//! Ticket types: tiers and passes, what they cost and what they open.

use serde::{Deserialize, Serialize};

use crate::id::{SessionId, TicketTypeId, ZoneId};
use crate::session::Session;
use crate::words::words;

words! {
    /// How a ticket's holder attends.
    AttendanceMode("attendance mode") {
        /// At the venue.
        InPerson = "in_person",
        /// Through a meeting link.
        Online = "online",
    }
}

words! {
    /// What a type belongs to.
    TypeScope("type scope") {
        /// The event: one stock of tickets, whatever they open.
        Event = "event",
        /// A series: copied into each session, never issued itself.
        Template = "template",
        /// One session of a series: its own price and stock.
        Session = "session",
    }
}

words! {
    /// What a person who wants a ticket is told of a type.
    SaleState("sale state") {
        /// On sale.
        Active = "active",
        /// Its sales have not begun.
        Upcoming = "upcoming",
        /// None are left.
        SoldOut = "sold_out",
        /// Its sales are over.
        Expired = "expired",
    }
}

/// A tier or pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TicketType {
    /// The type's id.
    pub id: TicketTypeId,
    /// Its name, unique in its scope without regard to case.
    pub name: String,
    /// What it belongs to.
    pub scope: TypeScope,
    /// The template that it was copied from.
    pub template: Option<TicketTypeId>,
    /// What people read about it.
    pub description: String,
    /// What comes with it, line by line.
    pub benefits: Vec<String>,
    /// Price in minor units of the event's currency; 0 is free.
    pub price_minor: i64,
    /// How many may be issued; none is unlimited.
    pub capacity: Option<u32>,
    /// How many one person takes at least, from 1.
    pub min_per_person: u32,
    /// How many one person may take; none is unlimited.
    pub max_per_person: Option<u32>,
    /// When sales begin, UTC ms; at once when absent.
    pub sales_from: Option<i64>,
    /// When sales end, UTC ms; at the start when absent.
    pub sales_until: Option<i64>,
    /// Whether only those who are given it see it.
    pub hidden: bool,
    /// Whether its holder shows a proof, such as a student card.
    pub needs_verification: bool,
    /// Index of its colour in the palette of eight.
    pub colour: u8,
    /// How its holder attends.
    pub attendance: AttendanceMode,
    /// The sessions it opens; empty opens all.
    pub sessions: Vec<SessionId>,
    /// The zones it opens; empty opens those without entry rules only.
    pub zones: Vec<ZoneId>,
}

impl TicketType {
    /// A free, unlimited type of an event that opens everything but its zones.
    #[must_use]
    pub fn plain(id: TicketTypeId, name: impl Into<String>, colour: u8) -> Self {
        Self {
            id,
            name: name.into(),
            scope: TypeScope::Event,
            template: None,
            description: String::new(),
            benefits: vec![],
            price_minor: 0,
            capacity: None,
            min_per_person: 1,
            max_per_person: None,
            sales_from: None,
            sales_until: None,
            hidden: false,
            needs_verification: false,
            colour: colour % 8,
            attendance: AttendanceMode::InPerson,
            sessions: vec![],
            zones: vec![],
        }
    }

    /// Whether it opens a session.
    #[must_use]
    pub fn opens(&self, session: SessionId) -> bool {
        self.scope != TypeScope::Template
            && (self.sessions.is_empty() || self.sessions.contains(&session))
    }

    /// The session that its tickets are bound to; none for a type of the whole event.
    #[must_use]
    pub fn bound_session(&self) -> Option<SessionId> {
        match self.scope {
            TypeScope::Session => self.sessions.first().copied(),
            TypeScope::Event | TypeScope::Template => None,
        }
    }

    /// The copy of this template for one session, on its own from then on.
    ///
    /// Sales that end at a moment end no later than the session's start.
    #[must_use]
    pub fn copy_for(&self, id: TicketTypeId, session: SessionId, starts_at: i64) -> Self {
        Self {
            id,
            scope: TypeScope::Session,
            template: Some(self.id),
            sessions: vec![session],
            sales_until: self.sales_until.map(|until| until.min(starts_at)),
            sales_from: self.sales_from.filter(|from| *from < starts_at),
            ..self.clone()
        }
    }

    /// What a person who wants a ticket at `now` (UTC ms) is told, when `issued` are out and the
    /// first session that it opens starts at `starts_at`.
    #[must_use]
    pub fn sale_state(&self, issued: u32, starts_at: i64, now: i64) -> SaleState {
        if now >= self.sales_until.unwrap_or(starts_at) {
            SaleState::Expired
        } else if self.capacity.is_some_and(|most| issued >= most) {
            SaleState::SoldOut
        } else if self.sales_from.is_some_and(|from| now < from) {
            SaleState::Upcoming
        } else {
            SaleState::Active
        }
    }
}

/// The types that opened `cancelled` and open no session any more that takes place.
#[must_use]
pub fn types_left_without(
    types: &[TicketType],
    sessions: &[Session],
    cancelled: SessionId,
) -> Vec<TicketTypeId> {
    types
        .iter()
        .filter(|kind| kind.opens(cancelled))
        .filter(|kind| {
            !sessions
                .iter()
                .any(|session| session.takes_place() && kind.opens(session.id))
        })
        .map(|kind| kind.id)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_type_is_upcoming_then_active_then_sold_out_or_expired() {
        let kind = TicketType {
            capacity: Some(2),
            sales_from: Some(100),
            sales_until: Some(200),
            ..TicketType::plain(TicketTypeId(Uuid::from_u128(1)), "Early", 0)
        };
        for (now, issued, expected) in [
            (99, 0, SaleState::Upcoming),
            (100, 1, SaleState::Active),
            (100, 2, SaleState::SoldOut),
            (199, 1, SaleState::Active),
            (200, 0, SaleState::Expired),
        ] {
            assert_eq!(kind.sale_state(issued, 300, now), expected, "{now}");
        }
    }

    #[test]
    fn a_copy_belongs_to_its_session_alone() {
        let session = SessionId(Uuid::from_u128(7));
        let template = TicketType {
            scope: TypeScope::Template,
            sales_until: Some(900),
            ..TicketType::plain(TicketTypeId(Uuid::from_u128(1)), "Class", 2)
        };
        let copy = template.copy_for(TicketTypeId(Uuid::from_u128(2)), session, 500);
        assert_eq!(copy.template, Some(template.id));
        assert_eq!(copy.bound_session(), Some(session));
        assert_eq!(copy.sales_until, Some(500));
        assert!(copy.opens(session) && !copy.opens(SessionId(Uuid::from_u128(8))));
        assert!(!template.opens(session), "a template opens nothing itself");
    }
}
