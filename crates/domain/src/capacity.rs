//! Is there room? Counted for each type, and for each session and way of attending.

use std::collections::HashMap;

use crate::host_notice::HostNews;
use crate::id::{SessionId, TicketTypeId};
use crate::session::Session;
use crate::ticket_type::{AttendanceMode, TicketType};

/// Good tickets of each type.
pub type Counts = HashMap<TicketTypeId, u32>;

/// What is full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Full {
    /// A type.
    Type {
        /// Which.
        ticket_type: TicketTypeId,
        /// Its capacity.
        most: u32,
        /// Tickets that there would be.
        wanted: u32,
    },
    /// A session, for those who come or for those who join online.
    Session {
        /// Which.
        session: SessionId,
        /// Which way of attending.
        attendance: AttendanceMode,
        /// Its capacity.
        most: u32,
        /// Tickets that there would be.
        wanted: u32,
    },
}

/// Names everything that would be over its capacity with these tickets; empty means room.
///
/// `event_capacity` holds for those who come to a session that names none of its own. A ticket
/// counts in every session that its type opens, apart for each way of attending.
#[must_use]
pub fn over_capacity(
    counts: &Counts,
    types: &[TicketType],
    sessions: &[Session],
    event_capacity: Option<u32>,
) -> Vec<Full> {
    let count = |kind: &TicketType| counts.get(&kind.id).copied().unwrap_or(0);
    let mut full: Vec<Full> = types
        .iter()
        .filter_map(|kind| {
            let (most, wanted) = (kind.capacity?, count(kind));
            (wanted > most).then_some(Full::Type {
                ticket_type: kind.id,
                most,
                wanted,
            })
        })
        .collect();
    // Each session's copies are found by their session, passes are counted for all.
    let mut bound: HashMap<(SessionId, AttendanceMode), u32> = HashMap::new();
    let mut passes: Vec<(&TicketType, u32)> = Vec::new();
    for kind in types.iter().filter(|kind| count(kind) > 0) {
        match kind.bound_session() {
            Some(session) => *bound.entry((session, kind.attendance)).or_default() += count(kind),
            None => passes.push((kind, count(kind))),
        }
    }
    for session in sessions {
        for (attendance, most) in [
            (
                AttendanceMode::InPerson,
                session.capacity.or(event_capacity),
            ),
            (AttendanceMode::Online, session.online_capacity),
        ] {
            let Some(most) = most else { continue };
            let wanted = bound.get(&(session.id, attendance)).copied().unwrap_or(0)
                + passes
                    .iter()
                    .filter(|(kind, _)| kind.attendance == attendance && kind.opens(session.id))
                    .map(|(_, count)| count)
                    .sum::<u32>();
            if wanted > most {
                full.push(Full::Session {
                    session: session.id,
                    attendance,
                    most,
                    wanted,
                });
            }
        }
    }
    full
}

/// The types of which every ticket is issued, as news for the host.
#[must_use]
pub fn used_up(counts: &Counts, types: &[TicketType]) -> Vec<HostNews> {
    types
        .iter()
        .filter_map(|kind| {
            let capacity = kind.capacity.filter(|capacity| *capacity > 0)?;
            let issued = counts.get(&kind.id).copied().unwrap_or(0);
            (issued >= capacity).then_some(HostNews::SoldOut {
                ticket_type: kind.id,
                capacity,
            })
        })
        .collect()
}

/// Whether anything of an event is limited, so that counting is needed at all.
#[must_use]
pub fn is_limited(types: &[TicketType], sessions: &[Session], event_capacity: Option<u32>) -> bool {
    event_capacity.is_some()
        || types.iter().any(|kind| kind.capacity.is_some())
        || sessions
            .iter()
            .any(|session| session.capacity.is_some() || session.online_capacity.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_type_is_used_up_once_its_last_ticket_is_issued() {
        // Capacity, issued, whether it is used up.
        let table = [
            (None, 500, false),
            (Some(0), 0, false),
            (Some(5), 0, false),
            (Some(5), 4, false),
            (Some(5), 5, true),
            (Some(5), 6, true),
        ];
        for (capacity, issued, expected) in table {
            let kind = TicketType {
                capacity,
                ..TicketType::plain(TicketTypeId(Uuid::from_u128(1)), "Standard", 0)
            };
            let counts = Counts::from([(kind.id, issued)]);
            let news = used_up(&counts, std::slice::from_ref(&kind));
            assert_eq!(!news.is_empty(), expected, "{issued} of {capacity:?}");
        }
    }
}
