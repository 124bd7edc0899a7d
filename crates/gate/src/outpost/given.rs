//! What a home gives a gate, and what it wants of it.

use std::net::SocketAddr;

use gatehouse_api::Problem;
use gatehouse_domain::device::{DeviceKind, DeviceSettings};
use gatehouse_domain::id::{DeviceId, EventId, SessionId, TicketId, ZoneId};
use gatehouse_domain::scan::Direction;
use gatehouse_store::event::GateStand;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::home::{Whereabouts, unreadable};

/// What a home says when it registers a gate.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The device.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: DeviceKind,
    /// Where it stands.
    pub stand: GateStand,
    /// How it goes about its work.
    pub settings: DeviceSettings,
    /// The event that it admits to.
    pub event: EventId,
    /// Its credential.
    pub credential: String,
    /// What it was given besides, where another gate enrolled it while the home is away.
    pub spare: Option<SpareStart>,
}

/// A place for a spare gate, as the office made it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    pub(super) scanner_id: DeviceId,
    pub(super) credentials: String,
    pub(super) public_key: String,
    /// DER as base64.
    pub(super) certificates: Vec<String>,
    pub(super) settings: Wanted,
}

/// A ticket for somebody who comes without one, as the office issued it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Blank {
    pub(super) ticket: TicketId,
    pub(super) number: u32,
    /// What its code says.
    pub(super) code: String,
}

/// What the office gave this gate ahead.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Filled {
    pub(super) spares: Vec<Place>,
    pub(super) walk_ins: Vec<Blank>,
    pub(super) until: i64,
}

/// What a spare gate is given by the gate that enrols it.
#[derive(Clone, Deserialize)]
pub struct SpareStart {
    /// Its key, PKCS #8 DER as hex.
    pub(super) key: String,
    /// Its certificate, then the authority's; DER as hex.
    pub(super) certificates: Vec<String>,
    pub(super) home: Whereabouts,
    pub(super) peers: Vec<SocketAddr>,
    /// The guest list.
    pub(super) roster: Value,
}

impl std::fmt::Debug for SpareStart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SpareStart").finish_non_exhaustive()
    }
}

/// What a home wants of a gate.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wanted {
    pub(super) device_name: String,
    kiosk: bool,
    zone: Option<ZoneId>,
    session: Option<SessionId>,
    direction: Direction,
    #[serde(default = "usually")]
    may_turn: bool,
    offline_mode_enabled: bool,
    sync_interval_minutes: u16,
    max_offline_hours: Option<u16>,
    #[serde(default)]
    spare_gates: u8,
    #[serde(default)]
    walk_ins: u16,
}

/// An office that says nothing of it lets its gates be turned round.
const fn usually() -> bool {
    true
}

impl Wanted {
    pub(super) fn kind(&self) -> DeviceKind {
        match self.kiosk {
            true => DeviceKind::Kiosk,
            false => DeviceKind::Gate,
        }
    }

    pub(super) fn stand(&self) -> GateStand {
        GateStand {
            zone: self.zone,
            session: self.session,
            direction: self.direction,
            may_turn: self.may_turn,
        }
    }

    pub(super) fn settings(&self) -> DeviceSettings {
        DeviceSettings {
            offline_mode: self.offline_mode_enabled,
            sync_interval_minutes: self.sync_interval_minutes,
            max_offline_hours: self.max_offline_hours,
            spare_gates: self.spare_gates,
            walk_ins: self.walk_ins,
        }
    }
}

/// What a home answered to a registration.
pub(super) fn registration(value: &Value) -> Result<Registration, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        scanner_id: DeviceId,
        credentials: String,
        settings: Wanted,
        event: Event,
        #[serde(default)]
        spare: Option<SpareStart>,
    }
    #[derive(Deserialize)]
    struct Event {
        id: EventId,
    }
    let answer: Answer = serde_json::from_value(value.clone()).map_err(unreadable)?;
    Ok(Registration {
        device: answer.scanner_id,
        kind: answer.settings.kind(),
        stand: answer.settings.stand(),
        settings: answer.settings.settings(),
        name: answer.settings.device_name,
        event: answer.event.id,
        credential: answer.credentials,
        spare: answer.spare,
    })
}
