//! A roster as it travels to our own gates: JSON, a ticket one short list.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gatehouse_domain::device::DeviceStatus;
use gatehouse_domain::entry_rule::HolderFacts;
use gatehouse_domain::id::{DeviceId, TicketId, TicketTypeId};
use gatehouse_domain::ticket::TicketStatus;
use gatehouse_store::event::{DeviceRow, DoorTicket, RosterMark, RosterTicket};
use serde::{Deserialize, Serialize};

use super::RosterBody;
use crate::doors::RosterHead;
use crate::problem::Problem;

/// A device: id, name, life, public key as base64, whether it may scan.
pub(crate) type DeviceWire = (DeviceId, String, u32, String, DeviceStatus);

/// A ticket: id, number, version, status, type, whether its holder is named later, seat, number
/// and label of its invitation, holder, when it was first used (UTC ms).
pub(crate) type TicketWire = (
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
    /// Which roster of the mesh it has at least: the home's epoch, and how many edits.
    #[serde(default)]
    pub mark: Option<(u32, u64)>,
}

/// What an edit of the roster says: whatever changed, whole.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct RosterEdit {
    /// The newest edit of the home's file that it tells of.
    pub(crate) as_of: i64,
    /// The event and all but its tickets, where that changed.
    pub(crate) head: Option<RosterHead>,
    /// Devices that are new or changed.
    pub(crate) devices: Vec<DeviceWire>,
    /// Tickets that are new or changed.
    pub(crate) tickets: Vec<TicketWire>,
    /// Tickets that are no more.
    pub(crate) gone: Vec<TicketId>,
}

pub(crate) fn write_device(device: DeviceRow) -> DeviceWire {
    (
        device.id,
        device.name,
        device.incarnation,
        STANDARD.encode(device.public_key),
        device.status,
    )
}

pub(crate) fn read_device(device: DeviceWire, at: i64) -> Result<DeviceRow, Problem> {
    let (id, name, incarnation, key, status) = device;
    let key = STANDARD
        .decode(key)
        .map_err(|_| Problem::new("roster_damaged", "a device's key can't be read"))?;
    Ok(DeviceRow {
        incarnation,
        status,
        sealed: None,
        ..DeviceRow::of_office(id, &name, &key, Vec::new(), at)
    })
}

pub(crate) fn write_ticket(RosterTicket { ticket, used_at }: RosterTicket) -> TicketWire {
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
}

pub(crate) fn read_ticket(ticket: TicketWire) -> RosterTicket {
    let (
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
    ) = ticket;
    RosterTicket {
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
    }
}

impl From<RosterBody> for RosterWire {
    fn from(body: RosterBody) -> Self {
        Self {
            head: body.head,
            devices: body.devices.into_iter().map(write_device).collect(),
            tickets: body.tickets.into_iter().map(write_ticket).collect(),
            mark: body.mark.map(|mark| (mark.epoch, mark.number)),
        }
    }
}

impl TryFrom<RosterWire> for RosterBody {
    type Error = Problem;

    fn try_from(wire: RosterWire) -> Result<Self, Problem> {
        let at = wire.head.event.created_at;
        let devices = wire.devices.into_iter();
        Ok(Self {
            devices: devices
                .map(|device| read_device(device, at))
                .collect::<Result<_, _>>()?,
            tickets: wire.tickets.into_iter().map(read_ticket).collect(),
            mark: wire
                .mark
                .map(|(epoch, number)| RosterMark { epoch, number }),
            head: wire.head,
        })
    }
}
