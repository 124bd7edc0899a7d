//! What a door says of the other gates: who can be asked, and whom both let in.

use std::collections::BTreeSet;

use gatehouse_domain::id::{DeviceId, TicketId};
use gatehouse_mesh::conflict::{Conflict, conflicts};
use gatehouse_mesh::note::Note;
use gatehouse_store::event::{DoorTicket, View};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Gate;
use super::roster::Roster;
use crate::problem::Problem;

/// Doubles that a door shows, the newest first.
const DOUBLES: usize = 10;

/// The other gates, as a door knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorPeers {
    /// How many are connected and answer, the office among them.
    pub here: u32,
    /// Since when nobody is, UTC ms.
    pub alone_since: Option<i64>,
    /// The slowest way to one of them and back, in milliseconds.
    pub slowest_ms: Option<u32>,
    /// Tickets that were let in here and elsewhere while the two could not ask each other, and on
    /// which nobody has decided yet; the newest first.
    pub doubles: Vec<DoorDouble>,
}

/// A ticket that was let in twice, once here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoorDouble {
    /// The admission that should not have been.
    pub double: Uuid,
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: Option<u32>,
    /// Its holder's name.
    pub name: Option<String>,
    /// Name of the other gate.
    pub other_gate: String,
    /// When it was let in there, UTC ms.
    pub other_at: i64,
    /// When it was let in here, UTC ms.
    pub at: i64,
}

impl Gate {
    /// The other gates as they are now; none where this one works by itself.
    pub(super) fn peers(&self, roster: &Roster) -> Result<Option<DoorPeers>, Problem> {
        let Some(mesh) = self.mesh() else {
            return Ok(None);
        };
        let view = mesh.view();
        let there: Vec<_> = view
            .peers
            .iter()
            .map(|peer| &peer.peer)
            .filter(|peer| peer.ready && !peer.silent)
            .collect();
        let slowest = there.iter().filter_map(|peer| peer.round_trip).max();
        let doubles = self
            .file
            .read(|view| self.doubles(view, roster.event.settings.re_entry))?;
        Ok(Some(DoorPeers {
            here: u32::try_from(there.len()).unwrap_or(u32::MAX),
            alone_since: view.alone_since.filter(|_| there.is_empty()),
            slowest_ms: slowest.map(|way| u32::try_from(way.as_millis()).unwrap_or(u32::MAX)),
            doubles,
        }))
    }

    fn doubles(
        &self,
        view: &View<'_>,
        policy: gatehouse_domain::event::ReEntry,
    ) -> Result<Vec<DoorDouble>, Problem> {
        let rows = view.double_candidates()?;
        let records: Vec<_> = rows.into_iter().map(|row| row.record).collect();
        let notes = view.double_notes()?;
        let notes = notes
            .iter()
            .filter_map(|row| Note::from_bytes(&row.note).ok());
        let settled = notes.map(|note| note.double).collect();
        let found = to_look_at(conflicts(policy, &records), self.device, &settled);
        let told = found.iter().take(DOUBLES).map(|double| {
            let (own, other) = match double.double.device == self.device {
                true => (&double.double, &double.stands),
                false => (&double.stands, &double.double),
            };
            let ticket = view.door_ticket(double.ticket)?;
            let gate = view.device(other.device)?;
            Ok(DoorDouble {
                double: Uuid::from_bytes(double.double.nonce),
                ticket: double.ticket,
                number: ticket.as_ref().map(|ticket| ticket.number),
                name: ticket.as_ref().map(DoorTicket::shown_name),
                other_gate: gate.map_or_else(String::new, |gate| gate.name),
                other_at: other.clock.wall_ms,
                at: own.clock.wall_ms,
            })
        });
        told.collect()
    }
}

/// Doubles that concern a gate and that no note of a person's settles, the newest first.
fn to_look_at(
    mut found: Vec<Conflict>,
    gate: DeviceId,
    settled: &BTreeSet<[u8; 16]>,
) -> Vec<Conflict> {
    found.retain(|found| {
        [found.stands.device, found.double.device].contains(&gate)
            && !settled.contains(&found.double.nonce)
    });
    found.sort_by_key(|found| std::cmp::Reverse(found.double.clock));
    found
}

#[cfg(test)]
mod tests {
    use gatehouse_domain::scan::{HybridClock, Mode};
    use gatehouse_mesh::conflict::Side;

    use super::*;

    fn side(device: u128, nonce: u8, wall_ms: i64) -> Side {
        Side {
            clock: HybridClock {
                wall_ms,
                counter: 0,
            },
            device: DeviceId(Uuid::from_u128(device)),
            nonce: [nonce; 16],
            zone: None,
            session: None,
            day: 20_261_122,
            mode: Mode::Alone,
            uncertainty_ms: 0,
        }
    }

    fn double(stands: Side, double: Side) -> Conflict {
        Conflict {
            ticket: TicketId(Uuid::from_u128(9)),
            stands,
            double,
            distance_ms: double.clock.wall_ms - stands.clock.wall_ms,
            order_uncertain: false,
        }
    }

    #[test]
    fn a_gate_is_told_of_its_own_doubles_until_somebody_settled_them() {
        let found = vec![
            double(side(1, 1, 10), side(2, 2, 20)),
            double(side(3, 3, 10), side(1, 4, 30)),
            double(side(2, 5, 10), side(3, 6, 40)),
        ];
        let told = |settled: &[u8]| -> Vec<u8> {
            let settled = settled.iter().map(|nonce| [*nonce; 16]).collect();
            let gate = DeviceId(Uuid::from_u128(1));
            let told = to_look_at(found.clone(), gate, &settled);
            told.iter().map(|double| double.double.nonce[0]).collect()
        };
        assert_eq!(told(&[]), [4, 2]);
        assert_eq!(told(&[4, 6]), [2], "the office decided on it");
        assert!(told(&[2, 4]).is_empty());
    }
}
