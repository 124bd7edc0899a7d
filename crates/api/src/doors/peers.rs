//! What a door says of the other gates: who can be asked, and whom both let in.

use gatehouse_domain::id::TicketId;
use gatehouse_mesh::conflict::{Conflict, conflicts};
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
    /// Tickets that were let in here and elsewhere while the two could not ask each other.
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
        let mut found: Vec<Conflict> = conflicts(policy, &records)
            .into_iter()
            .filter(|double| [double.stands.device, double.double.device].contains(&self.device))
            .collect();
        found.sort_by_key(|double| std::cmp::Reverse(double.double.clock));
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
