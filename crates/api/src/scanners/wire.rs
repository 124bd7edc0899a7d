//! A roster as it travels to our own gates: JSON, a ticket one short list.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_domain::device::DeviceStatus;
use gatehouse_domain::entry_rule::HolderFacts;
use gatehouse_domain::id::{DeviceId, TicketId, TicketTypeId};
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_store::event::{DeviceRow, DoorTicket, RosterTicket};
use serde::{Deserialize, Serialize};

use super::RosterBody;
use crate::doors::RosterHead;
use crate::problem::Problem;

/// A device: id, name, life, public key as base64, whether it may scan.
type DeviceWire = (DeviceId, String, u32, String, DeviceStatus);

/// A ticket: id, number, version, status, type, whether its holder is named later, seat, number
/// and label of its invitation, holder, when it was first used (UTC ms).
type TicketWire = (
    TicketId,
    u32,
    u32,
    TicketStatus,
    TicketTypeId,
    bool,
    Option<String>,
    String,
    String,
    HolderFacts,
    Option<i64>,
);

/// A roster on its way.
#[derive(Debug, Serialize, Deserialize)]
pub struct RosterWire {
    /// The event and all but its tickets.
    pub head: RosterHead,
    /// The event's devices.
    pub devices: Vec<DeviceWire>,
    /// Its tickets.
    pub tickets: Vec<TicketWire>,
}

impl From<RosterBody> for RosterWire {
    fn from(body: RosterBody) -> Self {
        Self {
            head: body.head,
            devices: body
                .devices
                .into_iter()
                .map(|device| {
                    (
                        device.id,
                        device.name,
                        device.incarnation,
                        STANDARD.encode(device.public_key),
                        device.status,
                    )
                })
                .collect(),
            tickets: body
                .tickets
                .into_iter()
                .map(|RosterTicket { ticket, used_at }| {
                    (
                        ticket.id,
                        ticket.number,
                        ticket.version,
                        ticket.status,
                        ticket.ticket_type,
                        ticket.unnamed,
                        ticket.seat,
                        ticket.invitation,
                        ticket.party,
                        ticket.holder,
                        used_at,
                    )
                })
                .collect(),
        }
    }
}

impl TryFrom<RosterWire> for RosterBody {
    type Error = Problem;

    fn try_from(wire: RosterWire) -> Result<Self, Problem> {
        let damaged = |_| Problem::new("roster_damaged", "a device's key can't be read");
        let at = wire.head.event.created_at;
        let devices = wire
            .devices
            .into_iter()
            .map(|(id, name, incarnation, key, status)| {
                let key = STANDARD.decode(key).map_err(damaged)?;
                Ok(DeviceRow {
                    incarnation,
                    status,
                    sealed: None,
                    ..DeviceRow::of_office(id, &name, &key, Vec::new(), at)
                })
            })
            .collect::<Result<_, Problem>>()?;
        let tickets = wire
            .tickets
            .into_iter()
            .map(
                |(
                    id,
                    number,
                    version,
                    status,
                    ticket_type,
                    unnamed,
                    seat,
                    invitation,
                    party,
                    holder,
                    used_at,
                )| RosterTicket {
                    ticket: DoorTicket {
                        id,
                        number,
                        status,
                        version,
                        ticket_type,
                        holder,
                        unnamed,
                        seat,
                        invitation,
                        party,
                    },
                    used_at,
                },
            )
            .collect();
        Ok(Self {
            head: wire.head,
            devices,
            tickets,
        })
    }
}
